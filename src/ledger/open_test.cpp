#include "ledgram/ledger/migrations.hpp"
#include "ledgram/ledger/sqlite.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <functional>
#include <string>

namespace ledgram::ledger {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

void write_file(const std::filesystem::path& file, std::string_view content) {
  std::ofstream(file, std::ios::binary).write(content.data(), static_cast<std::streamsize>(content.size()));
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

LedgerErrc open_error(const std::filesystem::path& file, OpenMode mode = OpenMode::ReadWrite) {
  const auto ledger = Ledger::open(file, {.mode = mode});
  EXPECT_FALSE(ledger);
  if (ledger)
    std::abort();
  EXPECT_NE(ledger.error().message.find(file.filename().string()), std::string::npos) << ledger.error().message;
  return ledger.error().code;
}

// Runs `body` without the right to write to other people's files, which the super-user otherwise has everywhere.
// Returns what it returned.
int as_plain_user(const std::function<int()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0)
      ::_exit(100);
    ::_exit(body());
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 101;
}

TEST(OpenLedger, MakesAPrivateFileThatOpensAgain) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  {
    Ledger ledger = ledger_with_channels(file);
    struct stat status{};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
    ASSERT_EQ(::stat((file.string() + "-wal").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U);
  }
  Ledger again = must(Ledger::open(file));
  EXPECT_EQ(must(again.channels()).size(), 2U);
  EXPECT_TRUE(again.check_integrity());
  EXPECT_FALSE(std::filesystem::exists(file.string() + ".new"));
}

TEST(OpenLedger, BeginsAnewAfterAKilledFirstStart) {
  const TemporaryFolder folder;
  write_file(folder / "ledger.db.new", "half a ledger");
  write_file(folder / "ledger.db.new-wal", "and its journal");
  EXPECT_TRUE(Ledger::open(folder / "ledger.db"));
}

TEST(OpenLedger, RefusesForeignAndDamagedFilesAndLeavesThemAsTheyAre) {
  const TemporaryFolder folder;
  const auto text = folder / "notes.txt";
  const std::string notes(5000, 'n');
  write_file(text, notes);
  EXPECT_EQ(open_error(text), LedgerErrc::ForeignFile);
  EXPECT_EQ(read_file(text), notes);

  const auto empty = folder / "empty.db";
  write_file(empty, "");
  EXPECT_EQ(open_error(empty), LedgerErrc::Corrupt);
  EXPECT_EQ(read_file(empty), "");

  const auto other = folder / "other.db";
  {
    sqlite::Connection connection(other, sqlite::Access::Create, milliseconds(0));
    connection.execute("CREATE TABLE bookmarks (url TEXT)");
  }
  const std::string before = read_file(other);
  EXPECT_EQ(open_error(other), LedgerErrc::ForeignFile);
  EXPECT_EQ(read_file(other), before);
}

TEST(OpenLedger, FindsDamageInTheMiddle) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  {
    Ledger ledger = ledger_with_channels(file);
    Batch batch;
    for (std::int32_t id = 1; id <= 200; ++id) {
      batch.messages.push_back(text_message(ChannelId(100), id, std::string(1000, 'x')));
    }
    must(ledger.commit(batch));
  }
  std::string content = read_file(file);
  ASSERT_GT(content.size(), 200'000U);
  for (std::size_t at = 32'768; at + 400 < content.size(); at += 16'384)
    content.replace(at, 400, 400, '\x7f');
  write_file(file, content);
  auto ledger = Ledger::open(file);
  const auto finding = ledger ? ledger->check_integrity() : LedgerResult<void>(std::unexpected(ledger.error()));
  ASSERT_FALSE(finding);
  EXPECT_EQ(finding.error().code, LedgerErrc::Corrupt);
}

TEST(OpenLedger, ACommitThatMeetsDamageSaysSoAndMakesNoNewLedger) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  Batch batch;
  for (std::int32_t id = 1; id <= 200; ++id)
    batch.messages.push_back(text_message(ChannelId(100), id, std::string(1000, 'x')));
  {
    must(ledger_with_channels(file).commit(batch));
  }
  std::string content = read_file(file);
  for (std::size_t at = 16'384; at < content.size(); at += 16'384)
    content.replace(at, 16, 16, '\x7f');
  write_file(file, content);
  auto ledger = Ledger::open(file);
  const auto result = ledger ? ledger->commit(batch) : LedgerResult<CommitStats>(std::unexpected(ledger.error()));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, LedgerErrc::Corrupt) << result.error().message;
  EXPECT_FALSE(result.error().retryable());
  EXPECT_NE(result.error().message.find(file.string()), std::string::npos);
  EXPECT_EQ(fs::file_size(file), content.size());
}

