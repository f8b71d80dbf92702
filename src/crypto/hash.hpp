#pragma once

/// Hash functions, HMAC and PBKDF2. Pure functions over bytes; safe to call from any thread.
///
/// The variants taking a list hash the parts one after another, as if they had been joined.

#include "ledgram/base/bytes.hpp"

#include <cstdint>
#include <initializer_list>

namespace ledgram::crypto {

using Sha1Digest = ByteArray<20>;
using Sha256Digest = ByteArray<32>;
using Sha512Digest = ByteArray<64>;

Sha1Digest sha1(ByteView data);
Sha1Digest sha1(std::initializer_list<ByteView> parts);

Sha256Digest sha256(ByteView data);
Sha256Digest sha256(std::initializer_list<ByteView> parts);

Sha512Digest sha512(ByteView data);
Sha512Digest sha512(std::initializer_list<ByteView> parts);

/// HMAC of RFC 2104. The key may be empty.
Sha256Digest hmac_sha256(ByteView key, ByteView data);
Sha512Digest hmac_sha512(ByteView key, ByteView data);

/// PBKDF2 of RFC 8018 with HMAC-SHA512 and one output block. `iterations` must be positive.
Sha512Digest pbkdf2_hmac_sha512(ByteView password, ByteView salt, std::uint32_t iterations);

}  // namespace ledgram::crypto
