#include "ledgram/http/server.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/http/connection.hpp"
#include "ledgram/http/tls.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/with_deadline.hpp"

#include <fmt/format.h>

#include <list>
#include <optional>
#include <utility>

namespace ledgram::http {
namespace {

using asio::ip::tcp;

constexpr std::string_view kModule = "http";

/// How exact the limits of time are.
constexpr nanoseconds kLookEvery = std::chrono::milliseconds(100);

/// When there are no more files for connections, others have to end first.
constexpr nanoseconds kAcceptPause = std::chrono::milliseconds(100);

[[noreturn]] void fail_to_listen(const ServerOptions& options, const boost::system::error_code& error) {
  const std::string where = net::to_string(net::Address{options.address, options.port});
  if (error == asio::error::address_in_use) {
    throw HttpFailure({HttpErrc::ListenFailed,
                       fmt::format("{} is in use by another program; end that, or choose another [http] port in "
                                   "ledgram.toml (0 takes any free one), or serve with --no-http",
                                   where)});
  }
  throw HttpFailure({HttpErrc::ListenFailed,
                     fmt::format("cannot listen on {}: {}; correct [http] address and port in ledgram.toml, or serve "
                                 "with --no-http",
                                 where, error.message())});
}

}  // namespace

class Server::Impl {
 public:
  Impl(asio::any_io_executor executor, ServerOptions options, Handler handler, ErrorPage error_page)
      : executor_(std::move(executor)),
        acceptor_(executor_),
        shared_{std::move(options), std::move(handler), std::move(error_page)},
        tasks_(executor_,
               [](std::string_view task, std::exception_ptr error) {
                 try {
                   std::rethrow_exception(error);
                 } catch (const std::exception& problem) {
                   log::error(kModule, "{} ended: {}", task, problem.what());
                 }
               }),
        helpers_(executor_) {
    shared_.id_prefix = to_hex(net::SystemRandom().bytes(4));
  }

  void listen();
  asio::awaitable<void> run();
  void stop();

  [[nodiscard]] net::Address address() const {
    const tcp::endpoint endpoint = acceptor_.local_endpoint();
    return {endpoint.address().to_string(), endpoint.port()};
  }

  const Shared& shared() const { return shared_; }
  [[nodiscard]] std::vector<std::string> pending_tasks() const { return tasks_.pending_names(); }

 private:
  asio::awaitable<void> accept_all();
  asio::awaitable<void> look_at_clock();
  asio::awaitable<void> serve(tcp::socket socket, asio::ip::address peer);
  void take(tcp::socket socket);

  asio::any_io_executor executor_;
  tcp::acceptor acceptor_;
  std::optional<asio::ssl::context> tls_;
  Shared shared_;
  std::list<Connection*> connections_;
  net::TaskGroup tasks_;
  net::TaskGroup helpers_;
  net::Condition stopped_{executor_};
};

void Server::Impl::listen() {
  const ServerOptions& options = shared_.options;
  if (options.tls)
    tls_ = tls_context(*options.tls);
  boost::system::error_code error;
  const auto address = asio::ip::make_address(options.address, error);
  if (error)
    fail_to_listen(options, error);
  const tcp::endpoint endpoint(address, options.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error)
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error)
    acceptor_.bind(endpoint, error);
  if (!error)
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error)
    fail_to_listen(options, error);
}

void Server::Impl::take(tcp::socket socket) {
  boost::system::error_code gone;
  const tcp::endpoint endpoint = socket.remote_endpoint(gone);
  if (gone)
    return;
  socket.set_option(tcp::no_delay(true), gone);
  const asio::ip::address peer = plain_address(endpoint.address());
  const bool full = connections_.size() >= shared_.options.limits.connections;
  // Behind a trusted proxy every connection has its address.
  const bool counts = !shared_.options.trusted_proxies.contain(peer);
  if (full || (counts && !shared_.addresses.opened(peer))) {
    ++shared_.counters.refused;
    log::debug(kModule, "a connection of {} was refused: there are too many", peer.to_string());
    return;
  }
  ++shared_.counters.connections;
  tasks_.spawn("HTTP connection", serve(std::move(socket), peer));
}

asio::awaitable<void> Server::Impl::serve(tcp::socket socket, asio::ip::address peer) {
  auto transport = tls_ ? tls_transport(std::move(socket), *tls_) : plain_transport(std::move(socket));
  Connection connection(shared_, executor_, std::move(transport), peer);
  const auto place = connections_.insert(connections_.end(), &connection);
  struct AtTheEnd {
    Impl& server;
    std::list<Connection*>::iterator place;
    const asio::ip::address& peer;
    ~AtTheEnd() {
      server.connections_.erase(place);
      if (!server.shared_.options.trusted_proxies.contain(peer))
        server.shared_.addresses.closed(peer);
    }
  } const at_the_end{*this, place, peer};
  co_await connection.run();
}

asio::awaitable<void> Server::Impl::accept_all() {
  while (!shared_.stopping) {
    auto [error, socket] = co_await acceptor_.async_accept(asio::as_tuple(asio::use_awaitable));
    if (error == asio::error::operation_aborted)
      co_return;
    if (error) {
      log::warning(kModule, "cannot take a connection: {}", error.message());
      co_await net::sleep_for(kAcceptPause);
      continue;
    }
    take(std::move(socket));
  }
}

asio::awaitable<void> Server::Impl::look_at_clock() {
  while (true) {
    co_await net::sleep_for(kLookEvery);
    const net::Deadline now = net::deadline_after(nanoseconds(0));
    for (Connection* connection : connections_)
      connection->look_at_clock(now);
  }
}

asio::awaitable<void> Server::Impl::run() {
  helpers_.spawn("HTTP listener", accept_all());
  helpers_.spawn("HTTP clock", look_at_clock());
  std::exception_ptr cancelled;
  try {
    co_await stopped_.wait_until([this] { return shared_.stopping; });
    const net::Deadline end = net::deadline_after(shared_.options.stop_time);
    asio::awaitable<void> joining = tasks_.join();
    std::string what = "ending HTTP connections";
    co_await net::with_deadline(std::move(joining), end, std::move(what));
  } catch (const net::NetFailure&) {
    log::info(kModule, "answers that nobody has taken in time were cut by the stop");
  } catch (const boost::system::system_error&) {
    cancelled = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  stop();
  tasks_.cancel();
  co_await tasks_.join();
  helpers_.cancel();
  co_await helpers_.join();
  if (cancelled)
    std::rethrow_exception(cancelled);
}

void Server::Impl::stop() {
  shared_.stopping = true;
  boost::system::error_code ignored;
  acceptor_.close(ignored);
  for (Connection* connection : connections_)
    connection->stop();
  stopped_.notify_all();
}

Server::Server(const asio::any_io_executor& executor, ServerOptions options, Handler handler, ErrorPage error_page)
    : impl_(std::make_unique<Impl>(executor, std::move(options), std::move(handler), std::move(error_page))) {}
Server::~Server() = default;

void Server::listen() {
  impl_->listen();
}

net::Address Server::address() const {
  return impl_->address();
}

std::string Server::url() const {
  return fmt::format("{}://{}", impl_->shared().options.tls ? "https" : "http", net::to_string(impl_->address()));
}

asio::awaitable<void> Server::run() {
  return impl_->run();
}

void Server::stop() {
  impl_->stop();
}

ServerCounters Server::counters() const {
  ServerCounters counters = impl_->shared().counters;
  counters.open = impl_->pending_tasks().size();
  return counters;
}

std::vector<std::string> Server::pending_tasks() const {
  return impl_->pending_tasks();
}

}  // namespace ledgram::http
