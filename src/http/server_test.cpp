#include "ledgram/http/server.hpp"

#include "ledgram/net/condition.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <string>

namespace ledgram::http {
namespace {

using asio::ip::tcp;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using namespace std::chrono_literals;

/// A server of one handler on a port of its own, and a client in the same loop.
class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    options_.port = 0;
    options_.limits.request_time = 30s;
  }

  /// Serves while `client` runs, then stops; both have to end.
  void run(Handler handler, const std::function<asio::awaitable<void>()>& client) {
    const auto page = [](unsigned status, std::string_view detail, std::string_view) {
      return Response{.status = status, .content_type = "text/plain", .body = std::string(detail)};
    };
    server_.emplace(io_.get_executor(), options_, std::move(handler), page);
    server_->listen();
    net::test::run_to_end(io_, both(client));
    EXPECT_TRUE(server_->pending_tasks().empty());
  }

  asio::awaitable<void> both(const std::function<asio::awaitable<void>()>& client) {
    net::TaskGroup serving(io_.get_executor());
    serving.spawn("server", server_->run());
    std::exception_ptr failure;
    try {
      co_await client();
    } catch (...) {
      failure = std::current_exception();
    }
    server_->stop();
    co_await serving.join();
    if (failure)
      std::rethrow_exception(failure);
  }

  asio::awaitable<tcp::socket> connect() {
    const net::Address address = server_->address();
    tcp::socket socket(io_);
    const tcp::endpoint endpoint(asio::ip::make_address(address.host), address.port);
    co_await socket.async_connect(endpoint, asio::use_awaitable);
    co_return socket;
  }

  static asio::awaitable<void> send(tcp::socket& socket, std::string text) {
    co_await asio::async_write(socket, asio::buffer(text), asio::use_awaitable);
  }

  /// What comes until `end` is in it, or until the connection ends.
  static asio::awaitable<std::string> receive(tcp::socket& socket, std::string end) {
    std::string all;
    while (end.empty() || all.find(end) == std::string::npos) {
      std::string part(4096, '\0');
      auto [error, size] = co_await socket.async_read_some(asio::buffer(part), asio::as_tuple(asio::use_awaitable));
      all += part.substr(0, size);
      if (error)
        break;
    }
    co_return all;
  }

  /// False if the condition does not have that value within ten seconds.
  asio::awaitable<bool> becomes(bool wanted, std::function<bool()> holds) {
    net::Condition never(io_.get_executor());
    for (int i = 0; i < 1000 && holds() != wanted; ++i)
      co_await never.wait(net::deadline_after(10ms));
    co_return holds() == wanted;
  }

  /// Sends a request for `target` and gives what comes until the end.
  asio::awaitable<std::string> ask(std::string target) {
    tcp::socket socket = co_await connect();
    std::string text = "GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    co_await send(socket, std::move(text));
    std::string end;
    co_return co_await receive(socket, std::move(end));
  }

  asio::io_context io_;
  ServerOptions options_;
  std::optional<Server> server_;
};

asio::awaitable<Reply> say_path(Request& request) {
  co_return Response{.content_type = "text/plain", .body = request.path};
}

