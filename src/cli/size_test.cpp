#include "ledgram/cli/size.hpp"

#include <gtest/gtest.h>

namespace ledgram::cli {
namespace {

TEST(Size, IsReadAsPeopleWriteIt) {
  EXPECT_EQ(parse_size("0"), 0);
  EXPECT_EQ(parse_size("1048576"), 1048576);
  EXPECT_EQ(parse_size("500K"), 512000);
  EXPECT_EQ(parse_size("20mb"), 20 << 20);
  EXPECT_EQ(parse_size("1.5 GiB"), 1610612736);
  EXPECT_EQ(parse_size("7 B"), 7);
  for (const char* text : {"", "K", "-1", "1X", "1KK", "ten", "1e30", "999999999T", "nan"})
    EXPECT_FALSE(parse_size(text)) << text;
}

TEST(Size, IsWrittenShort) {
  EXPECT_EQ(size_text(0), "0 B");
  EXPECT_EQ(size_text(999), "999 B");
  EXPECT_EQ(size_text(1536), "1.5 KB");
  EXPECT_EQ(size_text(23 << 20), "23.0 MB");
}

}  // namespace
}  // namespace ledgram::cli
