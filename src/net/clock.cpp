#include "ledgram/net/clock.hpp"

#include <algorithm>

namespace ledgram::net {

using std::chrono::steady_clock;

Deadline deadline_after(nanoseconds time) {
  const Deadline now = steady_clock::now();
  return time >= kNoDeadline - now ? kNoDeadline : now + time;
}

Deadline deadline_after(nanoseconds time, Deadline limit) {
  return std::min(deadline_after(time), limit);
}

Deadline deadline_at(nanoseconds monotonic) {
  return Deadline(monotonic);
}

Instant SystemClock::now() const {
  return {std::chrono::duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()),
          std::chrono::duration_cast<nanoseconds>(std::chrono::system_clock::now().time_since_epoch())};
}

}  // namespace ledgram::net
