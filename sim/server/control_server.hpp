#pragma once

/// The control API's HTTP/1.1: reads requests with bounds, answers them through ControlApi, keeps connections alive.

#include "ledgram/net/asio.hpp"
#include "ledgram/sim_server/control_api.hpp"

#include <cstdint>

namespace ledgram::sim {

/// Serves one connection until the client closes it, misbehaves or is silent for a minute.
///
/// There is no password. The listener is on the loopback address, and what a browser sends for a web page is refused:
/// such requests have an Origin, or a Host that is not this machine.
asio::awaitable<void> serve_control(asio::ip::tcp::socket socket, ControlApi& api);

}  // namespace ledgram::sim
