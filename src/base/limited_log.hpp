#pragma once

/// The log behind a RepeatLimiter: for errors that can come again and again.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/base/periodic_report.hpp"
#include "ledgram/base/repeat_limiter.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::log {

/// Thread-safe; the clock must outlive it.
class LimitedLog final : public PeriodicReport {
 public:
  explicit LimitedLog(const Clock& clock, RepeatLimiter::Limits limits = {}) : clock_(clock), limiter_(limits) {}

  /// Writes the line if it is the first with this key, and counts it otherwise.
  void event(Level level, std::string_view module, const RepeatKey& key, std::string_view message,
             std::initializer_list<Field> fields = {});

  /// For metrics, as RepeatLimiter has them.
  [[nodiscard]] RepeatLimiter::Totals totals() const;
  [[nodiscard]] std::vector<std::pair<RepeatKey, RepeatLimiter::Totals>> counters() const;

 private:
  [[nodiscard]] std::optional<nanoseconds> next_report() const override { return limiter_.deadline(); }
  void report(nanoseconds now) override;
  void report_rest(nanoseconds now) override;

  const Clock& clock_;
  RepeatLimiter limiter_;
};

}  // namespace ledgram::log
