#pragma once

/// The one loop of a command: runs a coroutine on the calling thread; SIGINT and SIGTERM cancel it.

#include "ledgram/net/asio.hpp"

#include <cstdint>
#include <functional>

namespace ledgram::app {

enum class RunEnd : std::uint8_t { Finished, Interrupted };

/// Runs what `make_task` makes until it ends. The first SIGINT or SIGTERM cancels it, which it may take as long for as
/// its clean-up takes; a second one ends the process by the signal. What the task throws is thrown from here, unless it
/// was cancelled by a signal.
RunEnd run_event_loop(const std::function<asio::awaitable<void>()>& make_task);

}  // namespace ledgram::app