TEST(OpenLedger, RefusesToBeginAnewBesideTheJournalOfALostLedger) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  Ledger ledger = ledger_with_channels(file);
  fs::rename(file, folder / "moved.db");
  EXPECT_EQ(open_error(file), LedgerErrc::Corrupt);
  EXPECT_FALSE(fs::exists(file));
  fs::rename(folder / "moved.db", file);
  EXPECT_EQ(must(must(Ledger::open(file)).channels()).size(), 2U);
}

TEST(OpenLedger, RefusesANewerSchema) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  {
    ledger_with_channels(file);
  }
  {
    sqlite::Connection connection(file, sqlite::Access::ReadWrite, milliseconds(0));
    connection.execute("PRAGMA user_version = 999");
  }
  EXPECT_EQ(open_error(file), LedgerErrc::NewerSchema);
  EXPECT_EQ(open_error(file, OpenMode::ReadOnly), LedgerErrc::NewerSchema);
}

TEST(OpenLedger, ReadOnlyReadsAndDoesNotWrite) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  EXPECT_EQ(open_error(file, OpenMode::ReadOnly), LedgerErrc::NotFound);
  EXPECT_FALSE(std::filesystem::exists(file));
  Ledger writer = ledger_with_channels(file);
  Ledger reader = must(Ledger::open(file, {.mode = OpenMode::ReadOnly}));
  EXPECT_EQ(must(reader.channels()).size(), 2U) << "reads beside a writer";
  EXPECT_EQ(reader.unfollow_channel(ChannelId(100)).error().code, LedgerErrc::ReadOnly);
}

TEST(OpenLedger, SaysThatAFolderOrAFileCannotBeWritten) {
  const TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  EXPECT_EQ(as_plain_user([&] { return open_error(folder / "ledger.db") == LedgerErrc::ReadOnly ? 0 : 1; }), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);

  const auto file = folder / "ledger.db";
  {
    ledger_with_channels(file);
  }
  ASSERT_EQ(::chmod(file.c_str(), 0444), 0);
  EXPECT_EQ(as_plain_user([&] { return open_error(file) == LedgerErrc::ReadOnly ? 0 : 1; }), 0);

  // The file itself is writable, but there is no room beside it for the journal.
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  EXPECT_EQ(as_plain_user([&] { return open_error(file) == LedgerErrc::ReadOnly ? 0 : 1; }), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
}

TEST(OpenLedger, SaysThatTheFolderIsMissing) {
  const TemporaryFolder folder;
  EXPECT_EQ(open_error(folder / "nowhere" / "ledger.db"), LedgerErrc::Io);
}

TEST(OpenLedger, SaysThatAnotherProgramHoldsTheFile) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  Ledger ledger = ledger_with_channels(file);
  Ledger second = must(Ledger::open(file, {.busy_timeout = milliseconds(1)}));
  sqlite::Connection other(file, sqlite::Access::ReadWrite, milliseconds(0));
  sqlite::Transaction transaction(other);
  const auto result = second.unfollow_channel(ChannelId(100));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, LedgerErrc::Busy);
  EXPECT_TRUE(result.error().retryable());
}

constexpr std::array kSteps = {
    Migration{1, "CREATE TABLE a (x INTEGER); INSERT INTO a VALUES (1)"},
    Migration{2, "ALTER TABLE a ADD COLUMN y INTEGER; UPDATE a SET y = x + 1"},
    Migration{3, "CREATE TABLE b (z INTEGER); INSERT INTO b SELECT y FROM a"},
};

