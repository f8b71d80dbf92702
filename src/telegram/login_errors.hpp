#pragma once

/// What the refusals of the login methods mean, for programs and for people (core.telegram.org/api/auth).

#include "ledgram/telegram/error.hpp"

namespace ledgram::telegram {

/// Gives an Rpc error of a login method its own code and a message that says what to do next. Errors that are no login
/// errors come back as they are.
TelegramError explain_login_error(TelegramError error);

}  // namespace ledgram::telegram
