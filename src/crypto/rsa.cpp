#include "ledgram/crypto/rsa.hpp"

#include "ledgram/crypto/aes.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/crypto/openssl_handles.hpp"

#include <openssl/core_names.h>
#include <openssl/decoder.h>
#include <openssl/encoder.h>
#include <openssl/err.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <utility>

namespace ledgram::crypto {
namespace {

using Pkey = std::shared_ptr<EVP_PKEY>;
using DecoderContext = std::unique_ptr<OSSL_DECODER_CTX, FreeWith<OSSL_DECODER_CTX_free>>;
using EncoderContext = std::unique_ptr<OSSL_ENCODER_CTX, FreeWith<OSSL_ENCODER_CTX_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, FreeWith<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, FreeWith<OSSL_PARAM_free>>;

Pkey own(EVP_PKEY* key) {
  return {key, EVP_PKEY_free};
}

/// Without it OpenSSL would ask on the terminal for the password of an encrypted key.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
  return -1;
}

/// Nothing if the text holds no RSA key of this selection.
Pkey decode_pem(std::string_view pem, int selection) {
  EVP_PKEY* key = nullptr;
  const DecoderContext context(
      require(OSSL_DECODER_CTX_new_for_pkey(&key, "PEM", nullptr, "RSA", selection, nullptr, nullptr)));
  require(OSSL_DECODER_CTX_set_pem_password_cb(context.get(), no_password, nullptr) == 1);
  const unsigned char* data = as_bytes(pem).data();
  std::size_t size = pem.size();
  const bool decoded = OSSL_DECODER_from_data(context.get(), &data, &size) == 1;
  ERR_clear_error();
  if (decoded)
    return own(key);
  EVP_PKEY_free(key);
  return nullptr;
}

Bytes number_parameter(const EVP_PKEY* key, const char* name) {
  BIGNUM* raw = nullptr;
  require(EVP_PKEY_get_bn_param(key, name, &raw) == 1);
  const BigNumber number(raw);
  return padded_bytes(number.get(), static_cast<std::size_t>(BN_num_bytes(number.get())));
}

Bytes without_leading_zeros(ByteView number) {
  const auto first = std::find_if(number.begin(), number.end(), [](std::uint8_t byte) { return byte != 0; });
  return {first, number.end()};
}

/// TL `bytes` (core.telegram.org/mtproto/serialize#base-types). Floor tl is not below this one, and the fingerprint is
/// the only thing here that is serialized.
Bytes tl_bytes(ByteView content) {
  Bytes out;
  constexpr std::size_t kLongForm = 254;
  if (content.size() < kLongForm) {
    out.push_back(static_cast<std::uint8_t>(content.size()));
  } else {
    out.push_back(kLongForm);
    for (const unsigned shift : {0U, 8U, 16U})
      out.push_back(static_cast<std::uint8_t>(content.size() >> shift));
  }
  append(out, content);
  out.resize((out.size() + 3) / 4 * 4);
  return out;
}

std::int64_t fingerprint_of(ByteView modulus, ByteView exponent) {
  const Sha1Digest digest = sha1({tl_bytes(modulus), tl_bytes(exponent)});
  return static_cast<std::int64_t>(load_le64(ByteView(digest).last<8>()));
}

std::string encode(const EVP_PKEY* key, int selection, const char* structure) {
  const EncoderContext context(require(OSSL_ENCODER_CTX_new_for_pkey(key, selection, "PEM", structure, nullptr)));
  unsigned char* data = nullptr;
  std::size_t size = 0;
  require(OSSL_ENCODER_to_data(context.get(), &data, &size) == 1);
  std::string text(as_text({data, size}));
  OPENSSL_clear_free(data, size);
  return text;
}

CryptoError bad_key(std::string message) {
  return {CryptoErrc::BadKey, std::move(message)};
}

void xor_into(MutableByteView to, ByteView what) {
  for (std::size_t i = 0; i < to.size(); ++i)
    to[i] ^= what[i];
}

// Layout of the 256 bytes that RSA_PAD puts through RSA: the masked temporary key, then 224 bytes of AES-IGE.
constexpr std::size_t kTempKeySize = 32;
constexpr std::size_t kInnerSize = kRsaSize - kTempKeySize;
static_assert(kRsaPadPlainSize + 32 == kInnerSize);

}  // namespace

RsaPublicKey::RsaPublicKey(Bytes modulus, Bytes exponent, std::int64_t fingerprint)
    : modulus_(std::move(modulus)), exponent_(std::move(exponent)), fingerprint_(fingerprint) {}

