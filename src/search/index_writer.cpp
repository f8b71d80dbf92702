#include "ledgram/base/log.hpp"
#include "ledgram/search/index.hpp"
#include "ledgram/search/index_schema.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <map>
#include <utility>

namespace ledgram::search {

namespace sqlite = ledger::sqlite;

namespace {

constexpr std::string_view kModule = "search";

/// Raised when the tables or the tokenizer change; an index of another number is made anew.
constexpr std::int64_t kVersion = 1;

/// "LdGs".
constexpr std::int64_t kApplicationId = 0x4C644773;

constexpr std::chrono::milliseconds kBusyTimeout{5000};

// The commits of an index may be lost in a power failure, since its mark is lost with them.
constexpr const char* kConnectionSettings =
    "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; "
    "PRAGMA trusted_schema = OFF";

// content='': the texts are in the ledger. columnsize=0: the order is by date, never by rank.
std::string schema() {
  return fmt::format(R"sql(
BEGIN;
CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  channel INTEGER NOT NULL,
  number INTEGER NOT NULL
);
CREATE UNIQUE INDEX entries_by_number ON entries (channel, number);
CREATE TABLE channel_posts (
  channel INTEGER PRIMARY KEY,
  posts INTEGER NOT NULL
);
CREATE TABLE state (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  row INTEGER NOT NULL,
  event INTEGER NOT NULL,
  row_channel INTEGER NOT NULL,
  row_number INTEGER NOT NULL,
  event_at INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  dead INTEGER NOT NULL
);
INSERT INTO state VALUES (1, 0, 0, 0, 0, 0, 0, 0, 0);
CREATE VIRTUAL TABLE words USING fts5 (
  text, author, scope, content = '', columnsize = 0, prefix = '3', tokenize = "{}"
);
PRAGMA application_id = {};
PRAGMA user_version = {};
COMMIT)sql",
                     kTokenizerArguments, kApplicationId, kVersion);
}

void remove_with_journals(const std::filesystem::path& file) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    ::unlink((file.string() + suffix).c_str());
}

/// SQLite gives its journals the same mode.
void make_private_file(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd >= 0)
    ::close(fd);
}

bool is_of_this_version(sqlite::Connection& db) {
  return db.number("PRAGMA application_id") == kApplicationId && db.number("PRAGMA user_version") == kVersion;
}

bool can_be_made_anew(ledger::LedgerErrc code) {
  return code == ledger::LedgerErrc::Corrupt || code == ledger::LedgerErrc::ForeignFile ||
         code == ledger::LedgerErrc::Internal;
}

struct NewEntry {
  std::int64_t id = 0;
  const ledger::IndexedMessage* message = nullptr;
};

/// One call of apply(), inside of its transaction.
class Application {
 public:
  Application(sqlite::Connection& db, const ledger::IndexChanges& changes, const std::atomic<bool>& stop)
      : db_(db), changes_(changes), stop_(stop) {
    auto query = db_.query("SELECT sequence, posts, dead FROM state");
    query->step();
    sequence_ = query->integer(0);
    posts_ = query->integer(1);
    dead_ = query->integer(2);
  }

  void run() {
    for (const ledger::IndexedMessage& message : changes_.messages) {
      remove(message.channel, message.number);
      if (!message.gone && !message.text.empty())
        entries_.push_back({next_id(message.date), &message});
    }
    // FTS5 keeps what is inserted in rising order in memory and writes it once.
    std::ranges::sort(entries_, {}, &NewEntry::id);
    for (const NewEntry& entry : entries_) {
      if (stop_)
        sqlite::fail(ledger::LedgerErrc::Interrupted, "the search index was stopped; it goes on at the next start");
      insert(entry);
    }
    write_counts();
  }

 private:
  std::int64_t next_id(ledger::UnixSeconds date) {
    sequence_ = (sequence_ + 1) & kSequenceMask;
    return first_entry_of(date) | sequence_;
  }

  void remove(ChannelId channel, MessageNumber number) {
    auto removal = db_.query("DELETE FROM entries WHERE channel = ?1 AND number = ?2");
    removal->bind(1, channel.value());
    removal->bind(2, std::int64_t{number.value()});
    removal->run();
    if (db_.changes() == 0)
      return;
    ++dead_;
    --posts_;
    --of_channels_[channel];
  }

