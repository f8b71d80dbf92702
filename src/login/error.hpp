#pragma once

/// Errors of the login floor. What Telegram refuses passes through as TelegramFailure: WrongCode, CodeExpired,
/// WrongPassword, FloodWait and the others of telegram/error.hpp.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::login {

enum class LoginErrc : std::uint8_t {
  UnknownAccount,  ///< there is no such account
  NoAttempt,       ///< no login of the account is under way, or it has ended and was forgotten
  WrongStep,       ///< the login waits for something else, or has ended
  Busy,            ///< another step of the same login is under way
  TooMany,         ///< too many logins are open
  BadPhoneNumber,  ///< a number without digits
  BadBotToken,     ///< a token that does not look like one
  AlreadyThere,    ///< the Telegram account is logged in here already
  OtherAccount,    ///< the login that came about is that of another Telegram account
  NoAccount,       ///< the phone number has no Telegram account
  Stopping,        ///< the program ends
};

constexpr bool is_retryable(LoginErrc code) {
  return code == LoginErrc::Busy || code == LoginErrc::TooMany || code == LoginErrc::Stopping;
}

constexpr std::string_view name_of(LoginErrc code) {
  switch (code) {
    case LoginErrc::UnknownAccount:
      return "unknown_account";
    case LoginErrc::NoAttempt:
      return "no_attempt";
    case LoginErrc::WrongStep:
      return "wrong_step";
    case LoginErrc::Busy:
      return "busy";
    case LoginErrc::TooMany:
      return "too_many";
    case LoginErrc::BadPhoneNumber:
      return "bad_phone_number";
    case LoginErrc::BadBotToken:
      return "bad_bot_token";
    case LoginErrc::AlreadyThere:
      return "already_there";
    case LoginErrc::OtherAccount:
      return "other_account";
    case LoginErrc::NoAccount:
      return "no_account";
    case LoginErrc::Stopping:
      return "stopping";
  }
  return "unknown";
}

using LoginError = BasicError<LoginErrc>;
using LoginFailure = Failure<LoginError>;

}  // namespace ledgram::login
