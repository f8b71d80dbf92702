#include "ledgram/webhooks/retry.hpp"

#include <algorithm>

namespace ledgram::webhooks {
namespace {

constexpr std::int32_t kGone = 410;

}  // namespace

std::optional<nanoseconds> next_delay(const RetryPolicy& policy, const FailedAttempt& attempt, RandomSource& random) {
  if (attempt.status == kGone || attempt.failing_for >= policy.give_up_after)
    return std::nullopt;
  nanoseconds delay = policy.first_delay;
  for (std::int32_t i = 1; i < attempt.failures && delay < policy.longest_delay; ++i)
    delay *= 2;
  delay = std::min(delay, policy.longest_delay);
  const auto spread = static_cast<std::uint64_t>(delay.count() / 4);
  if (spread > 0)
    delay -= nanoseconds(static_cast<std::int64_t>(random.below(spread)));
  if (attempt.asked_wait)
    delay = std::max(delay, std::min(*attempt.asked_wait, policy.longest_delay));
  return delay;
}

}  // namespace ledgram::webhooks
