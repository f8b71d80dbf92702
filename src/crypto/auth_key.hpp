#pragma once

/// The authorization key: the 2048-bit secret that a client and one data centre share
/// (core.telegram.org/mtproto/description#authorization-key).

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/error.hpp"

#include <cstdint>

namespace ledgram::crypto {

/// A secret value: it cannot be formatted, and its memory is wiped at the end. Copies are independent.
class AuthKey {
 public:
  static constexpr std::size_t kSize = 256;

  explicit AuthKey(const ByteArray<kSize>& key);
  AuthKey(const AuthKey&) = default;
  AuthKey& operator=(const AuthKey&) = default;
  ~AuthKey();

  /// g^(ab), big endian. Shorter input is left-padded with zeros (K10). BadLength if it is empty or longer than 256.
  static Result<AuthKey, CryptoError> from_bytes(ByteView key);

  /// The 64 lower-order bits of the SHA-1 of the key (its last 8 bytes, little endian); public.
  [[nodiscard]] AuthKeyId id() const { return id_; }

  /// The 64 higher-order bits of the SHA-1 of the key (its first 8 bytes, little endian); goes into new_nonce_hash and
  /// retry_id.
  [[nodiscard]] std::uint64_t aux_hash() const { return aux_hash_; }

  /// The 256 bytes; valid as long as this object.
  [[nodiscard]] const ByteArray<kSize>& reveal() const { return key_; }

  /// In constant time.
  friend bool operator==(const AuthKey& a, const AuthKey& b) { return equal_in_constant_time(a.key_, b.key_); }

 private:
  ByteArray<kSize> key_;
  AuthKeyId id_;
  std::uint64_t aux_hash_ = 0;
};

}  // namespace ledgram::crypto
