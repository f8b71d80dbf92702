#include "ledgram/mtproto/rsa_block.hpp"

#include "ledgram/crypto/hash.hpp"

namespace ledgram::mtproto {
namespace {

constexpr std::size_t kHashSize = std::tuple_size_v<crypto::Sha1Digest>;

}  // namespace

Result<OpenedRsaBlock, MtprotoError> open_rsa_block(const crypto::RsaPrivateKey& key, ByteView encrypted) {
  auto padded = crypto::rsa_pad_decrypt(key, encrypted);
  if (padded)
    return OpenedRsaBlock{RsaLayout::Padded, {}, std::move(*padded)};
  if (padded.error().code != crypto::CryptoErrc::Mismatch) {
    return fail(MtprotoErrc::BadRsaBlock, "cannot open encrypted_data: " + padded.error().message);
  }
  // The old layout fills 255 bytes, so that the number is below every modulus of 2048 bits.
  const auto number = crypto::rsa_decrypt_number(key, encrypted);
  if (!number || number->front() != 0) {
    return fail(MtprotoErrc::BadRsaBlock, "cannot open encrypted_data: it was damaged, or made for another key");
  }
  const ByteView block = ByteView(*number).subspan(1);
  const ByteView hash = block.first(kHashSize);
  const ByteView data = block.subspan(kHashSize);
  return OpenedRsaBlock{RsaLayout::Legacy, Bytes(hash.begin(), hash.end()), Bytes(data.begin(), data.end())};
}

Result<void, MtprotoError> check_legacy_hash(const OpenedRsaBlock& block, std::size_t data_size) {
  if (block.layout == RsaLayout::Padded)
    return {};
  const auto digest = crypto::sha1(ByteView(block.data_and_padding).first(data_size));
  if (equal_in_constant_time(digest, block.hash))
    return {};
  return fail(MtprotoErrc::BadRsaBlock, "the SHA-1 in encrypted_data does not match its data");
}

}  // namespace ledgram::mtproto
