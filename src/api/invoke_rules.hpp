#pragma once

/// What of Telegram's methods may be called as they are, and how often. For the inside of this floor.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::api {

enum class MethodClass : unsigned char {
  Reading,  ///< may be repeated after a loss of the connection
  Writing,
  Sending,  ///< writes to other people; limited harder
  Denied,
};

/// By Telegram's name, "messages.getHistory". Denied are methods that end, take over or endanger the account, that pay,
/// that send to many at once, and wrappers, in which any other method could hide.
MethodClass class_of(std::string_view method);

/// Why it is denied, for people; empty if it is not.
std::string_view denial_of(std::string_view method);

/// Calls of a minute, by account. Times are Instant::monotonic.
class InvokeLimits {
 public:
  struct Rates {
    std::size_t calls = 120;
    std::size_t sent = 20;
  };

  InvokeLimits() : InvokeLimits(Rates()) {}
  explicit InvokeLimits(Rates rates) : rates_(rates) {}

  /// Counts the call; or says how long to wait, and does not count it.
  std::optional<std::chrono::seconds> take(AccountId account, MethodClass method, nanoseconds now);

 private:
  struct Counted {
    std::deque<nanoseconds> calls;
    std::deque<nanoseconds> sent;
  };

  Rates rates_;
  std::map<AccountId, Counted> counted_;
};

}  // namespace ledgram::api
