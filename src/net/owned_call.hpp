#pragma once

/// Work that is finished even if whoever asked for it goes away: it runs as a task of a group, and the caller only
/// waits for what it gives.

#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/net/task_group.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace ledgram::net {

namespace detail {

struct Nothing {};

template <class T>
using StoredResult = std::conditional_t<std::is_void_v<T>, Nothing, T>;

template <class T>
struct OwnedCall {
  OwnedCall(const asio::any_io_executor& executor, std::function<asio::awaitable<T>()> given)
      : make(std::move(given)), changed(executor) {}

  std::function<asio::awaitable<T>()> make;
  Condition changed;
  bool ended = false;
  std::optional<StoredResult<T>> result;
  std::exception_ptr problem;  ///< neither of both: the task was cancelled before it began
};

/// Tells the end of a call, also of a task that never ran: it is a parameter of the coroutine, so it dies with it.
template <class T>
class OwnedCallEnd {
 public:
  explicit OwnedCallEnd(std::shared_ptr<OwnedCall<T>> call) : call_(std::move(call)) {}
  OwnedCallEnd(const OwnedCallEnd&) = delete;
  OwnedCallEnd& operator=(const OwnedCallEnd&) = delete;
  ~OwnedCallEnd() {
    call_->ended = true;
    call_->changed.notify_all();
  }

  [[nodiscard]] OwnedCall<T>& call() const { return *call_; }

 private:
  std::shared_ptr<OwnedCall<T>> call_;
};

template <class T>
asio::awaitable<void> carry_out(std::unique_ptr<OwnedCallEnd<T>> end) {
  OwnedCall<T>& call = end->call();
  try {
    if constexpr (std::is_void_v<T>) {
      co_await call.make();
      call.result.emplace();
    } else {
      call.result.emplace(co_await call.make());
    }
  } catch (...) {
    call.problem = std::current_exception();
  }
}

}  // namespace detail

/// Runs what `make` makes as a task of `group` and gives or throws what it does. A caller who is cancelled, or whose
/// deadline passes (NetFailure DeadlineExceeded), does not end the work; the end of the group does, with
/// operation_aborted for the caller.
template <class T>
asio::awaitable<T> run_in(TaskGroup& group, std::string name, std::function<asio::awaitable<T>()> make,
                          Deadline deadline = kNoDeadline) {
  const auto call = std::make_shared<detail::OwnedCall<T>>(group.executor(), std::move(make));
  auto end = std::make_unique<detail::OwnedCallEnd<T>>(call);
  group.spawn(name, detail::carry_out<T>(std::move(end)));
  const bool in_time = co_await call->changed.wait_until([&call] { return call->ended; }, deadline);
  if (!in_time)
    throw NetFailure(NetError{NetErrc::DeadlineExceeded, name + " takes longer; it goes on by itself"});
  if (call->problem)
    std::rethrow_exception(call->problem);
  if (!call->result)
    throw boost::system::system_error(asio::error::operation_aborted, name);
  if constexpr (!std::is_void_v<T>)
    co_return std::move(*call->result);
}

}  // namespace ledgram::net
