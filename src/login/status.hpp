#pragma once

/// Where a login stands: what is shown to whoever logs in, and what the login waits for.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/telegram/login.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::login {

enum class Way : std::uint8_t { Phone, Qr, Bot };

enum class Step : std::uint8_t {
  Starting,        ///< Telegram has not answered yet
  Scan,            ///< a QR code waits to be scanned; a fresh one comes by itself
  EnterCode,       ///< a code was sent
  SetUpEmail,      ///< Telegram wants an e-mail address for login codes first
  EnterEmailCode,  ///< a code was sent to that address
  EnterPassword,   ///< the account has a two-step password
  Done,            ///< the account is stored and served
  Failed,          ///< it cannot go on; `problem` says why
  Expired,         ///< nobody came back
  Cancelled,
};

/// True if nothing can change any more.
constexpr bool is_end(Step step) {
  return step == Step::Done || step == Step::Failed || step == Step::Expired || step == Step::Cancelled;
}

constexpr std::string_view name_of(Way way) {
  switch (way) {
    case Way::Phone:
      return "phone";
    case Way::Qr:
      return "qr";
    case Way::Bot:
      return "bot";
  }
  return "unknown";
}

constexpr std::string_view name_of(Step step) {
  switch (step) {
    case Step::Starting:
      return "starting";
    case Step::Scan:
      return "waiting";
    case Step::EnterCode:
      return "needs_code";
    case Step::SetUpEmail:
      return "needs_email";
    case Step::EnterEmailCode:
      return "needs_email_code";
    case Step::EnterPassword:
      return "needs_password";
    case Step::Done:
      return "done";
    case Step::Failed:
      return "failed";
    case Step::Expired:
      return "expired";
    case Step::Cancelled:
      return "cancelled";
  }
  return "unknown";
}

struct LoginStatus {
  AccountId account;  ///< stored and not logged in, before Done
  Way way{};
  Step step = Step::Starting;
  std::uint64_t revision = 0;                    ///< rises with every change, a fresh QR code included
  std::optional<telegram::SentCode> code;        ///< EnterCode
  std::optional<telegram::SentEmailCode> email;  ///< EnterEmailCode
  std::string password_hint;                     ///< EnterPassword
  SecretText link;                               ///< Scan: tg://login?token=...
  nanoseconds link_expires{};                    ///< Scan: wall clock
  std::string problem;                           ///< Failed: for people
  nanoseconds expires{};  ///< wall clock: given up then if nobody comes back; of an ended one: forgotten then
};

}  // namespace ledgram::login
