#pragma once

/// TCP connections: dialling with a deadline and a stream whose errors name the peer and the reason.

#include "ledgram/base/bytes.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/error.hpp"

#include <cstdint>
#include <string>

namespace ledgram::net {

/// A host name, IPv4 or IPv6 address (without brackets) and a port.
struct Address {
  std::string host;
  std::uint16_t port = 0;

  friend bool operator==(const Address&, const Address&) = default;
};

/// "host:port", an IPv6 address in brackets.
std::string to_string(const Address& address);

/// One TCP connection. One reader and one writer at a time. All calls throw NetFailure.
class Stream {
 public:
  Stream(asio::ip::tcp::socket socket, Address peer);

  /// At least one byte, at most out.size(); how many. Throws ConnectionClosed at the end of the stream.
  asio::awaitable<std::size_t> read_some(MutableByteView out);

  /// The same into a buffer that all streams of the thread share, so that a connection on which nothing happens costs
  /// no buffer. The bytes are valid until the caller suspends or reads from another stream.
  asio::awaitable<ByteView> receive();

  /// All of `bytes`, which must stay valid until the end.
  asio::awaitable<void> write(ByteView bytes);

  /// Closes at once; pending calls end with ConnectionBroken. Harmless when repeated.
  void close() noexcept;

  [[nodiscard]] bool is_open() const { return socket_.is_open(); }
  [[nodiscard]] const Address& peer() const { return peer_; }
  [[nodiscard]] asio::ip::tcp::socket& socket() { return socket_; }

 private:
  [[noreturn]] void throw_read_error(const boost::system::error_code& error) const;

  asio::ip::tcp::socket socket_;
  Address peer_;
};

/// Looks the host up, tries its addresses in turn and gives the first connection, with TCP_NODELAY and keep-alive.
/// Each address gets a fair part of the time left. Throws NetFailure ResolveFailed, ConnectFailed or DeadlineExceeded.
asio::awaitable<Stream> dial(Address address, Deadline deadline);

}  // namespace ledgram::net
