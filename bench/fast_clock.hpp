#pragma once

/// A clock that runs many times as fast as the machine's, for child processes: a day of their time takes minutes. It
/// stands in for all their clocks and timers (Debian's package faketime).

#include <chrono>
#include <string>
#include <vector>

namespace ledgram::bench {

class FastClock {
 public:
  /// Begins with the machine's time. `speed` 1: the machine's clock. Throws std::runtime_error if the library is
  /// missing.
  explicit FastClock(int speed);

  [[nodiscard]] int speed() const { return speed_; }

  /// The command with what makes its process live by this clock. It says when that is, so it is not to be kept.
  [[nodiscard]] std::vector<std::string> wrap(std::vector<std::string> command) const;

 private:
  int speed_;
  std::chrono::system_clock::time_point start_;
};

}  // namespace ledgram::bench
