#include "ledgram/mtproto/plain_message.hpp"

#include <fmt/format.h>

namespace ledgram::mtproto {
namespace {

/// Key id, message id, length.
constexpr std::size_t kHeaderSize = 8 + 8 + 4;

}  // namespace

bool is_unencrypted(ByteView packet) {
  return packet.size() >= kHeaderSize && load_le64(packet) == 0;
}

Bytes encode_unencrypted(MsgId msg_id, ByteView body) {
  Bytes packet(kHeaderSize);
  packet.reserve(kHeaderSize + body.size());
  const MutableByteView header(packet);
  store_le64(header.subspan(8), static_cast<std::uint64_t>(msg_id.value()));
  store_le32(header.subspan(16), static_cast<std::uint32_t>(body.size()));
  append(packet, body);
  return packet;
}

Result<UnencryptedMessage, MtprotoError> parse_unencrypted(ByteView packet) {
  if (packet.size() < kHeaderSize) {
    return fail(
        MtprotoErrc::BadPlainMessage,
        fmt::format("got an unencrypted message of {} bytes, expected at least {}", packet.size(), kHeaderSize));
  }
  if (load_le64(packet) != 0) {
    return fail(MtprotoErrc::BadPlainMessage, "got an encrypted message where an unencrypted one was expected");
  }
  const std::uint32_t length = load_le32(packet.subspan(16));
  if (length != packet.size() - kHeaderSize) {
    return fail(MtprotoErrc::BadPlainMessage,
                fmt::format("an unencrypted message says it has {} bytes of content, got {}", length,
                            packet.size() - kHeaderSize));
  }
  return UnencryptedMessage{MsgId(static_cast<std::int64_t>(load_le64(packet.subspan(8)))),
                            packet.subspan(kHeaderSize)};
}

}  // namespace ledgram::mtproto
