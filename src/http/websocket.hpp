#pragma once

/// A WebSocket on Boost.Beast over either transport. For the inside of this floor; costs seconds to include.

#include "ledgram/http/transport.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include <optional>
#include <string>
#include <utility>

namespace ledgram::http {

template <class Stream>
class BeastWebSocket final : public WebSocket {
 public:
  explicit BeastWebSocket(Stream& stream) : socket_(stream) {}

  asio::awaitable<void> accept(const Handshake& handshake) {
    namespace beast = boost::beast;
    beast::websocket::stream_base::timeout limits;
    limits.handshake_timeout = handshake.write_time;
    // Half of it without a word, then a ping; no answer in the other half ends it.
    limits.idle_timeout = 2 * handshake.write_time;
    limits.keep_alive_pings = true;
    socket_.set_option(limits);
    socket_.set_option(beast::websocket::stream_base::decorator([&handshake](beast::websocket::response_type& answer) {
      for (const Headers::Field& field : handshake.headers)
        answer.set(field.name, field.value);
    }));
    socket_.read_message_max(handshake.largest_message);
    beast::http::request<beast::http::empty_body> request(beast::http::verb::get, handshake.request->path, 11);
    for (const Headers::Field& field : handshake.request->headers)
      request.insert(field.name, field.value);

    co_await socket_.async_accept(request, asio::use_awaitable);
  }

  asio::awaitable<std::optional<std::string>> read() override {
    boost::beast::flat_buffer buffer;
    auto [error, size] = co_await socket_.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted && !closed_)
      throw boost::system::system_error(error);
    if (error)
      co_return std::nullopt;
    const auto data = buffer.cdata();
    co_return std::string(static_cast<const char*>(data.data()), data.size());
  }

  asio::awaitable<void> write(std::string_view text) override {
    socket_.text(true);
    co_await socket_.async_write(asio::buffer(text), asio::use_awaitable);
  }

  asio::awaitable<void> close(std::uint16_t code, std::string_view reason) override {
    if (std::exchange(closed_, true) || !socket_.is_open())
      co_return;
    boost::beast::websocket::close_reason why(code);
    why.reason = boost::beast::string_view(reason.data(), reason.size());
    // Whether the peer answers is its own affair.
    co_await socket_.async_close(why, asio::as_tuple(asio::use_awaitable));
  }

 private:
  boost::beast::websocket::stream<Stream&> socket_;
  bool closed_ = false;
};

template <class Stream>
asio::awaitable<void> serve_websocket(Stream& stream, Handshake handshake,
                                      std::function<asio::awaitable<void>(WebSocket&)> body) {
  BeastWebSocket<Stream> socket(stream);
  co_await socket.accept(handshake);
  co_await body(socket);
  co_await socket.close(1000, "");
}

}  // namespace ledgram::http
