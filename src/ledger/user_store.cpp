#include "ledgram/ledger/ledger_impl.hpp"
#include "ledgram/ledger/users.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <utility>

/// People and their secrets; user_credentials.cpp has sessions and tokens.

namespace ledgram::ledger {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 3> kRoles{
    {{Role::Viewer, "viewer"}, {Role::Member, "member"}, {Role::Admin, "admin"}}};
constexpr std::array<std::pair<Scope, std::string_view>, 4> kScopes{
    {{Scope::Read, "read"}, {Scope::Write, "write"}, {Scope::Telegram, "telegram"}, {Scope::Admin, "admin"}}};

#define LEDGRAM_USER_COLUMNS "id, name, role, totp IS NOT NULL, disabled, created, last_login"

User read_user(const sqlite::Statement& row) {
  User user;
  user.id = OwnerId(row.integer(0));
  user.name = row.text(1);
  user.role = static_cast<Role>(row.integer(2));
  user.totp = row.integer(3) != 0;
  user.disabled = row.integer(4) != 0;
  user.created = row.integer(5);
  user.last_login = row.integer(6);
  return user;
}

std::string totp_label(OwnerId user) {
  return fmt::format("ledgram second factor of user {}", user.value());
}

UserSecrets read_secrets(const Ledger::Impl& impl, const sqlite::Statement& row) {
  UserSecrets secrets;
  secrets.user = read_user(row);
  secrets.password_hash = SecretText(std::string(row.text(7)));
  secrets.totp_counter = row.integer(9);
  if (row.is_null(8))
    return secrets;
  assert(impl.seal_key && "use_seal_key() comes first");
  auto opened = crypto::open_sealed(*impl.seal_key, row.blob(8), as_bytes(totp_label(secrets.user.id)));
  if (!opened) {
    sqlite::fail(LedgerErrc::WrongSealKey,
                 fmt::format("the second factor of {} in {} cannot be opened; put back the right seal.key beside it",
                             secrets.user.name, impl.db.file().string()));
  }
  secrets.totp = std::move(*opened);
  return secrets;
}

OwnerId insert_user(Ledger::Impl& impl, std::string_view name, Role role, const SecretText& password_hash,
                    UnixSeconds now) {
  auto insert = impl.db.query(
      "INSERT INTO users (name, role, password, disabled, created, last_login, totp_counter) "
      "VALUES (?1, ?2, ?3, 0, ?4, 0, 0) ON CONFLICT (name) DO NOTHING RETURNING id");
  insert->bind(1, name);
  insert->bind(2, static_cast<std::int64_t>(role));
  insert->bind(3, password_hash.reveal());
  insert->bind(4, now);
  if (!insert->step())
    sqlite::fail(LedgerErrc::AlreadyExists, fmt::format("there is already a user named {}; choose another name", name));
  const OwnerId id(insert->integer(0));
  while (insert->step()) {
  }
  return id;
}

/// After a change, inside its transaction.
void expect_an_admin(Ledger::Impl& impl) {
  if (impl.db.number("SELECT count(*) FROM users WHERE role = 2 AND disabled = 0") == 0)
    sqlite::fail(LedgerErrc::Conflict, "this would leave no admin; make another user an admin first");
}

bool link_is_good(Ledger::Impl& impl, const TokenHash& hash, UnixSeconds now) {
  auto query = impl.db.query("SELECT 1 FROM setup_links WHERE hash = ?1 AND expires > ?2");
  query->bind(1, ByteView(hash));
  query->bind(2, now);
  return query->step() && impl.db.number("SELECT count(*) FROM users") == 0;
}

void end_sessions(Ledger::Impl& impl, OwnerId user, std::int64_t kept) {
  auto remove = impl.db.query("DELETE FROM web_sessions WHERE user = ?1 AND id <> ?2");
  remove->bind(1, user.value());
  remove->bind(2, kept);
  remove->run();
}

}  // namespace

std::string_view name_of(Role role) {
  return std::ranges::find(kRoles, role, &std::pair<Role, std::string_view>::first)->second;
}

