#include "ledgram/app/service_loop.hpp"

#include "ledgram/app/stop_watch.hpp"
#include "ledgram/app/systemd.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/net/condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <exception>
#include <optional>
#include <utility>

namespace ledgram::app {
namespace {

/// What the log still has to write when everything else is done.
constexpr std::chrono::milliseconds kLogPatience{500};

class Service final : public ServiceControl {
 public:
  explicit Service(const ServiceOptions& options)
      : stop_(loop_.get_executor()), helpers_(loop_.get_executor()), watch_(options.stop_time, hooks()) {}

  asio::any_io_executor executor() override { return loop_.get_executor(); }
  asio::awaitable<void> stop_requested() override {
    co_await stop_.wait_until([this] { return stopping_; });
  }
  bool stopping() const override { return stopping_; }
  net::Deadline stop_deadline() const override {
    return stopping_ ? watch_.deadline().value_or(net::kNoDeadline) : net::kNoDeadline;
  }
  void request_stop() override { watch_.begin_stop(); }

  void ready(std::string_view status) override { systemd::notify_ready(status); }
  void status(std::string_view status) override { systemd::notify_status(status); }

  PendingWork& pending() override { return pending_; }
  telegram::ConnectionLog& connection_log() override { return connection_log_; }
  log::LimitedLog& limited_log() override { return limited_log_; }

  cli::ExitCode run(const std::function<asio::awaitable<ServiceEnd>(ServiceControl&)>& make_task) {
    for (log::PeriodicReport* report : reports())
      helpers_.spawn("log summaries", write_summaries(*report));
    struct Gated {
      explicit Gated(log::LimitedLog& gate) { log::set_gate(&gate); }
      Gated(const Gated&) = delete;
      Gated& operator=(const Gated&) = delete;
      ~Gated() { log::set_gate(nullptr); }
    } const gated{limited_log_};
    if (const auto time = systemd::watchdog_time())
      helpers_.spawn("systemd watchdog", say_alive(*time));
    std::exception_ptr failure;
    ServiceEnd end;
    asio::co_spawn(loop_, make_task(*this), [&](std::exception_ptr error, ServiceEnd result) {
      failure = std::move(error);
      end = result;
      helpers_.cancel();
      // What the service has left behind gets the time of a stop, and no more.
      watch_.begin_stop();
    });
    loop_.run();

    for (log::PeriodicReport* report : reports())
      report->finish(clock_.now().monotonic);
    log::flush(kLogPatience);
    if (failure)
      std::rethrow_exception(failure);
    return report_end(end);
  }

 private:
  std::array<log::PeriodicReport*, 2> reports() { return {&connection_log_, &limited_log_}; }

  StopWatch::Hooks hooks() {
    StopWatch::Hooks hooks;
    hooks.on_stop = [this] { asio::post(loop_, [this] { begin_stop(); }); };
    // Opening a file can take as long as its disk likes.
    hooks.on_reopen = [this] { asio::post(loop_, [] { log::reopen(); }); };
    hooks.ask_loop = [this](StopWatch::TakeNames take) {
      asio::post(loop_, [this, take = std::move(take)] { take(pending_.names(AskedOn::Loop)); });
    };
    hooks.names_of_threads = [this] { return pending_.names(AskedOn::AnyThread); };
    return hooks;
  }

  void begin_stop() {
    stopping_ = true;
    systemd::notify_stopping();
    stop_.notify_all();
  }

  asio::awaitable<void> write_summaries(log::PeriodicReport& report) {
    // Shared, because what was posted may come after this coroutine's end.
    const auto sooner = std::make_shared<net::Event>(loop_.get_executor());
    report.on_sooner([this, sooner] { asio::post(loop_, [sooner] { sooner->set(); }); });
    struct AtTheEnd {
      log::PeriodicReport& report;
      ~AtTheEnd() { report.on_sooner({}); }
    } const at_the_end{report};
    while (true) {
      const std::optional<nanoseconds> due = report.deadline();
      co_await sooner->wait(due ? net::deadline_at(*due) : net::kNoDeadline);
      report.tick(clock_.now().monotonic);
    }
  }

  asio::awaitable<void> say_alive(nanoseconds watchdog_time) {
    while (true) {
      systemd::notify_alive();
      // Half of the time is what systemd advises.
      co_await net::sleep_for(watchdog_time / 2);
    }
  }

  cli::ExitCode report_end(const ServiceEnd& end) const {
    std::vector<std::string> left = pending_.names(AskedOn::Loop);
    std::ranges::move(pending_.names(AskedOn::AnyThread), std::back_inserter(left));
    fmt::print("stopped: {} tasks pending, {} messages committed\n", left.size(), end.messages_committed);
    std::fflush(stdout);
    if (left.empty())
      return cli::ExitCode::Done;
    fmt::print(stderr, "ledgram: left behind: {}\n", fmt::join(left, ", "));
    return cli::ExitCode::Failed;
  }

  net::SystemClock clock_;
  telegram::ConnectionLog connection_log_;
  log::LimitedLog limited_log_{clock_};
  PendingWork pending_;
  asio::io_context loop_{1};
  net::Condition stop_;
  bool stopping_ = false;
  net::TaskGroup helpers_;
  StopWatch watch_;  ///< last, since it uses all the others
};

}  // namespace

cli::ExitCode run_service(const ServiceOptions& options,
                          const std::function<asio::awaitable<ServiceEnd>(ServiceControl&)>& make_task) {
  Service service(options);
  return service.run(make_task);
}

}  // namespace ledgram::app
