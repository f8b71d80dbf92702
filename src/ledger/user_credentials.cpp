#include "ledgram/ledger/ledger_impl.hpp"
#include "ledgram/ledger/users.hpp"

#include <utility>

/// Browser sessions and API tokens. Only their hashes are here, so that nobody who reads the file can use them.

namespace ledgram::ledger {
namespace {

/// A browser's name for itself can be any length.
constexpr std::size_t kMostOfAgent = 200;

#define LEDGRAM_SESSION_COLUMNS "id, user, created, last_seen, expires, address, agent"

WebSession read_session(const sqlite::Statement& row) {
  WebSession session;
  session.id = row.integer(0);
  session.user = OwnerId(row.integer(1));
  session.created = row.integer(2);
  session.last_seen = row.integer(3);
  session.expires = row.integer(4);
  session.address = row.text(5);
  session.agent = row.text(6);
  return session;
}

#define LEDGRAM_TOKEN_COLUMNS "id, user, name, scopes, hint, created, expires, last_used"

ApiToken read_token(const sqlite::Statement& row) {
  ApiToken token;
  token.id = row.integer(0);
  token.user = OwnerId(row.integer(1));
  token.name = row.text(2);
  token.scopes = Scopes(static_cast<std::uint8_t>(row.integer(3)));
  token.hint = row.text(4);
  token.created = row.integer(5);
  token.expires = row.integer(6);
  token.last_used = row.integer(7);
  return token;
}

}  // namespace

LedgerResult<std::int64_t> UserStore::add_session(const WebSession& session, const TokenHash& hash) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    auto insert = impl_->db.query(
        "INSERT INTO web_sessions (hash, user, created, last_seen, expires, address, agent) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)");
    insert->bind(1, ByteView(hash));
    insert->bind(2, session.user.value());
    insert->bind(3, session.created);
    insert->bind(4, session.last_seen);
    insert->bind(5, session.expires);
    insert->bind(6, session.address);
    insert->bind(7, std::string_view(session.agent).substr(0, kMostOfAgent));
    insert->run();
    const std::int64_t id = impl_->db.last_rowid();
    transaction.commit();
    return id;
  });
}

LedgerResult<std::optional<WebSession>> UserStore::find_session(const TokenHash& hash) {
  return sqlite::guarded([&]() -> std::optional<WebSession> {
    auto query = impl_->db.query("SELECT " LEDGRAM_SESSION_COLUMNS " FROM web_sessions WHERE hash = ?1");
    query->bind(1, ByteView(hash));
    if (!query->step())
      return std::nullopt;
    return read_session(*query);
  });
}

LedgerResult<std::vector<WebSession>> UserStore::sessions(OwnerId user) {
  return sqlite::guarded([&] {
    std::vector<WebSession> sessions;
    auto query = impl_->db.query("SELECT " LEDGRAM_SESSION_COLUMNS " FROM web_sessions WHERE user = ?1 ORDER BY id");
    query->bind(1, user.value());
    while (query->step())
      sessions.push_back(read_session(*query));
    return sessions;
  });
}

LedgerResult<void> UserStore::remove_session(OwnerId user, std::int64_t session) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    auto remove = impl_->db.query("DELETE FROM web_sessions WHERE user = ?1 AND id = ?2");
    remove->bind(1, user.value());
    remove->bind(2, session);
    remove->run();
    impl_->expect_change("session");
    transaction.commit();
  });
}

LedgerResult<void> UserStore::forget_expired(UnixSeconds now) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    for (const std::string_view sql :
         {"DELETE FROM web_sessions WHERE expires <= ?1", "DELETE FROM setup_links WHERE expires <= ?1"}) {
      auto remove = impl_->db.query(sql);
      remove->bind(1, now);
      remove->run();
    }
    transaction.commit();
  });
}

LedgerResult<std::int64_t> UserStore::add_token(const ApiToken& token, const TokenHash& hash) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto insert = impl_->db.query(
        "INSERT INTO api_tokens (hash, user, name, scopes, hint, created, expires, last_used) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 0)");
    insert->bind(1, ByteView(hash));
    insert->bind(2, token.user.value());
    insert->bind(3, token.name);
    insert->bind(4, static_cast<std::int64_t>(token.scopes.bits()));
    insert->bind(5, token.hint);
    insert->bind(6, token.created);
    insert->bind(7, token.expires);
    insert->run();
    const std::int64_t id = impl_->db.last_rowid();
    transaction.commit();
    return id;
  });
}

LedgerResult<std::optional<ApiToken>> UserStore::find_token(const TokenHash& hash) {
  return sqlite::guarded([&]() -> std::optional<ApiToken> {
    auto query = impl_->db.query("SELECT " LEDGRAM_TOKEN_COLUMNS " FROM api_tokens WHERE hash = ?1");
    query->bind(1, ByteView(hash));
    if (!query->step())
      return std::nullopt;
    return read_token(*query);
  });
}

LedgerResult<std::vector<ApiToken>> UserStore::tokens(OwnerId user) {
  return sqlite::guarded([&] {
    std::vector<ApiToken> tokens;
    auto query = impl_->db.query("SELECT " LEDGRAM_TOKEN_COLUMNS " FROM api_tokens WHERE user = ?1 ORDER BY id");
    query->bind(1, user.value());
    while (query->step())
      tokens.push_back(read_token(*query));
    return tokens;
  });
}

LedgerResult<void> UserStore::remove_token(OwnerId user, std::int64_t token) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db, sqlite::Durability::PowerLoss);
    auto remove = impl_->db.query("DELETE FROM api_tokens WHERE user = ?1 AND id = ?2");
    remove->bind(1, user.value());
    remove->bind(2, token);
    remove->run();
    impl_->expect_change("token");
    transaction.commit();
  });
}

LedgerResult<void> UserStore::touch(const std::map<std::int64_t, UnixSeconds>& sessions,
                                    const std::map<std::int64_t, UnixSeconds>& tokens) {
  return sqlite::guarded([&] {
    if (sessions.empty() && tokens.empty())
      return;
    sqlite::Transaction transaction(impl_->db);
    const auto write = [this](std::string_view sql, const std::map<std::int64_t, UnixSeconds>& uses) {
      for (const auto& [id, at] : uses) {
        auto update = impl_->db.query(sql);
        update->bind(1, id);
        update->bind(2, at);
        update->run();
      }
    };
    write("UPDATE web_sessions SET last_seen = ?2 WHERE id = ?1", sessions);
    write("UPDATE api_tokens SET last_used = ?2 WHERE id = ?1", tokens);
    transaction.commit();
  });
}

LedgerResult<bool> UserStore::see_token_at(std::int64_t token, std::string_view address, UnixSeconds now) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    auto insert = impl_->db.query(
        "INSERT INTO token_sights (token, address, first_seen) SELECT ?1, ?2, ?3 "
        "WHERE EXISTS (SELECT 1 FROM api_tokens WHERE id = ?1) ON CONFLICT DO NOTHING");
    insert->bind(1, token);
    insert->bind(2, address);
    insert->bind(3, now);
    insert->run();
    const bool is_new = impl_->db.changes() > 0;
    transaction.commit();
    return is_new;
  });
}

}  // namespace ledgram::ledger
