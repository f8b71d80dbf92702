#pragma once

/// The machine's clocks, put forward or back by a test.

#include "ledgram/net/clock.hpp"

namespace ledgram::net::test {

struct ShiftedClock final : Clock {
  SystemClock real;
  nanoseconds wall{};       ///< put on unix_time
  nanoseconds monotonic{};  ///< put on Instant::monotonic; only ever grows

  [[nodiscard]] Instant now() const override {
    Instant now = real.now();
    now.unix_time += wall;
    now.monotonic += monotonic;
    return now;
  }
};

}  // namespace ledgram::net::test
