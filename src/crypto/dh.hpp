#pragma once

/// Diffie-Hellman over a 2048-bit safe prime, with the checks that both sides must make
/// (core.telegram.org/mtproto/security_guidelines#diffie-hellman-key-exchange; K8 and K9 of protocol.md).

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/error.hpp"
#include "ledgram/crypto/hash.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

namespace ledgram::crypto {

inline constexpr std::size_t kDhSize = 256;

/// The prime that Telegram's servers have sent for years: 256 bytes, big endian, static. With this prime g may be 3, 4
/// or 7 (p mod 8 = 3, p mod 3 = 2, p mod 5 = 3, p mod 24 = 11, p mod 7 = 6); Telegram sends 3.
ByteView known_dh_prime();

/// K8: p has exactly 2048 bits, p and (p - 1) / 2 are prime, g is 2 to 7 and generates the subgroup of order
/// (p - 1) / 2. `p` is big endian, 256 bytes. The known prime costs nothing; any other takes some 100 ms, so prefer
/// DhGroupCache. UnsafeGroup says which condition failed.
Result<void, CryptoError> check_dh_group(std::int32_t g, ByteView p);

/// Remembers which primes were found good or bad. Bounded; may be used by several threads at once.
class DhGroupCache {
 public:
  /// As check_dh_group, but tests each prime only once.
  Result<void, CryptoError> check(std::int32_t g, ByteView p);

  /// How many primality tests were really made.
  [[nodiscard]] std::size_t tests_made() const;

 private:
  struct Verdict {
    Sha256Digest prime_hash{};
    Result<void, CryptoError> result;
  };

  mutable std::mutex mutex_;
  std::deque<Verdict> verdicts_;
  std::size_t tests_made_ = 0;
};

/// K9 for g_a or g_b: 2^1984 <= value <= p - 2^1984, which includes 1 < value < p - 1. Both are big endian; `value` may
/// be shorter than p. UnsafePublic if it is not so.
Result<void, CryptoError> check_dh_public(ByteView value, ByteView p);

/// base ^ exponent mod modulus, big endian, left-padded to 256 bytes. The time does not depend on the exponent's bits.
/// The modulus is odd and of at most 256 bytes, which check_dh_group has made sure of: anything else is a mistake of
/// the caller and throws std::logic_error. The base may be any number of at most 256 bytes.
Bytes mod_exp(ByteView base, ByteView exponent, ByteView modulus);

/// g ^ exponent mod modulus for a small g.
Bytes mod_exp(std::int32_t g, ByteView exponent, ByteView modulus);

}  // namespace ledgram::crypto
