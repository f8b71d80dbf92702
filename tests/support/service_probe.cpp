// A service that does nothing but stop, or hang in a chosen way, for test_service.py. What it prints tells the test
// when to go on.
//
// service-probe MODE [STOP_MS [LOG_FILE]]

#include "ledgram/app/service_loop.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/worker.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace {

using namespace ledgram;
using app::ServiceControl;
using app::ServiceEnd;
using std::chrono::milliseconds;

constexpr ServiceEnd kEnd{.messages_committed = 42};

void say(std::string_view line) {
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

/// As a disk does that never answers: the FIFO that PROBE_FIFO names has no other end.
void hang() {
  say("hanging");
  const int descriptor = ::open(std::getenv("PROBE_FIFO"), O_RDONLY);
  ::close(descriptor);
}

asio::awaitable<void> work_until_cancelled() {
  co_await net::sleep_for(std::chrono::hours(1));
}

/// A task that does not listen.
asio::awaitable<void> ignore_cancellation() {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await net::sleep_for(std::chrono::hours(1));
}

asio::awaitable<ServiceEnd> stop_in_order(ServiceControl& service) {
  net::TaskGroup group(service.executor());
  const auto registration = service.pending().add(group);
  constexpr int kTasks = 1000;
  for (int i = 0; i < kTasks; ++i)
    group.spawn(fmt::format("task {}", i), work_until_cancelled());
  service.ready("1000 accounts");
  say("ready");
  co_await service.stop_requested();
  co_await group.stop();
  co_return kEnd;
}

asio::awaitable<ServiceEnd> leave_a_deaf_task(ServiceControl& service) {
  net::TaskGroup group(service.executor());
  const auto registration = service.pending().add(group);
  group.spawn("deaf task", ignore_cancellation());
  service.ready("deaf");
  say("ready");
  co_await service.stop_requested();
  say("stopping");
  co_await group.stop();
  co_return kEnd;
}

asio::awaitable<ServiceEnd> hang_the_loop(ServiceControl& service) {
  net::Worker worker("disk", 1);
  const auto registration = service.pending().add(worker);
  service.ready("about to hang");
  co_await asio::post(asio::use_awaitable);
  hang();
  co_return kEnd;
}

asio::awaitable<ServiceEnd> hang_a_worker(ServiceControl& service) {
  net::Worker worker("disk", 1);
  const auto of_worker = service.pending().add(worker);
  net::TaskGroup group(service.executor());
  const auto of_group = service.pending().add(group);
  group.spawn("commit", [&worker]() -> asio::awaitable<void> { co_await worker.run([] { hang(); }); });
  service.ready("about to hang");
  co_await service.stop_requested();
  co_await group.stop();
  co_return kEnd;
}

/// The coroutine ends, and the destructor of its worker waits for the thread.
asio::awaitable<ServiceEnd> hang_in_a_destructor(ServiceControl& service) {
  net::Worker worker("disk", 1);
  const auto of_worker = service.pending().add(worker);
  net::TaskGroup group(service.executor());
  group.spawn("commit", [&worker]() -> asio::awaitable<void> { co_await worker.run([] { hang(); }); });
  co_await service.stop_requested();
  struct StopFirst {
    net::Worker& worker;
    ~StopFirst() { worker.stop(); }
  } const stop_first{worker};
  co_return kEnd;
}

asio::awaitable<ServiceEnd> write_a_log(ServiceControl& service) {
  say("ready");
  while (!service.stopping()) {
    log::info("probe", "still here");
    co_await net::sleep_for(milliseconds(1));
  }
  co_return kEnd;
}

asio::awaitable<ServiceEnd> report(ServiceControl& service) {
  log::warning("probe", "a fault");
  log::warning("probe", "a fault");
  for (std::uint64_t number = 1; number <= 10; ++number) {
    telegram::ConnectionJournal::State state;
    state.account = "account";
    state.dc = DcId(2);
    state.reason = "cannot connect";
    state.detail = "cannot connect to 192.0.2.1";
    service.connection_log().down(service.connection_log().new_number(), state, net::SystemClock().now().monotonic);
  }
  say("ready");
  co_await service.stop_requested();
  co_return kEnd;
}

asio::awaitable<ServiceEnd> fail(ServiceControl& service) {
  service.ready("about to fail");
  co_await asio::post(asio::use_awaitable);
  throw std::runtime_error("the service has failed");
}

asio::awaitable<ServiceEnd> end_by_itself(ServiceControl& service) {
  service.ready("short");
  service.request_stop();
  co_await service.stop_requested();
  co_return kEnd;
}

using MakeTask = asio::awaitable<ServiceEnd> (*)(ServiceControl&);

const std::map<std::string_view, MakeTask> kModes{{"order", stop_in_order},
                                                  {"deaf", leave_a_deaf_task},
                                                  {"loop", hang_the_loop},
                                                  {"worker", hang_a_worker},
                                                  {"destructor", hang_in_a_destructor},
                                                  {"log", write_a_log},
                                                  {"report", report},
                                                  {"fail", fail},
                                                  {"end", end_by_itself}};

}  // namespace

int main(int argc, char** argv) {
  app::ServiceOptions options;
  if (argc > 2)
    options.stop_time = milliseconds(std::stoi(argv[2]));
  log::Setup setup;
  setup.levels = log::Levels(log::Level::Info);
  setup.delivery = log::Delivery::Thread;
  if (argc > 3)
    setup.file = log::FileSetup{.path = argv[3]};
  if (argc < 2 || !kModes.contains(argv[1]) || !log::configure(setup))
    return cli::to_int(cli::ExitCode::WrongUsage);
  try {
    return cli::to_int(app::run_service(options, kModes.at(argv[1])));
  } catch (const std::exception& error) {
    fmt::print(stderr, "probe: {}\n", error.what());
    return cli::to_int(cli::ExitCode::Failed);
  }
}
