#include "ledgram/ledger/commit.hpp"
#include "ledgram/ledger/ledger_impl.hpp"

#include <fmt/format.h>

#include <cassert>
#include <utility>

/// Accounts, their sealed sessions, and the peers with the access hashes that only they can use.

namespace ledgram::ledger {
namespace {

constexpr std::string_view kSealCheckKey = "seal_check";
constexpr std::string_view kSealCheckText = "this is the key of this ledger";

#define LEDGRAM_ACCOUNT_COLUMNS \
  "id, name, kind, state, phone, user_id, first_name, username, created, state_reason, state_since"

Account read_account(const sqlite::Statement& row) {
  Account account;
  account.id = AccountId(row.integer(0));
  account.name = row.text(1);
  account.kind = static_cast<AccountKind>(row.integer(2));
  account.state = static_cast<AccountState>(row.integer(3));
  account.phone = SecretText(std::string(row.text(4)));
  account.user = UserId(row.integer(5));
  account.first_name = row.text(6);
  account.username = row.text(7);
  account.created = row.integer(8);
  account.state_reason = row.text(9);
  account.state_since = row.integer(10);
  return account;
}

#define LEDGRAM_PEER_COLUMNS "account, type, id, access_hash, min, username, title, source, updated"

Peer read_peer(const sqlite::Statement& row) {
  Peer peer;
  peer.account = AccountId(row.integer(0));
  peer.key = {static_cast<PeerType>(row.integer(1)), row.integer(2)};
  peer.access_hash = row.optional64(3);
  peer.completeness = row.integer(4) != 0 ? PeerCompleteness::Min : PeerCompleteness::Full;
  peer.username = row.text(5);
  peer.title = row.text(6);
  peer.source = row.text(7);
  peer.updated = row.integer(8);
  return peer;
}

// Binds a box to its account, so that one account's session cannot be put in the place of another's.
std::string session_label(AccountId account) {
  return fmt::format("ledgram session of account {}", account.value());
}

std::string proxy_label(AccountId account) {
  return fmt::format("ledgram proxy of account {}", account.value());
}

void forget_peers_of(sqlite::Connection& db, AccountId account) {
  auto peers = db.query("DELETE FROM peers WHERE account = ?1");
  peers->bind(1, account.value());
  peers->run();
  auto names = db.query("DELETE FROM usernames WHERE account = ?1");
  names->bind(1, account.value());
  names->run();
}

// What a login of another person under the same name must not inherit, and the news that the account works again.
void begin_new_login(sqlite::Connection& db, const Account& account) {
  std::optional<AccountId> known;
  bool other_user = false;
  {
    auto query = db.query("SELECT id, user_id FROM accounts WHERE name = ?1");
    query->bind(1, account.name);
    if (query->step()) {
      known = AccountId(query->integer(0));
      other_user = query->integer(1) != 0 && query->integer(1) != account.user.value();
    }
  }
  if (!known)
    return;
  if (other_user) {
    for (const std::string_view sql : {std::string_view("DELETE FROM update_states WHERE account = ?1"),
                                       std::string_view("DELETE FROM private_tails WHERE account = ?1"),
                                       std::string_view("DELETE FROM private_gaps WHERE account = ?1"),
                                       std::string_view("DELETE FROM private_readings WHERE account = ?1")}) {
      auto forget = db.query(sql);
      forget->bind(1, known->value());
      forget->run();
    }
  }
  EventWriter events(db);
  change_account_state(db, events, {.account = *known, .state = account.state, .reason = {}});
}

[[noreturn]] void fail_wrong_key(const std::filesystem::path& file) {
  sqlite::fail(LedgerErrc::WrongSealKey,
               fmt::format("the sessions in {} were sealed with another key; put back the right seal.key beside it or "
                           "set LEDGRAM_SEAL_KEY, or remove the accounts and log in again",
                           file.string()));
}

}  // namespace

LedgerResult<AccountId> Ledger::add_account(const Account& account) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto insert = impl_->db.query(
        "INSERT INTO accounts (name, kind, state, phone, user_id, first_name, username, created) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (name) DO NOTHING RETURNING id");
    insert->bind(1, account.name);
    insert->bind(2, static_cast<std::int64_t>(account.kind));
    insert->bind(3, static_cast<std::int64_t>(account.state));
    insert->bind_or_null(4, account.phone.reveal());
    insert->bind(5, account.user.value());
    insert->bind_or_null(6, account.first_name);
    insert->bind_or_null(7, account.username);
    insert->bind(8, account.created);
    if (!insert->step()) {
      sqlite::fail(LedgerErrc::AlreadyExists,
                   fmt::format("there is already an account named {}; choose another name, or remove that one first",
                               account.name));
    }
    const AccountId id(insert->integer(0));
    insert->reset();
    transaction.commit();
    return id;
  });
}

