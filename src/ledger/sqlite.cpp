#include "ledgram/ledger/sqlite.hpp"

#include "ledgram/ledger/journal_vfs.hpp"

#include <fmt/format.h>

#include <sqlite3.h>

#include <cassert>
#include <cerrno>

namespace ledgram::ledger::sqlite {

void fail(LedgerErrc code, std::string message) {
  throw Failure<LedgerError>(LedgerError{code, std::move(message)});
}

namespace {

std::string full_text(const std::string& path) {
  return fmt::format(
      "the disk that holds {} is full; free some space and run it again, nothing that was committed is "
      "lost",
      path);
}

// SQLite tells of ENOSPC by itself where it writes, but not of quotas and limits, nor where it enlarges its index of
// the journal.
bool is_out_of_space(sqlite3* handle) {
  const auto says_so = [](int error) { return error == ENOSPC || error == EDQUOT || error == EFBIG; };
  int error = 0;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK && says_so(error))
    return true;
  sqlite3_file* journal = nullptr;
  if (sqlite3_file_control(handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, static_cast<void*>(&journal)) == SQLITE_OK &&
      journal != nullptr && journal->pMethods != nullptr &&
      journal->pMethods->xFileControl(journal, SQLITE_FCNTL_LAST_ERRNO, &error) == SQLITE_OK && says_so(error))
    return true;
  return says_so(sqlite3_system_errno(handle));
}

}  // namespace

Statement::Statement(Connection& connection, std::string_view sql) : connection_(&connection) {
  const int code = sqlite3_prepare_v3(connection.handle_, sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &handle_, nullptr);
  if (code != SQLITE_OK)
    connection.fail(code);
}

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_), handle_(std::exchange(other.handle_, nullptr)), in_use_(other.in_use_) {}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

Statement& Statement::bind(int index, std::int64_t value) {
  [[maybe_unused]] const int code = sqlite3_bind_int64(handle_, index, value);
  assert(code == SQLITE_OK);
  return *this;
}

Statement& Statement::bind(int index, std::string_view value) {
  // A null pointer would bind NULL where an empty text is meant.
  const char* data = value.data() != nullptr ? value.data() : "";
  const int code = sqlite3_bind_text64(handle_, index, data, value.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK)
    connection_->fail(code);
  return *this;
}

Statement& Statement::bind(int index, ByteView value) {
  const int code = value.empty() ? sqlite3_bind_zeroblob(handle_, index, 0)
                                 : sqlite3_bind_blob64(handle_, index, value.data(), value.size(), SQLITE_STATIC);
  if (code != SQLITE_OK)
    connection_->fail(code);
  return *this;
}

Statement& Statement::bind_null(int index) {
  [[maybe_unused]] const int code = sqlite3_bind_null(handle_, index);
  assert(code == SQLITE_OK);
  return *this;
}

bool Statement::step() {
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW)
    return true;
  if (code == SQLITE_DONE)
    return false;
  const LedgerError error = connection_->error(code);
  sqlite3_reset(handle_);
  throw Failure<LedgerError>(error);
}

void Statement::run() {
  [[maybe_unused]] const bool row = step();
  assert(!row);
  reset();
}

void Statement::reset() {
  sqlite3_reset(handle_);
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(handle_, column);
}

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  if (data == nullptr)
    return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

ByteView Statement::blob(int column) const {
  const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column));
  if (data == nullptr)
    return {};
  return {data, static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

Query::Query(Statement& statement) : statement_(&statement) {
  assert(!statement.in_use_ && "a cached statement serves one use at a time");
  statement.in_use_ = true;
}

Query::~Query() {
  sqlite3_reset(statement_->handle_);
  sqlite3_clear_bindings(statement_->handle_);
  statement_->in_use_ = false;
}

Connection::Connection(const std::filesystem::path& file, Access access, std::chrono::milliseconds busy_timeout)
    : file_(file) {
  // SQLite's memory statistics take a process-wide mutex at each allocation, and nobody reads them. This must come
  // before the library's first use in the process.
  [[maybe_unused]] static const int configured = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  switch (access) {
    case Access::ReadOnly:
      flags |= SQLITE_OPEN_READONLY;
      break;
    case Access::ReadWrite:
      flags |= SQLITE_OPEN_READWRITE;
      break;
    case Access::Create:
      flags |= SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
      break;
  }
  const int code = sqlite3_open_v2(file.c_str(), &handle_, flags, journal_vfs());
  if (code != SQLITE_OK) {
    LedgerError problem = error(code);
    sqlite3_close(handle_);
    throw Failure<LedgerError>(std::move(problem));
  }
  sqlite3_busy_timeout(handle_, static_cast<int>(busy_timeout.count()));
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close(handle_);
}

void Connection::execute(const char* sql) {
  const int code = sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK)
    fail(code);
}

Query Connection::query(std::string_view sql) {
  auto& entry = statements_[sql.data()];
  if (!entry)
    entry = std::make_unique<Statement>(*this, sql);
  return Query(*entry);
}

std::int64_t Connection::number(std::string_view sql) {
  Statement statement(*this, sql);
  return statement.step() ? statement.integer(0) : 0;
}

