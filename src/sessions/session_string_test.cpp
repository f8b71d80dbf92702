#include "ledgram/sessions/session_string.hpp"

#include "ledgram/sessions/test_support.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace ledgram::sessions {
namespace {

/// The strings that Telethon and Pyrogram made, by label.
std::map<std::string, std::string> golden_strings() {
  std::ifstream file(fixture("strings.txt"));
  std::map<std::string, std::string> strings;
  std::string label;
  std::string text;
  while (file >> label >> text)
    strings[label] = text;
  return strings;
}

SessionsErrc refusal(std::string_view text) {
  const auto session = parse_session_string(text);
  EXPECT_FALSE(session);
  return session ? SessionsErrc::Foreign : session.error().code;
}

TEST(SessionString, EveryFormThatTelethonAndPyrogramMade) {
  const std::map<std::string, int> dcs{{"telethon-1.5", 1},      {"telethon-1.10", 2},    {"telethon-1.24", 3},
                                       {"telethon-1.45", 4},     {"telethon-1.45-v6", 5}, {"pyrogram-1.0-old", 1},
                                       {"pyrogram-1.4-test", 2}, {"pyrogram-2.0", 3},     {"pyrofork-2.3-bot", 4},
                                       {"kurigram-2.2", 5}};
  const auto strings = golden_strings();
  ASSERT_EQ(strings.size(), dcs.size());
  for (const auto& [label, text] : strings) {
    SCOPED_TRACE(label);
    EXPECT_TRUE(looks_like_session_string(text));
    const auto session = parse_session_string(text);
    ASSERT_TRUE(session) << session.error().message;
    EXPECT_EQ(session->dc, DcId(dcs.at(label)));
    EXPECT_TRUE(session->key == key_of(label));
    const bool telethon = label.starts_with("telethon");
    EXPECT_EQ(session->source, telethon ? Source::TelethonString : Source::PyrogramString);
    const Servers expected = telethon                  ? Servers::Unknown
                             : label.ends_with("test") ? Servers::Test
                                                       : Servers::Production;
    EXPECT_EQ(session->servers, expected);
    if (!telethon) {
      EXPECT_EQ(session->user, UserId(label.ends_with("old") ? 777'000'123 : 7'000'000'123));
    }
    const bool has_api_id = label == "pyrogram-2.0" || label == "pyrofork-2.3-bot" || label == "kurigram-2.2";
    EXPECT_EQ(session->api_id, has_api_id ? std::optional(12345) : std::nullopt);
  }
}

TEST(SessionString, SpaceAndPaddingDoNotMatter) {
  const auto strings = golden_strings();
  const std::string telethon = strings.at("telethon-1.45");
  const std::string pyrogram = strings.at("pyrogram-1.0-old");
  EXPECT_TRUE(parse_session_string(" \n" + telethon + "\r\n"));
  EXPECT_TRUE(parse_session_string(telethon.substr(0, telethon.find('='))));
  // With padding as long as Telethon's without.
  const auto padded = parse_session_string(pyrogram + "=");
  ASSERT_TRUE(padded);
  EXPECT_EQ(padded->source, Source::PyrogramString);
}

TEST(SessionString, WritesWhatTelethonWrites) {
  const auto strings = golden_strings();
  const Bytes v4{149, 154, 167, 51};
  EXPECT_TRUE(telethon_string(DcId(4), v4, 443, key_of("telethon-1.45")).reveal() == strings.at("telethon-1.45"));
  const Bytes v6 = from_hex("2001067c04e8f002000000000000000a").value();
  EXPECT_TRUE(telethon_string(DcId(5), v6, 443, key_of("telethon-1.45-v6")).reveal() == strings.at("telethon-1.45-v6"));
}

TEST(SessionString, OtherTextIsForeign) {
  EXPECT_EQ(refusal(""), SessionsErrc::Foreign);
  EXPECT_EQ(refusal("my.session"), SessionsErrc::Foreign);
  EXPECT_EQ(refusal(std::string(353, '!')), SessionsErrc::Foreign);
  EXPECT_EQ(refusal(std::string(100'000, 'A')), SessionsErrc::Foreign);
  EXPECT_FALSE(looks_like_session_string("/home/somebody/my.session"));
}

TEST(SessionString, CutOffOrChangedIsDamaged) {
  const auto strings = golden_strings();
  const std::string telethon = strings.at("telethon-1.45");
  EXPECT_EQ(refusal(telethon.substr(0, 340)), SessionsErrc::Damaged);
  EXPECT_EQ(refusal("2" + telethon.substr(1)), SessionsErrc::Damaged) << "another version";
  EXPECT_EQ(refusal("1A" + std::string(351, 'A')), SessionsErrc::Damaged);
  EXPECT_EQ(refusal("1AA" + telethon.substr(3)), SessionsErrc::Damaged) << "data centre 0";
  std::string pyrogram = strings.at("pyrogram-2.0");
  pyrogram[7] = '_';  // The truth value of "test servers" becomes another number.
  EXPECT_EQ(refusal(pyrogram), SessionsErrc::Damaged);
  const auto message = parse_session_string(telethon.substr(0, 340)).error().message;
  EXPECT_NE(message.find("340"), std::string::npos) << message;
  EXPECT_EQ(message.find(telethon.substr(10, 20)), std::string::npos) << "the message shows a part of the key";
}

TEST(SessionString, NoKeyIsNoLogin) {
  Bytes bytes(263);
  bytes[0] = 2;
  EXPECT_EQ(refusal("1" + to_base64(bytes)), SessionsErrc::NotLoggedIn);
}

}  // namespace
}  // namespace ledgram::sessions
