#pragma once

/// Sees to it that a process ends when it is told to, whatever hangs: a thread of its own takes the signals, starts the
/// stop, and ends the process if a second signal or the deadline comes first.

#include "ledgram/base/clock.hpp"
#include "ledgram/net/clock.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::app {

/// One at a time in a process. SIGINT, SIGTERM and SIGHUP are taken while it lives, whichever thread they reach.
class StopWatch {
 public:
  /// Where the names of what still runs are left; called once, on any thread.
  using TakeNames = std::function<void(std::vector<std::string>)>;

  /// Called on the watch's thread; none of them may wait for anything.
  struct Hooks {
    std::function<void()> on_stop;    ///< the first SIGINT or SIGTERM, or begin_stop()
    std::function<void()> on_reopen;  ///< SIGHUP
    /// Asks the event loop; if it is blocked, the names never come.
    std::function<void(TakeNames)> ask_loop;
    /// What can be told without the event loop.
    std::function<std::vector<std::string>()> names_of_threads;
  };

  /// `stop_time` is from the first signal to the forced end.
  StopWatch(nanoseconds stop_time, Hooks hooks);

  /// Signals have their former effect again. What waits for them is gone when this returns.
  ~StopWatch();

  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;

  /// Like a first signal. Harmless when repeated. Thread-safe.
  void begin_stop();

  /// When the process ends at the latest; nothing before the stop has begun. Thread-safe.
  [[nodiscard]] std::optional<net::Deadline> deadline() const;

 private:
  struct State;

  std::unique_ptr<State> state_;
};

}  // namespace ledgram::app
