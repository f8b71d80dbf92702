#pragma once

/// Something that gathers what would be too many lines and reports it now and then. Whoever has a timer drives it.

#include "ledgram/base/clock.hpp"

#include <functional>
#include <mutex>
#include <optional>
#include <utility>

namespace ledgram::log {

/// Thread-safe. Times are Instant::monotonic.
class PeriodicReport {
 public:
  PeriodicReport() = default;
  virtual ~PeriodicReport() = default;
  PeriodicReport(const PeriodicReport&) = delete;
  PeriodicReport& operator=(const PeriodicReport&) = delete;

  /// When tick() next has something to say.
  [[nodiscard]] std::optional<nanoseconds> deadline() const {
    const std::scoped_lock lock(mutex_);
    return next_report();
  }

  /// Writes what is due.
  void tick(nanoseconds now) {
    const std::scoped_lock lock(mutex_);
    report(now);
    announced_ = next_report();
  }

  /// Writes what was gathered, due or not; for the end.
  void finish(nanoseconds now) {
    const std::scoped_lock lock(mutex_);
    report_rest(now);
    announced_.reset();
  }

  /// `wake` is called, on whatever thread, when deadline() has come nearer; it must not call back. Empty: nobody is.
  void on_sooner(std::function<void()> wake) {
    const std::scoped_lock lock(mutex_);
    wake_ = std::move(wake);
    announced_.reset();
  }

 protected:
  // All of these are called with the mutex held.
  [[nodiscard]] virtual std::optional<nanoseconds> next_report() const = 0;
  virtual void report(nanoseconds now) = 0;
  virtual void report_rest(nanoseconds now) = 0;

  /// To be called after each change.
  void announce() {
    const std::optional<nanoseconds> next = next_report();
    if (!wake_ || !next || (announced_ && *announced_ <= *next))
      return;
    announced_ = next;
    wake_();
  }

  [[nodiscard]] std::mutex& mutex() const { return mutex_; }

 private:
  mutable std::mutex mutex_;
  std::function<void()> wake_;
  std::optional<nanoseconds> announced_;
};

}  // namespace ledgram::log
