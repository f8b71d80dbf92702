#pragma once

/// The sockets of the simulator: a listener for each DC, one MTProxy listener for all of them, and the control API.
/// One thread; every coroutine belongs to one TaskGroup.

#include "ledgram/mtproto/obfuscation.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/sim_server/connection.hpp"
#include "ledgram/sim_server/control_api.hpp"
#include "ledgram/sim_server/error.hpp"
#include "ledgram/sim_server/hub.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::sim {

/// The ports of one run. Zero means: any free one.
struct Ports {
  std::vector<std::uint16_t> dcs;  ///< of DC 1, 2, ...
  std::uint16_t mtproxy = 0;
  std::uint16_t control = 0;
  std::uint16_t cdn = 0;  ///< answers once the CDN is switched on

  friend bool operator==(const Ports&, const Ports&) = default;
};

struct ServerOptions {
  std::string listen = "127.0.0.1";  ///< an address, for DCs and MTProxy; the control API is always on 127.0.0.1
  Ports ports;                       ///< as many DCs as there are entries
  mtproto::ProxySecret mtproxy_secret{};
  std::size_t max_connections = 4000;  ///< of clients at once, if the limit of open files has room for them
};

class Server {
 public:
  /// The hub must outlive the server.
  Server(asio::io_context& context, Hub& hub, ServerOptions options);
  ~Server();

  /// Listens on all ports. Network if one cannot be had, naming it; nothing listens then.
  ServerResult<void> open();

  /// What open() got.
  [[nodiscard]] const Ports& ports() const { return options_.ports; }

  /// Begins to serve.
  void start();

  /// Names of what still runs.
  [[nodiscard]] std::vector<std::string> pending() const { return tasks_.pending_names(); }

  /// Closes everything and waits until nothing runs any more.
  asio::awaitable<void> stop();

 private:
  using Acceptor = asio::ip::tcp::acceptor;

  ServerResult<std::unique_ptr<Acceptor>> listen(const asio::ip::address& address, std::uint16_t& port);
  asio::awaitable<void> accept_clients(Acceptor& acceptor, Entrance entrance);
  asio::awaitable<void> accept_control(Acceptor& acceptor);
  asio::awaitable<void> drop_on_schedule();
  asio::awaitable<void> keep_house();
  asio::awaitable<void> run_traffic();
  void serve(asio::ip::tcp::socket socket, const Entrance& entrance);
  void on_faults_changed();

  asio::io_context& context_;
  Hub& hub_;
  ServerOptions options_;
  ControlApi control_;
  net::Event faults_changed_;
  net::Event traffic_changed_;
  std::vector<std::unique_ptr<Acceptor>> dc_acceptors_;
  std::unique_ptr<Acceptor> cdn_acceptor_;
  std::unique_ptr<Acceptor> mtproxy_acceptor_;
  std::unique_ptr<Acceptor> control_acceptor_;
  std::size_t max_connections_;
  bool told_of_bound_ = false;
  std::uint64_t next_connection_ = 1;
  std::size_t control_connections_ = 0;
  net::TaskGroup tasks_;  ///< last: its tasks use all of the above
};

}  // namespace ledgram::sim