std::optional<Role> role_named(std::string_view name) {
  const auto* found = std::ranges::find(kRoles, name, &std::pair<Role, std::string_view>::second);
  return found != kRoles.end() ? std::optional(found->first) : std::nullopt;
}

std::string_view name_of(Scope scope) {
  return std::ranges::find(kScopes, scope, &std::pair<Scope, std::string_view>::first)->second;
}

std::optional<Scope> scope_named(std::string_view name) {
  const auto* found = std::ranges::find(kScopes, name, &std::pair<Scope, std::string_view>::second);
  return found != kScopes.end() ? std::optional(found->first) : std::nullopt;
}

std::vector<std::string_view> Scopes::names() const {
  std::vector<std::string_view> names;
  for (const auto& [scope, name] : kScopes) {
    if (has(scope))
      names.push_back(name);
  }
  return names;
}

UserStore Ledger::users() {
  return UserStore(*impl_);
}

LedgerResult<OwnerId> UserStore::add(std::string_view name, Role role, const SecretText& password_hash,
                                     UnixSeconds now) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    const OwnerId id = insert_user(*impl_, name, role, password_hash, now);
    transaction.commit();
    return id;
  });
}

LedgerResult<std::vector<User>> UserStore::all() {
  return sqlite::guarded([&] {
    std::vector<User> users;
    auto query = impl_->db.query("SELECT " LEDGRAM_USER_COLUMNS " FROM users ORDER BY id");
    while (query->step())
      users.push_back(read_user(*query));
    return users;
  });
}

LedgerResult<std::optional<User>> UserStore::find(OwnerId user) {
  return sqlite::guarded([&]() -> std::optional<User> {
    auto query = impl_->db.query("SELECT " LEDGRAM_USER_COLUMNS " FROM users WHERE id = ?1");
    query->bind(1, user.value());
    if (!query->step())
      return std::nullopt;
    return read_user(*query);
  });
}

LedgerResult<std::int64_t> UserStore::count() {
  return sqlite::guarded([&] { return impl_->db.number("SELECT count(*) FROM users"); });
}

LedgerResult<std::optional<OwnerId>> UserStore::first_admin() {
  return sqlite::guarded([&]() -> std::optional<OwnerId> {
    auto query = impl_->db.query("SELECT id FROM users WHERE role = 2 AND disabled = 0 ORDER BY id LIMIT 1");
    if (!query->step())
      return std::nullopt;
    return OwnerId(query->integer(0));
  });
}

LedgerResult<std::optional<UserSecrets>> UserStore::secrets_of(std::string_view name) {
  return sqlite::guarded([&]() -> std::optional<UserSecrets> {
    auto query =
        impl_->db.query("SELECT " LEDGRAM_USER_COLUMNS ", password, totp, totp_counter FROM users WHERE name = ?1");
    query->bind(1, name);
    if (!query->step())
      return std::nullopt;
    return read_secrets(*impl_, *query);
  });
}

LedgerResult<std::optional<UserSecrets>> UserStore::secrets_of(OwnerId user) {
  return sqlite::guarded([&]() -> std::optional<UserSecrets> {
    auto query =
        impl_->db.query("SELECT " LEDGRAM_USER_COLUMNS ", password, totp, totp_counter FROM users WHERE id = ?1");
    query->bind(1, user.value());
    if (!query->step())
      return std::nullopt;
    return read_secrets(*impl_, *query);
  });
}

LedgerResult<void> UserStore::set_role(OwnerId user, Role role) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto update = impl_->db.query("UPDATE users SET role = ?2 WHERE id = ?1");
    update->bind(1, user.value());
    update->bind(2, static_cast<std::int64_t>(role));
    update->run();
    impl_->expect_change("user");
    expect_an_admin(*impl_);
    transaction.commit();
  });
}

