#include "ledgram/sim_server/storage.hpp"

#include "ledgram/sim_server/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace ledgram::sim {
namespace {

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
