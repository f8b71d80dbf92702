// ledgram-sim, the simulated Telegram. docs/ledgram-sim.md is its manual.

#include "ledgram/base/log.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/open_files.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/sim_server/options.hpp"
#include "ledgram/sim_server/simulator.hpp"

#include <fmt/format.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>

namespace {

using namespace ledgram;

constexpr int kFailed = 1;
/// Whatever hangs longer than this when the simulator is to stop will not end by itself.
constexpr std::chrono::seconds kStopLimit{5};

asio::awaitable<void> run_until_signal(asio::io_context& context, sim::Simulator& simulator) {
  asio::signal_set signals(context, SIGINT, SIGTERM);
  auto started = simulator.start();
  if (!started) {
    co_await simulator.stop();
    throw Failure<sim::ServerError>(std::move(started.error()));
  }
  std::cout << simulator.ready_line() << std::endl;

  co_await signals.async_wait(asio::use_awaitable);
  log::info("sim", "stopping");
  // A second signal now ends the process at once, as it does by default.
  signals.clear();

  asio::steady_timer limit(context, kStopLimit);
  limit.async_wait([&simulator](boost::system::error_code cancelled) {
    if (cancelled)
      return;
    for (const std::string& name : simulator.pending())
      std::cerr << "ledgram-sim: still running: " << name << "\n";
    std::_Exit(kFailed);
  });
  co_await simulator.stop();
  limit.cancel();
}

int run(const sim::Options& options) {
  asio::io_context context(1);
  auto simulator = sim::Simulator::create(context, options);
  if (!simulator) {
    std::cerr << "ledgram-sim: " << simulator.error().message << "\n";
    return kFailed;
  }
  int exit_code = 0;
  net::TaskGroup main_task(context.get_executor(), [&exit_code](std::string_view, const std::exception_ptr& error) {
    exit_code = kFailed;
    try {
      std::rethrow_exception(error);
    } catch (const std::exception& failure) {
      std::cerr << "ledgram-sim: " << failure.what() << "\n";
    }
  });
  main_task.spawn("main", run_until_signal(context, **simulator));
  context.run();
  return exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  // A reader of stdout that has gone away is no reason to die.
  std::signal(SIGPIPE, SIG_IGN);
  net::raise_open_file_limit();
  const auto parsed = sim::parse_command_line(argc, argv);
  if (const auto* done = std::get_if<sim::ExitCode>(&parsed))
    return done->code;
  const auto& options = std::get<sim::Options>(parsed);
  log::set_level(options.log_level);
  try {
    return run(options);
  } catch (const std::exception& failure) {
    std::cerr << "ledgram-sim: " << failure.what() << "\n";
    return kFailed;
  }
}
