#pragma once

/// What the steps of logging in answer (core.telegram.org/api/auth; section 6 of protocol.md).

#include "ledgram/base/secret.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/telegram/session_store.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledgram::telegram {

/// How Telegram delivers a login code.
enum class CodeType : std::uint8_t {
  App,  ///< a message in the Telegram app on another device
  Sms,
  Call,        ///< a voice that reads the code
  FlashCall,   ///< the calling number is the code
  MissedCall,  ///< the last digits of the calling number are the code
  SmsWord,
  SmsPhrase,
  FragmentSms,  ///< fragment.com, for anonymous numbers
  EmailCode,
  SetUpEmailRequired,  ///< no code yet: Telegram wants an address first, see Client::set_up_email()
  FirebaseSms,         ///< for official apps only; ask for the next type
  Unknown,
};

/// For people: "a message in Telegram on another device".
std::string_view describe(CodeType type);

struct SentCode {
  CodeType type = CodeType::Unknown;
  std::int32_t length = 0;              ///< digits of the code, 0 if not known
  std::string hint;                     ///< e-mail pattern, phone prefix, first letter or fragment.com address, if any
  std::optional<CodeType> next_type;    ///< what resend_code() would use; without one it is refused
  std::chrono::seconds resend_after{};  ///< resend_code() is accepted after this time
  /// EmailCode: the address can be taken off the account, and this is how long that takes from now.
  std::optional<std::chrono::seconds> email_reset_wait;
  /// EmailCode: that was asked for already and happens then, unix time.
  std::optional<std::chrono::seconds> email_reset_date;
};

/// For people: where the code is and what it looks like. Holds text of the server (hints) as it came.
std::string explain(const SentCode& sent);

/// To the address that shall receive login codes from now on.
struct SentEmailCode {
  std::string pattern;      ///< of the address, such as o***@example.org
  std::int32_t length = 0;  ///< characters of the code
};

struct SignedIn {
  UserId user;
  AccountKind kind = AccountKind::User;
  std::string name;      ///< first and last name, for people
  std::string username;  ///< without @, empty if there is none
  SecretText phone;      ///< digits; empty for bots
};

/// The account has a two-step password: go on with check_password().
struct PasswordNeeded {
  std::string hint;
};

/// The number has no account. Ledgram does not make accounts.
struct SignUpRequired {};

/// sendCode can find that the key is logged in already (auth.sentCodeSuccess).
using SendCodeResult = std::variant<SentCode, SignedIn>;
using SignInResult = std::variant<SignedIn, PasswordNeeded, SignUpRequired>;

/// What a device that is logged in scans to let this client in.
struct LoginToken {
  SecretText link;                   ///< tg://login?token=...
  std::chrono::seconds valid_for{};  ///< from now; the next one comes by itself
};

/// A login by QR code.
struct QrLogin {
  /// Accounts that are logged in here already; Telegram does not let them in a second time.
  std::vector<UserId> except;
  /// Called for each token, which replaces the one before. On the client's executor; it must not block or throw.
  std::function<void(const LoginToken&)> on_token;
};

using QrResult = std::variant<SignedIn, PasswordNeeded>;

/// Whom the account is, as users.getUsers(inputUserSelf) says.
struct Self {
  UserId user;
  AccountKind kind = AccountKind::User;
  std::int64_t access_hash = 0;
  std::string first_name;
  std::string last_name;
  std::string username;
  SecretText phone;  ///< international form without "+"; empty for a bot
};

}  // namespace ledgram::telegram