LedgerResult<void> Ledger::update_account(const Account& account) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    EventWriter events(impl_->db);
    change_account_state(impl_->db, events, {.account = account.id, .state = account.state, .reason = {}});
    auto update = impl_->db.query(
        "UPDATE accounts SET kind = ?2, state = ?3, phone = ?4, user_id = ?5, first_name = ?6, username = ?7 "
        "WHERE id = ?1");
    update->bind(1, account.id.value());
    update->bind(2, static_cast<std::int64_t>(account.kind));
    update->bind(3, static_cast<std::int64_t>(account.state));
    update->bind_or_null(4, account.phone.reveal());
    update->bind(5, account.user.value());
    update->bind_or_null(6, account.first_name);
    update->bind_or_null(7, account.username);
    update->run();
    impl_->expect_change("account");
    transaction.commit();
  });
}

LedgerResult<std::vector<Account>> Ledger::accounts() {
  return sqlite::guarded([&] {
    std::vector<Account> result;
    auto query = impl_->db.query("SELECT " LEDGRAM_ACCOUNT_COLUMNS " FROM accounts ORDER BY name");
    while (query->step())
      result.push_back(read_account(*query));
    return result;
  });
}

LedgerResult<std::optional<Account>> Ledger::find_account(std::string_view name) {
  return sqlite::guarded([&]() -> std::optional<Account> {
    auto query = impl_->db.query("SELECT " LEDGRAM_ACCOUNT_COLUMNS " FROM accounts WHERE name = ?1");
    query->bind(1, name);
    if (!query->step())
      return std::nullopt;
    return read_account(*query);
  });
}

LedgerResult<void> Ledger::remove_account(AccountId account) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto remove = impl_->db.query("DELETE FROM accounts WHERE id = ?1");
    remove->bind(1, account.value());
    remove->run();
    impl_->expect_change("account");
    // With its notes (account_notes.hpp), since numbers of removed accounts are given again.
    const std::string prefix = fmt::format("account {} ", account.value());
    auto forget = impl_->db.query("DELETE FROM meta WHERE substr(key, 1, length(?1)) = ?1");
    forget->bind(1, prefix);
    forget->run();
    transaction.commit();
  });
}

LedgerResult<void> Ledger::use_seal_key(crypto::SealKey key, RandomSource& random) {
  return sqlite::guarded([&] {
    const ByteView label = as_bytes(kSealCheckKey);
    bool known = false;
    {
      auto query = impl_->db.query("SELECT value FROM meta WHERE key = ?1");
      query->bind(1, kSealCheckKey);
      if (query->step())
        known = crypto::open_sealed(key, query->blob(0), label).has_value();
    }
    if (!known) {
      const std::int64_t boxes = impl_->db.number(
          "SELECT (SELECT count(*) FROM sessions) + (SELECT count(*) FROM account_proxies) + "
          "(SELECT count(*) FROM logout_tokens)");
      if (boxes > 0)
        fail_wrong_key(impl_->db.file());
      const Bytes check = crypto::seal(key, as_bytes(kSealCheckText), label, random);
      sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
      auto store = impl_->db.query("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)");
      store->bind(1, kSealCheckKey);
      store->bind(2, ByteView(check));
      store->run();
      transaction.commit();
    }
    impl_->seal_key = std::move(key);
    impl_->random = &random;
  });
}

LedgerResult<void> Ledger::save_session(AccountId account, ByteView session) {
  return sqlite::guarded([&] {
    assert(impl_->seal_key && "use_seal_key() comes first");
    const std::string label = session_label(account);
    const Bytes sealed = crypto::seal(*impl_->seal_key, session, as_bytes(label), *impl_->random);
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto store = impl_->db.query(
        "INSERT INTO sessions (account, sealed) VALUES (?1, ?2) "
        "ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed");
    store->bind(1, account.value());
    store->bind(2, ByteView(sealed));
    store->run();
    transaction.commit();
  });
}

LedgerResult<AccountId> Ledger::save_login(const Account& account, ByteView session) {
  return sqlite::guarded([&] {
    assert(impl_->seal_key && "use_seal_key() comes first");
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    begin_new_login(impl_->db, account);
    auto store = impl_->db.query(
        "INSERT INTO accounts (name, kind, state, phone, user_id, first_name, username, created) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, "
        "state = excluded.state, phone = excluded.phone, user_id = excluded.user_id, "
        "first_name = excluded.first_name, username = excluded.username RETURNING id");
    store->bind(1, account.name);
    store->bind(2, static_cast<std::int64_t>(account.kind));
    store->bind(3, static_cast<std::int64_t>(account.state));
    store->bind_or_null(4, account.phone.reveal());
    store->bind(5, account.user.value());
    store->bind_or_null(6, account.first_name);
    store->bind_or_null(7, account.username);
    store->bind(8, account.created);
    if (!store->step())
      sqlite::fail(LedgerErrc::Io, "SQLite has not stored the account; try again");
    const AccountId id(store->integer(0));
    store->reset();
    const std::string label = session_label(id);
    const Bytes sealed = crypto::seal(*impl_->seal_key, session, as_bytes(label), *impl_->random);
    auto keep = impl_->db.query("INSERT OR REPLACE INTO sessions (account, sealed) VALUES (?1, ?2)");
    keep->bind(1, id.value());
    keep->bind(2, ByteView(sealed));
    keep->run();
    forget_peers_of(impl_->db, id);
    transaction.commit();
    return id;
  });
}

