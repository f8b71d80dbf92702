#pragma once

/// The journal of lost connections, written to the log. One for the whole process keeps an outage of many accounts to a
/// few lines; a client without one reports each connection by itself.

#include "ledgram/base/periodic_report.hpp"
#include "ledgram/telegram/connection_journal.hpp"

#include <atomic>
#include <cstdint>
#include <optional>
#include <vector>

namespace ledgram::telegram {

/// Thread-safe. Without a driver (log::PeriodicReport) what is due is written with the next event.
class ConnectionLog final : public log::PeriodicReport {
 public:
  explicit ConnectionLog(ConnectionJournal::Limits limits = {}) : journal_(limits) {}

  /// A number for one more connection.
  [[nodiscard]] ConnectionNumber new_number() { return ConnectionNumber(++last_number_); }

  /// As ConnectionJournal has them; `now` is Instant::monotonic.
  void down(ConnectionNumber number, const ConnectionJournal::State& state, nanoseconds now);
  void up(ConnectionNumber number, std::size_t attempts, nanoseconds now);
  void give_up(ConnectionNumber number);

  /// For metrics.
  [[nodiscard]] ConnectionJournal::Counters counters() const;

 private:
  [[nodiscard]] std::optional<nanoseconds> next_report() const override { return journal_.deadline(); }
  void report(nanoseconds now) override;
  void report_rest(nanoseconds now) override;

  ConnectionJournal journal_;
  std::atomic<std::uint64_t> last_number_ = 0;
};

}  // namespace ledgram::telegram
