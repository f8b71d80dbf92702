#pragma once

/// Time as a value. Sans-IO code receives an Instant with every call and never asks for one.

#include <chrono>
#include <compare>

namespace ledgram {

using std::chrono::nanoseconds;

/// One moment on two clocks: the monotonic one for timers, the wall clock for what Telegram dates by.
struct Instant {
  nanoseconds monotonic{};  ///< since some start; never goes back
  nanoseconds unix_time{};  ///< since 1970-01-01 UTC; can jump when the machine's clock is set

  /// Both clocks moved on by the same time, as in a test or for a deadline.
  [[nodiscard]] Instant after(nanoseconds time) const { return {monotonic + time, unix_time + time}; }

  friend auto operator<=>(const Instant&, const Instant&) = default;
};

/// Where Instants come from. The real one lives in floor net; tests set theirs by hand.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

}  // namespace ledgram
