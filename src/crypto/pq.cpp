#include "ledgram/crypto/pq.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>
#include <string>

namespace ledgram::crypto {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr std::array<std::uint64_t, 12> kFirstPrimes{2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};

/// Arithmetic modulo an odd number with numbers kept as a * 2^64 mod n, so that a product needs no division.
class Montgomery {
 public:
  explicit Montgomery(std::uint64_t modulus)
      : modulus_(modulus), inverse_(modulus), one_((UINT64_MAX % modulus + 1) % modulus) {
    // Newton's iteration doubles the right bits each time; an odd number is its own inverse modulo 8.
    for (int bits = 3; bits < 64; bits *= 2)
      inverse_ *= 2 - modulus * inverse_;
    square_ = static_cast<std::uint64_t>(Uint128{one_} * one_ % modulus);
  }

  [[nodiscard]] std::uint64_t one() const { return one_; }

  [[nodiscard]] std::uint64_t from(std::uint64_t number) const { return multiply(number % modulus_, square_); }

  [[nodiscard]] std::uint64_t multiply(std::uint64_t a, std::uint64_t b) const {
    const Uint128 product = Uint128{a} * b;
    const std::uint64_t high = static_cast<std::uint64_t>(product >> 64);
    const std::uint64_t factor = static_cast<std::uint64_t>(product) * inverse_;
    const std::uint64_t subtract = static_cast<std::uint64_t>(Uint128{factor} * modulus_ >> 64);
    return high >= subtract ? high - subtract : high - subtract + modulus_;
  }

  [[nodiscard]] std::uint64_t add(std::uint64_t a, std::uint64_t b) const {
    return a >= modulus_ - b ? a - (modulus_ - b) : a + b;
  }

  [[nodiscard]] std::uint64_t power(std::uint64_t base, std::uint64_t exponent) const {
    std::uint64_t result = one_;
    for (; exponent != 0; exponent >>= 1) {
      if ((exponent & 1) != 0)
        result = multiply(result, base);
      base = multiply(base, base);
    }
    return result;
  }

 private:
  std::uint64_t modulus_;
  std::uint64_t inverse_;     ///< of the modulus, modulo 2^64
  std::uint64_t one_;         ///< 2^64 mod n
  std::uint64_t square_ = 0;  ///< 2^128 mod n
};

std::uint64_t square_root(std::uint64_t number) {
  std::uint64_t root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(number)));
  while (Uint128{root} * root > number)
    --root;
  while (Uint128{root + 1} * (root + 1) <= number)
    ++root;
  return root;
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : b - a;
}

/// One run of Brent's variant of Pollard's rho on x -> x^2 + offset. Returns a divisor of the odd composite number: a
/// proper one, or the number itself if this offset is of no use.
std::uint64_t brent_rho(std::uint64_t number, std::uint64_t offset) {
  // Differences multiplied together before one gcd is taken; a gcd costs about as much as this many products.
  constexpr std::uint64_t kBatch = 128;
  // The smaller factor is below 2^32, so a cycle is found after about 2^16 steps; 16 times that never happens in
  // practice and bounds the run.
  constexpr std::uint64_t kMaxSteps = std::uint64_t{1} << 20;

  const Montgomery field(number);
  const std::uint64_t increment = field.from(offset);
  const auto step = [&](std::uint64_t x) { return field.add(field.multiply(x, x), increment); };

  std::uint64_t fast = field.from(2);
  for (std::uint64_t length = 1; length <= kMaxSteps; length *= 2) {
    const std::uint64_t slow = fast;
    for (std::uint64_t i = 0; i < length; ++i)
      fast = step(fast);
    for (std::uint64_t done = 0; done < length; done += kBatch) {
      const std::uint64_t count = std::min(kBatch, length - done);
      const std::uint64_t restart = fast;
      std::uint64_t product = field.one();
      for (std::uint64_t i = 0; i < count; ++i) {
        fast = step(fast);
        product = field.multiply(product, distance(slow, fast));
      }
      if (std::gcd(product, number) == 1)
        continue;
      // Both factors may have come up in one batch: go through it again one by one.
      fast = restart;
      for (std::uint64_t i = 0; i < count; ++i) {
        fast = step(fast);
        const std::uint64_t divisor = std::gcd(distance(slow, fast), number);
        if (divisor != 1)
          return divisor;
      }
    }
  }
  return number;
}

/// Some divisor of a composite number other than 1 and itself; 0 if none was found within the bound.
std::uint64_t proper_divisor(std::uint64_t composite) {
  for (const std::uint64_t prime : kFirstPrimes) {
    if (composite % prime == 0)
      return prime;
  }
  const std::uint64_t root = square_root(composite);
  if (root * root == composite)
    return root;
  // An offset fails on a given number with a small probability and independently of the others.
  constexpr std::uint64_t kMaxOffsets = 32;
  for (std::uint64_t offset = 1; offset <= kMaxOffsets; ++offset) {
    const std::uint64_t divisor = brent_rho(composite, offset);
    if (divisor != composite)
      return divisor;
  }
  return 0;
}

}  // namespace

bool is_prime(std::uint64_t number) {
  for (const std::uint64_t prime : kFirstPrimes) {
    if (number % prime == 0)
      return number == prime;
  }
  if (number < 2)
    return false;
  // Miller-Rabin. The first twelve primes as bases leave no composite below 3.3 * 10^24 undetected
  // (Sorenson and Webster, "Strong pseudoprimes to twelve prime bases").
  const Montgomery field(number);
  const std::uint64_t minus_one = number - field.one();
  const int twos = std::countr_zero(number - 1);
  for (const std::uint64_t base : kFirstPrimes) {
    std::uint64_t power = field.power(field.from(base), (number - 1) >> twos);
    if (power == field.one())
      continue;
    for (int i = 1; i < twos && power != minus_one; ++i)
      power = field.multiply(power, power);
    if (power != minus_one)
      return false;
  }
  return true;
}

Result<PqFactors, CryptoError> factor_pq(std::uint64_t pq) {
  if (pq > INT64_MAX) {
    return std::unexpected(
        CryptoError{CryptoErrc::BadValue, "pq is " + std::to_string(pq) + ", expected at most 2^63-1"});
  }
  const auto fail = [&] {
    return std::unexpected(
        CryptoError{CryptoErrc::NotFactorable, "pq " + std::to_string(pq) + " is not the product of two primes"});
  };
  if (pq < 4 || is_prime(pq))
    return fail();
  const std::uint64_t divisor = proper_divisor(pq);
  if (divisor == 0 || !is_prime(divisor) || !is_prime(pq / divisor))
    return fail();
  return PqFactors{std::min(divisor, pq / divisor), std::max(divisor, pq / divisor)};
}

Bytes to_minimal_big_endian(std::uint64_t number) {
  const int size = number == 0 ? 1 : static_cast<int>((std::bit_width(number) + 7) / 8);
  Bytes bytes;
  for (int i = size - 1; i >= 0; --i)
    bytes.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  return bytes;
}

Result<std::uint64_t, CryptoError> from_big_endian(ByteView bytes) {
  if (bytes.empty())
    return std::unexpected(CryptoError{CryptoErrc::BadLength, "a number of 0 bytes, expected 1 to 8"});
  std::uint64_t number = 0;
  for (const std::uint8_t byte : bytes) {
    if (number >> 56 != 0) {
      return std::unexpected(CryptoError{CryptoErrc::BadValue, "a number of " + std::to_string(bytes.size()) +
                                                                   " bytes that does not fit into 64 bits"});
    }
    number = number << 8 | byte;
  }
  return number;
}

}  // namespace ledgram::crypto
