#include "ledgram/sessions/session_file.hpp"

#include "ledgram/base/secret.hpp"

#include <fmt/format.h>

#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace ledgram::sessions {
namespace {

constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr std::size_t kHeaderSize = 100;

/// Steps of SQLite's virtual machine, in thousands. Reading one row of a small table takes a few dozen steps.
constexpr int kMostThousandSteps = 1000;

std::uint32_t big_endian(ByteView bytes) {
  std::uint32_t value = 0;
  for (const std::uint8_t byte : bytes)
    value = value << 8U | byte;
  return value;
}

/// SQLite itself notices a missing end only when it needs a page of it. The header counts the pages, if the two
/// counters of changes agree (sqlite.org/fileformat2.html#in_header_database_size).
bool is_cut_off(ByteView file) {
  if (file.size() < kHeaderSize)
    return true;
  const std::uint32_t stored_size = big_endian(file.subspan(16, 2));
  const std::uint64_t page_size = stored_size == 1 ? 65536 : stored_size;
  const bool counted = big_endian(file.subspan(24, 4)) == big_endian(file.subspan(92, 4));
  return counted && page_size * big_endian(file.subspan(28, 4)) > file.size();
}

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;
using Statement = std::unique_ptr<sqlite3_stmt, FinalizeStatement>;

std::unexpected<SessionsError> damaged(std::string_view what) {
  return refuse(SessionsErrc::Damaged, fmt::format("the session file is damaged: {}", what));
}

std::unexpected<SessionsError> no_session() {
  return refuse(SessionsErrc::Foreign,
                "it is an SQLite database, but not a session of Telethon 1 or Pyrogram that holds one login");
}

/// Takes everything away from a database that is not reading tables.
void confine(sqlite3* database, int& budget) {
  sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(database, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_limit(database, SQLITE_LIMIT_LENGTH, 1 << 20);
  sqlite3_limit(database, SQLITE_LIMIT_SQL_LENGTH, 1 << 16);
  sqlite3_limit(database, SQLITE_LIMIT_COLUMN, 100);
  sqlite3_limit(database, SQLITE_LIMIT_EXPR_DEPTH, 50);
  sqlite3_limit(database, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_progress_handler(database, 1000, [](void* left) { return --*static_cast<int*>(left) < 0 ? 1 : 0; }, &budget);
}

/// The reading of one foreign database. `file` and `budget` belong to the caller and outlive it.
class Reader {
 public:
  static SessionsResult<Reader> open(Bytes& file, int& budget) {
    // In the header, 2 stands for a database with a write-ahead log, which one in memory cannot have.
    for (const std::size_t offset : {18U, 19U})
      file[offset] = 1;
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(":memory:", &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    Reader reader{Database(handle)};
    if (code != SQLITE_OK)
      return reader.failure();
    const auto size = static_cast<sqlite3_int64>(file.size());
    if (sqlite3_deserialize(handle, "main", file.data(), size, size, SQLITE_DESERIALIZE_READONLY) != SQLITE_OK)
      return reader.failure();
    confine(handle, budget);
    return reader;
  }

  /// The statement before its first row.
  SessionsResult<Statement> prepare(const char* sql) {
    sqlite3_stmt* handle = nullptr;
    const int code = sqlite3_prepare_v2(database_.get(), sql, -1, &handle, nullptr);
    Statement statement(handle);
    if (code != SQLITE_OK)
      return failure();
    return statement;
  }

  /// False at the end.
  SessionsResult<bool> step(const Statement& statement) {
    const int code = sqlite3_step(statement.get());
    if (code == SQLITE_ROW)
      return true;
    if (code == SQLITE_DONE)
      return false;
    return failure();
  }

  /// The names of the columns of a table; none if there is no ordinary table of that name.
  SessionsResult<std::set<std::string>> columns(const char* table_sql, const char* columns_sql) {
    std::set<std::string> names;
    auto table = prepare(table_sql);
    if (!table)
      return std::unexpected(std::move(table.error()));
    auto found = step(*table);
    if (!found)
      return std::unexpected(std::move(found.error()));
    if (!*found)
      return names;
    auto list = prepare(columns_sql);
    if (!list)
      return std::unexpected(std::move(list.error()));
    while (true) {
      auto more = step(*list);
      if (!more)
        return std::unexpected(std::move(more.error()));
      if (!*more)
        return names;
      const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(list->get(), 0));
      if (name != nullptr)
        names.emplace(name);
    }
  }

 private:
  explicit Reader(Database database) : database_(std::move(database)) {}

  std::unexpected<SessionsError> failure() const { return damaged(sqlite3_errmsg(database_.get())); }

  Database database_;
};

struct Row {
  std::int64_t dc = 0;
  SecretBytes key;
  std::int64_t test = 0;
  std::optional<std::int64_t> user;
  std::optional<std::int64_t> api_id;
};

std::optional<std::int64_t> optional_integer(sqlite3_stmt* row, int column) {
  if (sqlite3_column_type(row, column) != SQLITE_INTEGER)
    return std::nullopt;
  return sqlite3_column_int64(row, column);
}

/// The only row. The columns of the statement: dc_id, auth_key, test_mode, user_id, api_id.
SessionsResult<Row> only_row(Reader& reader, const char* sql) {
  auto statement = reader.prepare(sql);
  if (!statement)
    return std::unexpected(std::move(statement.error()));
  auto found = reader.step(*statement);
  if (!found)
    return std::unexpected(std::move(found.error()));
  if (!*found)
    return refuse(SessionsErrc::NotLoggedIn, "it is an empty session, which was never logged in");
  sqlite3_stmt* const columns = statement->get();
  Row row;
  row.dc = optional_integer(columns, 0).value_or(0);
  const int type = sqlite3_column_type(columns, 1);
  if (type != SQLITE_BLOB && type != SQLITE_NULL)
    return damaged("its key is no binary data");
  const auto* key = static_cast<const std::uint8_t*>(sqlite3_column_blob(columns, 1));
  const auto key_size = static_cast<std::size_t>(sqlite3_column_bytes(columns, 1));
  if (key != nullptr)
    row.key = SecretBytes(Bytes(key, key + key_size));
  row.test = optional_integer(columns, 2).value_or(0);
  row.user = optional_integer(columns, 3);
  row.api_id = optional_integer(columns, 4);
  auto more = reader.step(*statement);
  if (!more)
    return std::unexpected(std::move(more.error()));
  if (*more)
    return no_session();
  return row;
}

SessionsResult<ForeignSession> session_from(Row row, Source source) {
  const ByteView key = row.key.reveal();
  if (std::ranges::all_of(key, [](std::uint8_t byte) { return byte == 0; }))
    return refuse(SessionsErrc::NotLoggedIn, "it holds no key, so it was never logged in");
  if (key.size() != crypto::AuthKey::kSize)
    return damaged(fmt::format("its key has {} bytes instead of {}", key.size(), crypto::AuthKey::kSize));
  if (row.dc < 1 || row.dc > 255)
    return damaged(fmt::format("{} is no number of a data centre", row.dc));
  ForeignSession session{.source = source,
                         .dc = DcId(static_cast<std::int32_t>(row.dc)),
                         .key = crypto::AuthKey::from_bytes(key).value(),
                         .servers = Servers::Unknown,
                         .user = {},
                         .api_id = {}};
  if (source == Source::PyrogramFile) {
    if (!row.user)
      return refuse(SessionsErrc::NotLoggedIn, "Pyrogram made it, but did not finish the login");
    session.servers = row.test != 0 ? Servers::Test : Servers::Production;
    session.user = UserId(*row.user);
  }
  if (row.api_id && std::in_range<std::int32_t>(*row.api_id))
    session.api_id = static_cast<std::int32_t>(*row.api_id);
  return session;
}

SessionsResult<ForeignSession> read(Reader& reader) {
  // A table of its own pages: neither a view nor a virtual table.
  auto columns =
      reader.columns("SELECT 1 FROM sqlite_schema WHERE name = 'sessions' AND type = 'table' AND rootpage > 0",
                     "SELECT name FROM pragma_table_info('sessions')");
  if (!columns)
    return std::unexpected(std::move(columns.error()));
  const auto has = [&columns](const char* name) { return columns->contains(name); };
  if (!has("dc_id") || !has("auth_key"))
    return no_session();
  if (has("test_mode") && has("user_id")) {
    auto row = only_row(reader, has("api_id") ? "SELECT dc_id, auth_key, test_mode, user_id, api_id FROM sessions"
                                              : "SELECT dc_id, auth_key, test_mode, user_id, NULL FROM sessions");
    if (!row)
      return std::unexpected(std::move(row.error()));
    return session_from(std::move(*row), Source::PyrogramFile);
  }
  if (has("server_address") && has("port")) {
    auto row = only_row(reader, "SELECT dc_id, auth_key, NULL, NULL, NULL FROM sessions");
    if (!row)
      return std::unexpected(std::move(row.error()));
    return session_from(std::move(*row), Source::TelethonFile);
  }
  return no_session();
}

}  // namespace

bool is_sqlite_file(ByteView file) {
  return as_text(file).starts_with(kMagic);
}

SessionsResult<ForeignSession> parse_session_file(Bytes file) {
  if (!is_sqlite_file(file))
    return refuse(SessionsErrc::Foreign, "this is no SQLite database, as session files are");
  if (is_cut_off(file))
    return damaged("it is cut off");
  int budget = kMostThousandSteps;
  SessionsResult<ForeignSession> session = [&]() -> SessionsResult<ForeignSession> {
    auto reader = Reader::open(file, budget);
    if (!reader)
      return std::unexpected(std::move(reader.error()));
    return read(*reader);
  }();
  wipe(file);
  return session;
}

}  // namespace ledgram::sessions