Result<RsaPublicKey, CryptoError> RsaPublicKey::from_parts(ByteView modulus, ByteView exponent) {
  Bytes n = without_leading_zeros(modulus);
  Bytes e = without_leading_zeros(exponent);
  if (n.size() != kRsaSize || n.front() < 0x80) {
    return std::unexpected(bad_key("the modulus of an RSA key has " + std::to_string(n.size()) +
                                   " bytes, expected a number of exactly 2048 bits"));
  }
  if (n.back() % 2 == 0)
    return std::unexpected(bad_key("the modulus of an RSA key is even"));
  const bool large_enough = !e.empty() && (e.size() > 1 || e.front() >= 3);
  if (!large_enough || e.size() > 4 || e.back() % 2 == 0) {
    return std::unexpected(
        bad_key("the exponent of an RSA key is 0x" + to_hex(e) + ", expected an odd number from 3 to 2^32"));
  }
  const std::int64_t fingerprint = fingerprint_of(n, e);
  return RsaPublicKey(std::move(n), std::move(e), fingerprint);
}

Result<RsaPublicKey, CryptoError> RsaPublicKey::from_pem(std::string_view pem) {
  const Pkey key = decode_pem(pem, EVP_PKEY_PUBLIC_KEY);
  if (key == nullptr) {
    return std::unexpected(
        bad_key("the text is not a public RSA key in PEM (BEGIN RSA PUBLIC KEY or BEGIN PUBLIC KEY)"));
  }
  return from_parts(number_parameter(key.get(), OSSL_PKEY_PARAM_RSA_N),
                    number_parameter(key.get(), OSSL_PKEY_PARAM_RSA_E));
}

RsaPrivateKey::RsaPrivateKey(Pkey key, RsaPublicKey public_key)
    : key_(std::move(key)), public_key_(std::move(public_key)) {}

Result<RsaPrivateKey, CryptoError> RsaPrivateKey::from_key(Pkey key) {
  auto public_key = RsaPublicKey::from_parts(number_parameter(key.get(), OSSL_PKEY_PARAM_RSA_N),
                                             number_parameter(key.get(), OSSL_PKEY_PARAM_RSA_E));
  if (!public_key)
    return std::unexpected(std::move(public_key.error()));
  return RsaPrivateKey(std::move(key), *std::move(public_key));
}

Result<RsaPrivateKey, CryptoError> RsaPrivateKey::from_pem(std::string_view pem) {
  Pkey key = decode_pem(pem, EVP_PKEY_KEYPAIR);
  // A decoder asked for a key pair is content with a public key.
  BIGNUM* raw = nullptr;
  const bool is_private = key != nullptr && EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_RSA_D, &raw) == 1;
  BN_clear_free(raw);
  ERR_clear_error();
  if (!is_private)
    return std::unexpected(bad_key("the text is not an unencrypted private RSA key in PEM"));
  return from_key(std::move(key));
}

RsaPrivateKey RsaPrivateKey::generate() {
  Result<RsaPrivateKey, CryptoError> key = from_key(own(require(EVP_RSA_gen(kRsaSize * 8))));
  return std::move(key.value());
}

SecretText RsaPrivateKey::to_pem() const {
  return SecretText(encode(key_.get(), EVP_PKEY_KEYPAIR, "PrivateKeyInfo"));
}

std::string public_pem_pkcs1(const RsaPublicKey& key) {
  const BigNumber n = number_from(key.modulus());
  const BigNumber e = number_from(key.exponent());
  const ParameterBuilder builder(require(OSSL_PARAM_BLD_new()));
  require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) == 1);
  require(OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) == 1);
  const Parameters parameters(require(OSSL_PARAM_BLD_to_param(builder.get())));
  const PkeyContext context(require(EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)));
  EVP_PKEY* raw = nullptr;
  require(EVP_PKEY_fromdata_init(context.get()) == 1);
  require(EVP_PKEY_fromdata(context.get(), &raw, EVP_PKEY_PUBLIC_KEY, parameters.get()) == 1);
  const Pkey pkey = own(raw);
  return encode(pkey.get(), EVP_PKEY_PUBLIC_KEY, "type-specific");
}

