#include "ledgram/net/task_group.hpp"

#include "ledgram/net/condition.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/net/with_deadline.hpp"

#include <algorithm>

namespace ledgram::net {

struct TaskGroup::State {
  struct Task {
    std::string name;
    asio::cancellation_signal signal;
  };

  State(asio::any_io_executor executor, FailureHandler handler)
      : on_failure(std::move(handler)), idle(std::move(executor)) {}

  void cancel() {
    cancelled = true;
    // A copy, since a task may end while its signal is emitted.
    const std::vector<std::shared_ptr<Task>> running = tasks;
    for (const auto& task : running)
      task->signal.emit(asio::cancellation_type::terminal);
  }

  void on_end(const std::shared_ptr<Task>& task, const std::exception_ptr& error) {
    std::erase(tasks, task);
    if (error && !is_cancelled(error)) {
      if (on_failure) {
        on_failure(task->name, error);
      } else {
        if (!first_failure)
          first_failure = error;
        cancel();
      }
    }
    if (tasks.empty())
      idle.notify_all();
  }

  FailureHandler on_failure;
  Condition idle;
  std::vector<std::shared_ptr<Task>> tasks;
  std::exception_ptr first_failure;
  bool cancelled = false;
};

namespace {

/// Lets spawn() return before the task runs.
asio::awaitable<void> start_later(asio::awaitable<void> task) {
  co_await asio::post(asio::use_awaitable);
  co_await std::move(task);
}

}  // namespace

TaskGroup::TaskGroup(asio::any_io_executor executor, FailureHandler on_failure)
    : executor_(executor), state_(std::make_shared<State>(std::move(executor), std::move(on_failure))) {}

TaskGroup::~TaskGroup() {
  state_->cancel();
}

void TaskGroup::spawn(std::string name, asio::awaitable<void> task) {
  auto entry = std::make_shared<State::Task>();
  entry->name = std::move(name);
  state_->tasks.push_back(entry);
  auto on_end = [state = state_, entry](std::exception_ptr error) { state->on_end(entry, std::move(error)); };
  asio::co_spawn(executor_, start_later(std::move(task)),
                 asio::bind_cancellation_slot(entry->signal.slot(), std::move(on_end)));
  if (state_->cancelled)
    entry->signal.emit(asio::cancellation_type::terminal);
}

void TaskGroup::cancel() {
  state_->cancel();
}

asio::awaitable<void> TaskGroup::join() {
  const std::shared_ptr<State> state = state_;
  bool was_cancelled = false;
  while (!state->tasks.empty()) {
    try {
      co_await state->idle.wait();
    } catch (const boost::system::system_error&) {
      was_cancelled = true;
    }
    if (was_cancelled) {
      state->cancel();
      // The children must have ended before their owner goes on, so this wait is not to be cancelled again.
      co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    }
  }
  if (was_cancelled) {
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    throw boost::system::system_error(asio::error::operation_aborted, "join");
  }
  if (state->first_failure)
    std::rethrow_exception(std::exchange(state->first_failure, nullptr));
}

asio::awaitable<void> TaskGroup::stop() {
  cancel();
  co_await join();
}

std::size_t TaskGroup::pending() const {
  return state_->tasks.size();
}

std::vector<std::string> TaskGroup::pending_names() const {
  std::vector<std::string> names;
  names.reserve(state_->tasks.size());
  for (const auto& task : state_->tasks)
    names.push_back(task->name);
  return names;
}

namespace {

struct DeadlineState {
  explicit DeadlineState(const asio::any_io_executor& executor) : timer(executor) {}

  asio::cancellation_signal signal;
  asio::steady_timer timer;
  bool expired = false;
};

}  // namespace

asio::awaitable<void> with_deadline(asio::awaitable<void> operation, Deadline deadline, std::string what) {
  const auto executor = co_await asio::this_coro::executor;
  const auto state = std::make_shared<DeadlineState>(executor);
  state->timer.expires_at(deadline);
  state->timer.async_wait([state](boost::system::error_code error) {
    if (error)
      return;
    state->expired = true;
    state->signal.emit(asio::cancellation_type::terminal);
  });

  // The operation runs as a child with a signal of its own; a cancellation of the caller is passed on to it.
  asio::cancellation_state own = co_await asio::this_coro::cancellation_state;
  asio::cancellation_slot from_caller = own.slot();
  if (from_caller.is_connected()) {
    from_caller.assign([state](asio::cancellation_type type) { state->signal.emit(type); });
  }
  std::exception_ptr failure;
  try {
    co_await asio::co_spawn(executor, std::move(operation),
                            asio::bind_cancellation_slot(state->signal.slot(), asio::use_awaitable));
  } catch (...) {
    failure = std::current_exception();
  }
  if (from_caller.is_connected())
    from_caller.clear();
  state->timer.cancel();
  if (!failure)
    co_return;
  if (state->expired && is_cancelled(failure)) {
    throw NetFailure({NetErrc::DeadlineExceeded, what + " took longer than its deadline allows"});
  }
  std::rethrow_exception(failure);
}

}  // namespace ledgram::net
