#pragma once

/// Feeds for programs that read news: each is the posts of one channel or of one search, read with a secret of its own.
/// And the number that says whether what people may see has changed.
///
/// Reached by Ledger::feeds(); a view of the ledger, valid as long as that is. The errors are the ledger's.

#include "ledgram/base/bytes.hpp"
#include "ledgram/ledger/error.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/owner_id.hpp"
#include "ledgram/ledger/rows.hpp"
#include "ledgram/ledger/users.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::ledger {

struct Feed {
  std::int64_t id{};
  OwnerId user;
  std::optional<ChannelId> channel;  ///< nothing: all that the user follows
  std::string search;                ///< empty: every post
  std::string title;
  UnixSeconds created{};
};

class FeedStore {
 public:
  explicit FeedStore(Ledger::Impl& impl) : impl_(&impl) {}

  /// `feed.id` is ignored. Errors: NotFound (user or channel).
  LedgerResult<std::int64_t> add(const Feed& feed, const TokenHash& hash);

  /// By number.
  [[nodiscard]] LedgerResult<std::vector<Feed>> of_user(OwnerId user);

  /// Nothing if there is none, or its user is disabled.
  [[nodiscard]] LedgerResult<std::optional<Feed>> find(const TokenHash& hash);

  /// Errors: NotFound, also if it is another user's.
  LedgerResult<void> remove(OwnerId user, std::int64_t feed);

  /// Rises with every change of account_owners and subscriptions.
  [[nodiscard]] LedgerResult<std::int64_t> ownership_changes();

 private:
  Ledger::Impl* impl_;
};

}  // namespace ledgram::ledger
