#include "ledgram/base/bytes.hpp"

#include <gtest/gtest.h>

namespace ledgram {
namespace {

TEST(Bytes, HexRoundTrip) {
  const Bytes bytes{0x00, 0x7f, 0x80, 0xff};
  EXPECT_EQ(to_hex(bytes), "007f80ff");
  EXPECT_EQ(from_hex("007F80ff"), bytes);
  EXPECT_EQ(from_hex("abc"), std::nullopt);
  EXPECT_EQ(from_hex("zz"), std::nullopt);
}

// The examples of RFC 4648 section 10.
TEST(Bytes, Base64Vectors) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"", ""},
      {"f", "Zg=="},
      {"fo", "Zm8="},
      {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="},
      {"fooba", "Zm9vYmE="},
      {"foobar", "Zm9vYmFy"},
  };
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
    const auto decoded = from_base64(encoded);
    ASSERT_TRUE(decoded) << encoded;
    EXPECT_EQ(as_text(*decoded), plain);
  }
}

TEST(Bytes, Base64AcceptsTheUrlAlphabetAndRefusesRubbish) {
  EXPECT_EQ(from_base64("-_8"), (Bytes{0xfb, 0xff}));
  EXPECT_EQ(from_base64("+/8="), (Bytes{0xfb, 0xff}));
  EXPECT_EQ(from_base64("a"), std::nullopt);
  EXPECT_EQ(from_base64("ab c"), std::nullopt);
}

TEST(Bytes, ConstantTimeEquality) {
  EXPECT_TRUE(equal_in_constant_time(as_bytes("same"), as_bytes("same")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("samE")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("sam")));
}

TEST(Bytes, LittleEndianStoresAndLoads) {
  ByteArray<8> memory{};
  store_le64(memory, 0x0102030405060708U);
  EXPECT_EQ(to_hex(memory), "0807060504030201");
  EXPECT_EQ(load_le64(memory), 0x0102030405060708U);
  EXPECT_EQ(load_le32(memory), 0x05060708U);
}

}  // namespace
}  // namespace ledgram
