#pragma once

/// Questions to the person at the terminal that do not stop the event loop and can be interrupted.

#include "ledgram/base/secret.hpp"
#include "ledgram/cli/terminal.hpp"
#include "ledgram/net/asio.hpp"

#include <optional>
#include <string>

namespace ledgram::app {

/// Asks on standard error and reads a line from standard input. Nothing if standard input is not a terminal (a script
/// gives an option instead of being asked) or at its end.
asio::awaitable<std::optional<SecretText>> ask(std::string question, cli::Echo echo);

}  // namespace ledgram::app
