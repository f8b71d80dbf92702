#pragma once

/// Internal to floor crypto: the steps of SRP with the random exponents given, for published test vectors.

#include "ledgram/crypto/srp.hpp"

namespace ledgram::crypto::srp {

/// x: SH(SH chain, PBKDF2) of the password.
SecretBytes password_hash(const SrpParams& params, const SecretText& password);

/// The client's answer for its secret exponent a. All arguments have been checked.
SrpAnswer answer(const SrpParams& params, ByteView b, const SecretText& password, ByteView secret_a);

}  // namespace ledgram::crypto::srp