LedgerResult<std::optional<SecretBytes>> Ledger::load_session(AccountId account) {
  return sqlite::guarded([&]() -> std::optional<SecretBytes> {
    assert(impl_->seal_key && "use_seal_key() comes first");
    auto query = impl_->db.query("SELECT sealed FROM sessions WHERE account = ?1");
    query->bind(1, account.value());
    if (!query->step())
      return std::nullopt;
    const std::string label = session_label(account);
    auto session = crypto::open_sealed(*impl_->seal_key, query->blob(0), as_bytes(label));
    if (!session) {
      // The key itself was checked in use_seal_key(), so it is this box that was made for something else or changed.
      sqlite::fail(LedgerErrc::WrongSealKey,
                   fmt::format("the session of account {} in {} cannot be opened; remove the account and log in again",
                               account.value(), impl_->db.file().string()));
    }
    return std::move(*session);
  });
}

LedgerResult<void> Ledger::erase_session(AccountId account) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto erase = impl_->db.query("DELETE FROM sessions WHERE account = ?1");
    erase->bind(1, account.value());
    erase->run();
    transaction.commit();
  });
}

LedgerResult<void> Ledger::set_account_proxy(AccountId account, const std::optional<SecretText>& proxy) {
  return sqlite::guarded([&] {
    assert(impl_->seal_key && "use_seal_key() comes first");
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    if (proxy) {
      const std::string label = proxy_label(account);
      const Bytes sealed = crypto::seal(*impl_->seal_key, as_bytes(proxy->reveal()), as_bytes(label), *impl_->random);
      auto store = impl_->db.query(
          "INSERT INTO account_proxies (account, sealed) VALUES (?1, ?2) "
          "ON CONFLICT (account) DO UPDATE SET sealed = excluded.sealed");
      store->bind(1, account.value());
      store->bind(2, ByteView(sealed));
      store->run();
    } else {
      auto erase = impl_->db.query("DELETE FROM account_proxies WHERE account = ?1");
      erase->bind(1, account.value());
      erase->run();
    }
    transaction.commit();
  });
}

LedgerResult<std::optional<SecretText>> Ledger::account_proxy(AccountId account) {
  return sqlite::guarded([&]() -> std::optional<SecretText> {
    assert(impl_->seal_key && "use_seal_key() comes first");
    auto query = impl_->db.query("SELECT sealed FROM account_proxies WHERE account = ?1");
    query->bind(1, account.value());
    if (!query->step())
      return std::nullopt;
    const std::string label = proxy_label(account);
    const auto opened = crypto::open_sealed(*impl_->seal_key, query->blob(0), as_bytes(label));
    if (!opened) {
      // Going without it would show the account's address to Telegram, which is what the proxy is there against.
      sqlite::fail(
          LedgerErrc::WrongSealKey,
          fmt::format("the proxy of account {} in {} cannot be opened; set it again with: ledgram account proxy",
                      account.value(), impl_->db.file().string()));
    }
    return SecretText(std::string(as_text(opened->reveal())));
  });
}

LedgerResult<std::optional<Peer>> Ledger::find_peer(AccountId account, PeerKey key) {
  return sqlite::guarded([&]() -> std::optional<Peer> {
    auto query =
        impl_->db.query("SELECT " LEDGRAM_PEER_COLUMNS " FROM peers WHERE account = ?1 AND type = ?2 AND id = ?3");
    query->bind(1, account.value());
    query->bind(2, static_cast<std::int64_t>(key.type));
    query->bind(3, key.id);
    if (!query->step())
      return std::nullopt;
    return read_peer(*query);
  });
}

LedgerResult<std::optional<Peer>> Ledger::find_peer(AccountId account, std::string_view username) {
  return sqlite::guarded([&]() -> std::optional<Peer> {
    auto query = impl_->db.query("SELECT " LEDGRAM_PEER_COLUMNS
                                 " FROM peers WHERE account = ?1 AND username = ?2 ORDER BY updated DESC");
    query->bind(1, account.value());
    query->bind(2, username);
    if (!query->step())
      return std::nullopt;
    return read_peer(*query);
  });
}

LedgerResult<void> Ledger::forget_peers(AccountId account) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    forget_peers_of(impl_->db, account);
    transaction.commit();
  });
}

}  // namespace ledgram::ledger
