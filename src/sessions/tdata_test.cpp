#include "ledgram/sessions/tdata.hpp"

#include "ledgram/crypto/md5.hpp"
#include "ledgram/sessions/tdata_file.hpp"
#include "ledgram/sessions/test_support.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>

namespace ledgram::sessions {
namespace {

const SecretText kPasscode("пароль 🔑");
const std::array<std::string, 3> kLabels{"first", "second", "third"};

/// A folder in memory.
using Folder = std::map<std::string, Bytes, std::less<>>;

Folder folder(const std::string& name) {
  Folder files;
  for (const auto& entry : std::filesystem::directory_iterator(fixture(name)))
    files[entry.path().filename().string()] = file_content(entry.path()).value();
  EXPECT_FALSE(files.empty());
  return files;
}

SessionsResult<std::vector<TdataAccount>> read(const Folder& files, const SecretText& passcode = SecretText()) {
  return read_tdata(
      [&files](std::string_view name) -> std::optional<Bytes> {
        const auto found = files.find(name);
        return found == files.end() ? std::nullopt : std::optional(found->second);
      },
      passcode);
}

SessionsErrc refusal(const Folder& files, const SecretText& passcode = SecretText()) {
  const auto accounts = read(files, passcode);
  EXPECT_FALSE(accounts);
  return accounts ? SessionsErrc::Foreign : accounts.error().code;
}

/// The frame of Telegram Desktop's files around any content.
Bytes framed(ByteView content) {
  ByteArray<4> size{};
  store_le32(size, static_cast<std::uint32_t>(content.size()));
  const ByteArray<4> version{0x43, 0x6a, 0x4c, 0x00};
  Bytes file;
  append(file, as_bytes("TDF$"));
  append(file, version);
  append(file, content);
  append(file, crypto::md5({content, size, version, as_bytes("TDF$")}));
  return file;
}

void expect_accounts(const SessionsResult<std::vector<TdataAccount>>& accounts, std::size_t count) {
  ASSERT_TRUE(accounts) << accounts.error().message;
  ASSERT_EQ(accounts->size(), count);
  for (std::size_t i = 0; i < count; ++i) {
    SCOPED_TRACE(kLabels.at(i));
    const auto& session = accounts->at(i).session;
    ASSERT_TRUE(session) << session.error().message;
    EXPECT_EQ(session->dc, DcId(2));
    EXPECT_TRUE(session->key == key_of(kLabels.at(i)));
    EXPECT_EQ(session->user, UserId(7'000'000'123 + static_cast<std::int64_t>(i)));
  }
}

TEST(Tdata, FoldersThatOthersWrote) {
  expect_accounts(read(folder("tdata-5.8")), 1);
  expect_accounts(read(folder("tdata-5.8-locked"), kPasscode), 2);
  expect_accounts(read(folder("tdata-7.3")), 1);
  expect_accounts(read(folder("tdata-7.3-locked"), kPasscode), 3);
}

TEST(Tdata, APasscodeThatIsNotNeededDoesNoHarm) {
  expect_accounts(read(folder("tdata-5.8"), kPasscode), 1);
  expect_accounts(read(folder("tdata-7.3"), kPasscode), 1);
}

TEST(Tdata, WrongPasscodeIsToldFromABrokenFile) {
  for (const std::string name : {"tdata-5.8-locked", "tdata-7.3-locked"}) {
    SCOPED_TRACE(name);
    Folder files = folder(name);
    EXPECT_EQ(refusal(files), SessionsErrc::PasscodeNeeded);
    EXPECT_EQ(refusal(files, SecretText("пароль")), SessionsErrc::WrongPasscode);
    files["key_datas"][100] ^= 1U;
    EXPECT_EQ(refusal(files, kPasscode), SessionsErrc::Damaged);
    EXPECT_EQ(refusal(files, SecretText("пароль")), SessionsErrc::Damaged);
  }
}

TEST(Tdata, ForeignAndOldFolders) {
  EXPECT_EQ(refusal({}), SessionsErrc::Foreign);
  Folder old = folder("tdata-5.8");
  old.erase("key_datas");
  EXPECT_EQ(refusal(old), SessionsErrc::Unsupported);
  EXPECT_EQ(refusal({{"key_datas", Bytes(500, 'x')}}), SessionsErrc::Foreign);
}

TEST(Tdata, OlderNamesOfTheFilesAndTheOneThatIsWhole) {
  Folder files = folder("tdata-5.8");
  files["key_data1"] = files.extract("key_datas").mapped();
  files["D877F783D5D3EF8C0"] = Bytes(10, 'x');
  files["D877F783D5D3EF8C1"] = files.extract("D877F783D5D3EF8Cs").mapped();
  expect_accounts(read(files), 1);
}

TEST(Tdata, OneBrokenAccountDoesNotHideTheOthers) {
  Folder files = folder("tdata-5.8-locked");
  files["D877F783D5D3EF8Cs"].pop_back();
  const auto accounts = read(files, kPasscode);
  ASSERT_TRUE(accounts);
  ASSERT_EQ(accounts->size(), 2U);
  EXPECT_EQ(accounts->at(0).session.error().code, SessionsErrc::Damaged);
  EXPECT_TRUE(accounts->at(1).session);

  files.erase("D877F783D5D3EF8Cs");
  EXPECT_EQ(read(files, kPasscode)->at(0).session.error().code, SessionsErrc::NotLoggedIn);
  // An account's file from another folder has another local key.
  files["D877F783D5D3EF8Cs"] = folder("tdata-5.8").at("D877F783D5D3EF8Cs");
  EXPECT_EQ(read(files, kPasscode)->at(0).session.error().code, SessionsErrc::Damaged);
}

TEST(Tdata, CutOffAnywhereIsDamage) {
  const Bytes whole = folder("tdata-7.3").at("key_datas");
  for (std::size_t size = 4; size < whole.size(); ++size) {
    const Bytes cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    ASSERT_EQ(refusal({{"key_datas", cut}}), SessionsErrc::Damaged) << size;
    // With a right checksum around it, as somebody could make it.
    ASSERT_FALSE(read({{"key_datas", framed(cut)}})) << size;
  }
}

TEST(Tdata, ACheckOfThePasscodeThatCostsTooMuchIsRefused) {
  const Bytes whole = folder("tdata-7.3-locked").at("key_datas");
  Bytes content(whole.begin() + 8, whole.end() - 16);
  const std::string_view text = as_text(content);
  const std::size_t trailer = text.find(std::string_view("KD2\0", 4));
  ASSERT_NE(trailer, std::string_view::npos);
  const std::size_t memory = trailer + 4 * 4 + 2 * 4;
  Bytes costly = content;
  costly[memory] = 0xff;
  EXPECT_EQ(refusal({{"key_datas", framed(costly)}}, kPasscode), SessionsErrc::Unsupported);
  Bytes unknown = content;
  unknown[trailer + 4 * 4 + 3] = 9;
  EXPECT_EQ(refusal({{"key_datas", framed(unknown)}}, kPasscode), SessionsErrc::Unsupported);
  Bytes many = content;
  many[trailer + 3 * 4] = 0xff;
  EXPECT_EQ(refusal({{"key_datas", framed(many)}}, kPasscode), SessionsErrc::Damaged);
}

/// A login block as Telegram Desktop writes it, from hexadecimal text.
SessionsErrc login_refusal(const std::string& hex) {
  const auto session = parse_tdata_login(from_hex(hex).value());
  EXPECT_FALSE(session);
  return session ? SessionsErrc::Foreign : session.error().code;
}

TEST(TdataLogin, OldNumbersOfUsersHave32Bits) {
  const std::string key = to_hex(key_of("old").reveal());
  const auto session = parse_tdata_login(from_hex("0000004b"
                                                  "00000114"
                                                  "2e501fbb"
                                                  "00000002"
                                                  "00000001"
                                                  "00000002" +
                                                  key + "00000000")
                                             .value());
  ASSERT_TRUE(session) << session.error().message;
  EXPECT_EQ(session->user, UserId(0x2e501fbb));
  EXPECT_TRUE(session->key == key_of("old"));
}

TEST(TdataLogin, Refusals) {
  EXPECT_EQ(login_refusal(""), SessionsErrc::Damaged);
  EXPECT_EQ(login_refusal("0000004c"
                          "00000000"),
            SessionsErrc::Unsupported);
  EXPECT_EQ(login_refusal("0000004b"
                          "ffffffff"),
            SessionsErrc::Damaged);
  EXPECT_EQ(login_refusal("0000004b"
                          "0000000c"
                          "00000000"
                          "00000000"
                          "00000000"),
            SessionsErrc::NotLoggedIn);
  // It announces 2^31-1 keys, or one and brings none.
  EXPECT_EQ(login_refusal("0000004b"
                          "0000000c"
                          "2e501fbb"
                          "00000002"
                          "7fffffff"),
            SessionsErrc::Damaged);
  EXPECT_EQ(login_refusal("0000004b"
                          "0000000c"
                          "2e501fbb"
                          "00000002"
                          "00000001"),
            SessionsErrc::Damaged);
  EXPECT_EQ(login_refusal("0000004b"
                          "0000000c"
                          "2e501fbb"
                          "00000002"
                          "ffffffff"),
            SessionsErrc::Damaged);
}

}  // namespace
}  // namespace ledgram::sessions
