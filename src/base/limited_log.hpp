#pragma once

/// The log behind a RepeatLimiter: for errors that can come again and again.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/base/log_gate.hpp"
#include "ledgram/base/periodic_report.hpp"
#include "ledgram/base/repeat_limiter.hpp"

#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::log {

/// As the gate of the log it takes every warning and error that is the same sentence for a repetition. Thread-safe; the
/// clock must outlive it.
class LimitedLog final : public PeriodicReport, public Gate {
 public:
  explicit LimitedLog(const Clock& clock, RepeatLimiter::Limits limits = {}) : clock_(clock), limiter_(limits) {}

  /// Writes the line if it is the first with this key, and counts it otherwise.
  void event(Level level, std::string_view module, const RepeatKey& key, std::string_view message,
             std::initializer_list<Field> fields = {});

  bool passes(Level level, std::string_view module, std::string_view message) noexcept override;

  /// For metrics, as RepeatLimiter has them.
  [[nodiscard]] RepeatLimiter::Totals totals() const;
  [[nodiscard]] std::vector<std::pair<RepeatKey, RepeatLimiter::Totals>> counters() const;

 private:
  [[nodiscard]] bool shows(Level level, const RepeatKey& key);
  [[nodiscard]] std::optional<nanoseconds> next_report() const override { return limiter_.deadline(); }
  void report(nanoseconds now) override;
  void report_rest(nanoseconds now) override;

  const Clock& clock_;
  RepeatLimiter limiter_;
};

}  // namespace ledgram::log
