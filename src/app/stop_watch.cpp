#include "ledgram/app/stop_watch.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/cli/exit_code.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <limits>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace ledgram::app {
namespace {

using std::chrono::milliseconds;

/// How long the forced end waits for the event loop to name what hangs, and for the log to be written.
constexpr milliseconds kPatience{300};

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP};

/// Written into the pipe beside the numbers of signals.
constexpr char kQuit = 0;
constexpr char kBeginStop = 127;

/// What signals and begin_stop() say to the thread. It is made once and stays open, since a signal handler on some
/// thread may still be about to write when nobody watches any more.
struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0)
      throw std::system_error(errno, std::generic_category(), "pipe");
    reading = ends[0];
    writing = ends[1];
  }

  void put(char what) const {
    // A full pipe holds more signals than anybody needs.
    [[maybe_unused]] const ssize_t written = ::write(writing, &what, 1);
  }

  /// Nothing if the pipe is empty.
  [[nodiscard]] std::optional<char> take() const {
    char what = 0;
    if (::read(reading, &what, 1) != 1)
      return std::nullopt;
    return what;
  }

  int reading;
  int writing;
};

/// Made before the handler is set, which must not make it.
const Pipe& the_pipe() {
  static const Pipe pipe;
  return pipe;
}

extern "C" void on_signal(int number) {
  const int saved = errno;
  the_pipe().put(static_cast<char>(number));
  errno = saved;
}

/// Names that come from another thread, or not in time. Shared, since they may come after nobody waits any more.
struct Names {
  std::mutex mutex;
  std::condition_variable arrived;
  std::optional<std::vector<std::string>> names;
};

}  // namespace

struct StopWatch::State {
  State(nanoseconds time, Hooks given) : stop_time(time), hooks(std::move(given)) {
    // What came when nobody watched is forgotten.
    while (pipe.take()) {
    }
    struct sigaction action{};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    for (std::size_t index = 0; index < kSignals.size(); ++index)
      ::sigaction(kSignals.at(index), &action, &former.at(index));
    thread = std::thread([this] { run(); });
  }

  ~State() {
    for (std::size_t index = 0; index < kSignals.size(); ++index)
      ::sigaction(kSignals.at(index), &former.at(index), nullptr);
    pipe.put(kQuit);
    thread.join();
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  void run() {
    ::pthread_setname_np(::pthread_self(), "stop-watch");
    while (true) {
      pollfd ready{.fd = pipe.reading, .events = POLLIN, .revents = 0};
      const int count = ::poll(&ready, 1, time_left());
      if (count == 0 && time_left() == 0)
        force(fmt::format("not stopped within {} s", std::chrono::duration<double>(stop_time).count()));
      const std::optional<char> what = pipe.take();
      if (what == kQuit)
        return;
      if (what)
        take(*what);
    }
  }

  void take(char what) {
    if (what == SIGHUP) {
      hooks.on_reopen();
      return;
    }
    if (what != kBeginStop && ++stop_signals > 1)
      force("a second signal ends the process at once");
    {
      const std::scoped_lock lock(mutex);
      if (deadline)
        return;
      deadline = net::deadline_after(stop_time);
    }
    hooks.on_stop();
  }

  /// For poll(): -1 while there is no deadline.
  int time_left() const {
    const std::scoped_lock lock(mutex);
    if (!deadline)
      return -1;
    const auto left = std::chrono::ceil<milliseconds>(*deadline - std::chrono::steady_clock::now()).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
  }

  /// Other threads may hold whatever lock: of what they use, only what comes with a time limit is touched here.
  [[noreturn]] void force(const std::string& why) {
    const auto answer = std::make_shared<Names>();
    hooks.ask_loop([answer](std::vector<std::string> names) {
      const std::scoped_lock lock(answer->mutex);
      answer->names = std::move(names);
      answer->arrived.notify_all();
    });
    std::vector<std::string> names;
    {
      std::unique_lock lock(answer->mutex);
      if (answer->arrived.wait_for(lock, kPatience, [&answer] { return answer->names.has_value(); })) {
        names = *answer->names;
      } else {
        names.emplace_back("the event loop (blocked)");
      }
    }
    std::ranges::move(hooks.names_of_threads(), std::back_inserter(names));
    log::flush(kPatience);
    const std::string what = names.empty() ? "nothing that has a name" : fmt::format("{}", fmt::join(names, ", "));
    log::descriptor_output(STDERR_FILENO)->write(fmt::format("ledgram: {}; still running: {}\n", why, what));
    ::_exit(cli::to_int(cli::ExitCode::Failed));
  }

  const nanoseconds stop_time;
  const Hooks hooks;
  const Pipe& pipe = the_pipe();
  std::array<struct sigaction, kSignals.size()> former{};
  mutable std::mutex mutex;
  std::optional<net::Deadline> deadline;
  int stop_signals = 0;  ///< of the thread alone
  std::thread thread;
};

StopWatch::StopWatch(nanoseconds stop_time, Hooks hooks)
    : state_(std::make_unique<State>(stop_time, std::move(hooks))) {}

StopWatch::~StopWatch() = default;

void StopWatch::begin_stop() {
  state_->pipe.put(kBeginStop);
}

std::optional<net::Deadline> StopWatch::deadline() const {
  const std::scoped_lock lock(state_->mutex);
  return state_->deadline;
}

}  // namespace ledgram::app
