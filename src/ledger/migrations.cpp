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

// What is newer than what. A channel that was collected before has its news after what was collected; `pts` was set by
// the first page then, and everything above the newest number is surely above what that pts covers.
constexpr const char* kOrderOfNews = R"sql(
ALTER TABLE messages ADD COLUMN as_of INTEGER NOT NULL DEFAULT 0;

ALTER TABLE channels ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN tail_id INTEGER;
ALTER TABLE channels ADD COLUMN news_after INTEGER;
ALTER TABLE channels ADD COLUMN wave_start INTEGER NOT NULL DEFAULT 0;
ALTER TABLE channels ADD COLUMN wave_count INTEGER NOT NULL DEFAULT 0;
UPDATE channels SET tail_id = newest_id WHERE pts <> 0;
UPDATE channels SET news_after = newest_id WHERE newest_id > 0 OR last_collect > 0;

ALTER TABLE accounts ADD COLUMN state_reason TEXT;
ALTER TABLE accounts ADD COLUMN state_since INTEGER NOT NULL DEFAULT 0;

CREATE TABLE update_states (
  account INTEGER PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
  pts INTEGER NOT NULL,
  qts INTEGER NOT NULL,
  date INTEGER NOT NULL,
  seq INTEGER NOT NULL
);

CREATE TABLE channel_accounts (
  channel INTEGER NOT NULL REFERENCES channels(id),
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  membership INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  UNIQUE (channel, account)
);
CREATE INDEX channel_accounts_by_account ON channel_accounts (account);
INSERT INTO channel_accounts (channel, account, membership, updated)
  SELECT id, account, 0, created FROM channels WHERE account IS NOT NULL;
)sql";

// deletions: of messages that are stored and of such that are not. state: of DeletionState.
// rechecks: numbers of which an answer at least as new as as_of has to be read again.
constexpr const char* kDeletionsAndVersions = R"sql(
CREATE TABLE deletions (
  channel INTEGER NOT NULL REFERENCES channels(id),
  number INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  PRIMARY KEY (channel, number)
) WITHOUT ROWID;
CREATE INDEX deletions_held ON deletions (channel) WHERE state = 1;

CREATE TABLE message_versions (
  channel INTEGER NOT NULL REFERENCES channels(id),
  number INTEGER NOT NULL,
  edit_date INTEGER NOT NULL,
  text TEXT NOT NULL,
  entities TEXT,
  media_kind TEXT,
  media TEXT,
  layer INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  replaced_at INTEGER NOT NULL,
  raw BLOB NOT NULL
);
CREATE INDEX message_versions_by_number ON message_versions (channel, number);

CREATE TABLE rechecks (
  channel INTEGER NOT NULL REFERENCES channels(id),
  first INTEGER NOT NULL CHECK (first >= 1),
  last INTEGER NOT NULL CHECK (last >= first),
  as_of INTEGER NOT NULL,
  PRIMARY KEY (channel, first)
) WITHOUT ROWID;
)sql";

// AUTOINCREMENT: a number is never given again, even if all events should be removed one day.
constexpr const char* kEvents = R"sql(
CREATE TABLE events (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  type INTEGER NOT NULL,
  account INTEGER,
  channel INTEGER,
  message INTEGER,
  data TEXT NOT NULL
);
)sql";

// The same columns as messages, which the same statements fill; the number is unique in an account.
constexpr const char* kPrivateMessages = R"sql(
CREATE TABLE private_messages (
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  peer_type INTEGER NOT NULL,
  peer_id INTEGER NOT NULL,
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
  as_of INTEGER NOT NULL,
  raw BLOB NOT NULL
);
CREATE UNIQUE INDEX private_messages_by_number ON private_messages (account, number);
CREATE INDEX private_messages_by_peer ON private_messages (account, peer_type, peer_id, number);

CREATE TABLE private_versions (
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  edit_date INTEGER NOT NULL,
  text TEXT NOT NULL,
  entities TEXT,
  media_kind TEXT,
  media TEXT,
  layer INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  replaced_at INTEGER NOT NULL,
  raw BLOB NOT NULL
);
CREATE INDEX private_versions_by_number ON private_versions (account, number);

CREATE TABLE private_deletions (
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  number INTEGER NOT NULL,
  as_of INTEGER NOT NULL,
  at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  PRIMARY KEY (account, number)
) WITHOUT ROWID;
)sql";

// AUTOINCREMENT: the number of a user or token that is gone must not become somebody else's.
constexpr const char* kUsers = R"sql(
CREATE TABLE users (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL COLLATE NOCASE UNIQUE,
  role INTEGER NOT NULL,
  password TEXT NOT NULL,
  totp BLOB,
  totp_counter INTEGER NOT NULL,
  disabled INTEGER NOT NULL,
  created INTEGER NOT NULL,
  last_login INTEGER NOT NULL
);

CREATE TABLE setup_links (
  hash BLOB NOT NULL PRIMARY KEY,
  expires INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE web_sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  created INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL
);
CREATE INDEX web_sessions_by_user ON web_sessions (user);

CREATE TABLE api_tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,
  user INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  scopes INTEGER NOT NULL,
  hint TEXT NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  last_used INTEGER NOT NULL
);
CREATE INDEX api_tokens_by_user ON api_tokens (user);