void Connection::set_deadline(std::chrono::steady_clock::time_point deadline) {
  deadline_ = deadline;
  // Instructions of SQLite's machine between two looks at the clock: some microseconds.
  constexpr int kLookEvery = 2000;
  const auto is_over = [](void* given) {
    const auto* self = static_cast<Connection*>(given);
    const bool over =
        self->abandoned_.load(std::memory_order_relaxed) || std::chrono::steady_clock::now() >= self->deadline_;
    return over ? 1 : 0;
  };
  const bool has_end = deadline != std::chrono::steady_clock::time_point::max();
  sqlite3_progress_handler(handle_, has_end ? kLookEvery : 0, has_end ? +is_over : nullptr, this);
}

std::int64_t Connection::changes() const {
  return sqlite3_changes64(handle_);
}

std::int64_t Connection::total_changes() const {
  return sqlite3_total_changes64(handle_);
}

std::int64_t Connection::last_rowid() const {
  return sqlite3_last_insert_rowid(handle_);
}

void Connection::fail(int code) const {
  throw Failure<LedgerError>(error(code));
}

LedgerError Connection::error(int code) const {
  const char* detail = handle_ != nullptr ? sqlite3_errmsg(handle_) : sqlite3_errstr(code);
  const std::string path = file_.string();
  const std::string folder = file_.parent_path().string();
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {LedgerErrc::Busy, fmt::format("the ledger {} is in use by another program for too long; end that "
                                            "program or try again later",
                                            path)};
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return {LedgerErrc::ReadOnly,
              fmt::format("cannot write to the ledger {}; make the file and its folder writable for this user, or "
                          "choose another folder with --data",
                          path)};
    case SQLITE_CANTOPEN:
      return {LedgerErrc::ReadOnly,
              fmt::format("cannot open the ledger {}; this user must be able to read and write the file and its "
                          "folder {}, or choose another folder with --data",
                          path, folder)};
    case SQLITE_CORRUPT:
      return {LedgerErrc::Corrupt, fmt::format("the ledger {} is damaged ({}); nothing was changed: move it away or "
                                               "restore it from a copy",
                                               path, detail)};
    case SQLITE_NOTADB:
      return {LedgerErrc::ForeignFile, fmt::format("{} is not a ledger, or its beginning is damaged; it was left as "
                                                   "it is: move it away or choose another folder with --data",
                                                   path)};
    case SQLITE_INTERRUPT:
      return {LedgerErrc::Interrupted,
              fmt::format("the ledger {} was asked for more than it could find in time", path)};
    case SQLITE_FULL:
      return {LedgerErrc::DiskFull, full_text(path)};
    case SQLITE_IOERR:
      if (is_out_of_space(handle_))
        return {LedgerErrc::DiskFull, full_text(path)};
      return {LedgerErrc::Io, fmt::format("the disk that holds {} answered with an error ({}); check the disk and "
                                          "the system log, then run it again",
                                          path, detail)};
    case SQLITE_CONSTRAINT:
      if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
        return {LedgerErrc::NotFound, fmt::format("the ledger {} does not know the account or channel that this data "
                                                  "belongs to; add it first",
                                                  path)};
      }
      if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY) {
        return {LedgerErrc::AlreadyExists, fmt::format("the ledger {} has it already ({})", path, detail)};
      }
      break;
    default:
      break;
  }
  return {LedgerErrc::Internal,
          fmt::format("the ledger {} refused a statement ({}, code {}); please report this", path, detail, code)};
}

Transaction::Transaction(Connection& connection, Durability durability)
    : connection_(connection), durability_(durability) {
  if (durability_ == Durability::PowerLoss)
    connection_.execute("PRAGMA synchronous = FULL");
  connection_.execute("BEGIN IMMEDIATE");
  open_ = true;
}

Transaction::~Transaction() {
  try {
    if (open_)
      connection_.execute("ROLLBACK");
  } catch (const Failure<LedgerError>&) {
    // SQLite has rolled back by itself, as it does after a full disk.
  }
  try {
    if (durability_ == Durability::PowerLoss)
      connection_.execute("PRAGMA synchronous = NORMAL");
  } catch (const Failure<LedgerError>&) {
    // The stricter setting stays; it is only slower.
  }
}

ReadMoment::ReadMoment(Connection& connection) : connection_(connection) {
  if (sqlite3_get_autocommit(connection.native()) == 0)
    return;
  connection_.query("BEGIN")->run();
  open_ = true;
}

ReadMoment::~ReadMoment() {
  if (!open_)
    return;
  // The end must not be broken off, however late it is.
  const auto deadline = connection_.deadline();
  connection_.set_deadline(std::chrono::steady_clock::time_point::max());
  try {
    connection_.query("COMMIT")->run();
  } catch (const Failure<LedgerError>&) {
    // Nothing was written; SQLite ends it with the connection.
  }
  connection_.set_deadline(deadline);
}

void Transaction::commit() {
  connection_.execute("COMMIT");
  open_ = false;
}

}  // namespace ledgram::ledger::sqlite