  void insert(const NewEntry& entry) {
    const ledger::IndexedMessage& message = *entry.message;
    auto row = db_.query("INSERT INTO entries (id, channel, number) VALUES (?1, ?2, ?3)");
    row->bind(1, entry.id);
    row->bind(2, message.channel.value());
    row->bind(3, std::int64_t{message.number.value()});
    row->run();
    const std::string text = same_letters(message.text);
    const std::string author = same_letters(message.post_author);
    std::string scope = channel_word(message.channel);
    if (message.from)
      scope += " " + sender_word(message.from->id);
    auto words = db_.query("INSERT INTO words (rowid, text, author, scope) VALUES (?1, ?2, ?3, ?4)");
    words->bind(1, entry.id);
    words->bind(2, std::string_view(text));
    words->bind(3, std::string_view(author));
    words->bind(4, std::string_view(scope));
    words->run();
    ++posts_;
    ++of_channels_[message.channel];
  }

  void write_counts() {
    for (const auto& [channel, difference] : of_channels_) {
      auto count = db_.query(
          "INSERT INTO channel_posts (channel, posts) VALUES (?1, ?2) "
          "ON CONFLICT (channel) DO UPDATE SET posts = posts + ?2");
      count->bind(1, channel.value());
      count->bind(2, difference);
      count->run();
    }
    const ledger::IndexMark& mark = changes_.mark;
    auto state = db_.query(
        "UPDATE state SET row = ?1, event = ?2, row_channel = ?3, row_number = ?4, event_at = ?5, sequence = ?6, "
        "posts = ?7, dead = ?8");
    state->bind(1, mark.row);
    state->bind(2, mark.event);
    state->bind(3, mark.row_channel.value());
    state->bind(4, std::int64_t{mark.row_number.value()});
    state->bind(5, mark.event_at);
    state->bind(6, sequence_);
    state->bind(7, posts_);
    state->bind(8, dead_);
    state->run();
  }

  sqlite::Connection& db_;
  const ledger::IndexChanges& changes_;
  const std::atomic<bool>& stop_;
  std::int64_t sequence_ = 0;
  std::int64_t posts_ = 0;
  std::int64_t dead_ = 0;
  std::map<ChannelId, std::int64_t> of_channels_;
  std::vector<NewEntry> entries_;
};

}  // namespace

IndexWriter::IndexWriter(const std::filesystem::path& file) : file_(file) {
  try {
    open();
    return;
  } catch (const Failure<ledger::LedgerError>& failure) {
    if (!can_be_made_anew(failure.error().code))
      throw;
    log::warning(kModule, "{} cannot be used and is made anew ({})", file_.string(), name_of(failure.error().code));
  }
  db_.reset();
  remove_with_journals(file_);
  open();
}

void IndexWriter::open() {
  make_private_file(file_);
  db_.emplace(file_, sqlite::Access::Create, kBusyTimeout);
  db_->execute(kConnectionSettings);
  const bool is_new = db_->number("SELECT count(*) FROM sqlite_schema") == 0;
  if (!is_new && !is_of_this_version(*db_))
    sqlite::fail(ledger::LedgerErrc::ForeignFile, file_.string() + " is of another version");
  if (is_new)
    db_->execute(schema().c_str());
}

ledger::IndexMark IndexWriter::mark() {
  auto query = db_->query("SELECT row, event, row_channel, row_number, event_at FROM state");
  query->step();
  return {query->integer(0), query->integer(1), ChannelId(query->integer(2)), MessageNumber(query->integer32(3)),
          query->integer(4)};
}

void IndexWriter::apply(const ledger::IndexChanges& changes, const std::atomic<bool>& stop) {
  sqlite::Transaction transaction(*db_);
  Application(*db_, changes, stop).run();
  transaction.commit();
}

void IndexWriter::clear() {
  sqlite::Transaction transaction(*db_);
  db_->execute(
      "INSERT INTO words (words) VALUES ('delete-all'); DELETE FROM entries; DELETE FROM channel_posts; "
      "UPDATE state SET row = 0, event = 0, row_channel = 0, row_number = 0, event_at = 0, posts = 0, dead = 0");
  transaction.commit();
}

IndexCounts IndexWriter::counts() {
  auto query = db_->query("SELECT posts, dead FROM state");
  query->step();
  return {query->integer(0), query->integer(1)};
}

}  // namespace ledgram::search
