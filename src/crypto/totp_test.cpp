#include "ledgram/crypto/totp.hpp"

#include <gtest/gtest.h>

#include <array>
#include <utility>

namespace ledgram::crypto {
namespace {

constexpr std::string_view kSecret = "12345678901234567890";

// RFC 4226, appendix D.
TEST(Totp, CodesOfTheStandard) {
  constexpr std::array<std::string_view, 10> kCodes{"755224", "287082", "359152", "969429", "338314",
                                                    "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t counter = 0; counter < kCodes.size(); ++counter)
    EXPECT_EQ(hotp(as_bytes(kSecret), counter), kCodes[counter]);
}

// RFC 6238, appendix B, the last six of its eight digits.
TEST(Totp, TimesOfTheStandard) {
  constexpr std::array<std::pair<std::int64_t, std::string_view>, 6> kCodes{{{59, "287082"},
                                                                             {1111111109, "081804"},
                                                                             {1111111111, "050471"},
                                                                             {1234567890, "005924"},
                                                                             {2000000000, "279037"},
                                                                             {20000000000, "353130"}}};
  for (const auto& [time, code] : kCodes)
    EXPECT_EQ(totp_counter_of(as_bytes(kSecret), code, time), time / 30) << time;
}

TEST(Totp, OneStepEitherWayAndNoMore) {
  const std::string code = hotp(as_bytes(kSecret), 100);
  EXPECT_EQ(totp_counter_of(as_bytes(kSecret), code, 99 * 30), 100);
  EXPECT_EQ(totp_counter_of(as_bytes(kSecret), code, 101 * 30 + 29), 100);
  EXPECT_FALSE(totp_counter_of(as_bytes(kSecret), code, 98 * 30 + 29));
  EXPECT_FALSE(totp_counter_of(as_bytes(kSecret), code, 102 * 30));
  EXPECT_FALSE(totp_counter_of(as_bytes(kSecret), "", 100 * 30));
}

// RFC 4648, section 10.
TEST(Totp, Base32) {
  EXPECT_EQ(to_base32(as_bytes("")), "");
  EXPECT_EQ(to_base32(as_bytes("f")), "MY");
  EXPECT_EQ(to_base32(as_bytes("fo")), "MZXQ");
  EXPECT_EQ(to_base32(as_bytes("foob")), "MZXW6YQ");
  EXPECT_EQ(to_base32(as_bytes("foobar")), "MZXW6YTBOI");
}

}  // namespace
}  // namespace ledgram::crypto
