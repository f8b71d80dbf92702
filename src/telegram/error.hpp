#pragma once

/// Errors of the telegram floor. Its coroutines throw `TelegramFailure`; what came from the server as an rpc_error is
/// in it, parsed once (core.telegram.org/api/errors).

#include "ledgram/base/error.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::telegram {

/// An rpc_error taken apart: "FLOOD_WAIT_42" is name "FLOOD_WAIT_X" and number 42, "FILE_PART_3_MISSING" is name
/// "FILE_PART_X_MISSING" and number 3. Decisions are made by name first, by code second.
struct RpcError {
  std::int32_t code = 0;
  std::string name;                    ///< with X in the place of the number
  std::optional<std::int64_t> number;  ///< the first part of the text that is all digits
  std::string text;                    ///< as sent
  std::string method;                  ///< Telegram's name of the method that was called, if known

  [[nodiscard]] bool is(std::string_view wanted) const { return name == wanted; }
};

/// Splits an rpc_error. Any text is accepted; numbers that do not fit are cut to the largest.
RpcError parse_rpc_error(std::int32_t code, std::string_view text, std::string_view method = {});

/// How long the server wants the caller to wait before the same call is repeated: FLOOD_WAIT_X, FLOOD_PREMIUM_WAIT_X.
/// X seconds, at least one; nothing if the error is no such wait.
std::optional<std::chrono::seconds> flood_wait_of(const RpcError& error);

/// How long the server wants to be left alone with exactly this request or chat: SLOWMODE_WAIT_X, 2FA_CONFIRM_WAIT_X,
/// TAKEOUT_INIT_DELAY_X, FLOOD_SKIP_FAILED_WAIT. Nothing waits for it but who made the call (R5, R6 of the checklist).
std::optional<std::chrono::seconds> stated_wait_of(const RpcError& error);

/// True for faults of the server that pass: RPC_CALL_FAIL and others of code 500, negative codes, codes nobody knows.
bool is_server_fault(const RpcError& error);

enum class TelegramErrc : std::uint8_t {
  Rpc,               ///< refused by the server; see `rpc`
  FloodWait,         ///< the server wants a longer wait than the call allows; see `retry_after`
  DeadlineExceeded,  ///< the call's deadline passed; the outcome is unknown if it was sent
  AlreadyDone,       ///< the server ran this call before (RANDOM_ID_DUPLICATE); its result comes by updates
  OutcomeUnknown,    ///< the connection was lost and the server cannot tell if it ran the call
  Closed,            ///< the client was closed; the outcome of the call is unknown
  LoggedOut,         ///< the server has ended this login: log in again
  KeyDuplicated,     ///< the login was used from two places at once and is revoked: log in again
  SessionLost,       ///< the server does not know the authorization key of a logged-in account any more
  WrongEnvironment,  ///< the address belongs to another data centre or environment (-444)
  UntrustedServer,   ///< the key exchange failed in a way that no honest server fails
  MigrateLoop,       ///< data centres pass the account around
  UnknownDc,         ///< no address is known for a data centre
  BadAnswer,         ///< an answer of a type or form that does not fit the method
  NotLoggedIn,       ///< the account must log in first
  AlreadyLoggedIn,   ///< the account is logged in; log out first
  WrongCode,         ///< the login code is wrong; ask again
  CodeExpired,       ///< the login code is too old; send another
  CodeNotSent,       ///< sign_in or resend_code before send_code, or no other way of sending is left
  WrongPassword,     ///< the two-step password is wrong; ask again
  PasswordUnusable,  ///< the server wants a way to check passwords that this program does not know, or an unsafe one
  BadPhoneNumber,    ///< Telegram does not accept the number, or has banned it
  BadEmail,          ///< Telegram does not take this address for login codes
  BadBotToken,       ///< the bot token is wrong or revoked
  BadAppIdentity,    ///< api_id and api_hash are not a pair that Telegram knows
  LoginUnsupported,  ///< the way Telegram wants this account to log in is not supported here
  BadStoredSession,  ///< stored session data cannot be read
  BadProxy,          ///< the proxy's address cannot be read, or what answers there is not the proxy that it describes
};

constexpr std::string_view name_of(TelegramErrc code) {
  switch (code) {
    case TelegramErrc::Rpc:
      return "Rpc";
    case TelegramErrc::FloodWait:
      return "FloodWait";
    case TelegramErrc::DeadlineExceeded:
      return "DeadlineExceeded";
    case TelegramErrc::AlreadyDone:
      return "AlreadyDone";
    case TelegramErrc::OutcomeUnknown:
      return "OutcomeUnknown";
    case TelegramErrc::Closed:
      return "Closed";
    case TelegramErrc::LoggedOut:
      return "LoggedOut";
    case TelegramErrc::KeyDuplicated:
      return "KeyDuplicated";
    case TelegramErrc::SessionLost:
      return "SessionLost";
    case TelegramErrc::WrongEnvironment:
      return "WrongEnvironment";
    case TelegramErrc::UntrustedServer:
      return "UntrustedServer";
    case TelegramErrc::MigrateLoop:
      return "MigrateLoop";
    case TelegramErrc::UnknownDc:
      return "UnknownDc";
    case TelegramErrc::BadAnswer:
      return "BadAnswer";
    case TelegramErrc::NotLoggedIn:
      return "NotLoggedIn";
    case TelegramErrc::AlreadyLoggedIn:
      return "AlreadyLoggedIn";
    case TelegramErrc::WrongCode:
      return "WrongCode";
    case TelegramErrc::CodeExpired:
      return "CodeExpired";
    case TelegramErrc::CodeNotSent:
      return "CodeNotSent";
    case TelegramErrc::WrongPassword:
      return "WrongPassword";
    case TelegramErrc::PasswordUnusable:
      return "PasswordUnusable";
    case TelegramErrc::BadPhoneNumber:
      return "BadPhoneNumber";
    case TelegramErrc::BadEmail:
      return "BadEmail";
    case TelegramErrc::BadBotToken:
      return "BadBotToken";
    case TelegramErrc::BadAppIdentity:
      return "BadAppIdentity";
    case TelegramErrc::LoginUnsupported:
      return "LoginUnsupported";
    case TelegramErrc::BadStoredSession:
      return "BadStoredSession";
    case TelegramErrc::BadProxy:
      return "BadProxy";
  }
  return "?";
}

constexpr bool is_retryable(TelegramErrc code) {
  return code == TelegramErrc::FloodWait || code == TelegramErrc::DeadlineExceeded ||
         code == TelegramErrc::OutcomeUnknown || code == TelegramErrc::Closed;
}

struct TelegramError : BasicError<TelegramErrc> {
  std::optional<RpcError> rpc;                      ///< the server's words, if it was the server
  std::optional<std::chrono::seconds> retry_after;  ///< not to be tried again before this time
};

using TelegramFailure = Failure<TelegramError>;

TelegramError telegram_error(TelegramErrc code, std::string message);

/// Shorthand for `throw failure(TelegramErrc::NotLoggedIn, "...")`.
TelegramFailure failure(TelegramErrc code, std::string message);

}  // namespace ledgram::telegram
