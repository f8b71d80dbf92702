#include "ledgram/sessions/tdata_file.hpp"

#include "ledgram/crypto/hash.hpp"
#include "ledgram/crypto/md5.hpp"
#include "ledgram/crypto/message_key.hpp"

#include <algorithm>
#include <array>

namespace ledgram::sessions {
namespace {

constexpr std::string_view kMagic = "TDF$";
constexpr std::size_t kHeaderSize = 4 + 4;
constexpr std::size_t kFrameSize = kHeaderSize + 16;

}  // namespace

bool is_tdata_file(ByteView file) {
  return as_text(file).starts_with(kMagic);
}

SessionsResult<ByteView> open_tdata_file(ByteView file) {
  if (!is_tdata_file(file))
    return refuse(SessionsErrc::Foreign, "it is no file of Telegram Desktop");
  if (file.size() < kFrameSize)
    return refuse(SessionsErrc::Damaged, "it is cut off");
  const ByteView content = file.subspan(kHeaderSize, file.size() - kFrameSize);
  ByteArray<4> length{};
  store_le32(length, static_cast<std::uint32_t>(content.size()));
  const crypto::Md5Digest digest = crypto::md5({content, length, file.subspan(4, 4), as_bytes(kMagic)});
  if (!std::ranges::equal(digest, file.last(digest.size())))
    return refuse(SessionsErrc::Damaged, "its checksum is wrong: it is cut off or was changed");
  return content;
}

std::optional<SecretBytes> decrypt_tdata(ByteView encrypted, const crypto::AuthKey& key) {
  constexpr std::size_t kKeySize = std::tuple_size_v<crypto::MessageKey>;
  constexpr std::size_t kLengthSize = 4;
  if (encrypted.size() <= kKeySize || encrypted.size() % crypto::kAesBlockSize != 0)
    return std::nullopt;
  crypto::MessageKey message_key{};
  std::ranges::copy(encrypted.first(kKeySize), message_key.begin());
  const crypto::AesKeyIv aes = crypto::derive_key_iv_v1(key, message_key, crypto::Direction::ToClient);
  Bytes plain(encrypted.size() - kKeySize);
  crypto::aes_ige_decrypt(aes.key, aes.iv, encrypted.subspan(kKeySize), plain);
  const SecretBytes whole(std::move(plain));
  const ByteView text = whole.reveal();
  // Over the padding too, unlike in a message of MTProto 1.0, and the other end of the hash.
  const crypto::Sha1Digest digest = crypto::sha1(text);
  if (!equal_in_constant_time(ByteView(digest).first(kKeySize), message_key))
    return std::nullopt;
  const std::size_t length = load_le32(text);
  if (length < kLengthSize || length > text.size() || length + crypto::kAesBlockSize <= text.size())
    return std::nullopt;
  const ByteView content = text.subspan(kLengthSize, length - kLengthSize);
  return SecretBytes(Bytes(content.begin(), content.end()));
}

}  // namespace ledgram::sessions