TEST_F(ServerTest, AnswersInOrder) {
  run(say_path, [this]() -> asio::awaitable<void> {
    tcp::socket socket = co_await connect();
    co_await send(socket, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    const std::string text = co_await receive(socket, "");
    EXPECT_LT(text.find("\r\n\r\n/1"), text.find("\r\n\r\n/2"));
    EXPECT_EQ(server_->counters().requests, 2U);
  });
}

TEST_F(ServerTest, StreamsInChunks) {
  const Handler handler = [](Request&) -> asio::awaitable<Reply> {
    Stream stream;
    stream.head.content_type = "text/event-stream";
    stream.write = [](BodyWriter& writer) -> asio::awaitable<void> {
      co_await writer.write("hello");
      co_await writer.write("");
      co_await writer.write("a longer one than that");
    };
    co_return stream;
  };
  run(handler, [this]() -> asio::awaitable<void> {
    std::string target = "/";
    const std::string text = co_await ask(std::move(target));
    EXPECT_THAT(text, HasSubstr("Transfer-Encoding: chunked\r\n"));
    EXPECT_TRUE(text.ends_with("\r\n\r\n5\r\nhello\r\n16\r\na longer one than that\r\n0\r\n\r\n")) << text;
    tcp::socket old = co_await connect();
    co_await send(old, "GET / HTTP/1.0\r\n\r\n");
    const std::string plain = co_await receive(old, "");
    EXPECT_THAT(plain, Not(HasSubstr("chunked")));
    EXPECT_TRUE(plain.ends_with("\r\n\r\nhelloa longer one than that")) << plain;
  });
}

/// A stream that says "begun" and then nothing until somebody ends it; says so then.
Handler endless_stream(asio::io_context& io, net::Event& ended) {
  return [&io, &ended](Request&) -> asio::awaitable<Reply> {
    Stream stream;
    stream.write = [&io, &ended](BodyWriter& writer) -> asio::awaitable<void> {
      struct AtTheEnd {
        net::Event& event;
        ~AtTheEnd() { event.set(); }
      } const at_the_end{ended};
      co_await writer.write("begun");
      net::Condition never(io.get_executor());
      co_await never.wait();
    };
    co_return stream;
  };
}

TEST_F(ServerTest, AStreamEndsWhenItsClientGoes) {
  net::Event ended(io_.get_executor());
  run(endless_stream(io_, ended), [&]() -> asio::awaitable<void> {
    {
      tcp::socket socket = co_await connect();
      co_await send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
      co_await receive(socket, "begun");
    }
    EXPECT_EQ(co_await ended.wait(net::deadline_after(10s)), net::WaitEnd::Notified);
  });
}

TEST_F(ServerTest, AStopEndsStreams) {
  net::Event ended(io_.get_executor());
  std::optional<tcp::socket> socket;
  run(endless_stream(io_, ended), [&]() -> asio::awaitable<void> {
    socket.emplace(co_await connect());
    co_await send(*socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    co_await receive(*socket, "begun");
  });
}

TEST_F(ServerTest, AStreamThatFailsIsNotEndedAsIfItWereWhole) {
  const Handler handler = [](Request&) -> asio::awaitable<Reply> {
    Stream stream;
    stream.write = [](BodyWriter& writer) -> asio::awaitable<void> {
      co_await writer.write("half");
      throw std::runtime_error("no more");
    };
    co_return stream;
  };
  run(handler, [this]() -> asio::awaitable<void> {
    std::string target = "/";
    const std::string text = co_await ask(std::move(target));
    EXPECT_TRUE(text.ends_with("4\r\nhalf\r\n")) << text;
  });
}

TEST_F(ServerTest, AHandlerThatIsTooSlowIsCancelled) {
  options_.limits.request_time = 0s;
  const Handler handler = [this](Request&) -> asio::awaitable<Reply> {
    net::Condition never(io_.get_executor());
    co_await never.wait();
    co_return Response{};
  };
  run(handler, [this]() -> asio::awaitable<void> {
    std::string target = "/";
    const std::string text = co_await ask(std::move(target));
    EXPECT_THAT(text, StartsWith("HTTP/1.1 504 "));
  });
}

TEST_F(ServerTest, AClientThatTakesNothingIsCut) {
  options_.limits.write_time = 200ms;
  const Handler handler = [](Request&) -> asio::awaitable<Reply> {
    co_return Response{.content_type = "text/plain", .body = std::string(std::size_t{64} << 20, 'x')};
  };
  run(handler, [this]() -> asio::awaitable<void> {
    tcp::socket socket = co_await connect();
    co_await send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    const auto is_open = [this] { return server_->counters().open > 0; };
    EXPECT_TRUE(co_await becomes(true, is_open));
    EXPECT_TRUE(co_await becomes(false, is_open));
    EXPECT_EQ(server_->counters().requests, 1U);
  });
}

Handler echo_socket() {
  return [](Request&) -> asio::awaitable<Reply> {
    Upgrade upgrade;
    upgrade.largest_message = 1000;
    upgrade.run = [](WebSocket& socket) -> asio::awaitable<void> {
      while (true) {
        const std::optional<std::string> message = co_await socket.read();
        if (!message)
          co_return;
        co_await socket.write("you said " + *message);
      }
    };
    co_return upgrade;
  };
}

using ClientSocket = boost::beast::websocket::stream<tcp::socket>;

asio::awaitable<std::string> read_message(ClientSocket& socket) {
  boost::beast::flat_buffer buffer;
  co_await socket.async_read(buffer, asio::use_awaitable);
  const auto data = buffer.cdata();
  co_return std::string(static_cast<const char*>(data.data()), data.size());
}

TEST_F(ServerTest, WebSocket) {
  run(echo_socket(), [this]() -> asio::awaitable<void> {
    ClientSocket socket(co_await connect());
    co_await socket.async_handshake("x", "/", asio::use_awaitable);
    for (const std::string text : {"one", "two"}) {
      co_await socket.async_write(asio::buffer(text), asio::use_awaitable);
      const std::string answer = co_await read_message(socket);
      EXPECT_EQ(answer, "you said " + text);
    }
    co_await socket.async_close(boost::beast::websocket::close_code::normal, asio::use_awaitable);
  });
}

TEST_F(ServerTest, AWebSocketTakesNoHugeMessages) {
  run(echo_socket(), [this]() -> asio::awaitable<void> {
    ClientSocket socket(co_await connect());
    co_await socket.async_handshake("x", "/", asio::use_awaitable);
    const std::string text(2000, 'x');
    co_await socket.async_write(asio::buffer(text), asio::use_awaitable);
    boost::beast::flat_buffer buffer;
    auto [error, size] = co_await socket.async_read(buffer, asio::as_tuple(asio::use_awaitable));
    EXPECT_TRUE(error);
    EXPECT_EQ(socket.reason().code, boost::beast::websocket::close_code::too_big);
  });
}

TEST_F(ServerTest, AStopEndsWebSockets) {
  std::optional<ClientSocket> socket;
  run(echo_socket(), [&]() -> asio::awaitable<void> {
    socket.emplace(co_await connect());
    co_await socket->async_handshake("x", "/", asio::use_awaitable);
  });
}

TEST_F(ServerTest, AWebSocketIsForWebSocketsOnly) {
  run(echo_socket(), [this]() -> asio::awaitable<void> {
    std::string target = "/";
    const std::string text = co_await ask(std::move(target));
    EXPECT_THAT(text, StartsWith("HTTP/1.1 426 "));
    EXPECT_THAT(text, HasSubstr("Upgrade: websocket\r\n"));
  });
}

}  // namespace
}  // namespace ledgram::http
