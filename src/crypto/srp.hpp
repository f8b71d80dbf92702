#pragma once

/// The two-step password: secure remote password protocol with Telegram's hash chain, both roles
/// (core.telegram.org/api/srp; L6 and L7 of protocol.md).

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/crypto/error.hpp"

#include <cstdint>

namespace ledgram::crypto {

/// passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow as the server sent it.
struct SrpParams {
  std::int32_t g = 0;
  Bytes p;  ///< 256 bytes, big endian.
  Bytes salt1;
  Bytes salt2;
};

/// What auth.checkPassword sends in inputCheckPasswordSRP.
struct SrpAnswer {
  Bytes a;  ///< The public value A, 256 bytes.
  ByteArray<32> m1{};
};

/// The client's answer to the server's public value B. Takes some 100 ms of processor time (100,000 rounds of PBKDF2),
/// so a program with a network loop calls it on a worker thread. The password goes in unchanged, as UTF-8.
/// UnsafeGroup if g and p fail K8, UnsafePublic unless 0 < B < p.
Result<SrpAnswer, CryptoError> srp_client(const SrpParams& params, ByteView b, const SecretText& password,
                                          RandomSource& random);

/// g ^ x mod p, 256 bytes: what the server stores for a password, and what a client sends to set a new one.
/// UnsafeGroup if g and p fail K8.
Result<SecretBytes, CryptoError> make_verifier(const SrpParams& params, const SecretText& password);

/// The server's side of one attempt. It is for one use: after a check, right or wrong, make another.
class SrpServerExchange {
 public:
  /// `params` and `verifier` come from make_verifier, so they are trusted.
  SrpServerExchange(SrpParams params, SecretBytes verifier, RandomSource& random);

  /// The public value for account.password srp_B; 256 bytes, valid as long as this object.
  [[nodiscard]] ByteView b() const { return public_; }

  /// UnsafePublic unless 0 < A < p (with A = 0 anybody could log in), Mismatch if the password was wrong.
  [[nodiscard]] Result<void, CryptoError> check(ByteView a, ByteView m1) const;

 private:
  SrpParams params_;
  SecretBytes verifier_;
  SecretBytes secret_;
  Bytes public_;
};

}  // namespace ledgram::crypto
