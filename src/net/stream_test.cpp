#include "ledgram/net/stream.hpp"

#include "ledgram/net/condition.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ledgram::net {
namespace {

using asio::ip::tcp;
using std::chrono::seconds;
using test::run_to_end;

struct StreamTest : testing::Test {
  asio::io_context io{1};
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};

  Address address() const { return {"127.0.0.1", acceptor.local_endpoint().port()}; }

  template <class F>
  NetError error_of(F main) {
    try {
      run_to_end(io, main());
    } catch (const NetFailure& failure) {
      return failure.error();
    }
    ADD_FAILURE() << "no error";
    return {};
  }
};

TEST_F(StreamTest, WritesAndReadsBothWays) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    group.spawn("echo", [&]() -> asio::awaitable<void> {
      tcp::socket accepted = co_await acceptor.async_accept(asio::use_awaitable);
      Stream peer(std::move(accepted), Address{"client", 0});
      Bytes buffer(5);
      std::size_t have = 0;
      while (have < buffer.size()) {
        const MutableByteView rest = MutableByteView(buffer).subspan(have);
        have += co_await peer.read_some(rest);
      }
      co_await peer.write(buffer);
    });
    Stream stream = co_await dial(address(), deadline_after(seconds(10)));
    EXPECT_EQ(stream.peer(), address());
    const Bytes sent{1, 2, 3, 4, 5};
    co_await stream.write(sent);
    Bytes received;
    std::string end;
    while (end.empty()) {
      ByteArray<16> buffer{};
      std::size_t count = 0;
      try {
        count = co_await stream.read_some(buffer);
      } catch (const NetFailure& failure) {
        EXPECT_EQ(failure.error().code, NetErrc::ConnectionClosed);
        end = failure.error().message;
      }
      append(received, ByteView(buffer).first(count));
    }
    EXPECT_EQ(received, sent);
    EXPECT_NE(end.find(to_string(address())), std::string::npos) << end;
    co_await group.join();
  };
  run_to_end(io, main());
}

TEST_F(StreamTest, ARefusedConnectionNamesHostPortAndReason) {
  const Address closed = address();
  acceptor.close();
  const NetError error =
      error_of([&]() -> asio::awaitable<void> { co_await dial(closed, deadline_after(seconds(10))); });
  EXPECT_EQ(error.code, NetErrc::ConnectFailed);
  EXPECT_TRUE(error.retryable());
  EXPECT_EQ(error.message, "cannot connect to " + to_string(closed) + ": Connection refused");
}

TEST_F(StreamTest, AnUnknownHostIsNamed) {
  // The name is reserved for this by RFC 6761 section 6.4.
  const Address unknown{"no-such-host.invalid", 1};
  const NetError error =
      error_of([&]() -> asio::awaitable<void> { co_await dial(unknown, deadline_after(seconds(20))); });
  EXPECT_TRUE(error.code == NetErrc::ResolveFailed || error.code == NetErrc::DeadlineExceeded) << error.message;
  EXPECT_NE(error.message.find("no-such-host.invalid"), std::string::npos);
}

TEST_F(StreamTest, ANameWithSeveralAddressesIsTriedToTheEnd) {
  // localhost usually means ::1 and 127.0.0.1, and only the second is listened on.
  const auto main = [&]() -> asio::awaitable<void> {
    const Address by_name{"localhost", address().port};
    const Stream stream = co_await dial(by_name, deadline_after(seconds(10)));
    EXPECT_TRUE(stream.is_open());
  };
  run_to_end(io, main());
}

TEST_F(StreamTest, CancellingAReadEndsIt) {
  const auto main = [&]() -> asio::awaitable<void> {
    Stream stream = co_await dial(address(), deadline_after(seconds(10)));
    TaskGroup group(io.get_executor());
    group.spawn("reader", [&]() -> asio::awaitable<void> {
      ByteArray<1> buffer{};
      co_await stream.read_some(buffer);
      ADD_FAILURE() << "nothing was sent";
    });
    for (int i = 0; i < 5; ++i)
      co_await asio::post(asio::use_awaitable);
    co_await group.stop();
    stream.close();
    stream.close();
    EXPECT_FALSE(stream.is_open());
  };
  run_to_end(io, main());
}

TEST(Address, Ipv6StandsInBrackets) {
  EXPECT_EQ(to_string(Address{"2001:db8::1", 443}), "[2001:db8::1]:443");
  EXPECT_EQ(to_string(Address{"example.org", 80}), "example.org:80");
}

TEST(SystemRandom, DoesNotRepeatItself) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 100; ++i)
    seen.insert(to_hex(random.bytes(16)));
  EXPECT_EQ(seen.size(), 100U);
  EXPECT_EQ(random.bytes(1000).size(), 1000U);
}

TEST(SystemClock, IsNowAndDoesNotGoBack) {
  const SystemClock clock;
  const Instant first = clock.now();
  const Instant second = clock.now();
  EXPECT_GE(second.monotonic, first.monotonic);
  EXPECT_GT(first.unix_time, std::chrono::hours(24 * 365 * 50));
  EXPECT_EQ(deadline_after(nanoseconds::max()), kNoDeadline);
  EXPECT_LE(deadline_after(std::chrono::hours(1), deadline_at(second.monotonic)).time_since_epoch(), second.monotonic);
}

}  // namespace
}  // namespace ledgram::net
