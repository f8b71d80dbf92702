#include "ledgram/sim_server/server.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/open_files.hpp"
#include "ledgram/sim_server/control_server.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

namespace ledgram::sim {

namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;

constexpr std::string_view kModule = "sim";

/// Open files that clients cannot take: the listening sockets, the control connections, the data folder.
constexpr std::size_t kReservedFiles = 96;
constexpr std::size_t kMaxControlConnections = 32;
/// After accept() failed, as it does when the process has too many files open.
constexpr auto kAcceptPause = 100ms;
constexpr auto kHousekeeping = 30s;

/// As many as were asked for and the limit of open files has room for.
std::size_t possible_connections(std::size_t wanted) {
  const std::size_t limit = net::open_file_limit();
  return std::min(wanted, limit > kReservedFiles ? limit - kReservedFiles : 1);
}

void report(std::string_view task, const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const std::exception& failure) {
    log::error(kModule, "{}: {}", task, failure.what());
  }
}

}  // namespace

Server::Server(asio::io_context& context, Hub& hub, ServerOptions options)
    : context_(context),
      hub_(hub),
      options_(std::move(options)),
      control_(hub, {.faults = [this] { on_faults_changed(); }, .traffic = [this] { traffic_changed_.set(); }}),
      faults_changed_(context.get_executor()),
      traffic_changed_(context.get_executor()),
      max_connections_(possible_connections(options_.max_connections)),
      tasks_(context.get_executor(), report) {}

Server::~Server() = default;

ServerResult<std::unique_ptr<Server::Acceptor>> Server::listen(const asio::ip::address& address, std::uint16_t& port) {
  auto acceptor = std::make_unique<Acceptor>(context_);
  const tcp::endpoint endpoint(address, port);
  boost::system::error_code problem;
  acceptor->open(endpoint.protocol(), problem);
  if (!problem)
    acceptor->set_option(tcp::acceptor::reuse_address(true), problem);
  if (!problem)
    acceptor->bind(endpoint, problem);
  if (!problem)
    acceptor->listen(asio::socket_base::max_listen_connections, problem);
  if (problem) {
    return server_error(ServerErrc::Network,
                        fmt::format("cannot listen on {} port {}: {}; choose another with --port or --listen",
                                    address.to_string(), port, problem.message()));
  }
  port = acceptor->local_endpoint().port();
  return acceptor;
}

ServerResult<void> Server::open() {
  boost::system::error_code problem;
  const auto address = asio::ip::make_address(options_.listen, problem);
  if (problem) {
    return server_error(ServerErrc::Network,
                        fmt::format("--listen {}: not an IP address, such as 127.0.0.1 or 0.0.0.0", options_.listen));
  }
  Ports ports = options_.ports;
  std::vector<std::unique_ptr<Acceptor>> acceptors;
  for (std::uint16_t& port : ports.dcs) {
    auto acceptor = listen(address, port);
    if (!acceptor)
      return std::unexpected(std::move(acceptor.error()));
    acceptors.push_back(std::move(*acceptor));
  }
  auto mtproxy = listen(address, ports.mtproxy);
  if (!mtproxy)
    return std::unexpected(std::move(mtproxy.error()));
  auto control = listen(asio::ip::address_v4::loopback(), ports.control);
  if (!control)
    return std::unexpected(std::move(control.error()));
  auto cdn = listen(address, ports.cdn);
  if (!cdn)
    return std::unexpected(std::move(cdn.error()));
  dc_acceptors_ = std::move(acceptors);
  cdn_acceptor_ = std::move(*cdn);
  mtproxy_acceptor_ = std::move(*mtproxy);
  control_acceptor_ = std::move(*control);
  options_.ports = std::move(ports);
  return {};
}

void Server::start() {
  std::int32_t number = 1;
  for (const auto& acceptor : dc_acceptors_) {
    const DcId dc(number++);
    tasks_.spawn(fmt::format("listener of DC {}", dc.value()), accept_clients(*acceptor, DirectPort{dc}));
  }
  tasks_.spawn("listener of the CDN", accept_clients(*cdn_acceptor_, DirectPort{kCdnDc}));
  tasks_.spawn("mtproxy listener", accept_clients(*mtproxy_acceptor_, ProxyPort{options_.mtproxy_secret}));
  tasks_.spawn("control listener", accept_control(*control_acceptor_));
  tasks_.spawn("scheduled drops", drop_on_schedule());
  tasks_.spawn("housekeeping", keep_house());
  tasks_.spawn("traffic", run_traffic());
}

