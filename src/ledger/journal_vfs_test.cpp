#include "ledgram/ledger/journal_vfs.hpp"

#include "ledgram/ledger/sqlite.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <sqlite3.h>

#include <fstream>
#include <memory>
#include <random>
#include <string>

/// Databases that are written through the journal's VFS, beside what SQLite's own makes of the same work.

namespace ledgram::ledger::sqlite {
namespace {

namespace fs = std::filesystem;

/// A connection by SQLite's own VFS.
class Plain {
 public:
  explicit Plain(const fs::path& file) {
    EXPECT_EQ(sqlite3_open_v2(file.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr), SQLITE_OK);
  }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;
  ~Plain() { sqlite3_close(handle_); }

  void execute(const std::string& sql) {
    char* problem = nullptr;
    EXPECT_EQ(sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &problem), SQLITE_OK)
        << sql << ": " << (problem != nullptr ? problem : "");
    sqlite3_free(problem);
  }

  /// All rows as one text, and what SQLite's own check says.
  std::string content() {
    return rows(
               "SELECT group_concat(id || '=' || length(body) || ':' || substr(body, 1, 9)) FROM "
               "(SELECT id, body FROM t ORDER BY id)") +
           rows("PRAGMA integrity_check");
  }

 private:
  std::string rows(const char* sql) {
    std::string found;
    const auto add = [](void* to, int count, char** values, char** /*names*/) {
      for (int i = 0; i < count; ++i)
        *static_cast<std::string*>(to) += std::string(values[i] != nullptr ? values[i] : "-") + "\n";
      return 0;
    };
    EXPECT_EQ(sqlite3_exec(handle_, sql, add, &found, nullptr), SQLITE_OK) << sqlite3_errmsg(handle_);
    return found;
  }

  sqlite3* handle_ = nullptr;
};

constexpr const char* kSettings =
    "PRAGMA page_size = 1024; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0; "
    "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT NOT NULL)";

constexpr std::chrono::milliseconds kPatience{1000};

/// System calls of this process that wrote, so far.
std::int64_t writing_calls() {
  std::ifstream file("/proc/self/io");
  std::string name;
  std::int64_t count = 0;
  while (file >> name >> count) {
    if (name == "syscw:")
      return count;
  }
  ADD_FAILURE() << "/proc/self/io says nothing of writing";
  return 0;
}

std::string insert(int id, std::size_t size) {
  return fmt::format("INSERT OR REPLACE INTO t VALUES ({}, '{}')", id,
                     std::string(size, static_cast<char>('a' + id % 26)));
}

struct JournalVfsTest : testing::Test {
  TemporaryFolder folder;
  fs::path file = folder / "a.db";
  std::unique_ptr<Connection> db = std::make_unique<Connection>(file, Access::Create, kPatience);

  void SetUp() override {
    ASSERT_STREQ(journal_vfs(), "ledgram");
    db->execute(kSettings);
  }

  /// What a process finds that begins now, after this one has been killed.
  std::string content_after_a_kill() {
    const fs::path copy = folder / "copy.db";
    fs::remove(copy.string() + "-shm");
    fs::copy_file(file, copy, fs::copy_options::overwrite_existing);
    fs::copy_file(file.string() + "-wal", copy.string() + "-wal", fs::copy_options::overwrite_existing);
    return Plain(copy).content();
  }
};

TEST_F(JournalVfsTest, ATransactionOfManyPagesTakesFewCalls) {
  constexpr int kPages = 100;
  const std::int64_t before = writing_calls();
  {
    Transaction transaction(*db);
    for (int i = 0; i < kPages; ++i)
      db->execute(insert(i, 900).c_str());
    EXPECT_EQ(writing_calls(), before);
    transaction.commit();
  }
  EXPECT_LE(writing_calls() - before, 5);
  EXPECT_GT(fs::file_size(file.string() + "-wal"), std::uintmax_t{kPages * 1024});
  EXPECT_EQ(db->number("SELECT count(*) FROM t"), kPages);
}

TEST_F(JournalVfsTest, WhatIsCommittedIsThereForOthersAndAfterAKill) {
  Plain other(file);
  for (int i = 0; i < 20; ++i) {
    const std::string before = other.content();
    Transaction transaction(*db);
    db->execute(insert(i, 3000).c_str());
    EXPECT_EQ(other.content(), before);
    EXPECT_EQ(content_after_a_kill(), before);
    transaction.commit();
    const std::string after = other.content();
    EXPECT_NE(after, before);
    EXPECT_EQ(content_after_a_kill(), after);
  }
}

// A small cache, so that pages go into the log before the end and are read from there and written again.
TEST_F(JournalVfsTest, AnyWorkLeavesWhatSqliteLeavesByItself) {
  constexpr unsigned kSeed = 20261201;
  std::mt19937 random(kSeed);
  Plain twin(folder / "twin.db");
  twin.execute(kSettings);
  const auto both = [&](const std::string& sql) {
    db->execute(sql.c_str());
    twin.execute(sql);
  };
  both("PRAGMA cache_size = 10");
  for (int round = 0; round < 100; ++round) {
    both("BEGIN IMMEDIATE");
    const auto steps = random() % 60;
    for (unsigned step = 0; step < steps; ++step) {
      const int id = static_cast<int>(random() % 200);
      switch (random() % 8) {
        case 0:
          both(fmt::format("DELETE FROM t WHERE id BETWEEN {} AND {}", id, id + 3));
          break;
        case 1:
          both(fmt::format("UPDATE t SET body = body || 'x' WHERE id > {}", id));
          break;
        case 2:
          both(fmt::format("SAVEPOINT s; {}; {}; ROLLBACK TO s; RELEASE s", insert(id, 5000), insert(id + 1, 70)));
          break;
        default:
          both(insert(id, random() % 4000));
      }
    }
    both(random() % 5 == 0 ? "ROLLBACK" : "COMMIT");
    const std::string expected = twin.content();
    ASSERT_EQ(content_after_a_kill(), expected) << "seed " << kSeed << ", round " << round;
    if (random() % 10 == 0)
      both(random() % 2 == 0 ? "PRAGMA wal_checkpoint(PASSIVE)" : "PRAGMA wal_checkpoint(TRUNCATE)");
    if (random() % 20 == 0) {
      db.reset();
      ASSERT_EQ(Plain(file).content(), expected);
      db = std::make_unique<Connection>(file, Access::ReadWrite, kPatience);
      db->execute("PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = 10");
    }
  }
}

// The index of the log counts on what SQLite calls written.
TEST_F(JournalVfsTest, ACommitThatMustSurviveAPowerFailureIsWrittenToo) {
  Transaction transaction(*db, Durability::PowerLoss);
  db->execute(insert(1, 5000).c_str());
  transaction.commit();
  EXPECT_EQ(content_after_a_kill(), Plain(file).content());
  EXPECT_EQ(db->number("SELECT count(*) FROM t"), 1);
}

}  // namespace
}  // namespace ledgram::ledger::sqlite
