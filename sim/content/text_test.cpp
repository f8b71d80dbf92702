#include "ledgram/sim_content/text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ledgram::sim {
namespace {

TEST(Text, CountsUtf16Units) {
  EXPECT_EQ(utf16_length(""), 0);
  EXPECT_EQ(utf16_length("abc"), 3);
  EXPECT_EQ(utf16_length("їжак"), 4);
  EXPECT_EQ(utf16_length("😀"), 2);
  EXPECT_EQ(utf16_length("🇺🇦"), 4);
  EXPECT_EQ(utf16_length("שלום"), 4);
  EXPECT_EQ(character_count("a😀ї"), 3U);
}

TEST(Text, SlicesByUtf16Units) {
  const std::string_view text = "a😀їb";
  EXPECT_EQ(utf16_slice(text, 0, 1), "a");
  EXPECT_EQ(utf16_slice(text, 1, 2), "😀");
  EXPECT_EQ(utf16_slice(text, 3, 2), "їb");
  EXPECT_EQ(utf16_slice(text, 3, 100), "їb");
  EXPECT_EQ(utf16_slice(text, 100, 1), "");
  EXPECT_EQ(utf16_prefix(text, 2), "a") << "half an emoji is left out";
}

TEST(Text, KnowsUsernames) {
  EXPECT_TRUE(is_username("Durov_1"));
  EXPECT_FALSE(is_username(""));
  EXPECT_FALSE(is_username("1abc"));
  EXPECT_FALSE(is_username("a-b"));
  EXPECT_FALSE(is_username("місто"));
  EXPECT_FALSE(is_username(std::string(33, 'a')));
  EXPECT_TRUE(same_username("@Abc", "aBC"));
  EXPECT_FALSE(same_username("abc", "abcd"));
}

TEST(Text, KnowsUtf8) {
  EXPECT_TRUE(is_utf8("Київ 😀"));
  EXPECT_FALSE(is_utf8("\xff"));
  EXPECT_FALSE(is_utf8("\xc0\x80"));
  EXPECT_FALSE(is_utf8("\xed\xa0\x80"));
  EXPECT_FALSE(is_utf8("\xf4\x90\x80\x80"));
  EXPECT_FALSE(is_utf8("a\xd0"));
}

}  // namespace
}  // namespace ledgram::sim
