#pragma once

/// When a failed delivery is tried again, and when it is given up. Pure.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace ledgram::webhooks {

struct RetryPolicy {
  /// After the first failure; it doubles with each further one.
  nanoseconds first_delay = std::chrono::seconds(5);
  /// An hour: a receiver that was repaired is not waited for much longer, and one that is gone costs 24 requests a day.
  nanoseconds longest_delay = std::chrono::hours(1);
  /// From the first failure without a success in between. Three days outlast a weekend.
  nanoseconds give_up_after = std::chrono::hours(72);
};

/// How an attempt failed.
struct FailedAttempt {
  std::int32_t failures{};                ///< without a success, this one included; at least 1
  nanoseconds failing_for{};              ///< since the first of them
  std::int32_t status{};                  ///< of HTTP; 0: no answer
  std::optional<nanoseconds> asked_wait;  ///< what the receiver's Retry-After says
};

/// Nothing: give up. A receiver that says 410 Gone wants no more. The delay is between three quarters and the whole of
/// what the policy says, so that webhooks that failed together do not come back together; a receiver may ask for a
/// longer one, up to the longest.
std::optional<nanoseconds> next_delay(const RetryPolicy& policy, const FailedAttempt& attempt, RandomSource& random);

}  // namespace ledgram::webhooks