LedgerResult<void> UserStore::set_disabled(OwnerId user, bool disabled) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto update = impl_->db.query("UPDATE users SET disabled = ?2 WHERE id = ?1");
    update->bind(1, user.value());
    update->bind(2, disabled ? 1 : 0);
    update->run();
    impl_->expect_change("user");
    if (disabled)
      end_sessions(*impl_, user, 0);
    expect_an_admin(*impl_);
    transaction.commit();
  });
}

LedgerResult<void> UserStore::remove(OwnerId user, OwnerId heir) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    // OR IGNORE: the heir may follow the same channel already.
    for (const std::string_view inherit : {"UPDATE account_owners SET user = ?2 WHERE user = ?1",
                                           "UPDATE OR IGNORE subscriptions SET user = ?2 WHERE user = ?1"}) {
      auto update = impl_->db.query(inherit);
      update->bind(1, user.value());
      update->bind(2, heir.value());
      update->run();
    }
    {
      auto remove = impl_->db.query("DELETE FROM users WHERE id = ?1");
      remove->bind(1, user.value());
      remove->run();
      impl_->expect_change("user");
    }
    expect_an_admin(*impl_);
    transaction.commit();
  });
}

LedgerResult<void> UserStore::set_password(OwnerId user, const SecretText& password_hash, std::int64_t kept) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto update = impl_->db.query("UPDATE users SET password = ?2 WHERE id = ?1");
    update->bind(1, user.value());
    update->bind(2, password_hash.reveal());
    update->run();
    impl_->expect_change("user");
    end_sessions(*impl_, user, kept);
    transaction.commit();
  });
}

LedgerResult<void> UserStore::set_totp(OwnerId user, const SecretBytes& secret) {
  return sqlite::guarded([&] {
    Bytes sealed;
    if (!secret.empty()) {
      assert(impl_->seal_key && "use_seal_key() comes first");
      sealed = crypto::seal(*impl_->seal_key, secret.reveal(), as_bytes(totp_label(user)), *impl_->random);
    }
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto update = impl_->db.query("UPDATE users SET totp = ?2, totp_counter = 0 WHERE id = ?1");
    update->bind(1, user.value());
    if (sealed.empty()) {
      update->bind_null(2);
    } else {
      update->bind(2, ByteView(sealed));
    }
    update->run();
    impl_->expect_change("user");
    transaction.commit();
  });
}

LedgerResult<bool> UserStore::use_totp_counter(OwnerId user, std::int64_t counter) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    auto update = impl_->db.query("UPDATE users SET totp_counter = ?2 WHERE id = ?1 AND totp_counter < ?2");
    update->bind(1, user.value());
    update->bind(2, counter);
    update->run();
    const bool fresh = impl_->db.changes() > 0;
    transaction.commit();
    return fresh;
  });
}

LedgerResult<void> UserStore::note_login(OwnerId user, UnixSeconds now) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    auto update = impl_->db.query("UPDATE users SET last_login = ?2 WHERE id = ?1");
    update->bind(1, user.value());
    update->bind(2, now);
    update->run();
    transaction.commit();
  });
}

LedgerResult<void> UserStore::set_setup_link(const TokenHash& hash, UnixSeconds expires) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    impl_->db.execute("DELETE FROM setup_links");
    auto insert = impl_->db.query("INSERT INTO setup_links (hash, expires) VALUES (?1, ?2)");
    insert->bind(1, ByteView(hash));
    insert->bind(2, expires);
    insert->run();
    transaction.commit();
  });
}

LedgerResult<bool> UserStore::is_setup_link(const TokenHash& hash, UnixSeconds now) {
  return sqlite::guarded([&] { return link_is_good(*impl_, hash, now); });
}

LedgerResult<OwnerId> UserStore::use_setup_link(const TokenHash& hash, UnixSeconds now, std::string_view name,
                                                const SecretText& password_hash) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    if (!link_is_good(*impl_, hash, now))
      sqlite::fail(LedgerErrc::NotFound, "this set-up link is of no use any more");
    impl_->db.execute("DELETE FROM setup_links");
    const OwnerId id = insert_user(*impl_, name, Role::Admin, password_hash, now);
    transaction.commit();
    return id;
  });
}

}  // namespace ledgram::ledger
