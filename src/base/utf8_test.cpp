#include "ledgram/base/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ledgram {
namespace {

TEST(Utf8, PairsAreSkippedOverOnlyWhereTheyAre) {
  const std::string text = "жжжжжжжж";
  EXPECT_TRUE(is_valid_utf8(text));
  EXPECT_TRUE(is_valid_utf8("\xc2\x80\xdf\xbf\xc2\x80\xdf\xbf"));
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char wrong : {'\xc1', '\xc0', '\x80', '\xff', 'a', '\xe0'}) {
      std::string broken = text;
      broken[at] = wrong;
      const bool is_pair_again = at % 2 == 1 && wrong == '\x80';
      EXPECT_EQ(is_valid_utf8(broken), is_pair_again) << at;
    }
  }
}

TEST(Utf8, AsciiIsSkippedOverOnlyWhereItIs) {
  EXPECT_TRUE(is_valid_utf8("aaaaaaaaaaaaaaaaжaaaaaaaa"));
  for (std::size_t at = 0; at < 20; ++at) {
    std::string text(20, 'a');
    text[at] = '\x80';
    EXPECT_FALSE(is_valid_utf8(text)) << at;
  }
}

/// As RFC 3629, 4, draws it, one byte after the other.
bool is_valid_by_the_book(const std::string& text) {
  const auto byte = [&text](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0U; };
  const auto within = [&byte](std::size_t at, unsigned low, unsigned high) {
    return byte(at) >= low && byte(at) <= high;
  };
  for (std::size_t at = 0; at < text.size();) {
    if (within(at, 0, 0x7f)) {
      at += 1;
    } else if (within(at, 0xc2, 0xdf) && within(at + 1, 0x80, 0xbf)) {
      at += 2;
    } else if (((byte(at) == 0xe0 && within(at + 1, 0xa0, 0xbf)) ||
                (within(at, 0xe1, 0xec) && within(at + 1, 0x80, 0xbf)) ||
                (byte(at) == 0xed && within(at + 1, 0x80, 0x9f)) ||
                (within(at, 0xee, 0xef) && within(at + 1, 0x80, 0xbf))) &&
               within(at + 2, 0x80, 0xbf)) {
      at += 3;
    } else if (((byte(at) == 0xf0 && within(at + 1, 0x90, 0xbf)) ||
                (within(at, 0xf1, 0xf3) && within(at + 1, 0x80, 0xbf)) ||
                (byte(at) == 0xf4 && within(at + 1, 0x80, 0x8f))) &&
               within(at + 2, 0x80, 0xbf) && within(at + 3, 0x80, 0xbf)) {
      at += 4;
    } else {
      return false;
    }
  }
  return true;
}

TEST(Utf8, AnyTwoBytesAtAnyPlaceAreAsTheBookSays) {
  // Before and after stand characters of one, two, three and four bytes, so that both begin anywhere among eight.
  const std::string around = "aжbмятаcde—їf😀ghijkжжжж";
  for (const std::size_t before : {0U, 1U, 3U, 4U, 6U, 8U, 10U, 11U, 14U, 17U, 19U, 24U}) {
    for (unsigned first = 0; first < 256; ++first) {
      for (unsigned second = 0; second < 256; second += second < 0x78 ? 13 : 1) {
        std::string text = around.substr(0, before);
        text += static_cast<char>(first);
        text += static_cast<char>(second);
        text += around.substr(before);
        ASSERT_EQ(is_valid_utf8(text), is_valid_by_the_book(text)) << before << " " << first << " " << second;
      }
    }
  }
}

TEST(Utf8, ACharacterThatIsCutOffIsNone) {
  const std::string text = "aaaaaaжmmmm—nnnn😀aaaaaaaж";
  for (std::size_t length = 0; length <= text.size(); ++length)
    EXPECT_EQ(is_valid_utf8(text.substr(0, length)), is_valid_by_the_book(text.substr(0, length))) << length;
}

}  // namespace
}  // namespace ledgram
