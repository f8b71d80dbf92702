#pragma once

/// The real clock and the deadlines that travel through asynchronous calls.

#include "ledgram/base/clock.hpp"

#include <chrono>

namespace ledgram::net {

/// A moment on the monotonic clock by which a call must have ended. Its time since epoch is Instant::monotonic of
/// SystemClock.
using Deadline = std::chrono::steady_clock::time_point;

/// For calls that end by cancellation only.
inline constexpr Deadline kNoDeadline = Deadline::max();

/// The deadline `time` from now; kNoDeadline if that is beyond what the clock can count.
Deadline deadline_after(nanoseconds time);

/// The earlier of now + `time` and `limit`.
Deadline deadline_after(nanoseconds time, Deadline limit);

/// The deadline for a moment given as Instant::monotonic.
Deadline deadline_at(nanoseconds monotonic);

/// The machine's clocks (steady_clock and system_clock). Thread-safe, without state.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

}  // namespace ledgram::net
