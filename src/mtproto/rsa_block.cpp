#include "ledgram/mtproto/rsa_block.hpp"

#include "ledgram/crypto/hash.hpp"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <memory>
#include <optional>

namespace ledgram::mtproto {
namespace {

constexpr std::size_t kHashSize = std::tuple_size_v<crypto::Sha1Digest>;

struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct FreePkey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreePkeyContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};

/// The bare RSA operation. Nothing if the number is not below the modulus.
std::optional<Bytes> decrypt_number(const crypto::RsaPrivateKey& key, ByteView encrypted) {
  const SecretText pem = key.to_pem();
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new_mem_buf(pem.reveal().data(), static_cast<int>(pem.reveal().size())));
  const std::unique_ptr<EVP_PKEY, FreePkey> pkey(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
  const std::unique_ptr<EVP_PKEY_CTX, FreePkeyContext> context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, pkey.get(), nullptr));
  Bytes number(crypto::kRsaSize);
  std::size_t size = number.size();
  const bool decrypted =
      context != nullptr && EVP_PKEY_decrypt_init(context.get()) == 1 &&
      EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
      EVP_PKEY_decrypt(context.get(), number.data(), &size, encrypted.data(), encrypted.size()) == 1 &&
      size == crypto::kRsaSize;
  ERR_clear_error();
  if (!decrypted)
    return std::nullopt;
  return number;
}

}  // namespace

Result<OpenedRsaBlock, MtprotoError> open_rsa_block(const crypto::RsaPrivateKey& key, ByteView encrypted) {
  auto padded = crypto::rsa_pad_decrypt(key, encrypted);
  if (padded)
    return OpenedRsaBlock{RsaLayout::Padded, {}, std::move(*padded)};
  if (padded.error().code != crypto::CryptoErrc::Mismatch) {
    return fail(MtprotoErrc::BadRsaBlock, "cannot open encrypted_data: " + padded.error().message);
  }
  // The old layout fills 255 bytes, so that the number is below every modulus of 2048 bits.
  const auto number = decrypt_number(key, encrypted);
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
