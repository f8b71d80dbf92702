#include "ledgram/mtproto/encrypted_message.hpp"

#include "ledgram/crypto/aes.hpp"

#include <algorithm>
#include <cassert>

namespace ledgram::mtproto {
namespace {

constexpr std::size_t kBlock = crypto::kAesBlockSize;
constexpr std::size_t kMinPadding = 12;
constexpr std::size_t kMaxPadding = 1024;

// Some random blocks more than needed, so that the size of a packet does not tell the size of its message.
constexpr std::size_t kExtraBlocks = 16;

std::size_t padding_for(std::size_t unpadded, RandomSource& random) {
  const std::size_t to_block = (kBlock - (unpadded + kMinPadding) % kBlock) % kBlock;
  return kMinPadding + to_block + kBlock * random.below(kExtraBlocks);
}

// Encrypts the plaintext behind the header in its place and writes the header.
void seal(const crypto::AuthKey& key, crypto::Direction direction, MutableByteView packet) {
  const MutableByteView plain = packet.subspan(kEncryptedHeaderBytes);
  const crypto::MessageKey msg_key = crypto::compute_msg_key(key, direction, plain);
  store_le64(packet.first<8>(), key.id().value());
  std::ranges::copy(msg_key, packet.subspan(8).begin());
  const crypto::AesKeyIv aes = crypto::derive_key_iv(key, msg_key, direction);
  crypto::aes_ige_encrypt(aes.key, aes.iv, plain, plain);
}

}  // namespace

Bytes encrypt_message(const crypto::AuthKey& key, crypto::Direction direction, const PlainMessage& message,
                      RandomSource& random) {
  assert(message.body.size() % 4 == 0);
  const std::size_t unpadded = kPlainHeaderBytes + message.body.size();
  const std::size_t padding = padding_for(unpadded, random);

  Bytes packet(kEncryptedHeaderBytes + unpadded + padding);
  const MutableByteView all(packet);
  const MutableByteView plain = all.subspan(kEncryptedHeaderBytes);
  store_le64(plain.first<8>(), static_cast<std::uint64_t>(message.salt.value()));
  store_le64(plain.subspan<8, 8>(), static_cast<std::uint64_t>(message.session_id.value()));
  store_le64(plain.subspan<16, 8>(), static_cast<std::uint64_t>(message.msg_id.value()));
  store_le32(plain.subspan<24, 4>(), static_cast<std::uint32_t>(message.seqno));
  store_le32(plain.subspan<28, 4>(), static_cast<std::uint32_t>(message.body.size()));
  std::ranges::copy(message.body, plain.subspan(kPlainHeaderBytes).begin());
  random.fill(plain.last(padding));
  seal(key, direction, all);
  return packet;
}

Bytes encrypt_plaintext(const crypto::AuthKey& key, crypto::Direction direction, ByteView plaintext) {
  assert(plaintext.size() % kBlock == 0);
  Bytes packet(kEncryptedHeaderBytes + plaintext.size());
  std::ranges::copy(plaintext, packet.begin() + kEncryptedHeaderBytes);
  seal(key, direction, packet);
  return packet;
}

std::optional<AuthKeyId> auth_key_id_of(ByteView packet) {
  if (packet.size() < 8)
    return std::nullopt;
  return AuthKeyId(load_le64(packet.first<8>()));
}

Result<DecryptedMessage, MtprotoError> decrypt_message(const crypto::AuthKey& key, crypto::Direction direction,
                                                       ByteView packet, Bytes& scratch) {
  const std::optional<AuthKeyId> key_id = auth_key_id_of(packet);
  if (!key_id)
    return fail(MtprotoErrc::BadPacketLength, "an encrypted packet of less than 8 bytes");
  if (*key_id != key.id())
    return fail(MtprotoErrc::UnknownAuthKey, "a packet for another authorization key");
  if (packet.size() < kEncryptedHeaderBytes + kPlainHeaderBytes + kMinPadding) {
    return fail(MtprotoErrc::BadPacketLength, "an encrypted packet that is too short for a message");
  }
  const ByteView cipher = packet.subspan(kEncryptedHeaderBytes);
  const std::size_t size = cipher.size() / kBlock * kBlock;
  // Growing only: a resize down and up again would clear the bytes each time.
  if (scratch.size() < size)
    scratch.resize(size);
  const MutableByteView plain = MutableByteView(scratch).first(size);

  crypto::MessageKey msg_key{};
  std::ranges::copy(packet.subspan<8, 16>(), msg_key.begin());
  const crypto::AesKeyIv aes = crypto::derive_key_iv(key, msg_key, direction);
  crypto::aes_ige_decrypt(aes.key, aes.iv, cipher.first(size), plain);
  if (!equal_in_constant_time(crypto::compute_msg_key(key, direction, plain), msg_key)) {
    return fail(MtprotoErrc::BadMessageKey, "msg_key does not match the decrypted message");
  }

  const std::uint32_t length = load_le32(plain.subspan<28, 4>());
  const std::size_t room = size - kPlainHeaderBytes;
  // A negative length is a huge unsigned one.
  if (length % 4 != 0 || length > room) {
    return fail(MtprotoErrc::BadMessageLength, "the length inside an encrypted message is not possible");
  }
  const std::size_t padding = room - length;
  if (padding < kMinPadding || padding > kMaxPadding) {
    return fail(MtprotoErrc::BadMessagePadding, "the padding of an encrypted message is not of 12 to 1024 bytes");
  }
  DecryptedMessage message{
      .salt = Salt(static_cast<std::int64_t>(load_le64(plain.first<8>()))),
      .session_id = SessionId(static_cast<std::int64_t>(load_le64(plain.subspan<8, 8>()))),
      .msg_id = MsgId(static_cast<std::int64_t>(load_le64(plain.subspan<16, 8>()))),
      .seqno = static_cast<std::int32_t>(load_le32(plain.subspan<24, 4>())),
      .body = plain.subspan(kPlainHeaderBytes, length),
  };
  if (direction == crypto::Direction::ToClient && (message.msg_id.value() & 1) == 0) {
    return fail(MtprotoErrc::BadMessageId, "a message of the server with an even msg_id");
  }
  return message;
}

}  // namespace ledgram::mtproto
