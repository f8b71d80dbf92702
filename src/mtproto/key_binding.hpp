#pragma once

/// The message that ties a temporary authorization key to a permanent one, for perfect forward secrecy
/// (core.telegram.org/api/pfs, core.telegram.org/method/auth.bindTempAuthKey). It is the only one that is still
/// encrypted as in MTProto 1.0 (core.telegram.org/mtproto/description_v1), with the permanent key.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/error.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/mtproto/error.hpp"

#include <chrono>
#include <cstdint>

namespace ledgram::mtproto {

struct KeyBinding {
  std::int64_t nonce = 0;  ///< the same as in auth.bindTempAuthKey
  AuthKeyId temporary_key;
  AuthKeyId permanent_key;
  SessionId session;                  ///< in which auth.bindTempAuthKey is called
  std::chrono::seconds expires_at{};  ///< of the temporary key, server time since 1970

  friend bool operator==(const KeyBinding&, const KeyBinding&) = default;
};

/// encrypted_message of auth.bindTempAuthKey. `msg_id` is that of the message with auth.bindTempAuthKey itself.
Bytes seal_key_binding(const crypto::AuthKey& permanent, const KeyBinding& binding, MsgId msg_id, RandomSource& random);

struct OpenedKeyBinding {
  KeyBinding binding;
  MsgId msg_id;
};

/// The server's half. Errors: BadPacketLength, UnknownAuthKey, BadMessageKey, BadMessageLength, BadMessagePadding,
/// BadInnerData for a seqno other than 0, BadMessageBody if it is no bind_auth_key_inner. What the binding says is for
/// the caller to compare.
Result<OpenedKeyBinding, MtprotoError> open_key_binding(const crypto::AuthKey& permanent, ByteView encrypted);

}  // namespace ledgram::mtproto
