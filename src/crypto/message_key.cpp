#include "ledgram/crypto/message_key.hpp"

#include <algorithm>
#include <initializer_list>

namespace ledgram::crypto {
namespace {

/// x of the specification: it selects other parts of the key for each direction.
std::size_t offset_of(Direction direction) {
  return direction == Direction::ToServer ? 0 : 8;
}

/// Puts slices one after another into an array of exactly their total size.
template <std::size_t N>
ByteArray<N> join(std::initializer_list<ByteView> slices) {
  ByteArray<N> joined{};
  auto to = joined.begin();
  for (const ByteView slice : slices)
    to = std::ranges::copy(slice, to).out;
  return joined;
}

}  // namespace

Sha256Digest message_key_digest(const AuthKey& key, Direction direction, ByteView padded_plaintext) {
  const ByteView secret = key.reveal();
  return sha256({secret.subspan(88 + offset_of(direction), 32), padded_plaintext});
}

MessageKey msg_key_of(const Sha256Digest& digest) {
  return join<16>({ByteView(digest).subspan(8, 16)});
}

MessageKey compute_msg_key(const AuthKey& key, Direction direction, ByteView padded_plaintext) {
  return msg_key_of(message_key_digest(key, direction, padded_plaintext));
}

AesKeyIv derive_key_iv(const AuthKey& key, const MessageKey& msg_key, Direction direction) {
  const ByteView secret = key.reveal();
  const std::size_t x = offset_of(direction);
  const Sha256Digest digest_a = sha256({msg_key, secret.subspan(x, 36)});
  const Sha256Digest digest_b = sha256({secret.subspan(40 + x, 36), msg_key});
  const ByteView a(digest_a);
  const ByteView b(digest_b);
  return {.key = join<32>({a.subspan(0, 8), b.subspan(8, 16), a.subspan(24, 8)}),
          .iv = join<32>({b.subspan(0, 8), a.subspan(8, 16), b.subspan(24, 8)})};
}

MessageKey compute_msg_key_v1(ByteView unpadded_plaintext) {
  const Sha1Digest digest = sha1(unpadded_plaintext);
  return join<16>({ByteView(digest).subspan(4, 16)});
}

AesKeyIv derive_key_iv_v1(const AuthKey& key, const MessageKey& msg_key, Direction direction) {
  const ByteView secret = key.reveal();
  const std::size_t x = offset_of(direction);
  const Sha1Digest digest_a = sha1({msg_key, secret.subspan(x, 32)});
  const Sha1Digest digest_b = sha1({secret.subspan(32 + x, 16), msg_key, secret.subspan(48 + x, 16)});
  const Sha1Digest digest_c = sha1({secret.subspan(64 + x, 32), msg_key});
  const Sha1Digest digest_d = sha1({msg_key, secret.subspan(96 + x, 32)});
  const ByteView a(digest_a);
  const ByteView b(digest_b);
  const ByteView c(digest_c);
  const ByteView d(digest_d);
  return {.key = join<32>({a.subspan(0, 8), b.subspan(8, 12), c.subspan(4, 12)}),
          .iv = join<32>({a.subspan(8, 12), b.subspan(0, 8), c.subspan(16, 4), d.subspan(0, 8)})};
}

}  // namespace ledgram::crypto
