#pragma once

/// Which of many like errors are shown: the first of each kind at once, the rest as counts. Sans-IO; LimitedLog writes.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/log_levels.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::log {

/// What makes two errors the same.
struct RepeatKey {
  std::string module;
  std::string message;

  friend auto operator<=>(const RepeatKey&, const RepeatKey&) = default;
};

/// Times are Instant::monotonic. Not thread-safe.
class RepeatLimiter {
 public:
  struct Limits {
    nanoseconds interval = std::chrono::seconds(30);  ///< between two summaries
    nanoseconds quiet = std::chrono::minutes(10);     ///< a key that was not seen for so long is new again
    std::size_t keys = 1000;                          ///< known at a time; then the one longest unseen is forgotten
  };

  enum class Verdict : std::uint8_t { Show, Hold };

  struct Totals {
    std::uint64_t shown = 0;
    std::uint64_t held = 0;
  };

  /// What was held back of one key since the last summary.
  struct Held {
    RepeatKey key;
    Level level{};  ///< the worst
    std::uint64_t count = 0;
  };

  struct Summary {
    std::vector<Held> held;       ///< the most frequent first
    std::uint64_t forgotten = 0;  ///< held back of keys that were forgotten meanwhile
    nanoseconds over{};           ///< since the first of them
  };

  RepeatLimiter() : RepeatLimiter(Limits()) {}
  explicit RepeatLimiter(Limits limits) : limits_(limits) {}

  /// Hold only for a key that was shown within the last Limits::quiet.
  Verdict take(const RepeatKey& key, Level level, nanoseconds now);

  /// When the next summary is due; nothing while nothing is held back.
  [[nodiscard]] std::optional<nanoseconds> deadline() const;

  /// The summary if it is due; it counts from zero again.
  std::optional<Summary> take_summary(nanoseconds now);

  /// The summary at the end, due or not.
  std::optional<Summary> finish(nanoseconds now);

  /// Since the beginning, keys that were forgotten included.
  [[nodiscard]] Totals totals() const { return totals_; }

 private:
  struct Entry {
    const RepeatKey* key = nullptr;  ///< in by_key_
    nanoseconds seen{};
    Level level{};
    std::uint64_t held = 0;  ///< since the last summary
  };

  void forget_one();
  void hold(Entry& entry, nanoseconds now);

  Limits limits_;
  std::list<Entry> entries_;  ///< the longest unseen first
  std::map<RepeatKey, std::list<Entry>::iterator> by_key_;
  std::optional<nanoseconds> first_held_;  ///< since the last summary
  std::uint64_t forgotten_ = 0;
  Totals totals_;
};

}  // namespace ledgram::log
