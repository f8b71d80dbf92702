#include "ledgram/ledger/migrations.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

namespace ledgram::ledger {
namespace {

// messages: an ordinary table with a unique index, not WITHOUT ROWID: rows are 1 to 2 KB, and a clustered key makes
// each newest-first insert split a full page (measured: 44 us a row, against 10 to 13 us this way; see
// docs/decisions/0004-sqlite-settings.md). The index is descending so that newest-first inserts append to it.
constexpr const char* kFirstSchema = R"sql(
CREATE TABLE meta (
  key TEXT PRIMARY KEY NOT NULL,
  value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind INTEGER NOT NULL,
  state INTEGER NOT NULL,
  phone TEXT,
  user_id INTEGER NOT NULL,
  first_name TEXT,
  username TEXT,
  created INTEGER NOT NULL
);

CREATE TABLE sessions (
  account INTEGER PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
  sealed BLOB NOT NULL
);

CREATE TABLE peers (
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  type INTEGER NOT NULL,
  id INTEGER NOT NULL,
  access_hash INTEGER,
  min INTEGER NOT NULL,
  username TEXT COLLATE NOCASE,
  title TEXT,
  source TEXT,
  updated INTEGER NOT NULL,
  PRIMARY KEY (account, type, id)
) WITHOUT ROWID;
CREATE INDEX peers_by_username ON peers (account, username) WHERE username IS NOT NULL;

CREATE TABLE channels (
  id INTEGER PRIMARY KEY,
  username TEXT COLLATE NOCASE,
  title TEXT,
  account INTEGER REFERENCES accounts(id) ON DELETE SET NULL,
  followed INTEGER NOT NULL,
  pts INTEGER NOT NULL DEFAULT 0,
  newest_id INTEGER NOT NULL DEFAULT 0,
  server_count INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL,
  last_collect INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX channels_by_username ON channels (username) WHERE username IS NOT NULL;

CREATE TABLE messages (
  channel INTEGER NOT NULL REFERENCES channels(id),
  number INTEGER NOT NULL,
  date INTEGER NOT NULL,
  edit_date INTEGER NOT NULL,
  text TEXT NOT NULL,
  entities TEXT,
  views INTEGER,
  forwards INTEGER,
  from_type INTEGER,
  from_id INTEGER,
  post_author TEXT,
  reply_to INTEGER,
  reply TEXT,
  forward TEXT,
  media_kind TEXT,
  media TEXT,
  grouped_id INTEGER,
  action TEXT,
  action_json TEXT,
  flags INTEGER NOT NULL,
  layer INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  raw BLOB NOT NULL
);
CREATE UNIQUE INDEX messages_by_number ON messages (channel, number DESC);

CREATE TABLE ranges (
  channel INTEGER NOT NULL REFERENCES channels(id),
  first INTEGER NOT NULL CHECK (first >= 1),
  last INTEGER NOT NULL CHECK (last >= first),
  PRIMARY KEY (channel, first)
) WITHOUT ROWID;
)sql";

// What an account's connections go through, sealed: "direct" or a proxy's address. No row: as the configuration says.
constexpr const char* kAccountProxies = R"sql(
CREATE TABLE account_proxies (
  account INTEGER PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
  sealed BLOB NOT NULL
);
)sql";

// A file is Telegram's photo or document, whoever posts it; a use is a message that holds it.
constexpr const char* kMediaSchema = R"sql(
CREATE TABLE media_files (
  id INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  file INTEGER NOT NULL,
  size INTEGER NOT NULL,
  name TEXT,
  mime TEXT,
  dc INTEGER NOT NULL,
  state INTEGER NOT NULL,
  sha256 BLOB,
  attempts INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER NOT NULL DEFAULT 0,
  reason TEXT,
  UNIQUE (kind, file)
);

CREATE TABLE media_uses (
  channel INTEGER NOT NULL REFERENCES channels(id),
  number INTEGER NOT NULL,
  edit_date INTEGER NOT NULL,
  media INTEGER REFERENCES media_files(id),
  PRIMARY KEY (channel, number)
) WITHOUT ROWID;
CREATE INDEX media_uses_by_file ON media_uses (media, channel);
)sql";

// logout_tokens: sealed; they belong to no account here, because an account that was logged out is removed.
// usernames: what a look-up said, also that nobody has the name (type NULL).
constexpr const char* kTokensAndNames = R"sql(
CREATE TABLE logout_tokens (
  id INTEGER PRIMARY KEY,
  sealed BLOB NOT NULL
);

CREATE TABLE usernames (
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  name TEXT COLLATE NOCASE NOT NULL,
  type INTEGER,
  id INTEGER,
  looked_up INTEGER NOT NULL,
  PRIMARY KEY (account, name)
) WITHOUT ROWID;
)sql";

constexpr std::array kMigrations = {
    Migration{1, kFirstSchema},
    Migration{2, kAccountProxies},
    Migration{3, kMediaSchema},
    Migration{4, kTokensAndNames},
};

}  // namespace

std::span<const Migration> migrations() {
  return kMigrations;
}

std::int32_t newest_schema_version() {
  return kMigrations.back().version;
}

std::int32_t check_schema(sqlite::Connection& connection) {
  const std::string path = connection.file().string();
  const auto application = connection.number("PRAGMA application_id");
  if (application != kApplicationId) {
    sqlite::fail(LedgerErrc::ForeignFile,
                 fmt::format("{} is a database of another program; it was left as it is: move it away or choose "
                             "another folder with --data",
                             path));
  }
  const auto version = static_cast<std::int32_t>(connection.number("PRAGMA user_version"));
  if (version > newest_schema_version()) {
    sqlite::fail(LedgerErrc::NewerSchema,
                 fmt::format("the ledger {} was written by a newer ledgram (schema {}, this program knows up to {}); "
                             "use that version or a newer one",
                             path, version, newest_schema_version()));
  }
  if (version < 1) {
    sqlite::fail(LedgerErrc::Corrupt, fmt::format("the ledger {} has the impossible schema number {}; restore it "
                                                  "from a copy",
                                                  path, version));
  }
  return version;
}

void migrate(sqlite::Connection& connection, std::span<const Migration> steps) {
  for (const Migration& step : steps) {
    sqlite::Transaction transaction(connection, sqlite::Durability::PowerLoss);
    // Read inside the transaction: another process may have just done this step.
    if (connection.number("PRAGMA user_version") >= step.version)
      continue;
    connection.execute(step.sql);
    connection.execute(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, step.version).c_str());
    transaction.commit();
  }
}

}  // namespace ledgram::ledger
