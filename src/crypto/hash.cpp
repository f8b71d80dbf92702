#include "ledgram/crypto/hash.hpp"

#include "ledgram/crypto/openssl_handles.hpp"

#include <openssl/hmac.h>

namespace ledgram::crypto {
namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
using DigestAlgorithm = std::unique_ptr<EVP_MD, FreeWith<EVP_MD_free>>;

template <std::size_t N, class Parts>
ByteArray<N> digest(const EVP_MD* algorithm, const Parts& parts) {
  // One context a thread: making a new one takes longer than hashing a short message.
  thread_local const DigestContext context(require(EVP_MD_CTX_new()));
  require(EVP_DigestInit_ex2(context.get(), algorithm, nullptr) == 1);
  for (const ByteView part : parts)
    require(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  ByteArray<N> result{};
  require(EVP_DigestFinal_ex(context.get(), result.data(), nullptr) == 1);
  return result;
}

/// Looked up once: OpenSSL 3 otherwise searches its providers at each use.
DigestAlgorithm fetch(const char* name) {
  return DigestAlgorithm(require(EVP_MD_fetch(nullptr, name, nullptr)));
}

const EVP_MD* sha1_algorithm() {
  static const DigestAlgorithm algorithm = fetch("SHA1");
  return algorithm.get();
}

const EVP_MD* sha256_algorithm() {
  static const DigestAlgorithm algorithm = fetch("SHA256");
  return algorithm.get();
}

const EVP_MD* sha512_algorithm() {
  static const DigestAlgorithm algorithm = fetch("SHA512");
  return algorithm.get();
}

/// OpenSSL's HMAC takes a null pointer for "not given", while an empty view is a value of no bytes.
const std::uint8_t* not_null(ByteView view) {
  static constexpr std::uint8_t kNothing = 0;
  return view.empty() ? &kNothing : view.data();
}

template <std::size_t N>
ByteArray<N> hmac(const EVP_MD* algorithm, ByteView key, ByteView data) {
  ByteArray<N> result{};
  require(HMAC(algorithm, not_null(key), static_cast<int>(key.size()), not_null(data), data.size(), result.data(),
               nullptr) != nullptr);
  return result;
}

}  // namespace

Sha1Digest sha1(ByteView data) {
  return sha1({data});
}
Sha1Digest sha1(std::initializer_list<ByteView> parts) {
  return digest<20>(sha1_algorithm(), parts);
}

Sha256Digest sha256(ByteView data) {
  return sha256({data});
}
Sha256Digest sha256(std::initializer_list<ByteView> parts) {
  return digest<32>(sha256_algorithm(), parts);
}

Sha512Digest sha512(ByteView data) {
  return sha512({data});
}
Sha512Digest sha512(std::initializer_list<ByteView> parts) {
  return digest<64>(sha512_algorithm(), parts);
}

Sha256Digest hmac_sha256(ByteView key, ByteView data) {
  return hmac<32>(sha256_algorithm(), key, data);
}
Sha512Digest hmac_sha512(ByteView key, ByteView data) {
  return hmac<64>(sha512_algorithm(), key, data);
}

Sha512Digest pbkdf2_hmac_sha512(ByteView password, ByteView salt, std::uint32_t iterations) {
  Sha512Digest result{};
  const std::string_view text = as_text(password);
  require(PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), salt.data(), static_cast<int>(salt.size()),
                            static_cast<int>(iterations), sha512_algorithm(), static_cast<int>(result.size()),
                            result.data()) == 1);
  return result;
}

}  // namespace ledgram::crypto