Result<Bytes, CryptoError> rsa_pad_encrypt(const RsaPublicKey& key, ByteView data, RandomSource& random) {
  if (data.size() > kRsaPadMaxData) {
    return std::unexpected(CryptoError{CryptoErrc::BadLength,
                                       "RSA_PAD of " + std::to_string(data.size()) + " bytes, expected at most 144"});
  }
  ByteArray<kRsaPadPlainSize> padded{};
  std::copy(data.begin(), data.end(), padded.begin());
  random.fill(MutableByteView(padded).subspan(data.size()));

  const BigNumber n = number_from(key.modulus());
  // The modulus has its top bit set, so at least every second number fits: 128 misses in a row are a broken source.
  constexpr int kMaxTries = 128;
  for (int tries = 0; tries < kMaxTries; ++tries) {
    ByteArray<kTempKeySize> temp_key{};
    random.fill(temp_key);

    ByteArray<kRsaSize> block{};
    const MutableByteView masked_key = MutableByteView(block).first<kTempKeySize>();
    const MutableByteView inner = MutableByteView(block).last<kInnerSize>();
    std::reverse_copy(padded.begin(), padded.end(), inner.begin());
    const Sha256Digest hash = sha256({temp_key, padded});
    std::copy(hash.begin(), hash.end(), inner.begin() + kRsaPadPlainSize);
    aes_ige_encrypt(temp_key, AesIgeIv{}, inner, inner);
    std::copy(temp_key.begin(), temp_key.end(), masked_key.begin());
    xor_into(masked_key, sha256(inner));
    wipe(temp_key);

    const BigNumber number = number_from(block);
    if (BN_cmp(number.get(), n.get()) >= 0)
      continue;
    const BigNumber e = number_from(key.exponent());
    const BigNumber result = new_number();
    const BigNumberContext context = new_context();
    require(BN_mod_exp(result.get(), number.get(), e.get(), n.get(), context.get()) == 1);
    wipe(padded);
    return padded_bytes(result.get(), kRsaSize);
  }
  wipe(padded);
  return std::unexpected(CryptoError{
      CryptoErrc::BadValue, "RSA_PAD found no number below the modulus in 128 tries: the random source is broken"});
}

Result<Bytes, CryptoError> rsa_decrypt_number(const RsaPrivateKey& key, ByteView encrypted) {
  if (encrypted.size() != kRsaSize) {
    return std::unexpected(
        CryptoError{CryptoErrc::BadLength, "RSA data of " + std::to_string(encrypted.size()) + " bytes, expected 256"});
  }
  // Same length, so comparing byte by byte from the front compares the numbers.
  if (!std::ranges::lexicographical_compare(encrypted, key.public_key().modulus()))
    return std::unexpected(CryptoError{CryptoErrc::BadValue, "RSA data is a number not below the modulus"});
  const PkeyContext context(require(EVP_PKEY_CTX_new_from_pkey(nullptr, key.key_.get(), nullptr)));
  require(EVP_PKEY_decrypt_init(context.get()) == 1);
  require(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1);
  Bytes number(kRsaSize);
  std::size_t size = number.size();
  const bool decrypted =
      EVP_PKEY_decrypt(context.get(), number.data(), &size, encrypted.data(), encrypted.size()) == 1 &&
      size == kRsaSize;
  ERR_clear_error();
  if (!decrypted)
    return std::unexpected(CryptoError{CryptoErrc::BadValue, "RSA data cannot be decrypted"});
  return number;
}

Result<Bytes, CryptoError> rsa_pad_decrypt(const RsaPrivateKey& key, ByteView encrypted) {
  auto number = rsa_decrypt_number(key, encrypted);
  if (!number)
    return std::unexpected(std::move(number.error()));
  Bytes& block = *number;
  const MutableByteView inner = MutableByteView(block).last<kInnerSize>();
  ByteArray<kTempKeySize> temp_key{};
  std::copy_n(block.begin(), kTempKeySize, temp_key.begin());
  xor_into(temp_key, sha256(inner));
  aes_ige_decrypt(temp_key, AesIgeIv{}, inner, inner);

  Bytes padded(inner.begin(), inner.begin() + kRsaPadPlainSize);
  std::ranges::reverse(padded);
  const bool intact = equal_in_constant_time(sha256({temp_key, padded}), inner.last(kInnerSize - kRsaPadPlainSize));
  wipe(temp_key);
  wipe(block);
  if (!intact) {
    wipe(padded);
    return std::unexpected(CryptoError{CryptoErrc::Mismatch,
                                       "the hash inside of RSA_PAD data is wrong: it was damaged, "
                                       "or not made with RSA_PAD for this key"});
  }
  return padded;
}

}  // namespace ledgram::crypto
