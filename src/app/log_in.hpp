#pragma once

/// What a person at the terminal is asked and shown while an account logs in (core.telegram.org/api/auth,
/// core.telegram.org/api/qr-login). All throw AppFailure and TelegramFailure.

#include "ledgram/base/secret.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/cli/command_line.hpp"
#include "ledgram/cli/terminal.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/telegram/client.hpp"

#include <string>
#include <vector>

namespace ledgram::app {

/// What was given on the command line, or else what the person answers. InputMissing, naming `option`, if there is
/// nobody to ask.
asio::awaitable<SecretText> given_or_asked(SecretText given, std::string question, cli::Echo echo, std::string option);

/// By a code that Telegram sends, with whatever it asks for on the way: an e-mail address, the two-step password. A
/// login that is given up is cancelled at Telegram, so that its code is void.
asio::awaitable<telegram::SignedIn> log_in_by_phone(telegram::Client& client, const cli::AccountAddCommand& command);

/// By a code that a device which is logged in scans. Draws it on standard error if that is a terminal, and draws it
/// anew when it runs out; otherwise prints each link as a line on standard output.
asio::awaitable<telegram::SignedIn> log_in_by_qr(telegram::Client& client, const cli::AccountAddCommand& command,
                                                 std::vector<UserId> logged_in_already);

}  // namespace ledgram::app
