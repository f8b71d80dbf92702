#include "ledgram/crypto/dh.hpp"

#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/crypto/test_support.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace ledgram::crypto {
namespace {

using testing::hex;

// core.telegram.org/mtproto/samples-auth_key, steps 5 to 7: dh_prime, g = 2, g_a, b, g_b and auth_key.
constexpr std::string_view kTelegramPrime =
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4dbfa336f6e"
    "0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f642477fe96bb2a941d"
    "5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0e"
    "f1284754fd17ed950d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed7005"
    "0ded2849f47bf959d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b";
constexpr std::string_view kPublicA =
    "262aaba621cc4df587dc94cf8252258c0b9337dfb47545a49cdd5c9b8eae7236c6cadc40b24e88590f1cc2cc762ebf1cf11dcc0b"
    "393caad6cee4ee5848001c73acbb1d127e4cb93072aa3d1c8151b6fb6aa6124b7cd782eaf981bdcfce9d7a00e423bd9d194e8af7"
    "8ef6501f415522e44522281c79d906ddb79c72e9c63d83fb2a940ff779dfb5f2fd786fb4ad71c9f08cf48758e534e9815f634f1e"
    "3a80a5e1c2af210c5ab762755ad4b2126dfa61a77fa9da967d65dfd0afb5cdf26c4d4e1a88b180f4e0d0b45ba1484f95cb2712b5"
    "0bf3f5968d9d55c99c0fb9fb67bff56d7d4481b634514fba3488c4cda2fc0659990e8e868b28632875a9aa703bcdce8f";
constexpr std::string_view kSecretB =
    "6f620afa575c9233eb4c014110a7bcaf49464f798a18a0981fea1e05e8da67d9681e0fd6df0edf0272ae3492451a84502f2efc0d"
    "a18741a5fb80bd82296919a70faa6d07cbbbca2037ea7d3e327b61d585ed3373ee0553a91cbd29b01fa9a89d479ca53d57bde3a7"
    "6fbd922a923a0a38b922c1d0701f53ff52d7ea9217080163a64901e766eb6a0f20bc391b64b9d1dd2cd13a7d0c946a3a7df8cec9"
    "e2236446f646c42cfe2b60a2a8d776e56c8d7519b08b88ed0970e10d12a8c9e355d765f2b7bbb7b4ca9360083435523cb0d57d2b"
    "106fd14f94b4eee79d8ac131ca56ad389c84fe279716f8124a543337fb9ea3d988ec5fa63d90a4ba3970e7a39e5c0de5";
constexpr std::string_view kPublicB =
    "73700e7bfc7aeec828eb8e0dcc04d09a0dd56a1b4b35f72f0b55fce7db7ebb72d7c33c5d4aa59e1c74d09b01ae536b318cfed436"
    "afdb15fe9eb4c70d7f0cb14e46dbbde9053a64304361eb358a9bb32e9d5c2843fe87248b89c3f066a7d5876d61657acc52b0d81c"
    "d683b2a0fa93e8adab20377877f3bc3369bbf57b10f5b589e65a9c27490f30a0c70ffcfd3453f5b379c1b9727a573cffdca8d23c"
    "721b135b92e529b1cdd2f7abd4f34dac4be1eeaf60993dde8ed45890e4f47c26f2c0b2e037bb502739c8824f2a99e2b1e7e41658"
    "3417cc79a8807a4bdac6a5e9805d4f6186c37d66f6988c9f9c752896f3d34d25529263faf2670a09b2a59ce35264511f";
constexpr std::string_view kAuthKey =
    "ab96e207c631300986f30ef97df55e179e63c112675f0ce502ee76d74bbee6cbd1e95772818881e9f2ff54bd52c258787474f6a7"
    "bea61eabe49d1d01d55f64fc07bc31685716ec8fb46feacf9502e42cfd6b9f45a08e90aa5c2b5933ac767cbe1cd50d8e64f89727"
    "ca4a1a5d32c0db80a9fcdbddd4f8d5a1e774198f1a4299f927c484feec395f29647e43c3243986f93609e23538c21871df50e000"
    "70b3b6a8fa9bc15628e8b43ff977409a61ceec5a21cf7dfb5a4cc28f5257bc30cd8f2fb92fbf21e28924065f50e0bbd5e11a4203"
    "00e2c136b80e9826c6c5609b5371b7850aa628323b6422f3a94f6dfde4c3dc1ea60f7e11ee63122b3f39cbd1a8430157";

// RFC 3526 group 14 and RFC 7919 ffdhe2048, calculated from their formulas with pi and e.
constexpr std::string_view kModp2048 =
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3"
    "cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5"
    "ae9f24117c4b1fe649286651ece45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356"
    "208552bb9ed529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec07a28f"
    "b5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ffffffffffffffff";
constexpr std::string_view kFfdhe2048 =
    "ffffffffffffffffadf85458a2bb4a9aafdc5620273d3cf1d8b9c583ce2d3695a9e13641146433fbcc939dce249b3ef97d2fe363"
    "630c75d8f681b202aec4617ad3df1ed5d5fd65612433f51f5f066ed0856365553ded1af3b557135e7f57c935984f0c70e0e68b77"
    "e2a689daf3efe8721df158a136ade73530acca4f483a797abc0ab182b324fb61d108a94bb2c8e3fbb96adab760d7f4681d4f42a3"
    "de394df4ae56ede76372bb190b07a7c8ee0a6d709e02fce1cdf7e2ecc03404cd28342f619172fe9ce98583ff8e4f1232eef28183"
    "c3fe3b1b4c6fad733bb5fcbc2ec22005c58ef1837d1683b2c6f34a26c1b2effa886b423861285c97ffffffffffffffff";

// A prime with p mod 8 = 7 and p mod 3 = 2 whose half is composite; and a composite number with p mod 3 = 2 whose half
// is prime. Found with a Miller-Rabin test in Python.
constexpr std::string_view kUnsafePrime =
    "ee340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d4bf5122f344554c53bde2ebb8cd2b7e3d1600ad6"
    "31c385a5d7cce23c7785459adbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986084fed08b978af4d"
    "7d196a7446a86b58009e636b611db16211b65a9aadff29c5e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca3"
    "81c89e71e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db67586e98fad27da0b9968bc039a1ef34"
    "c939b9b8e523a8bef89d478608c5ecf6ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005f142f";
constexpr std::string_view kCompositeWithPrimeHalf =
    "ee340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d4bf5122f344554c53bde2ebb8cd2b7e3d1600ad6"
    "31c385a5d7cce23c7785459adbc1b4c900ffe48d575b5da5c638040125f65db0fe3e24494b76ea986457d986084fed08b978af4d"
    "7d196a7446a86b58009e636b611db16211b65a9aadff29c5e52d9c508c502347344d8c07ad91cbd6068afc75ff6292f062a09ca3"
    "81c89e71e77b9a9ae9e30b0dbdb6f510a264ef9de781501d7b6b92ae89eb059c5ab743db67586e98fad27da0b9968bc039a1ef34"
    "c939b9b8e523a8bef89d478608c5ecf6ca358758f6d27e6cf45272937977a748fd88391db679ceda7dc7bf1f005f2ccb";

Bytes one_bit(std::size_t bit) {
  Bytes number(kDhSize);
  number[kDhSize - 1 - bit / 8] = static_cast<std::uint8_t>(1U << (bit % 8));
  return number;
}

/// a - b for numbers of 256 bytes, a >= b.
Bytes subtract(ByteView a, ByteView b) {
  Bytes difference(kDhSize);
  int borrow = 0;
  for (std::size_t i = kDhSize; i-- > 0;) {
    const int digit = int{a[i]} - int{b[i]} - borrow;
    borrow = digit < 0 ? 1 : 0;
    difference[i] = static_cast<std::uint8_t>(digit + 256 * borrow);
  }
  return difference;
}

Bytes plus_one(Bytes number) {
  for (std::size_t i = number.size(); i-- > 0 && ++number[i] == 0;) {
  }
  return number;
}

TEST(Dh, PublishedSampleOfTheKeyExchange) {
  const Bytes p = hex(kTelegramPrime);
  EXPECT_EQ(to_hex(mod_exp(2, hex(kSecretB), p)), kPublicB);
  EXPECT_EQ(to_hex(mod_exp(hex(kPublicA), hex(kSecretB), p)), kAuthKey);
  EXPECT_TRUE(check_dh_public(hex(kPublicA), p).has_value());
  EXPECT_TRUE(check_dh_public(hex(kPublicB), p).has_value());
}

TEST(Dh, TheKnownPrimeIsTelegramsAndPassesTheFullTest) {
  EXPECT_EQ(to_hex(known_dh_prime()), kTelegramPrime);
  // The fast path would hide a prime that is not safe, so the expensive test is made here, on p with the fast path out
  // of the way: (p-1)/2 and p by Fermat with several bases.
  const Bytes p = hex(kTelegramPrime);
  Bytes p_minus_one = p;
  p_minus_one.back() -= 1;
  Bytes half(kDhSize);
  for (std::size_t i = 0; i < kDhSize; ++i) {
    half[i] = static_cast<std::uint8_t>(p_minus_one[i] >> 1 | (i == 0 ? 0 : (p_minus_one[i - 1] & 1) << 7));
  }
  Bytes half_minus_one = half;
  half_minus_one.back() -= 1;
  Bytes one(kDhSize);
  one.back() = 1;
  for (const std::int32_t base : {2, 3, 5, 7, 11, 13}) {
    EXPECT_EQ(mod_exp(base, p_minus_one, p), one) << base;
    EXPECT_EQ(mod_exp(base, half_minus_one, half), one) << base;
  }
}

// Which g in 2..7 are quadratic residues: by Euler's criterion, pow(g, (p - 1) // 2, p) == 1 in Python.
TEST(Dh, GeneratorsOfThreeSafePrimes) {
  struct Row {
    std::string_view prime;
    std::set<std::int32_t> residues;
  };
  const std::array<Row, 3> rows{Row{kTelegramPrime, {3, 4, 7}}, Row{kModp2048, {2, 3, 4, 5, 6, 7}},
                                Row{kFfdhe2048, {2, 3, 4, 5, 6}}};
  DhGroupCache cache;
  for (const Row& row : rows) {
    for (const std::int32_t g : {-1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 1 << 30}) {
      const auto verdict = cache.check(g, hex(row.prime));
      EXPECT_EQ(verdict.has_value(), row.residues.contains(g)) << "g = " << g << ", p = " << row.prime.substr(0, 40);
      if (!verdict) {
        EXPECT_EQ(verdict.error().code, CryptoErrc::UnsafeGroup);
      }
    }
  }
  EXPECT_EQ(cache.tests_made(), 2U);  // the known prime needs none, each of the others one
}

// The conditions of K8 by remainder, with numbers that are not prime: a wrong remainder is refused before any test of
// primality, a right one is refused by it. The messages tell which.
TEST(Dh, ResidueConditions) {
  const auto refused_by_residue = [](std::int32_t g, std::uint32_t modulus, std::uint32_t remainder) {
    Bytes number(kDhSize);
    number.front() = 0x80;
    for (std::uint32_t last = 0; last < 256; ++last) {
      number.back() = static_cast<std::uint8_t>(last);
      std::uint32_t value = 0;
      for (const std::uint8_t byte : number)
        value = (value * 256 + byte) % modulus;
      if (value == remainder)
        break;
    }
    const auto verdict = check_dh_group(g, number);
    EXPECT_FALSE(verdict.has_value());
    return !verdict && verdict.error().message.find("subgroup") != std::string::npos;
  };
  struct Rule {
    std::int32_t g;
    std::uint32_t modulus;
    std::set<std::uint32_t> allowed;
  };
  const std::array<Rule, 5> rules{Rule{2, 8, {7}}, Rule{3, 3, {2}}, Rule{5, 5, {1, 4}}, Rule{6, 24, {19, 23}},
                                  Rule{7, 7, {3, 5, 6}}};
  for (const Rule& rule : rules) {
    for (std::uint32_t remainder = 0; remainder < rule.modulus; ++remainder) {
      EXPECT_EQ(refused_by_residue(rule.g, rule.modulus, remainder), !rule.allowed.contains(remainder))
          << "g = " << rule.g << ", p mod " << rule.modulus << " = " << remainder;
    }
  }
}

TEST(Dh, PrimesThatAreNotSafeAreRefused) {
  const auto unsafe = check_dh_group(3, hex(kUnsafePrime));
  ASSERT_FALSE(unsafe.has_value());
  EXPECT_EQ(unsafe.error().code, CryptoErrc::UnsafeGroup);
  EXPECT_NE(unsafe.error().message.find("(p - 1) / 2"), std::string::npos) << unsafe.error().message;

  const auto composite = check_dh_group(3, hex(kCompositeWithPrimeHalf));
  ASSERT_FALSE(composite.has_value());
  EXPECT_NE(composite.error().message.find("not prime"), std::string::npos) << composite.error().message;
}

TEST(Dh, OnlyPrimesOf2048BitsAreTaken) {
  Bytes short_prime = hex(kTelegramPrime);
  short_prime.pop_back();
  EXPECT_FALSE(check_dh_group(4, short_prime).has_value());
  Bytes padded = hex(kTelegramPrime);
  padded.insert(padded.begin(), 0);
  EXPECT_FALSE(check_dh_group(4, padded).has_value());
  Bytes small = hex(kTelegramPrime);
  small.front() = 0x47;
  EXPECT_FALSE(check_dh_group(4, small).has_value());
  EXPECT_FALSE(check_dh_group(4, ByteView()).has_value());
}

TEST(Dh, TheCacheRemembersGoodAndBad) {
  DhGroupCache cache;
  for (int i = 0; i < 3; ++i) {
    EXPECT_FALSE(cache.check(3, hex(kUnsafePrime)).has_value());
    EXPECT_TRUE(cache.check(3, hex(kFfdhe2048)).has_value());
  }
  EXPECT_EQ(cache.tests_made(), 2U);
  EXPECT_FALSE(cache.check(7, hex(kFfdhe2048)).has_value()) << "a good prime does not make every generator good";
}

TEST(Dh, TheCacheIsBounded) {
  DhGroupCache cache;
  Bytes number = hex(kCompositeWithPrimeHalf);
  const auto check_many = [&] {
    for (std::uint8_t i = 0; i < 20; ++i) {
      number[100] = i;
      EXPECT_FALSE(cache.check(4, number).has_value());
    }
  };
  check_many();
  EXPECT_EQ(cache.tests_made(), 20U);
  check_many();  // twenty different ones push each other out
  EXPECT_EQ(cache.tests_made(), 40U);
}

TEST(Dh, TheCacheServesSeveralThreads) {
  DhGroupCache cache;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&cache] { EXPECT_FALSE(cache.check(3, hex(kUnsafePrime)).has_value()); });
  }
  for (std::thread& thread : threads)
    thread.join();
  EXPECT_EQ(cache.tests_made(), 1U);
}

