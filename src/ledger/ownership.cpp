#include "ledgram/ledger/ownership.hpp"

#include "ledgram/ledger/ledger_impl.hpp"

namespace ledgram::ledger {

OwnershipStore Ledger::ownership() {
  return OwnershipStore(*impl_);
}

LedgerResult<void> OwnershipStore::give_account(AccountId account, OwnerId user) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto give = impl_->db.query("INSERT OR REPLACE INTO account_owners (account, user) VALUES (?1, ?2)");
    give->bind(1, account.value());
    give->bind(2, user.value());
    give->run();
    transaction.commit();
  });
}

LedgerResult<std::optional<OwnerId>> OwnershipStore::owner_of(AccountId account) {
  return sqlite::guarded([&]() -> std::optional<OwnerId> {
    auto query = impl_->db.query("SELECT user FROM account_owners WHERE account = ?1");
    query->bind(1, account.value());
    if (!query->step())
      return std::nullopt;
    return OwnerId(query->integer(0));
  });
}

LedgerResult<std::vector<AccountId>> OwnershipStore::accounts_of(OwnerId user) {
  return sqlite::guarded([&] {
    std::vector<AccountId> accounts;
    auto query = impl_->db.query("SELECT account FROM account_owners WHERE user = ?1 ORDER BY account");
    query->bind(1, user.value());
    while (query->step())
      accounts.emplace_back(query->integer(0));
    return accounts;
  });
}

LedgerResult<bool> OwnershipStore::subscribe(OwnerId user, ChannelId channel, UnixSeconds now) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto insert =
        impl_->db.query("INSERT INTO subscriptions (user, channel, since) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING");
    insert->bind(1, user.value());
    insert->bind(2, channel.value());
    insert->bind(3, now);
    insert->run();
    const bool is_new = impl_->db.changes() > 0;
    transaction.commit();
    return is_new;
  });
}

LedgerResult<void> OwnershipStore::unsubscribe(OwnerId user, ChannelId channel) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto remove = impl_->db.query("DELETE FROM subscriptions WHERE user = ?1 AND channel = ?2");
    remove->bind(1, user.value());
    remove->bind(2, channel.value());
    remove->run();
    impl_->expect_change("subscription");
    transaction.commit();
  });
}

LedgerResult<bool> OwnershipStore::is_subscribed(OwnerId user, ChannelId channel) {
  return sqlite::guarded([&] {
    auto query = impl_->db.query("SELECT 1 FROM subscriptions WHERE user = ?1 AND channel = ?2");
    query->bind(1, user.value());
    query->bind(2, channel.value());
    return query->step();
  });
}

LedgerResult<std::vector<OwnerId>> OwnershipStore::subscribers(ChannelId channel) {
  return sqlite::guarded([&] {
    std::vector<OwnerId> users;
    auto query = impl_->db.query("SELECT user FROM subscriptions WHERE channel = ?1 ORDER BY user");
    query->bind(1, channel.value());
    while (query->step())
      users.emplace_back(query->integer(0));
    return users;
  });
}

LedgerResult<std::vector<ChannelId>> OwnershipStore::subscriptions(OwnerId user) {
  return sqlite::guarded([&] {
    std::vector<ChannelId> channels;
    auto query = impl_->db.query("SELECT channel FROM subscriptions WHERE user = ?1 ORDER BY channel");
    query->bind(1, user.value());
    while (query->step())
      channels.emplace_back(query->integer(0));
    return channels;
  });
}

LedgerResult<void> OwnershipStore::adopt_orphans(UnixSeconds now) {
  return sqlite::guarded([&] {
    const std::int64_t admin =
        impl_->db.number("SELECT id FROM users WHERE role = 2 AND disabled = 0 ORDER BY id LIMIT 1");
    if (admin == 0)
      return;
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    {
      auto accounts = impl_->db.query(
          "INSERT INTO account_owners (account, user) "
          "SELECT id, ?1 FROM accounts WHERE id NOT IN (SELECT account FROM account_owners)");
      accounts->bind(1, admin);
      accounts->run();
    }
    auto channels = impl_->db.query(
        "INSERT INTO subscriptions (user, channel, since) SELECT ?1, id, ?2 FROM channels "
        "WHERE followed = 1 AND NOT EXISTS (SELECT 1 FROM subscriptions s WHERE s.channel = channels.id)");
    channels->bind(1, admin);
    channels->bind(2, now);
    channels->run();
    transaction.commit();
  });
}

}  // namespace ledgram::ledger