CREATE TABLE token_sights (
  token INTEGER NOT NULL REFERENCES api_tokens(id) ON DELETE CASCADE,
  address TEXT NOT NULL,
  first_seen INTEGER NOT NULL,
  PRIMARY KEY (token, address)
) WITHOUT ROWID;

CREATE TABLE account_owners (
  account INTEGER PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
  user INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE
);
CREATE INDEX account_owners_by_user ON account_owners (user);

CREATE TABLE subscriptions (
  user INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  channel INTEGER NOT NULL REFERENCES channels(id),
  since INTEGER NOT NULL,
  PRIMARY KEY (user, channel)
) WITHOUT ROWID;
CREATE INDEX subscriptions_by_channel ON subscriptions (channel);

CREATE TABLE audit (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  user INTEGER,
  user_name TEXT NOT NULL,
  by TEXT NOT NULL,
  address TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  status INTEGER NOT NULL,
  request TEXT NOT NULL
);
)sql";

// messages_by_date: the posts of several channels are merged by date, from keys that this index alone holds.
// Descending, so that newest-first inserts append to it. It begins with the channel: history is inserted channel by
// channel. ownership_changes: a number that rises whenever what somebody may see has changed; for streams, which last.
constexpr const char* kReading = R"sql(
CREATE INDEX messages_by_date ON messages (channel, date DESC, number DESC);

CREATE TABLE feeds (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  hash BLOB NOT NULL UNIQUE,
  channel INTEGER REFERENCES channels(id),
  search TEXT,
  title TEXT NOT NULL,
  created INTEGER NOT NULL
);
CREATE INDEX feeds_by_user ON feeds (user);

CREATE TABLE ownership_changes (number INTEGER NOT NULL);
INSERT INTO ownership_changes VALUES (1);
CREATE TRIGGER account_given AFTER INSERT ON account_owners
  BEGIN UPDATE ownership_changes SET number = number + 1; END;
CREATE TRIGGER account_moved AFTER UPDATE ON account_owners
  BEGIN UPDATE ownership_changes SET number = number + 1; END;
CREATE TRIGGER account_taken AFTER DELETE ON account_owners
  BEGIN UPDATE ownership_changes SET number = number + 1; END;
CREATE TRIGGER channel_subscribed AFTER INSERT ON subscriptions
  BEGIN UPDATE ownership_changes SET number = number + 1; END;
CREATE TRIGGER subscription_moved AFTER UPDATE ON subscriptions
  BEGIN UPDATE ownership_changes SET number = number + 1; END;
CREATE TRIGGER channel_unsubscribed AFTER DELETE ON subscriptions
  BEGIN UPDATE ownership_changes SET number = number + 1; END;
)sql";

// types, channels, accounts: numbers with commas between; NULL for all. under_way: the last event of a delivery that
// has begun. AUTOINCREMENT: receivers know deliveries by the number of their webhook, so none is given twice.
constexpr const char* kWebhooks = R"sql(
CREATE TABLE webhooks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  user INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  types TEXT,
  channels TEXT,
  accounts TEXT,
  secret BLOB NOT NULL,
  state INTEGER NOT NULL DEFAULT 0,
  position INTEGER NOT NULL,
  revision INTEGER NOT NULL DEFAULT 0,
  delivery INTEGER NOT NULL DEFAULT 0,
  under_way INTEGER,
  attempts INTEGER NOT NULL DEFAULT 0,
  failing_since INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER NOT NULL DEFAULT 0,
  error_at INTEGER,
  error_status INTEGER,
  error_text TEXT,
  last_success INTEGER NOT NULL DEFAULT 0,
  delivered INTEGER NOT NULL DEFAULT 0,
  created INTEGER NOT NULL
);
CREATE INDEX webhooks_by_user ON webhooks (user);
)sql";

// private_tails: the highest number that updates have brought; what older versions stored came by updates alone.
//
// private_gaps: what Telegram will never tell of an account's private chats and basic groups. newest: the tail before
// the gap, 0 for none; since: the date of the state then.
//
// private_readings: chats that were read again for the gap, from down_to on.
constexpr const char* kPrivateGaps = R"sql(
CREATE TABLE private_tails (
  account INTEGER PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
  number INTEGER NOT NULL
);
INSERT INTO private_tails (account, number) SELECT account, max(number) FROM private_messages GROUP BY account;

CREATE TABLE private_gaps (
  account INTEGER PRIMARY KEY REFERENCES accounts(id) ON DELETE CASCADE,
  as_of INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  since INTEGER NOT NULL
);

CREATE TABLE private_readings (
  account INTEGER NOT NULL REFERENCES accounts(id) ON DELETE CASCADE,
  peer_type INTEGER NOT NULL,
  peer_id INTEGER NOT NULL,
  down_to INTEGER NOT NULL,
  PRIMARY KEY (account, peer_type, peer_id)
) WITHOUT ROWID;
)sql";

constexpr std::array kMigrations = {
    Migration{1, kFirstSchema},    Migration{2, kAccountProxies},  Migration{3, kMediaSchema},
    Migration{4, kTokensAndNames}, Migration{5, kOrderOfNews},     Migration{6, kDeletionsAndVersions},
    Migration{7, kEvents},         Migration{8, kPrivateMessages}, Migration{9, kUsers},
    Migration{10, kReading},       Migration{11, kWebhooks},       Migration{12, kPrivateGaps},
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
