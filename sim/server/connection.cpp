#include "ledgram/sim_server/connection.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/net/error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace ledgram::sim {

namespace {

constexpr std::string_view kModule = "sim";

/// While more than this waits to be written, nothing further is read: a client that does not take its answers gets no
/// new ones made.
constexpr std::size_t kMaxBacklog = 4 * 1024 * 1024;
/// A client that says nothing for so long is gone; those that want to stay send pings every minute or so.
constexpr std::chrono::minutes kSilence{15};

net::Address peer_address(const asio::ip::tcp::socket& socket) {
  boost::system::error_code problem;
  const auto endpoint = socket.remote_endpoint(problem);
  if (problem)
    return {};
  return {endpoint.address().to_string(), endpoint.port()};
}

}  // namespace

Connection::Connection(Hub& hub, asio::ip::tcp::socket socket, const Entrance& entrance, std::uint64_t number)
    : hub_(hub),
      stream_(std::move(socket), {}),
      wake_writer_(stream_.socket().get_executor()),
      wake_reader_(stream_.socket().get_executor()),
      name_(fmt::format("connection {} from {}", number, net::to_string(peer_address(stream_.socket())))),
      last_received_(hub.now().monotonic),
      peer_(hub, entrance, number, [this] { on_wake(); }, peer_address(stream_.socket()).host) {
  if (const auto* proxy = std::get_if<ProxyPort>(&entrance)) {
    disguise_ = Disguise::Unknown;
    tls_.emplace(proxy->secret, hub.random());
  }
}

void Connection::on_wake() {
  if (peer_.aborted()) {
    close();
  } else {
    wake_writer_.set();
  }
}

void Connection::close() {
  closed_ = true;
  stream_.close();
  wake_writer_.set();
  wake_reader_.set();
}

bool Connection::take_received(ByteView received) {
  if (disguise_ == Disguise::Tls)
    return take_records(received);
  if (disguise_ == Disguise::None) {
    peer_.feed(received);
    return true;
  }
  constexpr std::size_t kEnough = 3;
  append(first_bytes_, received);
  const bool possible = mtproto::FakeTlsServer::may_begin_with(first_bytes_);
  if (possible && first_bytes_.size() < kEnough)
    return true;
  disguise_ = possible ? Disguise::Tls : Disguise::None;
  const Bytes first = std::exchange(first_bytes_, {});
  return take_received(first);
}

bool Connection::take_records(ByteView received) {
  const auto taken = tls_->feed(received, hub_.now().unix_time);
  if (!taken) {
    // A real proxy would pass a stranger on to the host of its secret; here it is enough that he gets no answer.
    log::debug(kModule, "{}: {}", name_, taken.error().message);
    return false;
  }
  peer_.feed(tls_->take());
  return true;
}

void Connection::collect(Instant now, Bytes& out) {
  if (disguise_ != Disguise::Tls) {
    peer_.collect(now, out);
    return;
  }
  append(out, tls_->take_answer());
  plain_.clear();
  peer_.collect(now, plain_);
  if (!plain_.empty())
    tls_->encode(plain_, out);
}

asio::awaitable<void> Connection::read() {
  try {
    while (!closed_) {
      const ByteView received = co_await stream_.receive();
      last_received_ = hub_.now().monotonic;
      if (!take_received(received))
        break;
      while (peer_.handle_next(hub_.now())) {
        if (peer_.backlog() < kMaxBacklog)
          continue;
        wake_writer_.set();
        co_await wake_reader_.wait();
        if (closed_)
          break;
      }
      wake_writer_.set();
      if (peer_.closing())
        co_return;  // the writer writes what is left and closes
    }
  } catch (const net::NetFailure& failure) {
    log::debug(kModule, "{}: {}", name_, failure.what());
  } catch (...) {
    close();
    throw;
  }
  close();
}

asio::awaitable<void> Connection::write() {
  Bytes out;
  try {
    while (!closed_) {
      const Instant now = hub_.now();
      const nanoseconds silence_ends = last_received_ + kSilence;
      if (peer_.sending_stopped()) {
        // The reader goes on until the client has closed its side, too.
        boost::system::error_code ignored;  // the client may be gone
        stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
        if (silence_ends <= now.monotonic)
          break;
        co_await wake_writer_.wait(net::deadline_at(silence_ends));
        continue;
      }
      peer_.on_timer(now);
      out.clear();
      collect(now, out);
      if (!out.empty()) {
        co_await stream_.write(out);
        wake_reader_.set();
        continue;
      }
      if (peer_.closing())
        break;
      wake_reader_.set();
      if (silence_ends <= now.monotonic)
        break;
      const net::Deadline deadline =
          net::deadline_at(std::min(silence_ends, peer_.next_deadline().value_or(silence_ends)));
      co_await wake_writer_.wait(deadline);
    }
  } catch (const net::NetFailure& failure) {
    log::debug(kModule, "{}: {}", name_, failure.what());
  } catch (...) {
    close();
    throw;
  }
  close();
}

}  // namespace ledgram::sim