TEST(Dh, BoundariesOfPublicValues) {
  const Bytes p = hex(kTelegramPrime);
  Bytes one(kDhSize);
  one.back() = 1;
  const Bytes lowest = one_bit(1984);
  const Bytes highest = subtract(p, lowest);

  EXPECT_TRUE(check_dh_public(lowest, p).has_value());
  EXPECT_TRUE(check_dh_public(highest, p).has_value());
  EXPECT_TRUE(check_dh_public(plus_one(lowest), p).has_value());
  EXPECT_TRUE(check_dh_public(ByteView(lowest).subspan(7), p).has_value()) << "without leading zeros";

  for (const Bytes& bad : {Bytes(), Bytes(kDhSize), one, Bytes{2}, Bytes{3}, subtract(lowest, one), plus_one(highest),
                           subtract(p, one), p, plus_one(p), Bytes(kDhSize, 0xff), Bytes(kDhSize + 1, 1)}) {
    const auto verdict = check_dh_public(bad, p);
    ASSERT_FALSE(verdict.has_value()) << to_hex(bad);
    EXPECT_EQ(verdict.error().code, CryptoErrc::UnsafePublic);
  }
}

TEST(Dh, ModExpPadsTo256Bytes) {
  const Bytes p = hex(kTelegramPrime);
  const Bytes result = mod_exp(3, Bytes{5}, p);
  ASSERT_EQ(result.size(), kDhSize);
  EXPECT_EQ(result[254], 0);
  EXPECT_EQ(result[255], 243);
  EXPECT_EQ(mod_exp(Bytes{0}, Bytes{5}, p), Bytes(kDhSize));
  EXPECT_EQ(mod_exp(258, Bytes{1}, p).at(254), 1) << "g has more than one byte";
}

TEST(Dh, ModExpReducesALargeBase) {
  const Bytes p = hex(kTelegramPrime);
  EXPECT_EQ(mod_exp(plus_one(p), hex(kSecretB), p), mod_exp(1, hex(kSecretB), p));
}

TEST(Dh, AnEvenModulusIsAMistakeOfTheCaller) {
  EXPECT_THROW(mod_exp(3, Bytes{5}, Bytes{8}), std::logic_error);
  EXPECT_THROW(mod_exp(3, Bytes{5}, Bytes()), std::logic_error);
  EXPECT_THROW(mod_exp(3, Bytes{5}, Bytes(257, 1)), std::logic_error);
}

}  // namespace
}  // namespace ledgram::crypto
