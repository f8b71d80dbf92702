#pragma once

/// From an authorization key and a plaintext to the message key, and from there to AES key and IV
/// (core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector).

#include "ledgram/base/bytes.hpp"
#include "ledgram/crypto/aes.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/crypto/hash.hpp"

#include <cstdint>

namespace ledgram::crypto {

/// Who encrypted a message: the client (x = 0) or the server (x = 8).
enum class Direction : std::uint8_t { ToServer, ToClient };

using MessageKey = ByteArray<16>;

struct AesKeyIv {
  AesKey key{};
  AesIgeIv iv{};
};

/// SHA-256 of 32 bytes of the key and the plaintext with its padding, of which the message key is the middle. Its first
/// 32 bits, little endian and with the top bit set, are the quick acknowledgement of the message.
Sha256Digest message_key_digest(const AuthKey& key, Direction direction, ByteView padded_plaintext);

/// The message key in a digest: bytes 8 to 24.
MessageKey msg_key_of(const Sha256Digest& digest);

/// MTProto 2.0 message key: the two functions above in one. To check a message, compare in constant time.
MessageKey compute_msg_key(const AuthKey& key, Direction direction, ByteView padded_plaintext);

/// MTProto 2.0 AES key and IV.
AesKeyIv derive_key_iv(const AuthKey& key, const MessageKey& msg_key, Direction direction);

/// MTProto 1.0 message key: the 128 lower-order bits of the SHA-1 of the plaintext without its padding. Only for the
/// binding of temporary keys (core.telegram.org/method/auth.bindTempAuthKey).
MessageKey compute_msg_key_v1(ByteView unpadded_plaintext);

/// MTProto 1.0 AES key and IV (core.telegram.org/mtproto/description_v1).
AesKeyIv derive_key_iv_v1(const AuthKey& key, const MessageKey& msg_key, Direction direction);

}  // namespace ledgram::crypto
