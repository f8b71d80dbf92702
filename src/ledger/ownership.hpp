#pragma once

/// What belongs to whom: accounts to one user each, channels to all users who follow them. A channel that several
/// follow is stored once.
///
/// Other stores join with these tables: `account_owners (account, user)` and `subscriptions (user, channel, since)`.
/// Tables of further things that belong to users have a column `user REFERENCES users(id) ON DELETE CASCADE`.

#include "ledgram/ledger/error.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/owner_id.hpp"
#include "ledgram/ledger/rows.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace ledgram::ledger {

/// Reached by Ledger::ownership(); a view of the ledger, valid as long as that is. The errors are the ledger's.
class OwnershipStore {
 public:
  explicit OwnershipStore(Ledger::Impl& impl) : impl_(&impl) {}

  // --- accounts -----------------------------------------------------------------------------------------------

  /// Errors: NotFound (account or user).
  LedgerResult<void> give_account(AccountId account, OwnerId user);
  /// Nothing if the account has no owner: there is no user yet.
  [[nodiscard]] LedgerResult<std::optional<OwnerId>> owner_of(AccountId account);
  [[nodiscard]] LedgerResult<std::vector<AccountId>> accounts_of(OwnerId user);

  // --- channels -----------------------------------------------------------------------------------------------

  /// True if it is new. The channel must have been followed once. Errors: NotFound (channel or user).
  LedgerResult<bool> subscribe(OwnerId user, ChannelId channel, UnixSeconds now);
  /// Errors: NotFound if the user does not follow it.
  LedgerResult<void> unsubscribe(OwnerId user, ChannelId channel);
  [[nodiscard]] LedgerResult<bool> is_subscribed(OwnerId user, ChannelId channel);
  [[nodiscard]] LedgerResult<std::vector<OwnerId>> subscribers(ChannelId channel);
  /// By number.
  [[nodiscard]] LedgerResult<std::vector<ChannelId>> subscriptions(OwnerId user);

  // --- the command line's things ------------------------------------------------------------------------------

  /// Gives accounts without an owner, and followed channels that nobody subscribes to, to the first admin. Nothing
  /// happens while there is none. At the start of the server and when the first user was made.
  LedgerResult<void> adopt_orphans(UnixSeconds now);

 private:
  Ledger::Impl* impl_;
};

}  // namespace ledgram::ledger
