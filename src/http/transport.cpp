#include "ledgram/http/transport.hpp"

#include "ledgram/http/websocket.hpp"

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <array>

namespace ledgram::http {
namespace {

using asio::ip::tcp;

constexpr std::size_t kBufferSize = 16384;

bool is_end(const boost::system::error_code& error) {
  return error == asio::error::eof || error == asio::error::connection_reset || error == asio::error::broken_pipe ||
         error == asio::ssl::error::stream_truncated;
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(tcp::socket socket) : socket_(std::move(socket)) {}

  asio::awaitable<void> shake_hands() override { co_return; }

  asio::awaitable<std::string_view> receive() override {
    static thread_local std::array<char, kBufferSize> buffer;
    while (true) {
      auto [waiting] = co_await socket_.async_wait(tcp::socket::wait_read, asio::as_tuple(asio::use_awaitable));
      if (waiting)
        throw boost::system::system_error(waiting);
      boost::system::error_code error;
      const std::size_t size = socket_.read_some(asio::buffer(buffer), error);
      if (is_end(error))
        co_return std::string_view();
      if (error == asio::error::would_block)
        continue;
      if (error)
        throw boost::system::system_error(error);
      co_return std::string_view(buffer.data(), size);
    }
  }

  asio::awaitable<void> write(std::span<const asio::const_buffer> buffers) override {
    co_await asio::async_write(socket_, buffers, asio::use_awaitable);
  }

  asio::awaitable<void> finish() override {
    boost::system::error_code gone;
    socket_.shutdown(tcp::socket::shutdown_send, gone);
    co_return;
  }

  asio::awaitable<void> run_websocket(Handshake handshake,
                                      std::function<asio::awaitable<void>(WebSocket&)> body) override {
    co_await serve_websocket(socket_, std::move(handshake), std::move(body));
  }

  void interrupt() noexcept override {
    boost::system::error_code ignored;
    socket_.cancel(ignored);
  }

  void close() noexcept override {
    boost::system::error_code ignored;
    socket_.close(ignored);
  }

 private:
  tcp::socket socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(tcp::socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}

  asio::awaitable<void> shake_hands() override {
    co_await stream_.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
  }

  asio::awaitable<std::string_view> receive() override {
    if (buffer_.empty())
      buffer_.resize(kTlsBufferSize);
    auto [error, size] = co_await stream_.async_read_some(asio::buffer(buffer_), asio::as_tuple(asio::use_awaitable));
    if (is_end(error))
      co_return std::string_view();
    if (error)
      throw boost::system::system_error(error);
    co_return std::string_view(buffer_.data(), size);
  }

  asio::awaitable<void> write(std::span<const asio::const_buffer> buffers) override {
    co_await asio::async_write(stream_, buffers, asio::use_awaitable);
  }

  asio::awaitable<void> finish() override {
    // The peer may be gone already; then there is nobody to tell.
    co_await stream_.async_shutdown(asio::as_tuple(asio::use_awaitable));
  }

  asio::awaitable<void> run_websocket(Handshake handshake,
                                      std::function<asio::awaitable<void>(WebSocket&)> body) override {
    co_await serve_websocket(stream_, std::move(handshake), std::move(body));
  }

  void interrupt() noexcept override {
    boost::system::error_code ignored;
    stream_.next_layer().cancel(ignored);
  }

  void close() noexcept override {
    boost::system::error_code ignored;
    stream_.next_layer().close(ignored);
  }

 private:
  /// TLS has buffers of its own; this one only takes requests, which are small.
  static constexpr std::size_t kTlsBufferSize = 4096;

  asio::ssl::stream<tcp::socket> stream_;
  std::string buffer_;
};

}  // namespace

std::unique_ptr<Transport> plain_transport(tcp::socket socket) {
  socket.non_blocking(true);
  return std::make_unique<PlainTransport>(std::move(socket));
}

std::unique_ptr<Transport> tls_transport(tcp::socket socket, asio::ssl::context& context) {
  return std::make_unique<TlsTransport>(std::move(socket), context);
}

}  // namespace ledgram::http
