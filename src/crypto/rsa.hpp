#pragma once

/// RSA as the key exchange uses it: the server's public keys, their fingerprints, and RSA_PAD in both roles
/// (core.telegram.org/mtproto/auth_key#presenting-proof-of-work-server-authentication).
///
/// Only moduli of exactly 2048 bits are taken, because RSA_PAD is defined for 256 bytes.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/crypto/error.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct evp_pkey_st;

namespace ledgram::crypto {

inline constexpr std::size_t kRsaSize = 256;

/// The most bytes that RSA_PAD can carry.
inline constexpr std::size_t kRsaPadMaxData = 144;

/// What the receiver gets back: the data followed by random padding, without a mark where the data ends.
inline constexpr std::size_t kRsaPadPlainSize = 192;

/// A public key of a Telegram server. A value: copies are independent.
class RsaPublicKey {
 public:
  /// Reads PKCS#1 ("BEGIN RSA PUBLIC KEY") and SPKI ("BEGIN PUBLIC KEY"). BadKey if the text is neither, is not RSA, or
  /// from_parts refuses it.
  static Result<RsaPublicKey, CryptoError> from_pem(std::string_view pem);

  /// From modulus and exponent, big endian, leading zeros allowed. BadKey if the modulus is even or not of 2048 bits,
  /// or the exponent is even, below 3 or above 2^32.
  static Result<RsaPublicKey, CryptoError> from_parts(ByteView modulus, ByteView exponent);

  /// The 64 lower-order bits of the SHA-1 of the TL-serialized modulus and exponent, as resPQ lists it.
  [[nodiscard]] std::int64_t fingerprint() const { return fingerprint_; }

  /// 256 bytes, big endian; valid as long as this object.
  [[nodiscard]] ByteView modulus() const { return modulus_; }

  /// Big endian without leading zeros; valid as long as this object.
  [[nodiscard]] ByteView exponent() const { return exponent_; }

  friend bool operator==(const RsaPublicKey&, const RsaPublicKey&) = default;

 private:
  RsaPublicKey(Bytes modulus, Bytes exponent, std::int64_t fingerprint);

  Bytes modulus_;
  Bytes exponent_;
  std::int64_t fingerprint_;
};

/// A private key of a server; the simulator has one. Copies share the same immutable key.
class RsaPrivateKey {
 public:
  /// Reads PKCS#1 and PKCS#8, without encryption. BadKey if it is not an RSA key of 2048 bits.
  static Result<RsaPrivateKey, CryptoError> from_pem(std::string_view pem);

  /// A new key of 2048 bits from OpenSSL's own generator; takes some 100 ms.
  static RsaPrivateKey generate();

  /// PKCS#8.
  [[nodiscard]] SecretText to_pem() const;

  [[nodiscard]] const RsaPublicKey& public_key() const { return public_key_; }

 private:
  friend Result<Bytes, CryptoError> rsa_decrypt_number(const RsaPrivateKey& key, ByteView encrypted);

  RsaPrivateKey(std::shared_ptr<evp_pkey_st> key, RsaPublicKey public_key);

  static Result<RsaPrivateKey, CryptoError> from_key(std::shared_ptr<evp_pkey_st> key);

  std::shared_ptr<evp_pkey_st> key_;
  RsaPublicKey public_key_;
};

/// "BEGIN RSA PUBLIC KEY", the form in which Telegram publishes its keys.
std::string public_pem_pkcs1(const RsaPublicKey& key);

/// RSA_PAD(data, key): 256 bytes (K5). Draws new random bytes until the padded number is below the modulus (K6).
/// BadLength if `data` has more than 144 bytes; BadValue if the random source never gives a number below the modulus.
Result<Bytes, CryptoError> rsa_pad_encrypt(const RsaPublicKey& key, ByteView data, RandomSource& random);

/// RSA alone, without any padding: a number of 256 bytes for another. BadLength, or BadValue (not below the modulus).
Result<Bytes, CryptoError> rsa_decrypt_number(const RsaPrivateKey& key, ByteView encrypted);

/// The server's half: 256 bytes in, the 192 bytes of data and padding out. BadLength, BadValue (number not below the
/// modulus) or Mismatch (the hash inside is wrong: damaged, or not made with RSA_PAD for this key).
Result<Bytes, CryptoError> rsa_pad_decrypt(const RsaPrivateKey& key, ByteView encrypted);

}  // namespace ledgram::crypto
