#include "ledgram/mtproto/key_binding.hpp"

#include "ledgram/crypto/message_key.hpp"
#include "ledgram/tl/mt.hpp"
#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <fmt/format.h>

namespace ledgram::mtproto {
namespace {

namespace mt = tl::mt;

/// Before the encrypted part: the key's id and msg_key.
constexpr std::size_t kOuterHeader = 24;
/// Before the object: 128 random bits where other messages have salt and session, then msg_id, seqno and length.
constexpr std::size_t kInnerHeader = 32;
constexpr std::size_t kRandomBytes = 16;

}  // namespace

Bytes seal_key_binding(const crypto::AuthKey& permanent, const KeyBinding& binding, MsgId msg_id,
                       RandomSource& random) {
  const Bytes object = tl::serialize(mt::bind_auth_key_inner{
      .nonce = binding.nonce,
      .temp_auth_key_id = static_cast<std::int64_t>(binding.temporary_key.value()),
      .perm_auth_key_id = static_cast<std::int64_t>(binding.permanent_key.value()),
      .temp_session_id = binding.session.value(),
      .expires_at = static_cast<std::int32_t>(binding.expires_at.count()),
  });
  tl::Writer writer;
  writer.raw(random.bytes(kRandomBytes));
  writer.i64(msg_id.value());
  writer.i32(0);
  writer.i32(static_cast<std::int32_t>(object.size()));
  writer.raw(object);
  Bytes plain = writer.take();
  const crypto::MessageKey msg_key = crypto::compute_msg_key_v1(plain);
  append(plain, random.bytes((crypto::kAesBlockSize - plain.size() % crypto::kAesBlockSize) % crypto::kAesBlockSize));
  const crypto::AesKeyIv aes = crypto::derive_key_iv_v1(permanent, msg_key, crypto::Direction::ToServer);
  Bytes sealed(kOuterHeader + plain.size());
  store_le64(MutableByteView(sealed).first(8), permanent.id().value());
  std::ranges::copy(msg_key, sealed.begin() + 8);
  crypto::aes_ige_encrypt(aes.key, aes.iv, plain, MutableByteView(sealed).subspan(kOuterHeader));
  return sealed;
}

Result<OpenedKeyBinding, MtprotoError> open_key_binding(const crypto::AuthKey& permanent, ByteView encrypted) {
  if (encrypted.size() < kOuterHeader + kInnerHeader ||
      (encrypted.size() - kOuterHeader) % crypto::kAesBlockSize != 0) {
    return fail(MtprotoErrc::BadPacketLength, fmt::format("got a binding message of {} bytes", encrypted.size()));
  }
  if (load_le64(encrypted.first(8)) != permanent.id().value())
    return fail(MtprotoErrc::UnknownAuthKey, "the binding message names another permanent key");
  crypto::MessageKey msg_key{};
  std::ranges::copy(encrypted.subspan(8, msg_key.size()), msg_key.begin());
  const crypto::AesKeyIv aes = crypto::derive_key_iv_v1(permanent, msg_key, crypto::Direction::ToServer);
  Bytes plain(encrypted.size() - kOuterHeader);
  crypto::aes_ige_decrypt(aes.key, aes.iv, encrypted.subspan(kOuterHeader), plain);

  tl::Reader reader(plain);
  reader.raw(kRandomBytes);
  const MsgId msg_id(reader.i64());
  const std::int32_t seqno = reader.i32();
  const std::int32_t length = reader.i32();
  // MTProto 1.0 hashes the message without its padding, so the length has to be believed before it is proved.
  if (length < 0 || length % 4 != 0 || static_cast<std::size_t>(length) > plain.size() - kInnerHeader)
    return fail(MtprotoErrc::BadMessageLength, fmt::format("got the length {} in a binding message", length));
  const std::size_t used = kInnerHeader + static_cast<std::size_t>(length);
  if (!equal_in_constant_time(crypto::compute_msg_key_v1(ByteView(plain).first(used)), msg_key))
    return fail(MtprotoErrc::BadMessageKey, "the msg_key of a binding message does not match");
  if (plain.size() - used >= crypto::kAesBlockSize)
    return fail(MtprotoErrc::BadMessagePadding, "got more than 15 bytes of padding in a binding message");
  if (seqno != 0)
    return fail(MtprotoErrc::BadInnerData, fmt::format("got the seqno {} in a binding message, expected 0", seqno));
  const auto inner = tl::parse<mt::bind_auth_key_inner>(ByteView(plain).subspan(kInnerHeader, used - kInnerHeader));
  if (!inner)
    return fail(MtprotoErrc::BadMessageBody, "cannot read a bind_auth_key_inner: " + inner.error().message);
  OpenedKeyBinding opened;
  opened.msg_id = msg_id;
  opened.binding = {.nonce = inner->nonce,
                    .temporary_key = AuthKeyId(static_cast<std::uint64_t>(inner->temp_auth_key_id)),
                    .permanent_key = AuthKeyId(static_cast<std::uint64_t>(inner->perm_auth_key_id)),
                    .session = SessionId(inner->temp_session_id),
                    .expires_at = std::chrono::seconds(inner->expires_at)};
  return opened;
}

}  // namespace ledgram::mtproto
