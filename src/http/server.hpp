#pragma once

/// The HTTP server: listens, reads requests, asks a handler and writes what it replies. One event loop, one thread.
///
/// Requests of a connection are answered one after the other, in their order. A client that is slow to send or to take
/// is cut when its time is over; nothing of that reaches the handler.

#include "ledgram/http/error.hpp"
#include "ledgram/http/message.hpp"
#include "ledgram/http/options.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/stream.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::http {

/// Must not throw but for cancellation; what it throws cuts the connection.
using Handler = std::function<asio::awaitable<Reply>(Request&)>;

/// The answer for a request that does not reach the handler: too large, too slow, not HTTP.
using ErrorPage = std::function<Response(unsigned status, std::string_view detail, std::string_view request_id)>;

struct ServerCounters {
  std::uint64_t connections = 0;  ///< accepted since the start
  std::uint64_t open = 0;
  std::uint64_t requests = 0;
  std::uint64_t refused = 0;  ///< answered without the handler, or cut
};

class Server {
 public:
  Server(const asio::any_io_executor& executor, ServerOptions options, Handler handler, ErrorPage error_page);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds. Throws HttpFailure.
  void listen();

  /// Where it listens, with the real port.
  [[nodiscard]] net::Address address() const;

  /// "http://127.0.0.1:8010".
  [[nodiscard]] std::string url() const;

  /// Serves until stop() and until every connection has ended. Cancelling it ends them at once.
  asio::awaitable<void> run();

  /// Takes no more connections, ends idle ones, streams and WebSockets at once, and others when their answer was
  /// written or ServerOptions::stop_time is over. Harmless when repeated.
  void stop();

  [[nodiscard]] ServerCounters counters() const;
  [[nodiscard]] std::vector<std::string> pending_tasks() const;

  class Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgram::http
