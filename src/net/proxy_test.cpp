/// dial_through() against scripted proxies on the loopback interface.

#include "ledgram/net/proxy.hpp"

#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ledgram::net {
namespace {

using asio::ip::tcp;
using std::chrono::milliseconds;
using std::chrono::seconds;
using test::run_to_end;

Bytes bytes_of(std::string_view text) {
  const ByteView view = as_bytes(text);
  return {view.begin(), view.end()};
}

struct ProxyTest : testing::Test {
  asio::io_context io{1};
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  const Address target{"dc.example", 443};

  /// What the proxy expects to read, and what it then says.
  using Script = std::vector<std::pair<Bytes, Bytes>>;

  ProxyServer proxy(ProxyKind kind) const {
    ProxyServer made;
    made.kind = kind;
    made.address = {"127.0.0.1", acceptor.local_endpoint().port()};
    made.login = {SecretText(std::string("ann")), SecretText(std::string("hidden"))};
    return made;
  }

  asio::awaitable<void> play(Script script) {
    tcp::socket accepted = co_await acceptor.async_accept(asio::use_awaitable);
    for (const auto& [expected, answer] : script) {
      Bytes got(expected.size());
      co_await asio::async_read(accepted, asio::buffer(got), asio::use_awaitable);
      EXPECT_EQ(to_hex(got), to_hex(expected));
      co_await asio::async_write(accepted, asio::buffer(answer), asio::use_awaitable);
    }
  }

  /// Dials and says "ping" through the tunnel; what the far end said.
  asio::awaitable<std::string> ping(ProxyServer through) {
    const Deadline deadline = deadline_after(seconds(10));
    Stream stream = co_await dial_through(through, target, deadline);
    EXPECT_EQ(stream.peer(), target);
    const Bytes question = bytes_of("ping");
    co_await stream.write(question);
    Bytes answer(4);
    const std::size_t count = co_await stream.read_some(answer);
    co_return std::string(as_text(ByteView(answer).first(count)));
  }

  std::string ping_with(ProxyServer through, Script script) {
    std::string answer;
    const auto main = [&]() -> asio::awaitable<void> {
      TaskGroup group(io.get_executor());
      group.spawn("proxy", play(std::move(script)));
      answer = co_await ping(std::move(through));
      co_await group.join();
    };
    run_to_end(io, main());
    return answer;
  }

  NetError error_of(ProxyServer through, Script script, nanoseconds limit = seconds(10)) {
    NetError error{};
    const auto main = [&]() -> asio::awaitable<void> {
      TaskGroup group(io.get_executor());
      group.spawn("proxy", play(std::move(script)));
      const Deadline deadline = deadline_after(limit);
      try {
        co_await dial_through(through, target, deadline);
        ADD_FAILURE() << "no error";
      } catch (const NetFailure& failure) {
        error = failure.error();
      }
      group.cancel();
      co_await group.join();
    };
    try {
      run_to_end(io, main());
    } catch (const boost::system::system_error& ended) {
      // The proxy's own coroutine was waiting for bytes that do not come.
      EXPECT_TRUE(ended.code() == asio::error::operation_aborted || ended.code() == asio::error::eof);
    }
    EXPECT_NE(error.message.find("127.0.0.1:"), std::string::npos) << error.message;
    EXPECT_EQ(error.message.find("hidden"), std::string::npos) << error.message;
    return error;
  }
};

TEST_F(ProxyTest, Socks5WithPasswordCarriesBytes) {
  Bytes connect = *from_hex("050100030a");
  append(connect, as_bytes("dc.example"));
  append(connect, Bytes{1, 0xbb});
  Bytes login = *from_hex("0103616e6e06");
  append(login, as_bytes("hidden"));
  EXPECT_EQ(ping_with(proxy(ProxyKind::Socks5), {{*from_hex("05020002"), {5, 2}},
                                                 {login, {1, 0}},
                                                 {connect, *from_hex("05000001000000000000")},
                                                 {bytes_of("ping"), bytes_of("pong")}}),
            "pong");
}

TEST_F(ProxyTest, HttpConnectCarriesBytes) {
  const std::string request =
      "CONNECT dc.example:443 HTTP/1.1\r\nHost: dc.example:443\r\nProxy-Authorization: Basic YW5uOmhpZGRlbg==\r\n\r\n";
  EXPECT_EQ(ping_with(proxy(ProxyKind::HttpConnect),
                      {{bytes_of(request), bytes_of("HTTP/1.1 200 OK\r\n\r\n")}, {bytes_of("ping"), bytes_of("pong")}}),
            "pong");
}

TEST_F(ProxyTest, ARefusingPortIsNamedAsTheProxy) {
  const ProxyServer through = proxy(ProxyKind::Socks5);
  acceptor.close();
  NetError error{};
  const auto main = [&]() -> asio::awaitable<void> {
    const Deadline deadline = deadline_after(seconds(10));
    try {
      co_await dial_through(through, target, deadline);
    } catch (const NetFailure& failure) {
      error = failure.error();
    }
  };
  run_to_end(io, main());
  EXPECT_EQ(error.code, NetErrc::ConnectFailed);
  EXPECT_EQ(error.message, "through the proxy " + to_string(through) + ": cannot connect to " +
                               to_string(through.address) + ": Connection refused");
}

TEST_F(ProxyTest, ErrorsKeepTheirKind) {
  EXPECT_EQ(error_of(proxy(ProxyKind::Socks5), {{*from_hex("05020002"), {5, 0xff}}}).code, NetErrc::ProxyAuthFailed);
  EXPECT_EQ(error_of(proxy(ProxyKind::Socks5), {{*from_hex("05020002"), bytes_of("HTTP/1.1 400")}}).code,
            NetErrc::BadProxyAnswer);
  EXPECT_EQ(error_of(proxy(ProxyKind::HttpConnect), {{bytes_of("CONNECT"), {5, 0xff}}}).code, NetErrc::BadProxyAnswer);
  EXPECT_EQ(error_of(proxy(ProxyKind::Socks5), {{*from_hex("05020002"), {}}}).code, NetErrc::ConnectionClosed);
}

TEST_F(ProxyTest, ASilentProxyIsLeftAtTheDeadline) {
  const auto start = std::chrono::steady_clock::now();
  // It waits for more bytes than ever come.
  const NetError error = error_of(proxy(ProxyKind::Socks5), {{Bytes(1000, 0), {}}}, milliseconds(100));
  EXPECT_EQ(error.code, NetErrc::DeadlineExceeded);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(5));
}

TEST_F(ProxyTest, IsShownWithoutItsLogin) {
  ProxyServer through;
  through.kind = ProxyKind::HttpConnect;
  through.address = {"2001:db8::1", 3128};
  through.login = {SecretText(std::string("ann")), SecretText(std::string("hidden"))};
  EXPECT_EQ(to_string(through), "http://[2001:db8::1]:3128");
}

}  // namespace
}  // namespace ledgram::net
