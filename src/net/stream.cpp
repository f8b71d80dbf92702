#include "ledgram/net/stream.hpp"

#include "ledgram/net/with_deadline.hpp"

#include <netinet/tcp.h>

#include <algorithm>
#include <vector>

namespace ledgram::net {

namespace {

using asio::ip::tcp;

/// A dead peer is noticed by the protocol's own pings; these only free the socket of an idle connection in the end.
constexpr int kKeepAliveIdleSeconds = 60;
constexpr int kKeepAliveIntervalSeconds = 15;
constexpr int kKeepAliveProbes = 4;

/// One page of a hundred long posts in one read.
constexpr std::size_t kSharedBufferSize = std::size_t{128} * 1024;

/// The least time one address gets before the next is tried, as long as the deadline allows.
constexpr nanoseconds kLeastTimePerAddress = std::chrono::seconds(2);

/// An operation ends with operation_aborted both when its coroutine is cancelled and when the socket is closed here.
void throw_if_cancelled(const boost::system::error_code& error, const tcp::socket& socket) {
  if (error == asio::error::operation_aborted && socket.is_open())
    throw boost::system::system_error(error);
}

NetFailure broken(NetErrc code, const Address& peer, const std::string& what, const boost::system::error_code& reason) {
  return NetFailure({code, what + " " + to_string(peer) + ": " + reason.message()});
}

void set_options(tcp::socket& socket) {
  boost::system::error_code ignored;  // a socket without these options still works
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
  const auto set = [&socket](int name, int value) {
    ::setsockopt(socket.native_handle(), IPPROTO_TCP, name, &value, sizeof value);
  };
  set(TCP_KEEPIDLE, kKeepAliveIdleSeconds);
  set(TCP_KEEPINTVL, kKeepAliveIntervalSeconds);
  set(TCP_KEEPCNT, kKeepAliveProbes);
}

asio::awaitable<std::vector<tcp::endpoint>> resolve(const Address& address, Deadline deadline) {
  std::vector<tcp::endpoint> endpoints;
  boost::system::error_code not_literal;
  const asio::ip::address literal = asio::ip::make_address(address.host, not_literal);
  if (!not_literal) {
    endpoints.emplace_back(literal, address.port);
    co_return endpoints;
  }
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  tcp::resolver resolver(executor);
  const std::string port = std::to_string(address.port);
  boost::system::error_code failure;
  const auto look_up = [&]() -> asio::awaitable<void> {
    auto [error, found] = co_await resolver.async_resolve(address.host, port, tcp::resolver::numeric_service,
                                                          asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted)
      throw boost::system::system_error(error);
    failure = error;
    for (const auto& entry : found)
      endpoints.push_back(entry.endpoint());
  };
  asio::awaitable<void> looking_up = look_up();
  std::string what = "looking up the address of " + address.host;
  co_await with_deadline(std::move(looking_up), deadline, std::move(what));
  if (endpoints.empty()) {
    const std::string reason = failure ? failure.message() : "it has no address";
    throw NetFailure({NetErrc::ResolveFailed, "cannot find the address of " + address.host + ": " + reason});
  }
  co_return endpoints;
}

}  // namespace

std::string to_string(const Address& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  const std::string host = is_ipv6 ? "[" + address.host + "]" : address.host;
  return host + ":" + std::to_string(address.port);
}

Stream::Stream(tcp::socket socket, Address peer) : socket_(std::move(socket)), peer_(std::move(peer)) {
  // For receive(); the asynchronous calls do not depend on it. A closed socket shows at the first call.
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

asio::awaitable<std::size_t> Stream::read_some(MutableByteView out) {
  const auto buffer = asio::buffer(out.data(), out.size());
  const auto [error, count] = co_await socket_.async_read_some(buffer, asio::as_tuple(asio::use_awaitable));
  if (!error)
    co_return count;
  throw_if_cancelled(error, socket_);
  throw_read_error(error);
}

asio::awaitable<ByteView> Stream::receive() {
  static thread_local std::vector<std::uint8_t> shared(kSharedBufferSize);
  while (true) {
    const auto [waiting] = co_await socket_.async_wait(tcp::socket::wait_read, asio::as_tuple(asio::use_awaitable));
    throw_if_cancelled(waiting, socket_);
    boost::system::error_code error = waiting;
    std::size_t count = 0;
    if (!error)
      count = socket_.read_some(asio::buffer(shared), error);
    if (!error)
      co_return ByteView(shared).first(count);
    if (error == asio::error::would_block || error == asio::error::try_again)
      continue;
    throw_read_error(error);
  }
}

void Stream::throw_read_error(const boost::system::error_code& error) const {
  if (error == asio::error::eof)
    throw broken(NetErrc::ConnectionClosed, peer_, "the connection was closed by", error);
  throw broken(NetErrc::ConnectionBroken, peer_, "reading failed from", error);
}

asio::awaitable<void> Stream::write(ByteView bytes) {
  const auto buffer = asio::buffer(bytes.data(), bytes.size());
  const auto [error, count] = co_await asio::async_write(socket_, buffer, asio::as_tuple(asio::use_awaitable));
  throw_if_cancelled(error, socket_);
  if (error)
    throw broken(NetErrc::ConnectionBroken, peer_, "writing failed to", error);
}

void Stream::close() noexcept {
  boost::system::error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_both, ignored);
  socket_.close(ignored);
}

asio::awaitable<Stream> dial(Address address, Deadline deadline) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const std::vector<tcp::endpoint> endpoints = co_await resolve(address, deadline);

  NetError last{NetErrc::ConnectFailed, {}};
  std::size_t left = endpoints.size();
  for (const tcp::endpoint& endpoint : endpoints) {
    nanoseconds share = kLeastTimePerAddress;
    if (deadline != kNoDeadline) {
      const nanoseconds fair = (deadline - std::chrono::steady_clock::now()) / static_cast<std::int64_t>(left);
      share = std::max(share, fair);
    }
    const Deadline own_deadline = left == 1 ? deadline : deadline_after(share, deadline);
    --left;

    tcp::socket socket(executor);
    boost::system::error_code failure;
    const auto connect = [&]() -> asio::awaitable<void> {
      const auto [error] = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
      if (error == asio::error::operation_aborted)
        throw boost::system::system_error(error);
      failure = error;
    };
    bool timed_out = false;
    asio::awaitable<void> connecting = connect();
    std::string what = "connecting to " + to_string(address);
    try {
      co_await with_deadline(std::move(connecting), own_deadline, std::move(what));
    } catch (const NetFailure&) {
      timed_out = true;
    }
    if (!timed_out && !failure) {
      set_options(socket);
      co_return Stream(std::move(socket), std::move(address));
    }
    const std::string reason = timed_out ? "no answer in time" : failure.message();
    last = {timed_out ? NetErrc::DeadlineExceeded : NetErrc::ConnectFailed,
            "cannot connect to " + to_string(address) + ": " + reason};
    if (deadline <= std::chrono::steady_clock::now())
      break;
  }
  throw NetFailure(std::move(last));
}

}  // namespace ledgram::net
