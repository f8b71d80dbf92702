#pragma once

/// The error type of floor crypto.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::crypto {

enum class CryptoErrc : std::uint8_t {
  BadKey,          ///< A key that cannot be read or has a size the protocol does not allow.
  BadLength,       ///< Input of a length the function does not take.
  BadValue,        ///< A number outside of the range the protocol allows.
  NotFactorable,   ///< pq is not the product of two primes.
  UnsafeGroup,     ///< Diffie-Hellman parameters that fail K8.
  UnsafePublic,    ///< A Diffie-Hellman or SRP public value that fails K9.
  Mismatch,        ///< A hash, a proof or an authentication tag is not what it must be.
  UnknownVersion,  ///< Sealed data of a version this program does not know.
};

/// Everything here is a function of its input: the same call fails the same way again.
constexpr bool is_retryable(CryptoErrc /*code*/) {
  return false;
}

constexpr std::string_view name_of(CryptoErrc code) {
  switch (code) {
    case CryptoErrc::BadKey:
      return "bad_key";
    case CryptoErrc::BadLength:
      return "bad_length";
    case CryptoErrc::BadValue:
      return "bad_value";
    case CryptoErrc::NotFactorable:
      return "not_factorable";
    case CryptoErrc::UnsafeGroup:
      return "unsafe_group";
    case CryptoErrc::UnsafePublic:
      return "unsafe_public";
    case CryptoErrc::Mismatch:
      return "mismatch";
    case CryptoErrc::UnknownVersion:
      return "unknown_version";
  }
  return "unknown";
}

using CryptoError = BasicError<CryptoErrc>;

}  // namespace ledgram::crypto
