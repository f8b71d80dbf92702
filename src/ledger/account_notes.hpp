#pragma once

/// Small things that are kept for an account beside its row: what its programs have read so far, and how long its posts
/// are shown.

#include "ledgram/ledger/error.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::ledger {

/// Reached by Ledger::account_notes(); a view of the ledger, valid as long as that is. The errors are the ledger's.
/// Notes of an account that was removed go with remove_account().
class AccountNotes {
 public:
  explicit AccountNotes(Ledger::Impl& impl) : impl_(&impl) {}

  /// How many days back posts are shown to the account's programs; nothing: all.
  [[nodiscard]] LedgerResult<std::optional<std::int64_t>> retention_days(AccountId account);
  LedgerResult<void> set_retention_days(AccountId account, std::optional<std::int64_t> days);

  /// Posts of the account's channels that were stored since the mark of its last count, service messages not counted;
  /// all of them the first time.
  struct Fresh {
    std::int64_t posts{};
    std::int64_t mark{};  ///< for take_note()
  };
  [[nodiscard]] LedgerResult<Fresh> fresh_posts(AccountId account);
  /// The next count begins after this mark.
  LedgerResult<void> take_note(AccountId account, std::int64_t mark);

  /// Followed channels that the account sees, by number.
  [[nodiscard]] LedgerResult<std::vector<ChannelId>> followed_channels(AccountId account);

 private:
  [[nodiscard]] std::optional<std::int64_t> read(AccountId account, std::string_view what);
  void write(AccountId account, std::string_view what, std::optional<std::int64_t> value);

  Ledger::Impl* impl_;
};

}  // namespace ledgram::ledger
