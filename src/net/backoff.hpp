#pragma once

/// When to try again. Sans-IO: it is told the time and asked for a delay.
///
/// Two rules hold together: the delay doubles with each failure (with jitter, up to a bound), and attempts per time
/// are limited even if every one succeeds, since a server that accepts and drops at once must not be hammered.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace ledgram::net {

/// At most `attempts` within any `window`.
struct AttemptLimit {
  std::size_t attempts;
  nanoseconds window;
};

struct BackoffPolicy {
  /// The delay after the first failure; it doubles with each further one.
  nanoseconds first_delay = std::chrono::milliseconds(500);
  /// A minute is long enough to be polite and short enough that nobody restarts the program by hand.
  nanoseconds max_delay = std::chrono::seconds(60);
  /// After the server said that there are too many connections (-429), the least delay; it doubles as well.
  nanoseconds first_flood_delay = std::chrono::seconds(5);
  /// One attempt a second, four in eight seconds, twelve in a minute: the rate falls the longer attempts repeat.
  std::vector<AttemptLimit> limits = {
      {1, std::chrono::seconds(1)}, {4, std::chrono::seconds(8)}, {12, std::chrono::seconds(60)}};
};

class Backoff {
 public:
  enum class Reason : std::uint8_t { Failed, TooManyConnections };

  Backoff(BackoffPolicy policy, RandomSource& random);

  /// How long to wait before the next attempt may start; zero for at once.
  [[nodiscard]] nanoseconds delay(nanoseconds monotonic_now) const;

  void on_attempt(nanoseconds monotonic_now);
  void on_failure(nanoseconds monotonic_now, Reason reason = Reason::Failed);

  /// The peer answered something of use: the next failure starts with the first delay again. A mere connection is
  /// no such answer. The limits of attempts per time stay.
  void on_useful_answer();

  [[nodiscard]] std::size_t failures() const { return failures_; }

 private:
  BackoffPolicy policy_;
  RandomSource* random_;
  std::size_t failures_ = 0;
  nanoseconds not_before_ = nanoseconds::min();
  std::deque<nanoseconds> attempts_;  ///< as many as the widest limit needs, oldest first
};

}  // namespace ledgram::net
