#pragma once

/// The error type of floor sessions. Messages complete the sentence "cannot import FILE: ...".

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::sessions {

enum class SessionsErrc : std::uint8_t {
  Foreign,         ///< of no format that is known here
  Unsupported,     ///< of a known program, in a form that is not read here
  Damaged,         ///< of a known format, but cut off, changed or with values that cannot be
  PasscodeNeeded,  ///< tdata that is locked with a passcode, and none was given
  WrongPasscode,   ///< tdata whose files are whole, and the passcode does not open them
  NotLoggedIn,     ///< a whole file that holds no login
};

/// Everything here is a function of its input: the same call fails the same way again.
constexpr bool is_retryable(SessionsErrc /*code*/) {
  return false;
}

constexpr std::string_view name_of(SessionsErrc code) {
  switch (code) {
    case SessionsErrc::Foreign:
      return "foreign";
    case SessionsErrc::Unsupported:
      return "unsupported";
    case SessionsErrc::Damaged:
      return "damaged";
    case SessionsErrc::PasscodeNeeded:
      return "passcode_needed";
    case SessionsErrc::WrongPasscode:
      return "wrong_passcode";
    case SessionsErrc::NotLoggedIn:
      return "not_logged_in";
  }
  return "unknown";
}

using SessionsError = BasicError<SessionsErrc>;

template <class T>
using SessionsResult = Result<T, SessionsError>;

/// Shorthand for `return refuse(SessionsErrc::Damaged, "...")`.
inline std::unexpected<SessionsError> refuse(SessionsErrc code, std::string message) {
  return std::unexpected(SessionsError{code, std::move(message)});
}

}  // namespace ledgram::sessions
