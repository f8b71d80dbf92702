#pragma once

/// For tests of this floor: an HTTP server on the loopback interface that remembers what it got and answers as it is
/// told.

#include "ledgram/net/asio.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/webhooks/target_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::webhooks::test {

struct Received {
  std::string line;                            ///< "POST /hook HTTP/1.1"
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;
};

/// The whole answer as text; empty: none, and the connection stays open.
using Answering = std::function<std::string(const Received&)>;

inline std::string plain_answer(int status, std::string_view headers = "", std::string_view body = "") {
  return fmt::format("HTTP/1.1 {} Status\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body);
}

class Receiver {
 public:
  explicit Receiver(asio::io_context& io, const char* address = "127.0.0.1")
      : acceptor_(io, {asio::ip::make_address(address), 0}), changed_(io.get_executor()), tasks_(io.get_executor()) {
    tasks_.spawn("accepting", accept());
  }

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] std::string url(std::string_view path = "/hook") const {
    return fmt::format("http://127.0.0.1:{}{}", port(), path);
  }

  asio::awaitable<void> wait_for_requests(std::size_t count) {
    co_await changed_.wait_until([this, count] { return requests.size() >= count; });
  }
  asio::awaitable<void> wait_for_ended(std::size_t count) {
    co_await changed_.wait_until([this, count] { return ended >= count; });
  }
  asio::awaitable<void> stop() { co_await tasks_.stop(); }

  Answering answer = [](const Received& /*request*/) { return plain_answer(204); };
  std::vector<Received> requests;
  std::size_t connections = 0;
  std::size_t ended = 0;  ///< connections that the other side has closed

 private:
  asio::awaitable<void> accept() {
    while (true) {
      asio::ip::tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
      ++connections;
      changed_.notify_all();
      tasks_.spawn("connection", serve(std::move(socket)));
    }
  }

  asio::awaitable<void> serve(asio::ip::tcp::socket socket) {
    std::string buffer;
    while (true) {
      std::size_t head_end = buffer.find("\r\n\r\n");
      while (head_end == std::string::npos) {
        const bool more = co_await read_some(socket, buffer);
        if (!more)
          co_return;
        head_end = buffer.find("\r\n\r\n");
      }
      Received request = parse(buffer.substr(0, head_end));
      const std::size_t size = std::strtoul(request.headers["content-length"].c_str(), nullptr, 10);
      while (buffer.size() < head_end + 4 + size) {
        const bool more = co_await read_some(socket, buffer);
        if (!more)
          co_return;
      }
      request.body = buffer.substr(head_end + 4, size);
      buffer.erase(0, head_end + 4 + size);
      const std::string text = answer(request);
      requests.push_back(std::move(request));
      changed_.notify_all();
      const auto [error, count] =
          co_await asio::async_write(socket, asio::buffer(text), asio::as_tuple(asio::use_awaitable));
      if (error)
        co_return;
    }
  }

  asio::awaitable<bool> read_some(asio::ip::tcp::socket& socket, std::string& buffer) {
    char piece[4096];
    const auto [error, count] =
        co_await socket.async_read_some(asio::buffer(piece), asio::as_tuple(asio::use_awaitable));
    if (error) {
      ++ended;
      changed_.notify_all();
      co_return false;
    }
    buffer.append(piece, count);
    co_return true;
  }

  static Received parse(const std::string& head) {
    Received request;
    std::size_t begin = head.find("\r\n");
    request.line = head.substr(0, begin);
    while (begin != std::string::npos) {
      const std::size_t end = head.find("\r\n", begin + 2);
      const std::string line = head.substr(begin + 2, end == std::string::npos ? end : end - begin - 2);
      const std::size_t colon = line.find(": ");
      std::string name = line.substr(0, colon);
      std::ranges::transform(name, name.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      if (colon != std::string::npos)
        request.headers[name] = line.substr(colon + 2);
      begin = end;
    }
    return request;
  }

  asio::ip::tcp::acceptor acceptor_;
  net::Condition changed_;
  net::TaskGroup tasks_;
};

}  // namespace ledgram::webhooks::test
