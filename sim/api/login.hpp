#pragma once

/// Login codes and authorizations on their way to another DC (core.telegram.org/api/auth). Used inside the API floor.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::sim {

/// How a code was sent. Each resend goes one step on.
enum class CodeRoute : std::uint8_t { App, Sms, Call };

struct SentCode {
  std::string hash;
  std::string code;
  CodeRoute route = CodeRoute::App;
  std::int32_t expires = 0;  ///< unix seconds
};

class LoginDesk {
 public:
  /// A new code for a phone number (digits); what was sent before is void.
  const SentCode& send(std::string_view phone, DcId home, CodeRoute route, std::int32_t now, RandomSource& random);

  /// The code that waits for this number under this hash; null if it was replaced, is used or has expired.
  [[nodiscard]] const SentCode* find(std::string_view phone, std::string_view hash, std::int32_t now) const;

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
  std::map<Bytes, Export> exports_;
};

}  // namespace ledgram::sim
