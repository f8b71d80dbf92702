#include "ledgram/sim_server/storage.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace ledgram::sim {

namespace {

/// "LdgS" in the header of the file, so that another program's database is never written to.
constexpr int kApplicationId = 0x4c646753;
constexpr int kSchemaVersion = 1;

constexpr const char* kSchema =
    "CREATE TABLE IF NOT EXISTS state(kind TEXT NOT NULL, key TEXT NOT NULL, text TEXT NOT NULL,"
    " PRIMARY KEY(kind, key)) WITHOUT ROWID, STRICT;";

struct StatementCloser {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Statement = std::unique_ptr<sqlite3_stmt, StatementCloser>;

void bind_text(sqlite3_stmt* statement, int index, std::string_view text) {
  sqlite3_bind_text64(statement, index, text.data(), text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

std::string column_text(sqlite3_stmt* statement, int column) {
  const void* data = sqlite3_column_blob(statement, column);
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, column));
  if (data == nullptr || size == 0)
    return {};
  return std::string(static_cast<const char*>(data), size);
}

}  // namespace

struct SqliteStateStore::Database {
  sqlite3* handle = nullptr;
  std::filesystem::path file;
  Statement put;
  Statement erase;
  Statement load;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  ~Database() {
    put.reset();
    erase.reset();
    load.reset();
    sqlite3_close(handle);
  }

  [[nodiscard]] ServerError error(std::string_view doing) const {
    return {ServerErrc::Database, fmt::format("{}: cannot {}: {}", file.string(), doing, sqlite3_errmsg(handle))};
  }

  [[nodiscard]] bool run(const char* sql) const {
    return sqlite3_exec(handle, sql, nullptr, nullptr, nullptr) == SQLITE_OK;
  }

  /// The single number that a PRAGMA answers; -1 if it cannot be read.
  [[nodiscard]] int number(const char* sql) const {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v2(handle, sql, -1, &raw, nullptr) != SQLITE_OK)
      return -1;
    const Statement statement(raw);
    return sqlite3_step(raw) == SQLITE_ROW ? sqlite3_column_int(raw, 0) : -1;
  }

  [[nodiscard]] bool prepare(const char* sql, Statement& into) const {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v3(handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &raw, nullptr) != SQLITE_OK)
      return false;
    into.reset(raw);
    return true;
  }

  void step_once(sqlite3_stmt* statement, std::string_view doing) const {
    const int code = sqlite3_step(statement);
    ServerError problem{ServerErrc::Database, {}};
    if (code != SQLITE_DONE)
      problem = error(doing);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (code != SQLITE_DONE)
      throw Failure<ServerError>(std::move(problem));
  }
};

ServerResult<std::unique_ptr<SqliteStateStore>> SqliteStateStore::open(const std::filesystem::path& file) {
  // Made here and not by SQLite, so that the keys in it are never readable by others, not even for a moment.
  const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) {
    return server_error(ServerErrc::Database,
                        fmt::format("{}: cannot be opened for writing: {}", file.string(), std::strerror(errno)));
  }
  ::close(descriptor);

  auto database = std::make_unique<Database>();
  database->file = file;
  if (sqlite3_open_v2(file.c_str(), &database->handle, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK) {
    return std::unexpected(database->error("open it"));
  }
  sqlite3_busy_timeout(database->handle, 2000);

  const int version = database->number("PRAGMA user_version");
  if (version < 0)
    return std::unexpected(database->error("read it"));
  const int application = database->number("PRAGMA application_id");
  const int tables = database->number("SELECT count(*) FROM sqlite_schema");
  if (tables < 0)
    return std::unexpected(database->error("read it"));
  if (tables > 0 && application != kApplicationId) {
    return server_error(ServerErrc::Database,
                        fmt::format("{} is not a simulator's state; give --data a folder of its own", file.string()));
  }
  if (version > kSchemaVersion) {
    return server_error(ServerErrc::Database,
                        fmt::format("{} was written by a newer ledgram-sim (version {}, this one knows {})",
                                    file.string(), version, kSchemaVersion));
  }
  const std::string mark =
      fmt::format("PRAGMA application_id={}; PRAGMA user_version={};", kApplicationId, kSchemaVersion);
  if (!database->run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;") || !database->run(kSchema) ||
      !database->run(mark.c_str())) {
    return std::unexpected(database->error("prepare it"));
  }
  if (!database->prepare("INSERT INTO state(kind, key, text) VALUES(?1, ?2, ?3)"
                         " ON CONFLICT(kind, key) DO UPDATE SET text = excluded.text",
                         database->put) ||
      !database->prepare("DELETE FROM state WHERE kind = ?1 AND key = ?2", database->erase) ||
      !database->prepare("SELECT key, text FROM state WHERE kind = ?1 ORDER BY key", database->load)) {
    return std::unexpected(database->error("read its table"));
  }
  return std::unique_ptr<SqliteStateStore>(new SqliteStateStore(std::move(database)));
}

SqliteStateStore::SqliteStateStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}
SqliteStateStore::~SqliteStateStore() = default;

void SqliteStateStore::put(std::string_view kind, std::string_view key, std::string_view text) {
  sqlite3_stmt* statement = database_->put.get();
  bind_text(statement, 1, kind);
  bind_text(statement, 2, key);
  bind_text(statement, 3, text);
  database_->step_once(statement, "write a row");
}

void SqliteStateStore::erase(std::string_view kind, std::string_view key) {
  sqlite3_stmt* statement = database_->erase.get();
  bind_text(statement, 1, kind);
  bind_text(statement, 2, key);
  database_->step_once(statement, "delete a row");
}

void SqliteStateStore::begin() {
  if (batches_++ == 0 && !database_->run("BEGIN IMMEDIATE")) {
    batches_ = 0;
    throw Failure<ServerError>(database_->error("begin to write"));
  }
}

void SqliteStateStore::commit() {
  if (batches_ == 0 || --batches_ > 0)
    return;
  if (!database_->run("COMMIT")) {
    ServerError problem = database_->error("write what was done");
    // Nothing is left open for the next batch; an error of it says nothing more.
    static_cast<void>(database_->run("ROLLBACK"));
    throw Failure<ServerError>(std::move(problem));
  }
}

std::vector<StateRow> SqliteStateStore::load_all(std::string_view kind) const {
  sqlite3_stmt* statement = database_->load.get();
  bind_text(statement, 1, kind);
  std::vector<StateRow> rows;
  int code = SQLITE_ROW;
  while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
    rows.push_back({column_text(statement, 0), column_text(statement, 1)});
  }
  ServerError problem{ServerErrc::Database, {}};
  if (code != SQLITE_DONE)
    problem = database_->error("read its rows");
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
  if (code != SQLITE_DONE)
    throw Failure<ServerError>(std::move(problem));
  return rows;
}

}  // namespace ledgram::sim
