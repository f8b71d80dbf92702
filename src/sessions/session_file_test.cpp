#include "ledgram/sessions/session_file.hpp"

#include "ledgram/base/random.hpp"
#include "ledgram/sessions/test_support.hpp"

#include <gtest/gtest.h>

#include <sqlite3.h>

#include <map>
#include <memory>

namespace ledgram::sessions {
namespace {

/// The bytes of a database that these statements make.
Bytes database(const std::string& sql) {
  sqlite3* handle = nullptr;
  EXPECT_EQ(sqlite3_open(":memory:", &handle), SQLITE_OK);
  char* problem = nullptr;
  EXPECT_EQ(sqlite3_exec(handle, sql.c_str(), nullptr, nullptr, &problem), SQLITE_OK) << problem;
  sqlite3_int64 size = 0;
  unsigned char* content = sqlite3_serialize(handle, "main", &size, 0);
  Bytes bytes(content, content + size);
  sqlite3_free(content);
  sqlite3_close(handle);
  return bytes;
}

SessionsErrc refusal(Bytes file) {
  const auto session = parse_session_file(std::move(file));
  EXPECT_FALSE(session);
  return session ? SessionsErrc::Foreign : session.error().code;
}

const std::string kTelethonTable =
    "CREATE TABLE sessions (dc_id INTEGER PRIMARY KEY, server_address TEXT, port INTEGER, auth_key BLOB);";

TEST(SessionFile, EverySchemaThatTelethonAndPyrogramMade) {
  const std::map<std::string, int> dcs{{"telethon-1.5", 1},      {"telethon-1.10", 2},    {"telethon-1.24", 3},
                                       {"telethon-1.45", 4},     {"telethon-1.45-v6", 5}, {"pyrogram-1.0-old", 1},
                                       {"pyrogram-1.4-test", 2}, {"pyrogram-2.0", 3},     {"pyrofork-2.3-bot", 4},
                                       {"kurigram-2.2", 5}};
  for (const auto& [label, dc] : dcs) {
    SCOPED_TRACE(label);
    const auto file = file_content(fixture(label + ".session"));
    ASSERT_TRUE(file);
    EXPECT_TRUE(is_sqlite_file(*file));
    const auto session = parse_session_file(*file);
    ASSERT_TRUE(session) << session.error().message;
    EXPECT_EQ(session->dc, DcId(dc));
    EXPECT_TRUE(session->key == key_of(label));
    const bool telethon = label.starts_with("telethon");
    EXPECT_EQ(session->source, telethon ? Source::TelethonFile : Source::PyrogramFile);
    const Servers expected = telethon                  ? Servers::Unknown
                             : label.ends_with("test") ? Servers::Test
                                                       : Servers::Production;
    EXPECT_EQ(session->servers, expected);
    const bool has_api_id = label == "pyrogram-2.0" || label == "pyrofork-2.3-bot" || label == "kurigram-2.2";
    EXPECT_EQ(session->api_id, has_api_id ? std::optional(12345) : std::nullopt);
  }
}

TEST(SessionFile, WriteAheadLogInTheHeaderDoesNotMatter) {
  Bytes file = file_content(fixture("telethon-1.45.session")).value();
  file[18] = file[19] = 2;
  EXPECT_TRUE(parse_session_file(file));
}

TEST(SessionFile, OtherDatabasesAreForeign) {
  EXPECT_EQ(refusal({}), SessionsErrc::Foreign);
  EXPECT_EQ(refusal(Bytes(1000, 'x')), SessionsErrc::Foreign);
  EXPECT_EQ(refusal(database("CREATE TABLE messages (id INTEGER);")), SessionsErrc::Foreign);
  EXPECT_EQ(refusal(database("CREATE TABLE sessions (id INTEGER, key BLOB);")), SessionsErrc::Foreign);
  EXPECT_EQ(refusal(database(kTelethonTable + "INSERT INTO sessions VALUES (1, 'a', 1, randomblob(256)),"
                                              "(2, 'a', 1, randomblob(256));")),
            SessionsErrc::Foreign)
      << "two logins";
}

TEST(SessionFile, NothingInItRuns) {
  // A view that would take for ever, a generated column and a virtual table instead of the table.
  EXPECT_EQ(
      refusal(database("CREATE VIEW sessions AS WITH RECURSIVE n(dc_id) AS (SELECT 1 UNION ALL SELECT dc_id FROM n) "
                       "SELECT dc_id, '' AS server_address, 1 AS port, x'00' AS auth_key FROM n;")),
      SessionsErrc::Foreign);
  EXPECT_EQ(refusal(database("CREATE TABLE sessions (dc_id INTEGER PRIMARY KEY, server_address TEXT, port INTEGER, "
                             "auth_key BLOB AS (zeroblob(256)) VIRTUAL);")),
            SessionsErrc::Foreign);
}

TEST(SessionFile, ValuesThatCannotBeAreDamage) {
  const auto with = [](const std::string& values) {
    return database(kTelethonTable + "INSERT INTO sessions VALUES (" + values + ");");
  };
  EXPECT_EQ(refusal(with("2, 'a', 443, randomblob(255)")), SessionsErrc::Damaged);
  EXPECT_EQ(refusal(with("2, 'a', 443, 'text'")), SessionsErrc::Damaged);
  EXPECT_EQ(refusal(with("0, 'a', 443, randomblob(256)")), SessionsErrc::Damaged);
  EXPECT_EQ(refusal(with("-5000000000, 'a', 443, randomblob(256)")), SessionsErrc::Damaged);
  EXPECT_EQ(refusal(with("2, 'a', 443, randomblob(5000000)")), SessionsErrc::Damaged);
  EXPECT_EQ(refusal(with("2, 'a', 443, x''")), SessionsErrc::NotLoggedIn);
  EXPECT_EQ(refusal(with("2, 'a', 443, NULL")), SessionsErrc::NotLoggedIn);
  EXPECT_EQ(refusal(with("2, 'a', 443, zeroblob(256)")), SessionsErrc::NotLoggedIn);
  EXPECT_EQ(refusal(database(kTelethonTable)), SessionsErrc::NotLoggedIn);
}

TEST(SessionFile, CutOffAnywhereIsAnErrorAndNotACrash) {
  const Bytes file = file_content(fixture("kurigram-2.2.session")).value();
  for (std::size_t size = 0; size < file.size(); size += 509)
    EXPECT_FALSE(parse_session_file(Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)))) << size;
}

TEST(SessionFile, ChangedBytesNeverCrash) {
  const Bytes file = file_content(fixture("pyrogram-2.0.session")).value();
  constexpr std::uint64_t kSeed = 20261120;
  RecordProperty("seed", std::to_string(kSeed));
  SeededRandom random(kSeed);
  for (int round = 0; round < 300; ++round) {
    Bytes changed = file;
    for (int i = 0; i < 20; ++i)
      changed[random.below(i < 10 ? 4096 : changed.size())] = static_cast<std::uint8_t>(random.next_u64());
    (void)parse_session_file(std::move(changed));
  }
}

}  // namespace
}  // namespace ledgram::sessions
