#include "ledgram/mtproto/handshake_crypto.hpp"

#include "ledgram/crypto/aes.hpp"

#include <algorithm>

namespace ledgram::mtproto {
namespace {

constexpr std::size_t kHashSize = std::tuple_size_v<crypto::Sha1Digest>;

/// More would allow to hide something behind the object; less than a block is all that encryption needs.
constexpr std::size_t kMaxPadding = crypto::kAesBlockSize - 1;

/// "The 128 lower-order bits" of a SHA-1 are its last 16 bytes.
tl::Int128 low_128_bits(const crypto::Sha1Digest& digest) {
  tl::Int128 bits{};
  std::copy(digest.end() - static_cast<std::ptrdiff_t>(bits.size()), digest.end(), bits.begin());
  return bits;
}

}  // namespace

crypto::AesKeyIv derive_handshake_aes(const tl::Int256& new_nonce, const tl::Int128& server_nonce) {
  const auto new_server = crypto::sha1({ByteView(new_nonce), ByteView(server_nonce)});
  const auto server_new = crypto::sha1({ByteView(server_nonce), ByteView(new_nonce)});
  const auto new_new = crypto::sha1({ByteView(new_nonce), ByteView(new_nonce)});
  crypto::AesKeyIv aes;
  auto to = std::ranges::copy(new_server, aes.key.begin()).out;
  std::copy_n(server_new.begin(), 12, to);
  to = std::copy_n(server_new.begin() + 12, 8, aes.iv.begin());
  to = std::ranges::copy(new_new, to).out;
  std::copy_n(new_nonce.begin(), 4, to);
  return aes;
}

Bytes seal_handshake_object(const crypto::AesKeyIv& aes, ByteView object, RandomSource& random) {
  Bytes plain;
  append(plain, crypto::sha1(object));
  append(plain, object);
  const std::size_t over = plain.size() % crypto::kAesBlockSize;
  if (over != 0)
    append(plain, random.bytes(crypto::kAesBlockSize - over));
  crypto::aes_ige_encrypt(aes.key, aes.iv, plain, plain);
  return plain;
}

Result<Bytes, MtprotoError> decrypt_handshake_object(const crypto::AesKeyIv& aes, ByteView encrypted) {
  if (encrypted.size() <= kHashSize || encrypted.size() % crypto::kAesBlockSize != 0) {
    return fail(MtprotoErrc::BadAnswerPadding,
                fmt::format("got an encrypted part of {} bytes, expected whole blocks of {}", encrypted.size(),
                            crypto::kAesBlockSize));
  }
  Bytes decrypted(encrypted.size());
  crypto::aes_ige_decrypt(aes.key, aes.iv, encrypted, decrypted);
  return decrypted;
}

Result<void, MtprotoError> check_handshake_object(ByteView decrypted, std::size_t object_size) {
  const auto digest = crypto::sha1(decrypted.subspan(kHashSize, object_size));
  if (!equal_in_constant_time(digest, decrypted.first(kHashSize))) {
    return fail(MtprotoErrc::BadAnswerHash, "the SHA-1 inside an encrypted part does not match its object");
  }
  const std::size_t padding = decrypted.size() - kHashSize - object_size;
  if (padding > kMaxPadding) {
    return fail(MtprotoErrc::BadAnswerPadding,
                fmt::format("got {} bytes of padding in an encrypted part, expected at most {}", padding, kMaxPadding));
  }
  return {};
}

tl::Int128 new_nonce_hash(const tl::Int256& new_nonce, DhVerdict verdict, const crypto::AuthKey& key) {
  ByteArray<9> number_and_aux_hash{static_cast<std::uint8_t>(verdict)};
  store_le64(MutableByteView(number_and_aux_hash).subspan(1), key.aux_hash());
  return low_128_bits(crypto::sha1({ByteView(new_nonce), ByteView(number_and_aux_hash)}));
}

tl::Int128 new_nonce_hash(const tl::Int256& new_nonce) {
  return low_128_bits(crypto::sha1(new_nonce));
}

std::int64_t first_server_salt(const tl::Int256& new_nonce, const tl::Int128& server_nonce) {
  return static_cast<std::int64_t>(load_le64(new_nonce) ^ load_le64(server_nonce));
}

}  // namespace ledgram::mtproto
