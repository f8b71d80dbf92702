#pragma once

/// The points in time at which a MessageBox has something to do by itself. At most one for each key.

#include "ledgram/base/clock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace ledgram::updates {

enum class TimerKind : std::uint8_t {
  PtsGap,
  QtsGap,
  SeqGap,
  CommonSilence,
  CommonRetry,
  ChannelGap,
  ChannelSilence,
  ChannelRetry,
  ChannelPoll,
};

struct TimerKey {
  TimerKind kind;
  std::int64_t channel = 0;  ///< of the Channel kinds

  friend auto operator<=>(const TimerKey&, const TimerKey&) = default;
};

class TimerSet {
 public:
  /// Moves the timer if it is set already.
  void set(TimerKey key, nanoseconds at) {
    const auto [place, is_new] = times_.try_emplace(key, at);
    if (!is_new) {
      order_.erase({place->second, key});
      place->second = at;
    }
    order_.emplace(at, key);
  }

  void clear(TimerKey key) {
    const auto place = times_.find(key);
    if (place == times_.end())
      return;
    order_.erase({place->second, key});
    times_.erase(place);
  }

  [[nodiscard]] bool is_set(TimerKey key) const { return times_.contains(key); }

  [[nodiscard]] std::optional<nanoseconds> next() const {
    return order_.empty() ? std::nullopt : std::optional(order_.begin()->first);
  }

  /// Takes out the earliest timer if its time has come.
  std::optional<TimerKey> pop_due(nanoseconds now) {
    if (order_.empty() || order_.begin()->first > now)
      return std::nullopt;
    const TimerKey key = order_.begin()->second;
    clear(key);
    return key;
  }

 private:
  std::map<TimerKey, nanoseconds> times_;
  std::set<std::pair<nanoseconds, TimerKey>> order_;
};

}  // namespace ledgram::updates
