#pragma once

/// The gate of a service's log: warnings and errors that come again and again are counted behind a RepeatLimiter.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/base/log_gate.hpp"
#include "ledgram/base/periodic_report.hpp"
#include "ledgram/base/repeat_limiter.hpp"

#include <string_view>

namespace ledgram::log {

/// A warning or an error that says the same, word for word, is a repetition. Thread-safe; the clock must outlive it.
class LimitedLog final : public PeriodicReport, public Gate {
 public:
  explicit LimitedLog(const Clock& clock, RepeatLimiter::Limits limits = {}) : clock_(clock), limiter_(limits) {}

  bool passes(Level level, std::string_view module, std::string_view message) noexcept override;

  /// For metrics.
  [[nodiscard]] RepeatLimiter::Totals totals() const;

 private:
  [[nodiscard]] std::optional<nanoseconds> next_report() const override { return limiter_.deadline(); }
  void report(nanoseconds now) override;
  void report_rest(nanoseconds now) override;

  const Clock& clock_;
  RepeatLimiter limiter_;
};

}  // namespace ledgram::log
