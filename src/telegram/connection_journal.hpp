#pragma once

/// What is said about lost connections of many accounts. A lost connection is a state: one line when it is lost, one
/// when it is back, and while many change at once a few single lines and the rest as counts. Sans-IO; ConnectionLog
/// writes.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/log_levels.hpp"
#include "ledgram/base/strong_id.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::telegram {

/// One of the connections that a journal hears of; each owner has another number.
using ConnectionNumber = StrongId<struct ConnectionNumberTag, std::uint64_t>;

/// Times are Instant::monotonic. Not thread-safe.
class ConnectionJournal {
 public:
  struct Limits {
    nanoseconds interval = std::chrono::seconds(30);  ///< between two summaries; also the window of `singles`
    nanoseconds gather = std::chrono::seconds(2);     ///< before the first summary of what came at once
    std::size_t singles = 4;                          ///< lines for single connections in any `interval`
  };

  /// What is known of a connection when its state is reported.
  struct State {
    std::string_view account;
    DcId dc;
    std::string_view reason;   ///< of a small set of words, to be counted by
    std::string_view detail;   ///< the sentence for people
    std::size_t attempts = 0;  ///< to connect, since it was last up
  };

  struct Line {
    log::Level level{};
    std::string message;
    std::string account;  ///< of a single connection, else empty
    DcId dc;
    std::vector<std::pair<std::string_view, std::int64_t>> counts;
  };

  /// Since the beginning; losses = returns + given_up + down.
  struct Counters {
    std::uint64_t losses = 0;
    std::uint64_t returns = 0;
    std::uint64_t given_up = 0;
    std::uint64_t down = 0;  ///< now
    std::uint64_t held = 0;  ///< losses and returns without a line of their own
  };

  ConnectionJournal() : ConnectionJournal(Limits()) {}
  explicit ConnectionJournal(Limits limits) : limits_(limits) {}

  /// It was lost, could not be made, or yet another attempt has failed.
  void down(ConnectionNumber number, const State& state, nanoseconds now);

  /// It carries messages. Nothing happens if it was not down.
  void up(ConnectionNumber number, std::size_t attempts, nanoseconds now);

  /// Nobody wants it any more. Nothing happens if it was not down.
  void give_up(ConnectionNumber number);

  /// What is to be written now; to be asked for after each call above and at deadline().
  std::vector<Line> take_lines(nanoseconds now);

  /// When a summary is due.
  [[nodiscard]] std::optional<nanoseconds> deadline() const;

  /// The lines at the end, with all that was held back.
  std::vector<Line> finish(nanoseconds now);

  [[nodiscard]] Counters counters() const;

 private:
  struct Down {
    std::string account;
    DcId dc;
    std::string reason;
    std::string detail;
    std::size_t attempts = 0;
    nanoseconds since{};
  };

  /// What happened since the last summary and was not shown by itself.
  struct Held {
    [[nodiscard]] bool empty() const { return lost == 0 && back == 0; }

    nanoseconds first{};
    std::int64_t lost = 0;
    std::int64_t back = 0;
    std::int64_t given_up = 0;
    std::set<std::string> accounts;  ///< of the lost ones
    std::map<std::string, std::int64_t> reasons;
    nanoseconds longest{};  ///< time that one of those back was down
  };

  [[nodiscard]] bool may_show_one(nanoseconds now);
  void hold(nanoseconds now);
  [[nodiscard]] std::optional<nanoseconds> summary_due() const;
  void summarise(nanoseconds now);
  void remind_of_one(nanoseconds now);
  [[nodiscard]] nanoseconds oldest() const { return by_age_.begin()->first; }

  Limits limits_;
  std::map<ConnectionNumber, Down> down_;
  std::set<std::pair<nanoseconds, ConnectionNumber>> by_age_;
  std::deque<nanoseconds> shown_;  ///< when single lines were made, within the last interval
  std::optional<nanoseconds> last_summary_;
  Held held_;
  std::vector<Line> lines_;
  Counters counters_;
};

}  // namespace ledgram::telegram
