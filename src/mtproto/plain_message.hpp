#pragma once

/// Messages without encryption: key id 0, message id, length, body. Only the key exchange uses them
/// (core.telegram.org/mtproto/description#unencrypted-message).

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/mtproto/error.hpp"

namespace ledgram::mtproto {

struct UnencryptedMessage {
  MsgId msg_id;
  ByteView body;  ///< points into the packet
};

/// True if the packet is long enough to tell and its key id is 0.
[[nodiscard]] bool is_unencrypted(ByteView packet);

[[nodiscard]] Bytes encode_unencrypted(MsgId msg_id, ByteView body);

/// Fails with BadPlainMessage if the key id is not 0, or the length is not exactly what follows it. Says nothing
/// about the message id.
[[nodiscard]] Result<UnencryptedMessage, MtprotoError> parse_unencrypted(ByteView packet);

}  // namespace ledgram::mtproto
