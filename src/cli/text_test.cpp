#include "ledgram/cli/text.hpp"

#include <gtest/gtest.h>

namespace ledgram::cli {
namespace {

TEST(PrintableLine, TakesControlCharactersOut) {
  EXPECT_EQ(printable_line("one\ntwo\r\n\tthree "), "one two three");
  EXPECT_EQ(printable_line("\x1b[31mred\x1b[0m"), "[31mred [0m");
  EXPECT_EQ(printable_line("a\u202eb"), "a b");
  EXPECT_EQ(printable_line("\u009b31m"), "31m");
}

TEST(PrintableLine, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(printable_line("a\xff\x62"), "a\xef\xbf\xbd\x62");
  EXPECT_EQ(printable_line("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(printable_line("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(printable_line("\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd");
}

TEST(DisplayWidth, CountsColumns) {
  EXPECT_EQ(display_width("plain"), 5U);
  EXPECT_EQ(display_width("привіт"), 6U);
  EXPECT_EQ(display_width("日本"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U);
}

TEST(Shortened, CutsAtColumnsNotBytes) {
  EXPECT_EQ(shortened("привіт", 6), "привіт");
  EXPECT_EQ(shortened("привіт", 4), "при…");
  EXPECT_EQ(shortened("日本語", 4), "日…");
  EXPECT_EQ(shortened("abc", 0), "");
}

TEST(Table, PadsColumnsAndCutsTheLast) {
  const std::string text = table({"id", "text"}, {{"1", "short"}, {"200", "a long text that does not fit"}}, 20);
  EXPECT_EQ(text,
            "id   text\n"
            "1    short\n"
            "200  a long text th…\n");
}

}  // namespace
}  // namespace ledgram::cli
