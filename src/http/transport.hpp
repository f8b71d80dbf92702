#pragma once

/// The bytes of one accepted connection, plain or in TLS. For the inside of this floor.

#include "ledgram/http/message.hpp"
#include "ledgram/net/asio.hpp"

#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace boost::asio::ssl {
class context;
}

namespace ledgram::http {

/// A WebSocket handshake that was checked, and what is to come of it.
struct Handshake {
  const Request* request = nullptr;
  Headers headers;  ///< of our answer
  std::size_t largest_message = 0;
  nanoseconds write_time{};
};

/// One reader and one writer at a time. Errors are boost::system::system_error.
class Transport {
 public:
  virtual ~Transport() = default;

  /// Before anything else; does nothing for a plain connection.
  virtual asio::awaitable<void> shake_hands() = 0;

  /// What has come, valid until the caller suspends; empty at the end of the stream. A connection on which nothing
  /// comes costs no buffer, unless it is one of TLS.
  virtual asio::awaitable<std::string_view> receive() = 0;

  virtual asio::awaitable<void> write(std::span<const asio::const_buffer> buffers) = 0;

  /// Tells the peer that nothing more comes.
  virtual asio::awaitable<void> finish() = 0;

  /// Answers the handshake, runs `body` and closes. Cancelling ends both at once.
  virtual asio::awaitable<void> run_websocket(Handshake handshake,
                                              std::function<asio::awaitable<void>(WebSocket&)> body) = 0;

  /// Pending calls end with operation_aborted; the connection stays.
  virtual void interrupt() noexcept = 0;
  /// Pending calls end; the connection is gone.
  virtual void close() noexcept = 0;
};

std::unique_ptr<Transport> plain_transport(asio::ip::tcp::socket socket);
std::unique_ptr<Transport> tls_transport(asio::ip::tcp::socket socket, asio::ssl::context& context);

}  // namespace ledgram::http
