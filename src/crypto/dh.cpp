#include "ledgram/crypto/dh.hpp"

#include "ledgram/crypto/openssl_handles.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>

namespace ledgram::crypto {
namespace {

constexpr ByteArray<kDhSize> kKnownPrime{
    0xc7, 0x1c, 0xae, 0xb9, 0xc6, 0xb1, 0xc9, 0x04, 0x8e, 0x6c, 0x52, 0x2f, 0x70, 0xf1, 0x3f, 0x73, 0x98, 0x0d, 0x40,
    0x23, 0x8e, 0x3e, 0x21, 0xc1, 0x49, 0x34, 0xd0, 0x37, 0x56, 0x3d, 0x93, 0x0f, 0x48, 0x19, 0x8a, 0x0a, 0xa7, 0xc1,
    0x40, 0x58, 0x22, 0x94, 0x93, 0xd2, 0x25, 0x30, 0xf4, 0xdb, 0xfa, 0x33, 0x6f, 0x6e, 0x0a, 0xc9, 0x25, 0x13, 0x95,
    0x43, 0xae, 0xd4, 0x4c, 0xce, 0x7c, 0x37, 0x20, 0xfd, 0x51, 0xf6, 0x94, 0x58, 0x70, 0x5a, 0xc6, 0x8c, 0xd4, 0xfe,
    0x6b, 0x6b, 0x13, 0xab, 0xdc, 0x97, 0x46, 0x51, 0x29, 0x69, 0x32, 0x84, 0x54, 0xf1, 0x8f, 0xaf, 0x8c, 0x59, 0x5f,
    0x64, 0x24, 0x77, 0xfe, 0x96, 0xbb, 0x2a, 0x94, 0x1d, 0x5b, 0xcd, 0x1d, 0x4a, 0xc8, 0xcc, 0x49, 0x88, 0x07, 0x08,
    0xfa, 0x9b, 0x37, 0x8e, 0x3c, 0x4f, 0x3a, 0x90, 0x60, 0xbe, 0xe6, 0x7c, 0xf9, 0xa4, 0xa4, 0xa6, 0x95, 0x81, 0x10,
    0x51, 0x90, 0x7e, 0x16, 0x27, 0x53, 0xb5, 0x6b, 0x0f, 0x6b, 0x41, 0x0d, 0xba, 0x74, 0xd8, 0xa8, 0x4b, 0x2a, 0x14,
    0xb3, 0x14, 0x4e, 0x0e, 0xf1, 0x28, 0x47, 0x54, 0xfd, 0x17, 0xed, 0x95, 0x0d, 0x59, 0x65, 0xb4, 0xb9, 0xdd, 0x46,
    0x58, 0x2d, 0xb1, 0x17, 0x8d, 0x16, 0x9c, 0x6b, 0xc4, 0x65, 0xb0, 0xd6, 0xff, 0x9c, 0xa3, 0x92, 0x8f, 0xef, 0x5b,
    0x9a, 0xe4, 0xe4, 0x18, 0xfc, 0x15, 0xe8, 0x3e, 0xbe, 0xa0, 0xf8, 0x7f, 0xa9, 0xff, 0x5e, 0xed, 0x70, 0x05, 0x0d,
    0xed, 0x28, 0x49, 0xf4, 0x7b, 0xf9, 0x59, 0xd9, 0x56, 0x85, 0x0c, 0xe9, 0x29, 0x85, 0x1f, 0x0d, 0x81, 0x15, 0xf6,
    0x35, 0xb1, 0x05, 0xee, 0x2e, 0x4e, 0x15, 0xd0, 0x4b, 0x24, 0x54, 0xbf, 0x6f, 0x4f, 0xad, 0xf0, 0x34, 0xb1, 0x04,
    0x03, 0x11, 0x9c, 0xd8, 0xe3, 0xb9, 0x2f, 0xcc, 0x5b};

// K9 wants public values at least this many bits away from both ends.
constexpr int kMarginBits = 2048 - 64;

// Telegram has used one prime for years; a client that meets more than these is being played with.
constexpr std::size_t kMaxVerdicts = 16;

CryptoError unsafe_group(std::string message) {
  return {CryptoErrc::UnsafeGroup, std::move(message)};
}

CryptoError unsafe_public(std::string message) {
  return {CryptoErrc::UnsafePublic, std::move(message)};
}

std::uint32_t remainder_of(ByteView number, std::uint32_t divisor) {
  std::uint32_t remainder = 0;
  for (const std::uint8_t byte : number)
    remainder = (remainder * 256 + byte) % divisor;
  return remainder;
}

/// Whether g is a quadratic residue modulo the safe prime p, by quadratic reciprocity
/// (core.telegram.org/mtproto/auth_key#presenting-proof-of-work-server-authentication, step 5).
bool generates_subgroup(std::int32_t g, ByteView p) {
  const auto is_one_of = [p](std::uint32_t modulus, std::initializer_list<std::uint32_t> allowed) {
    const std::uint32_t remainder = remainder_of(p, modulus);
    return std::ranges::find(allowed, remainder) != allowed.end();
  };
  switch (g) {
    case 2:
      return is_one_of(8, {7});
    case 3:
      return is_one_of(3, {2});
    case 4:
      return true;
    case 5:
      return is_one_of(5, {1, 4});
    case 6:
      return is_one_of(24, {19, 23});
    case 7:
      return is_one_of(7, {3, 5, 6});
    default:
      return false;
  }
}

/// The part of K8 that costs nothing and therefore is not cached.
Result<void, CryptoError> check_generator(std::int32_t g, ByteView p) {
  if (p.size() != kDhSize || p.front() < 0x80) {
    return std::unexpected(unsafe_group("the Diffie-Hellman prime has " + std::to_string(p.size()) +
                                        " bytes, expected exactly 2048 bits"));
  }
  if (g < 2 || g > 7) {
    return std::unexpected(unsafe_group("the Diffie-Hellman generator is " + std::to_string(g) + ", expected 2 to 7"));
  }
  if (!generates_subgroup(g, p)) {
    return std::unexpected(unsafe_group("the Diffie-Hellman generator " + std::to_string(g) +
                                        " does not generate the subgroup of prime order for this prime"));
  }
  return {};
}

bool is_known_prime(ByteView p) {
  return std::ranges::equal(p, kKnownPrime);
}

/// The expensive part of K8; `p` has 256 bytes.
Result<void, CryptoError> check_safe_prime(ByteView p) {
  const BigNumber prime = number_from(p);
  const BigNumberContext context = new_context();
  const auto is_prime = [&](const BIGNUM* number) {
    const int verdict = BN_check_prime(number, context.get(), nullptr);
    require(verdict >= 0);
    return verdict == 1;
  };
  if (!is_prime(prime.get()))
    return std::unexpected(unsafe_group("the Diffie-Hellman modulus is not prime"));
  const BigNumber half = new_number();
  require(BN_rshift1(half.get(), prime.get()) == 1);
  if (!is_prime(half.get())) {
    return std::unexpected(unsafe_group("the Diffie-Hellman prime is not safe: (p - 1) / 2 is not prime"));
  }
  return {};
}

}  // namespace

ByteView known_dh_prime() {
  return kKnownPrime;
}

Result<void, CryptoError> check_dh_group(std::int32_t g, ByteView p) {
  if (auto generator = check_generator(g, p); !generator)
    return generator;
  if (is_known_prime(p))
    return {};
  return check_safe_prime(p);
}

Result<void, CryptoError> DhGroupCache::check(std::int32_t g, ByteView p) {
  if (auto generator = check_generator(g, p); !generator)
    return generator;
  if (is_known_prime(p))
    return {};
  const Sha256Digest hash = sha256(p);
  const std::lock_guard lock(mutex_);
  const auto found = std::ranges::find(verdicts_, hash, &Verdict::prime_hash);
  if (found != verdicts_.end())
    return found->result;
  Result<void, CryptoError> result = check_safe_prime(p);
  ++tests_made_;
  if (verdicts_.size() == kMaxVerdicts)
    verdicts_.pop_front();
  verdicts_.push_back({hash, result});
  return result;
}

std::size_t DhGroupCache::tests_made() const {
  const std::lock_guard lock(mutex_);
  return tests_made_;
}

Result<void, CryptoError> check_dh_public(ByteView value, ByteView p) {
  if (value.size() > kDhSize || p.size() > kDhSize) {
    return std::unexpected(unsafe_public("a Diffie-Hellman public value has " + std::to_string(value.size()) +
                                         " bytes, expected at most 256"));
  }
  const BigNumber number = number_from(value);
  const BigNumber margin = new_number();
  require(BN_set_bit(margin.get(), kMarginBits) == 1);
  if (BN_cmp(number.get(), margin.get()) < 0) {
    return std::unexpected(unsafe_public("a Diffie-Hellman public value is below 2^1984"));
  }
  const BigNumber limit = number_from(p);
  require(BN_sub(limit.get(), limit.get(), margin.get()) == 1);
  if (BN_cmp(number.get(), limit.get()) > 0) {
    return std::unexpected(unsafe_public("a Diffie-Hellman public value is above p - 2^1984"));
  }
  return {};
}

Bytes mod_exp(ByteView base, ByteView exponent, ByteView modulus) {
  if (modulus.size() > kDhSize || modulus.empty() || modulus.back() % 2 == 0 || base.size() > kDhSize) {
    throw std::logic_error("mod_exp: the modulus must be odd, and no number longer than 256 bytes");
  }
  const BigNumber m = number_from(modulus);
  const BigNumber b = number_from(base);
  const BigNumber e = secret_number_from(exponent);
  const BigNumber result = new_number();
  const BigNumberContext context = new_context();
  require(BN_mod_exp_mont_consttime(result.get(), b.get(), e.get(), m.get(), context.get(), nullptr) == 1);
  return padded_bytes(result.get(), kDhSize);
}

Bytes mod_exp(std::int32_t g, ByteView exponent, ByteView modulus) {
  const auto unsigned_g = static_cast<std::uint32_t>(g);
  const ByteArray<4> base{static_cast<std::uint8_t>(unsigned_g >> 24), static_cast<std::uint8_t>(unsigned_g >> 16),
                          static_cast<std::uint8_t>(unsigned_g >> 8), static_cast<std::uint8_t>(unsigned_g)};
  return mod_exp(ByteView(base), exponent, modulus);
}

}  // namespace ledgram::crypto
