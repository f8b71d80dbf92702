#include "ledgram/net/backoff.hpp"

#include <algorithm>

namespace ledgram::net {

Backoff::Backoff(BackoffPolicy policy, RandomSource& random) : policy_(std::move(policy)), random_(&random) {}

nanoseconds Backoff::delay(nanoseconds monotonic_now) const {
  nanoseconds earliest = not_before_;
  for (const AttemptLimit& limit : policy_.limits) {
    if (limit.attempts == 0 || attempts_.size() < limit.attempts)
      continue;
    // The attempt that must have left the window before another may enter it.
    earliest = std::max(earliest, attempts_[attempts_.size() - limit.attempts] + limit.window);
  }
  return earliest <= monotonic_now ? nanoseconds::zero() : earliest - monotonic_now;
}

void Backoff::on_attempt(nanoseconds monotonic_now) {
  attempts_.push_back(monotonic_now);
  std::size_t needed = 0;
  for (const AttemptLimit& limit : policy_.limits)
    needed = std::max(needed, limit.attempts);
  while (attempts_.size() > needed)
    attempts_.pop_front();
}

void Backoff::on_failure(nanoseconds monotonic_now, Reason reason) {
  nanoseconds delay = reason == Reason::TooManyConnections ? policy_.first_flood_delay : policy_.first_delay;
  for (std::size_t i = 0; i < failures_ && delay < policy_.max_delay; ++i)
    delay *= 2;
  delay = std::min(delay, policy_.max_delay);
  ++failures_;
  // Between three quarters and the whole: clients that failed together must not come back together.
  const auto spread = static_cast<std::uint64_t>(delay.count() / 4);
  if (spread > 0)
    delay -= nanoseconds(static_cast<std::int64_t>(random_->below(spread)));
  not_before_ = monotonic_now + delay;
}

void Backoff::on_useful_answer() {
  failures_ = 0;
  not_before_ = nanoseconds::min();
}

}  // namespace ledgram::net
