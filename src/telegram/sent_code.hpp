#pragma once

/// Reading auth.SentCode (core.telegram.org/api/auth). Inside of this floor.

#include "ledgram/base/bytes.hpp"
#include "ledgram/telegram/login.hpp"
#include "ledgram/tl/api.hpp"

#include <string>
#include <variant>

namespace ledgram::telegram {

struct ReadSentCode {
  SentCode described;
  std::string hash;  ///< phone_code_hash
};

/// A code that was sent, or the authorization of auth.sentCodeSuccess.
using SentCodeAnswer = std::variant<ReadSentCode, tl::api::auth_Authorization>;

/// Reads a boxed auth.SentCode. A next_type that this layer does not know becomes CodeType::Unknown, because the code
/// is on its way and its hash stands before. Throws LoginUnsupported for an unknown way of sending and for a payment,
/// BadAnswer for anything else.
SentCodeAnswer read_sent_code(ByteView answer);

/// tg://login?token=..., in the URL-safe base64 without padding (core.telegram.org/api/qr-login).
SecretText login_link(ByteView token);

}  // namespace ledgram::telegram
