#pragma once

/// The proof of work of the key exchange: pq is taken apart into its two primes
/// (core.telegram.org/mtproto/auth_key#proof-of-work).

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/error.hpp"

#include <cstdint>

namespace ledgram::crypto {

/// p <= q, both prime.
struct PqFactors {
  std::uint64_t p = 0;
  std::uint64_t q = 0;

  friend bool operator==(const PqFactors&, const PqFactors&) = default;
};

/// Factors a product of two primes up to 2^63 - 1; some milliseconds at most, whatever the number. BadValue if pq is
/// larger, NotFactorable if it is below 4, prime, or has more than two prime factors.
Result<PqFactors, CryptoError> factor_pq(std::uint64_t pq);

/// True for primes; exact for every 64-bit number.
bool is_prime(std::uint64_t number);

/// Big endian without leading zeros, as p, q and pq travel (K3); one zero byte for 0.
Bytes to_minimal_big_endian(std::uint64_t number);

/// Big endian; leading zeros are allowed. BadLength if it is empty, BadValue if it does not fit into 64 bits.
Result<std::uint64_t, CryptoError> from_big_endian(ByteView bytes);

}  // namespace ledgram::crypto