TEST(Migrations, RunInOrderFromWhereTheFileStands) {
  const TemporaryFolder folder;
  sqlite::Connection connection(folder / "m.db", sqlite::Access::Create, milliseconds(0));
  migrate(connection, std::span(kSteps).first(1));
  EXPECT_EQ(connection.number("PRAGMA user_version"), 1);
  EXPECT_EQ(connection.number("PRAGMA application_id"), kApplicationId);
  migrate(connection, kSteps);
  migrate(connection, kSteps);
  EXPECT_EQ(connection.number("PRAGMA user_version"), 3);
  EXPECT_EQ(connection.number("SELECT count(*) FROM b WHERE z = 2"), 1);
}

TEST(Migrations, AFailedStepLeavesTheOneBefore) {
  constexpr std::array kBroken = {
      kSteps[0],
      Migration{2, "ALTER TABLE a ADD COLUMN y INTEGER; INSERT INTO nowhere VALUES (1)"},
  };
  const TemporaryFolder folder;
  sqlite::Connection connection(folder / "m.db", sqlite::Access::Create, milliseconds(0));
  const auto result = sqlite::guarded([&] { migrate(connection, kBroken); });
  ASSERT_FALSE(result);
  EXPECT_EQ(connection.number("PRAGMA user_version"), 1);
  EXPECT_EQ(connection.number("SELECT count(*) FROM pragma_table_info('a')"), 1) << "the column is rolled back";
}

// What was collected before updates were followed: its history is no news, and its pts covers no more than is stored.
TEST(Migrations, AChannelThatWasCollectedBeforeKnowsWhereNewsBegin) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  {
    sqlite::Connection connection(file, sqlite::Access::Create, milliseconds(0));
    migrate(connection, migrations().first(4));
    connection.execute(
        "INSERT INTO accounts (name, kind, state, user_id, created) VALUES ('me', 0, 0, 7, 1);"
        "INSERT INTO channels (id, username, account, followed, pts, newest_id, created, last_collect) VALUES "
        "(100, 'collected', 1, 1, 50, 30, 5, 9), (200, 'empty', 1, 1, 3, 0, 5, 9), (300, 'fresh', NULL, 1, 0, 0, 5, 0);"
        "INSERT INTO messages (channel, number, date, edit_date, text, flags, layer, first_seen, raw) VALUES "
        "(100, 30, 1, 0, 'old', 0, 223, 2, x'01');"
        "INSERT INTO ranges VALUES (100, 1, 30)");
  }
  Ledger ledger = must(Ledger::open(file));
  const Channel collected = must(ledger.find_channel(ChannelId(100))).value();
  EXPECT_EQ(collected.tail_id, 30);
  EXPECT_EQ(collected.news_after, 30);
  const Channel empty = must(ledger.find_channel(ChannelId(200))).value();
  EXPECT_EQ(empty.tail_id, 0);
  EXPECT_EQ(empty.news_after, 0);
  const Channel fresh = must(ledger.find_channel(ChannelId(300))).value();
  EXPECT_EQ(fresh.tail_id, std::nullopt);
  EXPECT_EQ(fresh.news_after, std::nullopt);
  ASSERT_EQ(must(ledger.channel_accounts(ChannelId(100))).size(), 1U);
  EXPECT_TRUE(must(ledger.channel_accounts(ChannelId(300))).empty());

  Batch page;
  page.messages = {text_message(ChannelId(100), 31, "news"), text_message(ChannelId(100), 30, "old, edited")};
  page.messages[0].as_of = page.messages[1].as_of = 60;
  must(ledger.commit(page));
  std::vector<std::string_view> told;
  for (const Event& event : must(ledger.events()))
    told.push_back(name_of(event.type));
  EXPECT_EQ(told, (std::vector<std::string_view>{"message.new", "message.edited", "hole.opened"}));
  EXPECT_EQ(must(ledger.message_versions(ChannelId(100), MessageNumber(30)))[0].text, "old");
}

TEST(Migrations, AreNumberedWithoutGaps) {
  std::int32_t before = 0;
  for (const Migration& migration : migrations())
    EXPECT_EQ(migration.version, ++before);
  EXPECT_EQ(newest_schema_version(), before);
}

}  // namespace
}  // namespace ledgram::ledger
