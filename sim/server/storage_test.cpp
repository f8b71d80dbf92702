#include "ledgram/sim_server/storage.hpp"

#include "ledgram/sim_server/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace ledgram::sim {
namespace {

/// As another process sees them.
int count_rows(const std::filesystem::path& file) {
  sqlite3* database = nullptr;
  EXPECT_EQ(sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READONLY, nullptr), SQLITE_OK);
  sqlite3_stmt* statement = nullptr;
  EXPECT_EQ(sqlite3_prepare_v2(database, "SELECT count(*) FROM state", -1, &statement, nullptr), SQLITE_OK);
  EXPECT_EQ(sqlite3_step(statement), SQLITE_ROW);
  const int rows = sqlite3_column_int(statement, 0);
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return rows;
}

TEST(SqliteStateStore, KeepsRowsInOrderAndByKind) {
  const TestFolder folder;
  const auto file = folder.path() / "state.db";
  const std::string odd("a\0b \xd0\xb6 '\"", 9);
  {
    auto store = SqliteStateStore::open(file);
    ASSERT_TRUE(store) << store.error().message;
    (*store)->put("account", "2", "two");
    (*store)->put("account", "10", "ten");
    (*store)->put("account", "2", "two again");
    (*store)->put("other", "2", odd);
    (*store)->put("other", "gone", "x");
    (*store)->erase("other", "gone");
    (*store)->erase("other", "never there");
  }
  auto store = SqliteStateStore::open(file);
  ASSERT_TRUE(store) << store.error().message;
  const auto rows = (*store)->load_all("account");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0].key, "10");
  EXPECT_EQ(rows[1].key, "2");
  EXPECT_EQ(rows[1].text, "two again");
  const auto others = (*store)->load_all("other");
  ASSERT_EQ(others.size(), 1U);
  EXPECT_EQ(others[0].text, odd);
  EXPECT_TRUE((*store)->load_all("nothing").empty());
}

TEST(SqliteStateStore, ABatchIsWrittenAtOnceAndKeptWhenItsWorkFails) {
  const TestFolder folder;
  const auto file = folder.path() / "state.db";
  auto writer = SqliteStateStore::open(file).value();
  const auto rows_on_disk = [&file] { return count_rows(file); };
  writer->begin();
  writer->put("k", "1", "a");
  in_batch(*writer, [&] { writer->put("k", "2", "b"); });
  EXPECT_EQ(rows_on_disk(), 0) << "an inner batch is a part of the outer one";
  writer->commit();
  EXPECT_EQ(rows_on_disk(), 2);
  EXPECT_THROW(in_batch(*writer,
                        [&] {
                          writer->put("k", "3", "c");
                          throw std::runtime_error("in the middle");
                        }),
               std::runtime_error);
  EXPECT_EQ(rows_on_disk(), 3);
  writer->put("k", "4", "d");
  EXPECT_EQ(rows_on_disk(), 4) << "no batch is left open";
}

TEST(SqliteStateStore, FileIsForItsOwnerOnly) {
  const TestFolder folder;
  const auto file = folder.path() / "state.db";
  ASSERT_TRUE(SqliteStateStore::open(file));
  struct stat status{};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST(SqliteStateStore, RefusesWhatIsNotItsOwn) {
  const TestFolder folder;
  const auto file = folder.path() / "state.db";
  std::ofstream(file)
      << "this is a text, and long enough that it might be taken for a header of something.....................";
  auto damaged = SqliteStateStore::open(file);
  ASSERT_FALSE(damaged);
  EXPECT_THAT(damaged.error().message, testing::HasSubstr(file.string()));

  const auto foreign = folder.path() / "foreign.db";
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(foreign.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "CREATE TABLE things(x)", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  auto other = SqliteStateStore::open(foreign);
  ASSERT_FALSE(other);
  EXPECT_THAT(other.error().message, testing::HasSubstr("is not a simulator's state"));
}

TEST(SqliteStateStore, RefusesANewerVersion) {
  const TestFolder folder;
  const auto file = folder.path() / "state.db";
  ASSERT_TRUE(SqliteStateStore::open(file));
  sqlite3* handle = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &handle), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(handle, "PRAGMA user_version=99", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(handle);
  auto newer = SqliteStateStore::open(file);
  ASSERT_FALSE(newer);
  EXPECT_THAT(newer.error().message, testing::HasSubstr("newer ledgram-sim"));
}

TEST(SqliteStateStore, AMissingFolderIsAnError) {
  auto store = SqliteStateStore::open("/nonexistent/folder/state.db");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, ServerErrc::Database);
}

}  // namespace
}  // namespace ledgram::sim
