#pragma once

/// Sealed boxes: how authorization keys and other secrets rest on disk. XChaCha20-Poly1305 with associated data.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/crypto/error.hpp"

namespace ledgram::crypto {

/// 32 secret bytes; not formattable, wiped at the end.
class SealKey {
 public:
  static constexpr std::size_t kSize = 32;

  /// BadLength unless `key` has 32 bytes.
  static Result<SealKey, CryptoError> from_bytes(ByteView key);
  static SealKey generate(RandomSource& random);

  /// Valid as long as this object.
  [[nodiscard]] ByteView reveal() const { return key_.reveal(); }

 private:
  explicit SealKey(SecretBytes key) : key_(std::move(key)) {}

  SecretBytes key_;
};

/// How much longer a sealed box is than its content: version, nonce and tag.
inline constexpr std::size_t kSealOverhead = 1 + 24 + 16;

/// Encrypts `plaintext`. The associated data is not stored but must be the same at opening; put there what the box
/// belongs to (an account number), so that boxes cannot be exchanged. Sealing twice gives two different boxes.
Bytes seal(const SealKey& key, ByteView plaintext, ByteView associated_data, RandomSource& random);

/// BadLength if the box is too short, UnknownVersion if a newer program made it, Mismatch if it was sealed with another
/// key or for something else, or was changed.
Result<SecretBytes, CryptoError> open_sealed(const SealKey& key, ByteView sealed, ByteView associated_data);

}  // namespace ledgram::crypto
