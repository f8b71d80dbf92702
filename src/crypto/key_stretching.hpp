#pragma once

/// Keys from passwords, as long as other programs want them. The short PBKDF2 that SRP needs is in hash.hpp.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/crypto/error.hpp"

#include <cstddef>
#include <cstdint>

namespace ledgram::crypto {

/// `size` bytes of PBKDF2 (RFC 8018) with HMAC-SHA512. `iterations` and `size` must be positive; the time grows with
/// the product of iterations and blocks of 64 bytes.
SecretBytes pbkdf2_hmac_sha512(ByteView password, ByteView salt, std::uint32_t iterations, std::size_t size);

struct Argon2Cost {
  std::uint32_t memory = 0;  ///< KiB
  std::uint32_t passes = 0;
  std::uint32_t lanes = 0;
};

/// `size` bytes of Argon2id, version 0x13 (RFC 9106). Allocates `memory`, so the caller bounds it. Errors: BadValue for
/// what the RFC does not allow (a salt of less than 8 bytes, no pass, less than 8 KiB a lane).
Result<SecretBytes, CryptoError> argon2id(ByteView password, ByteView salt, const Argon2Cost& cost, std::size_t size);

struct ScryptCost {
  std::uint64_t n = 0;  ///< a power of two
  std::uint32_t r = 0;
  std::uint32_t p = 0;
};

/// `size` bytes of scrypt (RFC 7914), which takes 128 * n * r bytes of memory. Errors: BadValue if the numbers are not
/// allowed, or if it would take more than `most_memory` bytes.
Result<SecretBytes, CryptoError> scrypt(ByteView password, ByteView salt, const ScryptCost& cost,
                                        std::uint64_t most_memory, std::size_t size);

}  // namespace ledgram::crypto
