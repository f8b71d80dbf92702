#include "ledgram/crypto/pq.hpp"

#include "ledgram/base/random.hpp"

#include <gtest/gtest.h>

namespace ledgram::crypto {
namespace {

void expect_factors(std::uint64_t p, std::uint64_t q) {
  const auto factors = factor_pq(p * q);
  ASSERT_TRUE(factors.has_value()) << p << " * " << q << ": " << factors.error().message;
  EXPECT_EQ(factors->p, std::min(p, q));
  EXPECT_EQ(factors->q, std::max(p, q));
}

// core.telegram.org/mtproto/samples-auth_key, step 3.
TEST(Pq, PublishedSample) {
  const auto factors = factor_pq(0x17ed48941a08f981);
  ASSERT_TRUE(factors.has_value());
  EXPECT_EQ(*factors, (PqFactors{0x494c553b, 0x53911073}));
}

TEST(Pq, SmallEvenAndSquare) {
  expect_factors(2, 2);
  expect_factors(2, 3);
  expect_factors(3, 3);
  expect_factors(3, 5);
  expect_factors(2, 4611686018427387847);  // the largest prime below 2^62
  expect_factors(37, 41);
  expect_factors(41, 41);
  expect_factors(43, 47);
  expect_factors(65537, 65537);
  expect_factors(2147483647, 2147483647);  // (2^31 - 1)^2
  expect_factors(3037000493, 3037000493);  // the largest prime whose square is below 2^63
  expect_factors(3, 3074457345618258599);  // a tiny and a huge factor
  expect_factors(2147483647, 4294967291);  // just below 2^63
}

TEST(Pq, ManyRandomProducts) {
  constexpr std::uint64_t kSeed = 20261120;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  SeededRandom random(kSeed);
  for (int i = 0; i < 60; ++i) {
    const auto random_prime = [&] {
      std::uint64_t candidate = random.below(std::uint64_t{1} << (8 + random.below(24))) | 1;
      while (!is_prime(candidate))
        candidate += 2;
      return candidate;
    };
    const std::uint64_t p = random_prime();
    const std::uint64_t q = random_prime();
    if (p <= INT64_MAX / q)
      expect_factors(p, q);
  }
}

TEST(Pq, WhatIsNotAProductOfTwoPrimesIsRefused) {
  for (const std::uint64_t number :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{3}, std::uint64_t{8}, std::uint64_t{30},
        std::uint64_t{43} * 47 * 53, std::uint64_t{9223372036854775783},  // the largest prime below 2^63
        std::uint64_t{2097143} * 2097143 * 2097143}) {
    const auto factors = factor_pq(number);
    ASSERT_FALSE(factors.has_value()) << number;
    EXPECT_EQ(factors.error().code, CryptoErrc::NotFactorable) << number;
  }
}

TEST(Pq, NumbersAbove63BitsAreRefused) {
  const auto factors = factor_pq(std::uint64_t{1} << 63);
  ASSERT_FALSE(factors.has_value());
  EXPECT_EQ(factors.error().code, CryptoErrc::BadValue);
  EXPECT_FALSE(factor_pq(UINT64_MAX).has_value());
}

// OEIS A014233: the smallest composites that pass Miller-Rabin for the first 1 to 9 prime bases.
TEST(Pq, StrongPseudoprimesAreNotPrime) {
  for (const std::uint64_t number : {2047ULL, 1373653ULL, 25326001ULL, 3215031751ULL, 2152302898747ULL,
                                     3474749660383ULL, 341550071728321ULL, 3825123056546413051ULL}) {
    EXPECT_FALSE(is_prime(number)) << number;
  }
}

// OEIS A014234 and neighbours: the largest primes below powers of two.
TEST(Pq, LargePrimesArePrime) {
  EXPECT_TRUE(is_prime(2));
  EXPECT_TRUE(is_prime(4294967291));
  EXPECT_TRUE(is_prime(9223372036854775783));
  EXPECT_TRUE(is_prime(18446744073709551557U));
  EXPECT_FALSE(is_prime(0));
  EXPECT_FALSE(is_prime(1));
  EXPECT_FALSE(is_prime(UINT64_MAX));
}

TEST(Pq, MinimalBigEndian) {
  EXPECT_EQ(to_hex(to_minimal_big_endian(0)), "00");
  EXPECT_EQ(to_hex(to_minimal_big_endian(0x7f)), "7f");
  EXPECT_EQ(to_hex(to_minimal_big_endian(0x0100)), "0100");
  EXPECT_EQ(to_hex(to_minimal_big_endian(0x494c553b)), "494c553b");
  EXPECT_EQ(to_hex(to_minimal_big_endian(UINT64_MAX)), "ffffffffffffffff");
}

TEST(Pq, FromBigEndian) {
  EXPECT_EQ(from_big_endian(to_minimal_big_endian(0x17ed48941a08f981)).value(), 0x17ed48941a08f981U);
  EXPECT_EQ(from_big_endian(Bytes{0, 0, 0, 0, 0, 0, 0, 0, 0, 5}).value(), 5U);
  EXPECT_EQ(from_big_endian(Bytes(8, 0xff)).value(), UINT64_MAX);
  const auto empty = from_big_endian(ByteView());
  ASSERT_FALSE(empty.has_value());
  EXPECT_EQ(empty.error().code, CryptoErrc::BadLength);
  const auto large = from_big_endian(Bytes{1, 0, 0, 0, 0, 0, 0, 0, 0});
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().code, CryptoErrc::BadValue);
}

}  // namespace
}  // namespace ledgram::crypto
