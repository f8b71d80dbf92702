#pragma once

/// X25519 public keys (RFC 7748), for what has to look like a TLS key share. No secret is ever agreed with them.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"

namespace ledgram::crypto {

using X25519Key = ByteArray<32>;

/// The public key that belongs to a private one; any 32 bytes are a private key.
X25519Key x25519_public_key(const X25519Key& private_key);

/// The public key of a private key that nobody keeps.
X25519Key random_x25519_public_key(RandomSource& random);

}  // namespace ledgram::crypto
