/// Connections that look like TLS over real sockets, against a server that takes no data before ChangeCipherSpec.

#include "ledgram/telegram/link_stream.hpp"

#include "ledgram/net/random.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace ledgram::telegram {
namespace {

using asio::ip::tcp;
using std::chrono::seconds;

struct Scenario07LinkStream : testing::Test {
  asio::io_context io{1};
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  net::SystemRandom random;
  net::SystemClock clock;

  LinkPlan plan() const {
    LinkPlan plan;
    plan.address = {"127.0.0.1", acceptor.local_endpoint().port()};
    plan.transport.secret = {1, 2, 3};
    plan.tls_host = "example.org";
    return plan;
  }

  nanoseconds now() const { return clock.now().unix_time; }

  /// Sends back what it gets, and spoils its greeting if it is told to. Ends with the connection.
  asio::awaitable<void> serve(mtproto::ProxySecret secret, std::function<void(Bytes&)> spoil) {
    tcp::socket socket = co_await acceptor.async_accept(asio::use_awaitable);
    mtproto::FakeTlsServer server(secret, random);
    Bytes buffer(1000);
    while (true) {
      const auto [problem, count] =
          co_await socket.async_read_some(asio::buffer(buffer), asio::as_tuple(asio::use_awaitable));
      if (problem || !server.feed(ByteView(buffer).first(count), now()))
        co_return;
      Bytes out = server.take_answer();
      if (!out.empty() && spoil)
        spoil(out);
      server.encode(server.take(), out);
      co_await asio::async_write(socket, asio::buffer(out), asio::use_awaitable);
    }
  }

  net::NetError error_with(mtproto::ProxySecret server_secret, std::function<void(Bytes&)> spoil) {
    net::NetError error{};
    const auto main = [&]() -> asio::awaitable<void> {
      net::TaskGroup group(io.get_executor());
      group.spawn("server", serve(server_secret, std::move(spoil)));
      const LinkPlan wanted = plan();
      const net::Deadline deadline = net::deadline_after(seconds(10));
      try {
        co_await open_stream(wanted, deadline, now(), random);
        ADD_FAILURE() << "no error";
      } catch (const net::NetFailure& failure) {
        error = failure.error();
      }
      co_await group.join();
    };
    net::test::run_to_end(io, main());
    return error;
  }
};

TEST_F(Scenario07LinkStream, CarriesBytesThroughAServerThatWantsChangeCipherSpec) {
  const auto main = [&]() -> asio::awaitable<void> {
    net::TaskGroup group(io.get_executor());
    group.spawn("server", serve({1, 2, 3}, {}));
    {
      const LinkPlan wanted = plan();
      const net::Deadline deadline = net::deadline_after(seconds(10));
      LinkStream stream = co_await open_stream(wanted, deadline, now(), random);
      EXPECT_EQ(stream.peer(), wanted.address);
      const Bytes sent = random.bytes(20'000);
      co_await stream.write(sent);
      Bytes received;
      while (received.size() < sent.size()) {
        const ByteView bytes = co_await stream.receive();
        append(received, bytes);
      }
      EXPECT_EQ(received, sent);
    }
    co_await group.join();
  };
  net::test::run_to_end(io, main());
}

TEST_F(Scenario07LinkStream, AWrongDigestEndsIt) {
  const net::NetError error = error_with({1, 2, 3}, [](Bytes& answer) { answer[20] ^= 1U; });
  EXPECT_EQ(error.code, net::NetErrc::BadProxyAnswer);
  EXPECT_FALSE(error.retryable());
  EXPECT_NE(error.message.find("secret"), std::string::npos) << error.message;
}

TEST_F(Scenario07LinkStream, AServerWithAnotherSecretHangsUp) {
  EXPECT_EQ(error_with({3, 2, 1}, {}).code, net::NetErrc::ConnectionClosed);
}

}  // namespace
}  // namespace ledgram::telegram
