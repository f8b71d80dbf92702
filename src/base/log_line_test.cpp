#include "ledgram/base/log_line.hpp"

#include "ledgram/base/secret.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <array>
#include <concepts>
#include <limits>
#include <string>
#include <vector>

namespace ledgram::log {
namespace {

static_assert(!std::constructible_from<Field, std::string_view, SecretText>, "a secret must not become a field");
static_assert(!std::constructible_from<Field, std::string_view, SecretBytes>, "a secret must not become a field");
static_assert(!std::constructible_from<Field, std::string_view, const void*>, "a pointer must not become a truth");

/// 2026-01-31T12:00:00.123Z
constexpr std::chrono::system_clock::time_point kTime{std::chrono::milliseconds(1769860800123)};

Line line_with(std::string_view message, std::span<const Field> fields = {}) {
  return {kTime, Level::Info, "test", message, fields};
}

/// Everything behind the time.
std::string text_of(const Line& line) {
  const std::string text = to_text(line);
  return text.substr(text.find(' ') + 1);
}

TEST(LogLine, TextShowsFieldsBehindTheMessage) {
  const std::string account = "two words";
  const std::array fields{Field("account", account), Field("dc", 2),        Field("part", 0.5),
                          Field("whole", true),      Field("empty", ""),    Field("size", std::uint64_t{1} << 63U),
                          Field("plain", "a.b-c/d"), Field("quote", "\"\\")};
  EXPECT_EQ(text_of(line_with("hello", fields)),
            "info [test] hello account=\"two words\" dc=2 part=0.5 whole=true empty=\"\" size=9223372036854775808 "
            "plain=a.b-c/d quote=\"\\\"\\\\\"\n");
}

TEST(LogLine, TextHasLocalTimeWithItsOffset) {
  ::setenv("TZ", "XYZ-02:30", 1);
  ::tzset();
  const std::string text = to_text(line_with("x"));
  ::unsetenv("TZ");
  ::tzset();
  EXPECT_TRUE(text.starts_with("2026-01-31T14:30:00.123+0230 info ")) << text;
}

TEST(LogLine, NoTextCanBeginALineOrMoveTheCursor) {
  const std::array fields{Field("name", "x\x1b[2J\ninfo [app] forged")};
  const std::string text = text_of(line_with("a\nb\r\x1b[0m\x7f\xc2\x9b\xff", fields));
  EXPECT_EQ(text, "info [test] a\\nb\\x0d\\x1b[0m\\x7f\\xc2\\x9b\\xff name=\"x\\x1b[2J\\ninfo [app] forged\"\n");
  EXPECT_EQ(text_of(line_with("привіт 🙂")), "info [test] привіт 🙂\n");
}

TEST(LogLine, JsonIsOneObjectInOrder) {
  const std::array fields{Field("account", "me \"2\""), Field("dc", -2), Field("part", 0.5),
                          Field("none", std::numeric_limits<double>::infinity()), Field("no", false)};
  EXPECT_EQ(to_json(line_with("tab\t line\n", fields)),
            "{\"time\":\"2026-01-31T12:00:00.123Z\",\"level\":\"info\",\"module\":\"test\","
            "\"message\":\"tab\\u0009 line\\n\",\"account\":\"me \\\"2\\\"\",\"dc\":-2,\"part\":0.5,\"none\":null,"
            "\"no\":false}\n");
}

TEST(LogLine, TimesBeforeTheEpochKeepTheirMilliseconds) {
  Line line = line_with("x");
  line.time = std::chrono::system_clock::time_point(std::chrono::milliseconds(-1));
  EXPECT_NE(to_json(line).find("1969-12-31T23:59:59.999Z"), std::string::npos) << to_json(line);
}

/// Every string of one to two bytes, and the borders of the longer forms, between two letters.
std::vector<std::string> awkward_texts() {
  std::vector<std::string> texts;
  for (int first = 0; first < 256; ++first) {
    texts.push_back({static_cast<char>(first)});
    for (int second = 0; second < 256; ++second)
      texts.push_back({static_cast<char>(first), static_cast<char>(second)});
  }
  for (const char* const text : {"\xe0\x9f\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                                 "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xe2\x82", "\xf0\x9f\x99",
                                 "\xf0\x9f\x99x", "\xe2\x28\xa1", "\xf5\x80\x80\x80", "\xc1\xbf"})
    texts.emplace_back(text);
  return texts;
}

TEST(LogLine, JsonIsValidWhateverTheBytes) {
  for (const std::string& text : awkward_texts()) {
    const std::string framed = "<" + text + ">";
    const std::array fields{Field(framed, framed)};
    const std::string json = to_json(line_with(framed, fields));
    ASSERT_EQ(json.find('\n'), json.size() - 1) << testing::PrintToString(text);
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(json, error);
    ASSERT_FALSE(error) << testing::PrintToString(text) << ": " << error.message();
    // Text that was valid arrives as it was.
    const std::string message(value.at("message").as_string());
    const bool escaped = message != framed;
    boost::json::parse("\"" + text + "\"", error);
    if (!error) {
      EXPECT_FALSE(escaped) << testing::PrintToString(text);
    }
    if (escaped) {
      EXPECT_NE(message.find("\\x"), std::string::npos) << message;
    }
  }
}

}  // namespace
}  // namespace ledgram::log
