#include "ledgram/net/condition.hpp"

#include <algorithm>

namespace ledgram::net {

void Condition::notify_all() {
  for (Waiter* waiter : waiters_) {
    waiter->notified = true;
    waiter->timer.cancel();
  }
}

asio::awaitable<WaitEnd> Condition::wait(Deadline deadline) {
  Waiter waiter{asio::steady_timer(executor_, deadline)};
  waiters_.push_back(&waiter);
  struct Registration {
    std::vector<Waiter*>& waiters;
    Waiter* waiter;
    ~Registration() { std::erase(waiters, waiter); }
  } const registration{waiters_, &waiter};

  const auto [error] = co_await waiter.timer.async_wait(asio::as_tuple(asio::use_awaitable));
  if (waiter.notified)
    co_return WaitEnd::Notified;
  if (error)
    throw boost::system::system_error(error, "wait");
  co_return WaitEnd::DeadlinePassed;
}

void Event::set() {
  set_ = true;
  condition_.notify_all();
}

asio::awaitable<WaitEnd> Event::wait(Deadline deadline) {
  if (!set_) {
    const WaitEnd end = co_await condition_.wait(deadline);
    if (end == WaitEnd::DeadlinePassed && !set_)
      co_return end;
  }
  set_ = false;
  co_return WaitEnd::Notified;
}

asio::awaitable<void> sleep_for(nanoseconds time) {
  return sleep_until(deadline_after(time));
}

asio::awaitable<void> sleep_until(Deadline deadline) {
  const auto executor = co_await asio::this_coro::executor;
  asio::steady_timer timer(executor, deadline);
  co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace ledgram::net