asio::awaitable<void> Server::stop() {
  boost::system::error_code ignored;  // closing cannot be helped
  for (const auto& acceptor : dc_acceptors_)
    acceptor->close(ignored);
  if (cdn_acceptor_)
    cdn_acceptor_->close(ignored);
  if (mtproxy_acceptor_)
    mtproxy_acceptor_->close(ignored);
  if (control_acceptor_)
    control_acceptor_->close(ignored);
  co_await tasks_.stop();
}

asio::awaitable<void> Server::accept_clients(Acceptor& acceptor, Entrance entrance) {
  for (;;) {
    auto [problem, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (problem == asio::error::operation_aborted || !acceptor.is_open())
      co_return;
    if (problem) {
      log::warning(kModule, "a connection could not be accepted: {}", problem.message());
      co_await net::sleep_for(kAcceptPause);
      continue;
    }
    serve(std::move(socket), entrance);
  }
}

void Server::serve(tcp::socket socket, const Entrance& entrance) {
  // A proxied connection names its DC later, so only rules without a DC can refuse it here.
  const auto* direct = std::get_if<DirectPort>(&entrance);
  const DcId dc = direct == nullptr ? DcId(0) : direct->dc;
  if (hub_.peer_count() >= max_connections_) {
    if (!std::exchange(told_of_bound_, true)) {
      log::warning(kModule,
                   "further connections are closed: {} at once is what --max-connections and the limit of "
                   "open files ({}) allow",
                   max_connections_, net::open_file_limit());
    }
    return;
  }
  if (hub_.faults().refuse_connection(dc))
    return;
  boost::system::error_code ignored;  // slower without, but it works
  socket.set_option(tcp::no_delay(true), ignored);
  const auto connection = std::make_shared<Connection>(hub_, std::move(socket), entrance, next_connection_++);
  tasks_.spawn(connection->name() + " read", [connection] { return connection->read(); });
  tasks_.spawn(connection->name() + " write", [connection] { return connection->write(); });
}

asio::awaitable<void> Server::accept_control(Acceptor& acceptor) {
  for (;;) {
    auto [problem, socket] = co_await acceptor.async_accept(asio::as_tuple(asio::use_awaitable));
    if (problem == asio::error::operation_aborted || !acceptor.is_open())
      co_return;
    if (problem) {
      log::warning(kModule, "a control connection could not be accepted: {}", problem.message());
      co_await net::sleep_for(kAcceptPause);
      continue;
    }
    if (control_connections_ >= kMaxControlConnections)
      continue;
    ++control_connections_;
    const auto held = std::make_shared<tcp::socket>(std::move(socket));
    tasks_.spawn("control connection", [this, held]() -> asio::awaitable<void> {
      struct Leave {
        std::size_t& count;
        ~Leave() { --count; }
      } const leave{control_connections_};
      co_await serve_control(std::move(*held), control_);
    });
  }
}

asio::awaitable<void> Server::drop_on_schedule() {
  for (;;) {
    const auto due = hub_.faults().next_deadline();
    const net::Deadline deadline = due ? net::deadline_at(*due) : net::kNoDeadline;
    co_await faults_changed_.wait(deadline);
    for (const Faults::Drop& drop : hub_.faults().on_timer(hub_.now()))
      hub_.drop_connections(drop.dc);
  }
}

asio::awaitable<void> Server::keep_house() {
  for (;;) {
    co_await net::sleep_for(kHousekeeping);
    hub_.drop_idle_sessions(hub_.now());
  }
}

asio::awaitable<void> Server::run_traffic() {
  for (;;) {
    const auto due = hub_.traffic().next_deadline();
    const net::Deadline deadline = due ? net::deadline_at(*due) : net::kNoDeadline;
    co_await traffic_changed_.wait(deadline);
    try {
      hub_.traffic().on_timer(hub_.now());
    } catch (const Failure<ServerError>& failure) {
      log::error(kModule, "traffic was stopped: {}", failure.what());
      hub_.traffic().stop();
    }
  }
}

void Server::on_faults_changed() {
  faults_changed_.set();
  hub_.release_overtaken();
  hub_.wake_all();
}

}  // namespace ledgram::sim
