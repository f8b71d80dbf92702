#pragma once

/// How coroutines of one shard wait for each other: a Condition to wait for the next notification, an Event that
/// remembers being set. Neither is thread-safe; neither polls.

#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"

#include <cstdint>
#include <vector>

namespace ledgram::net {

enum class WaitEnd : std::uint8_t { Notified, DeadlinePassed };

/// Wakes whoever waits now; a notification that nobody waits for is forgotten. It must outlive its waiters.
class Condition {
 public:
  explicit Condition(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  /// Wakes all waiters; they resume later, never inside this call.
  void notify_all();

  /// Waits for the next notify_all(). Cancellable.
  asio::awaitable<WaitEnd> wait(Deadline deadline = kNoDeadline);

  /// Waits until `holds()`; it is asked first and after each notification. False if the deadline passed before.
  template <std::predicate<> Predicate>
  asio::awaitable<bool> wait_until(Predicate holds, Deadline deadline = kNoDeadline) {
    while (!holds()) {
      const WaitEnd end = co_await wait(deadline);
      if (end == WaitEnd::DeadlinePassed)
        co_return holds();
    }
    co_return true;
  }

 private:
  struct Waiter {
    asio::steady_timer timer;
    bool notified = false;
  };

  asio::any_io_executor executor_;
  std::vector<Waiter*> waiters_;  ///< each lives in the frame of its wait()
};

/// Remembers set() until one wait() has taken it; for a single waiter, such as a writer woken by its producers.
class Event {
 public:
  explicit Event(asio::any_io_executor executor) : condition_(std::move(executor)) {}

  void set();

  /// Returns at once if set; in either case the event is unset again afterwards. Cancellable.
  asio::awaitable<WaitEnd> wait(Deadline deadline = kNoDeadline);

 private:
  Condition condition_;
  bool set_ = false;
};

/// Waits for a time; ends early only by cancellation of the calling coroutine.
asio::awaitable<void> sleep_for(nanoseconds time);
asio::awaitable<void> sleep_until(Deadline deadline);

}  // namespace ledgram::net
