#pragma once

/// A thin owner of an SQLite connection and its statements, for the inside of this floor and for floors above that keep
/// a database of their own (search).
///
/// Inside the floor errors travel as Failure<LedgerError>, so that a transaction unwinds by itself; `guarded()` turns
/// them into values where they leave through the public interface.

#include "ledgram/base/bytes.hpp"
#include "ledgram/ledger/error.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>

struct sqlite3;
struct sqlite3_stmt;

namespace ledgram::ledger::sqlite {

enum class Access : std::uint8_t { ReadOnly, ReadWrite, Create };

[[noreturn]] void fail(LedgerErrc code, std::string message);

class Connection;

/// A prepared statement. Bound memory must stay valid until the next reset.
class Statement {
 public:
  Statement(Connection& connection, std::string_view sql);
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  /// Parameters are numbered from 1.
  Statement& bind(int index, std::int64_t value);
  Statement& bind(int index, std::string_view value);
  Statement& bind(int index, ByteView value);
  Statement& bind_null(int index);

  /// Empty text is stored as NULL, which costs no byte and reads back as empty.
  Statement& bind_or_null(int index, std::string_view value) {
    return value.empty() ? bind_null(index) : bind(index, value);
  }
  template <class Integer>
  Statement& bind_or_null(int index, const std::optional<Integer>& value) {
    return value ? bind(index, std::int64_t{*value}) : bind_null(index);
  }

  /// True: a row is there. False: done.
  bool step();

  /// For statements that return no row: steps once and resets.
  void run();

  void reset();

  /// Columns are numbered from 0. Views are valid until the next step or reset.
  [[nodiscard]] bool is_null(int column) const;
  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] std::int32_t integer32(int column) const { return static_cast<std::int32_t>(integer(column)); }
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] ByteView blob(int column) const;
  [[nodiscard]] std::optional<std::int32_t> optional32(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer32(column));
  }
  [[nodiscard]] std::optional<std::int64_t> optional64(int column) const {
    return is_null(column) ? std::nullopt : std::optional(integer(column));
  }

 private:
  friend class Query;

  Connection* connection_;
  sqlite3_stmt* handle_ = nullptr;
  bool in_use_ = false;
};

/// The use of a cached statement: resets it and forgets its bindings at the end.
class Query {
 public:
  explicit Query(Statement& statement);
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query();

  Statement* operator->() { return statement_; }
  Statement& operator*() { return *statement_; }

 private:
  Statement* statement_;
};

class Connection {
 public:
  /// Throws Failure: NotFound, ReadOnly, Io. Whether it is a database at all shows at the first use.
  Connection(const std::filesystem::path& file, Access access, std::chrono::milliseconds busy_timeout);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Runs statements without parameters and results.
  void execute(const char* sql);

  /// The cached statement of this text, ready to bind. `sql` must be a literal: it is known again by its address, which
  /// outlives the connection.
  Query query(std::string_view sql);

  /// The single number that a pragma or an aggregate gives; 0 if there is no row.
  std::int64_t number(std::string_view sql);

  /// Rows that the last INSERT, UPDATE or DELETE touched.
  [[nodiscard]] std::int64_t changes() const;

  /// Rows that all statements so far touched, also those that were rolled back.
  [[nodiscard]] std::int64_t total_changes() const;

  /// The rowid of the last INSERT.
  [[nodiscard]] std::int64_t last_rowid() const;

  /// Statements that run longer end with Interrupted. time_point::max(): never.
  void set_deadline(std::chrono::steady_clock::time_point deadline);

  [[nodiscard]] std::chrono::steady_clock::time_point deadline() const { return deadline_; }

  /// Every deadline is over from now on. Thread-safe.
  void abandon() { abandoned_.store(true, std::memory_order_relaxed); }

  [[nodiscard]] const std::filesystem::path& file() const { return file_; }

  /// For what this class does not offer. Stays the connection's.
  [[nodiscard]] sqlite3* native() const { return handle_; }

  /// The error for what SQLite answered with `code` just now, in words for people.
  [[nodiscard]] LedgerError error(int code) const;
  [[noreturn]] void fail(int code) const;

 private:
  friend class Statement;

  std::filesystem::path file_;
  sqlite3* handle_ = nullptr;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::atomic<bool> abandoned_ = false;
  std::unordered_map<const char*, std::unique_ptr<Statement>> statements_;  ///< by where their text lies
};

/// How much a commit survives: the process being killed, or also the power going off.
enum class Durability : std::uint8_t { ProcessCrash, PowerLoss };

/// A write transaction; rolled back unless commit() was reached.
class Transaction {
 public:
  explicit Transaction(Connection& connection, Durability durability = Durability::ProcessCrash);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  void commit();

 private:
  Connection& connection_;
  Durability durability_;
  bool open_ = false;
};

/// Several statements that see the database at one moment, that of the first; each costs less than alone, since it
/// takes no lock of its own. Nothing if a transaction is open already.
class ReadMoment {
 public:
  explicit ReadMoment(Connection& connection);
  ReadMoment(const ReadMoment&) = delete;
  ReadMoment& operator=(const ReadMoment&) = delete;
  ~ReadMoment();

 private:
  Connection& connection_;
  bool open_ = false;
};

/// Runs `body` and turns a Failure<LedgerError> that leaves it into a value.
template <class Body>
auto guarded(Body&& body) -> LedgerResult<std::invoke_result_t<Body>> {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      std::forward<Body>(body)();
      return {};
    } else {
      return std::forward<Body>(body)();
    }
  } catch (const Failure<LedgerError>& failure) {
    return std::unexpected(failure.error());
  }
}

}  // namespace ledgram::ledger::sqlite
