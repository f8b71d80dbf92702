#include "ledgram/tl/reader.hpp"

#include "ledgram/tl/codec.hpp"
#include "ledgram/tl/writer.hpp"

#include <gtest/gtest.h>

namespace ledgram::tl {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

TEST(Reader, NumbersAreLittleEndian) {
  const Bytes bytes =
      hex("01000080"
          "0807060504030201"
          "000000000000f03f");
  Reader in(bytes);
  EXPECT_EQ(in.i32(), -2147483647);
  EXPECT_EQ(in.i64(), 0x0102030405060708);
  EXPECT_EQ(in.f64(), 1.0);
  EXPECT_TRUE(in.ok());
  EXPECT_EQ(in.remaining(), 0U);
}

// The forms of a string: core.telegram.org/mtproto/serialize#base-types.
TEST(Reader, StringsOfEachPadding) {
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"00000000", ""}, {"01610000", "a"}, {"02616200", "ab"}, {"03616263", "abc"}, {"0461626364000000", "abcd"}};
  for (const auto& [encoded, plain] : cases) {
    const Bytes bytes = hex(encoded);
    Reader in(bytes);
    EXPECT_EQ(in.string(), plain);
    EXPECT_TRUE(in.ok() && in.remaining() == 0) << encoded;
    EXPECT_EQ(to_hex(serialize(std::string(plain))), encoded);
  }
}

TEST(Reader, StringsAroundTheLongForm) {
  const std::string below(253, 'x');
  const std::string above(254, 'x');
  EXPECT_EQ(to_hex(serialize(below)), "fd" + to_hex(as_bytes(below)) + "0000");
  EXPECT_EQ(to_hex(serialize(above)), "fefe0000" + to_hex(as_bytes(above)) + "0000");
  for (const std::string& text : {below, above, std::string(70000, 'y')}) {
    EXPECT_EQ(parse<std::string>(serialize(text)), text);
  }
}

TEST(Reader, TheFirstFailureSticks) {
  const Bytes bytes = hex("0100000002");
  Reader in(bytes);
  EXPECT_EQ(in.i32(), 1);
  EXPECT_EQ(in.i32(), 0);
  ASSERT_FALSE(in.ok());
  EXPECT_EQ(in.error().code, TlErrc::UnexpectedEnd);
  EXPECT_EQ(in.error().offset, 4U);
  EXPECT_EQ(in.remaining(), 0U);
  EXPECT_EQ(in.string(), "");
  EXPECT_EQ(in.vector_count(4), 0U);
  EXPECT_TRUE(in.rest().empty());
  EXPECT_EQ(in.error().code, TlErrc::UnexpectedEnd);
  EXPECT_EQ(in.error().offset, 4U);
}

TEST(Reader, LengthsAreComparedWithTheBytesLeft) {
  const std::pair<std::string_view, TlErrc> cases[] = {
      {"fdff0000", TlErrc::LengthExceeded},                                            // 253 bytes announced
      {"feffffff", TlErrc::LengthExceeded},                                            // 16 MiB
      {"ff000000", TlErrc::BadValue},         {"0561626364", TlErrc::LengthExceeded},  // 5 bytes announced, 4 there
      {"0461626364", TlErrc::LengthExceeded},                                          // the padding is missing
      {"036162", TlErrc::UnexpectedEnd},      {"", TlErrc::UnexpectedEnd},
  };
  for (const auto& [encoded, code] : cases) {
    const Bytes bytes = hex(encoded);
    Reader in(bytes);
    EXPECT_TRUE(in.bytes_view().empty()) << encoded;
    ASSERT_FALSE(in.ok()) << encoded;
    EXPECT_EQ(in.error().code, code) << encoded;
  }
}

TEST(Reader, VectorCountsAreComparedWithTheBytesLeft) {
  for (const std::string_view count : {"00000080", "ffffffff", "03000000"}) {
    const Bytes bytes = hex("15c4b51c" + std::string(count) + "0000000000000000");
    EXPECT_EQ(parse<std::vector<std::int32_t>>(bytes).error().code, TlErrc::LengthExceeded) << count;
    EXPECT_EQ(parse<std::vector<std::string>>(bytes).error().code, TlErrc::LengthExceeded) << count;
  }
  // Two numbers of 32 bits fit where two of 64 do not.
  const Bytes two =
      hex("15c4b51c"
          "02000000"
          "0100000002000000");
  EXPECT_EQ(parse<std::vector<std::int32_t>>(two), (std::vector<std::int32_t>{1, 2}));
  EXPECT_EQ(parse<std::vector<std::int64_t>>(two).error().code, TlErrc::LengthExceeded);
}

TEST(Reader, BoolHasTwoConstructors) {
  EXPECT_EQ(parse<bool>(hex("b5757299")), true);
  EXPECT_EQ(parse<bool>(hex("379779bc")), false);
  const auto other = parse<bool>(hex("01000000"));
  EXPECT_EQ(other.error().code, TlErrc::UnknownConstructor);
  EXPECT_EQ(other.error().constructor, 1U);
  EXPECT_EQ(other.error().offset, 0U);
}

TEST(Reader, WholeInputMustBeUsed) {
  EXPECT_EQ(parse<std::int32_t>(hex("0100000000")).error().code, TlErrc::TrailingBytes);
}

TEST(Writer, AppendsToWhatItWasGiven) {
  Writer out(hex("aabbccdd"));
  out.u32(1);
  out.vector_head(0);
  EXPECT_EQ(to_hex(out.take()),
            "aabbccdd"
            "01000000"
            "15c4b51c"
            "00000000");
  EXPECT_EQ(out.size(), 0U);
}

}  // namespace
}  // namespace ledgram::tl
