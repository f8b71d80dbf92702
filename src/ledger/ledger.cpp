#include "ledgram/ledger/ledger.hpp"

#include "ledgram/ledger/files.hpp"
#include "ledgram/ledger/ledger_impl.hpp"
#include "ledgram/ledger/migrations.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cassert>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

namespace ledgram::ledger {
namespace {

namespace fs = std::filesystem;

// Why these values: docs/decisions/0004-sqlite-settings.md.
constexpr const char* kFileSettings = "PRAGMA page_size = 8192; PRAGMA journal_mode = WAL";
constexpr const char* kConnectionSettings =
    "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 1024; "
    "PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF";

void remove_with_journals(const fs::path& file) {
  for (const char* suffix : {"", "-wal", "-shm", "-journal"})
    ::unlink((file.string() + suffix).c_str());
}

// A new ledger is made beside its place and moved there when it is whole. So a ledger file that is empty or has no
// schema is always a damaged one, never one that a killed process had just begun.
void create(const fs::path& file, const OpenOptions& options) {
  const fs::path draft = file.string() + ".new";
  remove_with_journals(draft);
  const int fd = ::open(draft.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0)
    throw Failure<LedgerError>(file_error("make", file, errno));
  ::close(fd);
  {
    sqlite::Connection connection(draft, sqlite::Access::ReadWrite, options.busy_timeout);
    connection.execute(kFileSettings);
    connection.execute(kConnectionSettings);
    migrate(connection, migrations());
  }
  if (::rename(draft.c_str(), file.c_str()) != 0)
    throw Failure<LedgerError>(file_error("make", file, errno));
}

// The journal of a ledger that was moved away or lost holds its last commits; a new ledger in its place would take them
// for its own.
void check_no_journal(const fs::path& file) {
  const fs::path journal = file.string() + "-wal";
  std::error_code error;
  const auto size = fs::file_size(journal, error);
  if (!error && size > 0) {
    sqlite::fail(LedgerErrc::Corrupt,
                 fmt::format("the ledger {} is missing, but its journal {} is there; put the ledger back, or move the "
                             "journal away to begin anew",
                             file.string(), journal.string()));
  }
}

void check_not_empty(const fs::path& file) {
  std::error_code error;
  if (fs::file_size(file, error) == 0 && !error) {
    sqlite::fail(LedgerErrc::Corrupt, fmt::format("the ledger {} is empty, so its content was lost; restore it from a "
                                                  "copy, or delete it to begin anew",
                                                  file.string()));
  }
}

// `sql` finds a range that overlaps another one.
void check_ranges(sqlite::Connection& db, std::string_view sql) {
  sqlite::Statement ranges(db, sql);
  if (!ranges.step())
    return;
  sqlite::fail(LedgerErrc::Corrupt,
               fmt::format("the ledger {} has overlapping ranges in channel {} at {} to {}; restore it from a copy",
                           db.file().string(), ranges.integer(0), ranges.integer(1), ranges.integer(2)));
}

}  // namespace

void Ledger::Impl::expect_change(std::string_view what) const {
  if (db.changes() == 0) {
    sqlite::fail(LedgerErrc::NotFound, fmt::format("the ledger {} has no such {}", db.file().string(), what));
  }
}

Ledger::Ledger(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Ledger::Ledger(Ledger&&) noexcept = default;
Ledger& Ledger::operator=(Ledger&&) noexcept = default;
Ledger::~Ledger() = default;

LedgerResult<Ledger> Ledger::open(const fs::path& file, const OpenOptions& options) {
  return sqlite::guarded([&] {
    const bool writing = options.mode == OpenMode::ReadWrite;
    if (::access(file.c_str(), F_OK) != 0) {
      if (errno != ENOENT)
        throw Failure<LedgerError>(file_error("open", file, errno));
      if (!writing) {
        sqlite::fail(LedgerErrc::NotFound,
                     fmt::format("there is no ledger {}; check --data, or begin with: ledgram init", file.string()));
      }
      check_no_journal(file);
      create(file, options);
    }
    check_not_empty(file);
    // SQLite would fall back to reading a file that it may not write and fail later, in the middle of the work.
    if (writing && ::access(file.c_str(), W_OK) != 0)
      throw Failure<LedgerError>(file_error("write", file, errno));

    const auto access = writing ? sqlite::Access::ReadWrite : sqlite::Access::ReadOnly;
    auto impl = std::make_unique<Impl>(file, access, options.busy_timeout);
    impl->db.execute(kConnectionSettings);
    const std::int32_t version = check_schema(impl->db);
    if (writing) {
      migrate(impl->db, migrations());
    } else if (version < newest_schema_version()) {
      sqlite::fail(LedgerErrc::ReadOnly, fmt::format("the ledger {} has an older schema and is opened for reading "
                                                     "only; run a command that writes once, such as: ledgram collect",
                                                     file.string()));
    }
    return Ledger(std::move(impl));
  });
}

void Ledger::set_query_deadline(std::chrono::steady_clock::time_point deadline) {
  impl_->db.set_deadline(deadline);
}

void Ledger::abandon_queries() {
  impl_->db.abandon();
}

LedgerMoment::LedgerMoment(Ledger& ledger) : moment_(std::make_unique<sqlite::ReadMoment>(ledger.impl_->db)) {}
LedgerMoment::~LedgerMoment() = default;

LedgerResult<std::int32_t> Ledger::schema_version() {
  return sqlite::guarded([&] { return static_cast<std::int32_t>(impl_->db.number("PRAGMA user_version")); });
}

LedgerResult<void> Ledger::check_integrity(IntegrityCheck depth) {
  return sqlite::guarded([&] {
    sqlite::Statement check(impl_->db,
                            depth == IntegrityCheck::Full ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)");
    const std::string finding = check.step() ? std::string(check.text(0)) : "no answer";
    if (finding != "ok") {
      sqlite::fail(LedgerErrc::Corrupt, fmt::format("the ledger {} is damaged ({}); restore it from a copy",
                                                    impl_->db.file().string(), finding));
    }
    check_ranges(impl_->db,
                 "SELECT a.channel, a.first, a.last FROM ranges a JOIN ranges b ON b.channel = a.channel "
                 "AND b.first > a.first AND b.first <= a.last + 1 LIMIT 1");
    check_ranges(impl_->db,
                 "SELECT a.channel, a.first, a.last FROM rechecks a JOIN rechecks b ON b.channel = a.channel "
                 "AND b.first > a.first AND b.first <= a.last LIMIT 1");
  });
}

}  // namespace ledgram::ledger
