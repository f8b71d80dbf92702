#pragma once

/// What both halves of the key exchange compute (core.telegram.org/mtproto/auth_key). For the files of the exchange
/// and their tests only.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/crypto/message_key.hpp"
#include "ledgram/mtproto/error.hpp"
#include "ledgram/tl/codec.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <string_view>

namespace ledgram::mtproto {

/// tmp_aes_key and tmp_aes_iv.
[[nodiscard]] crypto::AesKeyIv derive_handshake_aes(const tl::Int256& new_nonce, const tl::Int128& server_nonce);

/// SHA-1, object, 0 to 15 random bytes; encrypted.
[[nodiscard]] Bytes seal_handshake_object(const crypto::AesKeyIv& aes, ByteView object, RandomSource& random);

/// The reverse, without a look inside: SHA-1, object, padding. Fails with BadAnswerPadding if it is not whole blocks.
[[nodiscard]] Result<Bytes, MtprotoError> decrypt_handshake_object(const crypto::AesKeyIv& aes, ByteView encrypted);

/// Compares the SHA-1 with the object that takes `object_size` bytes after it, and counts the padding (K7). Fails with
/// BadAnswerHash or BadAnswerPadding.
[[nodiscard]] Result<void, MtprotoError> check_handshake_object(ByteView decrypted, std::size_t object_size);

/// Decrypts, reads and checks an object of one type. Fails with UnexpectedAnswer if it is another one.
template <class T>
[[nodiscard]] Result<T, MtprotoError> open_handshake_object(const crypto::AesKeyIv& aes, ByteView encrypted) {
  auto decrypted = decrypt_handshake_object(aes, encrypted);
  if (!decrypted)
    return std::unexpected(std::move(decrypted.error()));
  tl::Reader reader(ByteView(*decrypted).subspan(std::tuple_size_v<crypto::Sha1Digest>));
  T object = tl::read<T>(reader);
  if (!reader.ok()) {
    return fail(MtprotoErrc::UnexpectedAnswer,
                fmt::format("cannot read the {} inside an encrypted part: {}", T::kName, reader.error().message));
  }
  if (auto checked = check_handshake_object(*decrypted, reader.position()); !checked) {
    return std::unexpected(std::move(checked.error()));
  }
  return object;
}

/// How the server took the client's g_b; the number goes into the hash.
enum class DhVerdict : std::uint8_t { Ok = 1, Retry = 2, Fail = 3 };

/// new_nonce_hash1, 2 or 3.
[[nodiscard]] tl::Int128 new_nonce_hash(const tl::Int256& new_nonce, DhVerdict verdict, const crypto::AuthKey& key);

/// The new_nonce_hash of server_DH_params_fail.
[[nodiscard]] tl::Int128 new_nonce_hash(const tl::Int256& new_nonce);

/// The first server salt (K14).
[[nodiscard]] std::int64_t first_server_salt(const tl::Int256& new_nonce, const tl::Int128& server_nonce);

}  // namespace ledgram::mtproto
