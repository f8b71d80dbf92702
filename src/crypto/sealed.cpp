#include "ledgram/crypto/sealed.hpp"

#include <sodium.h>

#include <algorithm>
#include <stdexcept>
#include <string>

namespace ledgram::crypto {
namespace {

// Version 1: this byte, the nonce of 24 bytes, then the ciphertext with the tag. The version is authenticated too.
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kHeaderSize = 1 + kNonceSize;
static_assert(kHeaderSize + kTagSize == kSealOverhead);
static_assert(crypto_aead_xchacha20poly1305_ietf_KEYBYTES == SealKey::kSize);

/// libsodium chooses its implementations for this processor once.
void initialise_sodium() {
  static const bool ready = sodium_init() >= 0;
  if (!ready)
    throw std::runtime_error("libsodium cannot be initialised");
}

Bytes authenticated(std::uint8_t version, ByteView associated_data) {
  Bytes bytes{version};
  append(bytes, associated_data);
  return bytes;
}

}  // namespace

Result<SealKey, CryptoError> SealKey::from_bytes(ByteView key) {
  if (key.size() != kSize) {
    return std::unexpected(
        CryptoError{CryptoErrc::BadLength, "a seal key of " + std::to_string(key.size()) + " bytes, expected 32"});
  }
  return SealKey(SecretBytes(Bytes(key.begin(), key.end())));
}

SealKey SealKey::generate(RandomSource& random) {
  return SealKey(SecretBytes(random.bytes(kSize)));
}

Bytes seal(const SealKey& key, ByteView plaintext, ByteView associated_data, RandomSource& random) {
  initialise_sodium();
  Bytes sealed(plaintext.size() + kSealOverhead);
  sealed[0] = kVersion;
  const MutableByteView nonce = MutableByteView(sealed).subspan(1, kNonceSize);
  random.fill(nonce);
  const Bytes extra = authenticated(kVersion, associated_data);
  unsigned long long written = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(sealed.data() + kHeaderSize, &written, plaintext.data(), plaintext.size(),
                                             extra.data(), extra.size(), nullptr, nonce.data(), key.reveal().data());
  return sealed;
}

Result<SecretBytes, CryptoError> open_sealed(const SealKey& key, ByteView sealed, ByteView associated_data) {
  if (!sealed.empty() && sealed.front() != kVersion) {
    return std::unexpected(
        CryptoError{CryptoErrc::UnknownVersion,
                    "sealed data of version " + std::to_string(sealed.front()) + ", this program knows version 1"});
  }
  if (sealed.size() < kSealOverhead) {
    return std::unexpected(CryptoError{CryptoErrc::BadLength, "sealed data of " + std::to_string(sealed.size()) +
                                                                  " bytes, expected at least " +
                                                                  std::to_string(kSealOverhead)});
  }
  initialise_sodium();
  const ByteView nonce = sealed.subspan(1, kNonceSize);
  const ByteView content = sealed.subspan(kHeaderSize);
  const Bytes extra = authenticated(kVersion, associated_data);
  Bytes plaintext(sealed.size() - kSealOverhead);
  unsigned long long written = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plaintext.data(), &written, nullptr, content.data(), content.size(),
                                                 extra.data(), extra.size(), nonce.data(), key.reveal().data()) != 0) {
    return std::unexpected(
        CryptoError{CryptoErrc::Mismatch,
                    "sealed data does not open: it was sealed with another key, belongs to something "
                    "else, or was changed"});
  }
  return SecretBytes(std::move(plaintext));
}

}  // namespace ledgram::crypto
