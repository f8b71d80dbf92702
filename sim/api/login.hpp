#pragma once

/// Login codes, and authorizations on their way to another DC (core.telegram.org/api/auth). Used inside the API floor.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/sim_api/service.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::sim {

struct SentCode {
  std::string hash;
  std::string code;
  std::size_t step = 0;      ///< of the plan's types
  std::int32_t expires = 0;  ///< unix seconds

  // While a login e-mail is set up or taken off:
  std::string email;               ///< that a code was sent to
  std::int32_t reset_pending = 0;  ///< unix seconds; 0: nobody asked for it
};

class LoginDesk {
 public:
  /// How the next codes of this number are sent.
  [[nodiscard]] const LoginPlan& plan(std::string_view phone) const;

  /// Replaces it. Codes that were sent are void.
  void set_plan(std::string_view phone, LoginPlan plan);

  /// A new code by the plan's type number `step`; what was sent before is void.
  SentCode& send(std::string_view phone, DcId home, std::size_t step, std::int32_t now, RandomSource& random);

  /// The code that waits for this number under this hash; null if it was replaced, is used or has expired.
  [[nodiscard]] SentCode* find(std::string_view phone, std::string_view hash, std::int32_t now);

  void forget(std::string_view phone);

  /// Bytes that log the account in at another DC, once and for a short time.
  Bytes export_login(UserId account, std::int32_t now, RandomSource& random);

  /// True if the bytes were given to this account and are unused.
  bool import_login(UserId account, ByteView token, std::int32_t now);

 private:
  struct Export {
    UserId account;
    std::int32_t expires = 0;
  };

  std::map<std::string, SentCode, std::less<>> codes_;
  std::map<std::string, LoginPlan, std::less<>> plans_;
  std::map<Bytes, Export> exports_;
};

/// One way of sending a code, by the last part of its constructor's name: "SmsWord" of auth.sentCodeTypeSmsWord.
struct CodeWay {
  std::string_view name;
  std::string_view next_type;  ///< auth.CodeType that announces it; empty: it cannot come second
};

/// Null for a name that no layer has.
const CodeWay* find_code_way(std::string_view name);

/// What arrives by this way: for the numbers of the test DCs made of the DC's digit
/// (core.telegram.org/api/auth#test-accounts).
std::string code_by(std::string_view way, DcId home);

/// Where a call by FlashCall or MissedCall comes from, but for the digits of the code.
inline constexpr std::string_view kCallingPrefix = "99900";

/// Of a word or phrase: what the client may show in advance.
std::string_view first_word(std::string_view code);

}  // namespace ledgram::sim
