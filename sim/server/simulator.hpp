#pragma once

/// The whole simulated Telegram: data folder, content, accounts, API and sockets, put together in the right order.

#include "ledgram/net/asio.hpp"
#include "ledgram/sim_server/error.hpp"
#include "ledgram/sim_server/options.hpp"
#include "ledgram/sim_server/server.hpp"

#include <memory>
#include <string>
#include <vector>

namespace ledgram::sim {

class Simulator {
 public:
  /// Locks the data folder, loads everything and listens. What is wrong with the options' files or the folder is an
  /// error for the person who gave them. The context must outlive the simulator and be run by one thread only.
  static ServerResult<std::unique_ptr<Simulator>> create(asio::io_context& context, const Options& options);

  ~Simulator();
  Simulator(const Simulator&) = delete;
  Simulator& operator=(const Simulator&) = delete;

  /// Begins to serve and writes DIR/ready.json.
  ServerResult<void> start();

  /// The line of ready.json, without a line feed.
  [[nodiscard]] const std::string& ready_line() const;

  [[nodiscard]] const Ports& ports() const;

  /// Removes ready.json, closes every connection and waits until nothing runs any more.
  asio::awaitable<void> stop();

  /// What still runs, for the report of a shutdown that hangs.
  [[nodiscard]] std::vector<std::string> pending() const;

 private:
  struct Parts;
  explicit Simulator(std::unique_ptr<Parts> parts);

  std::unique_ptr<Parts> parts_;
};

}  // namespace ledgram::sim
