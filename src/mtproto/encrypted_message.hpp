#pragma once

/// One encrypted MTProto 2.0 message, both roles: bytes of a transport packet <-> header fields and body.
///
/// Only what needs no session state is checked here: the key's id, msg_key over the padded plaintext before any field
/// is read, the length, the padding, and the two low bits of msg_id. Whose session it is, its age and whether it came
/// before is for the session. core.telegram.org/mtproto/description#encrypted-message and
/// core.telegram.org/mtproto/security_guidelines#mtproto-encrypted-messages

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/error.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/crypto/message_key.hpp"
#include "ledgram/mtproto/error.hpp"
#include "ledgram/mtproto/salt.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace ledgram::mtproto {

/// auth_key_id and msg_key stand before the encrypted part.
inline constexpr std::size_t kEncryptedHeaderBytes = 24;
/// salt, session_id, msg_id, seqno and length stand before the body inside the encrypted part.
inline constexpr std::size_t kPlainHeaderBytes = 32;

/// What is to be encrypted. `body` is not owned and is read during the call only; its size is a multiple of 4.
struct PlainMessage {
  Salt salt;
  SessionId session_id;
  MsgId msg_id;
  std::int32_t seqno = 0;
  ByteView body;
};

/// What was decrypted. `body` points into the scratch buffer given to decrypt_message().
struct DecryptedMessage {
  Salt salt;
  SessionId session_id;
  MsgId msg_id;
  std::int32_t seqno = 0;
  ByteView body;
};

/// The transport packet of one message, with 12 to 1024 bytes of random padding (the sum a multiple of 16).
Bytes encrypt_message(const crypto::AuthKey& key, crypto::Direction direction, const PlainMessage& message,
                      RandomSource& random);

/// The transport packet of a plaintext that is laid out and padded already, whatever stands in it; its size is a
/// multiple of 16. For a server that misbehaves on purpose.
Bytes encrypt_plaintext(const crypto::AuthKey& key, crypto::Direction direction, ByteView plaintext);

/// The id of the key that an encrypted packet names, so that a server can find it; nothing if the packet is too short.
/// Zero means an unencrypted message (key exchange).
std::optional<AuthKeyId> auth_key_id_of(ByteView packet);

/// Decrypts `packet` into `scratch` (resized, never shrunk) and checks it; the answer's body is valid until `scratch`
/// changes. Bytes after the last whole block of 16 are left out: padded transports add up to 15 of them.
///
/// Errors: UnknownAuthKey, BadPacketLength; after a msg_key that does not match BadMessageKey and nothing else is
/// looked at; then BadMessageLength, BadMessagePadding and, for ToClient only, BadMessageId for an even msg_id (a
/// server has to answer a client's wrong msg_id, so it checks by itself). The reaction to each is the same: drop, and
/// reconnect.
Result<DecryptedMessage, MtprotoError> decrypt_message(const crypto::AuthKey& key, crypto::Direction direction,
                                                       ByteView packet, Bytes& scratch);

}  // namespace ledgram::mtproto
