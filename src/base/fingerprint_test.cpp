#include "ledgram/base/fingerprint.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <set>
#include <string>

namespace ledgram {
namespace {

TEST(Fingerprint, IsTheSameInEachProcess) {
  EXPECT_EQ(to_hex(fingerprint("")), to_hex(fingerprint(std::string_view())));
  EXPECT_EQ(to_hex(fingerprint("The bridge is open again.")), "e18ea22535c4d01b869e44f326828a55");
}

TEST(Fingerprint, OfEveryLengthIsAnother) {
  std::set<ByteArray<16>> seen;
  for (std::size_t length = 0; length < 300; ++length) {
    EXPECT_TRUE(seen.insert(fingerprint(std::string(length, '\0'))).second) << length;
    EXPECT_TRUE(seen.insert(fingerprint(std::string(length, 'a') + "b")).second) << length;
  }
}

TEST(Fingerprint, EachBitOfTheTextChangesHalfOfIt) {
  std::set<ByteArray<16>> seen;
  for (const std::size_t length : {1U, 7U, 16U, 33U, 200U}) {
    std::string text(length, 'x');
    const ByteArray<16> before = fingerprint(text);
    EXPECT_TRUE(seen.insert(before).second);
    for (std::size_t bit = 0; bit < length * 8; ++bit) {
      std::string other = text;
      other[bit / 8] = static_cast<char>(static_cast<unsigned char>(other[bit / 8]) ^ (1U << (bit % 8)));
      const ByteArray<16> after = fingerprint(other);
      EXPECT_TRUE(seen.insert(after).second) << length << " " << bit;
      int changed = 0;
      for (std::size_t i = 0; i < after.size(); ++i)
        changed += std::popcount(static_cast<unsigned>(after[i] ^ before[i]));
      // Of 128; a fair coin is this far off once in many millions.
      EXPECT_GT(changed, 30) << length << " " << bit;
      EXPECT_LT(changed, 98) << length << " " << bit;
    }
  }
}

TEST(Fingerprint, PartsThatChangePlacesMakeAnother) {
  const std::string a(16, 'a');
  const std::string b(16, 'b');
  EXPECT_NE(fingerprint(a + b), fingerprint(b + a));
  EXPECT_NE(fingerprint("12345678abcdefgh"), fingerprint("abcdefgh12345678"));
}

}  // namespace
}  // namespace ledgram
