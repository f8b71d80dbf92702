#pragma once

/// Owner of coroutines. Nothing in Ledgram runs without one: `spawn` gives a coroutine to a group, `join` waits for
/// all of them, `stop` cancels them first. The names of what still runs are there for the shutdown report.
///
/// A group belongs to one executor with one thread (a shard) and is used from that thread only.

#include "ledgram/net/asio.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::net {

class TaskGroup {
 public:
  /// Receives what a task threw, cancellation excepted, right when the task ends.
  using FailureHandler = std::function<void(std::string_view task, std::exception_ptr error)>;

  /// Without a handler the first failure is kept for join() and cancels the other tasks of the group; with one,
  /// failures go there and the others run on.
  explicit TaskGroup(asio::any_io_executor executor, FailureHandler on_failure = {});

  /// Cancels what still runs. It cannot wait: an owner co_awaits join() or stop() before. A task never touches the
  /// group itself after this, but what the task refers to must outlive it.
  ~TaskGroup();

  TaskGroup(const TaskGroup&) = delete;
  TaskGroup& operator=(const TaskGroup&) = delete;

  /// Starts `task` on the group's executor, never inside this call. In a group that was cancelled it starts
  /// cancelled: it ends at its first co_await.
  void spawn(std::string name, asio::awaitable<void> task);

  /// The same for a callable that makes the coroutine (a lambda with captures); the callable lives as long as the task.
  template <std::invocable<> MakeTask>
  void spawn(std::string name, MakeTask make_task) {
    spawn(std::move(name), keep_alive(std::move(make_task)));
  }

  /// Asks every task to end: its pending co_await throws operation_aborted. Harmless when repeated.
  void cancel();

  /// Waits until no task runs, then throws the first failure if there is no handler. If the waiting coroutine is
  /// itself cancelled, the group is cancelled and join() still waits for the tasks' end before it throws.
  asio::awaitable<void> join();

  /// cancel(), then join(); failures of the tasks are thrown as in join().
  asio::awaitable<void> stop();

  [[nodiscard]] std::size_t pending() const;
  [[nodiscard]] std::vector<std::string> pending_names() const;
  [[nodiscard]] const asio::any_io_executor& executor() const { return executor_; }

 private:
  struct State;

  template <class MakeTask>
  static asio::awaitable<void> keep_alive(MakeTask make_task) {
    co_await make_task();
  }

  asio::any_io_executor executor_;
  std::shared_ptr<State> state_;
};

}  // namespace ledgram::net
