#pragma once

/// A named thread for blocking work (SQLite, compression) with a bounded queue. Coroutines of any shard give it jobs
/// and resume on their own executor with the job's result.

#include "ledgram/net/asio.hpp"

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace ledgram::net {

class Worker {
 public:
  /// `name` shows in ps and debuggers (15 characters at most). `capacity` is how many jobs may be accepted and not
  /// yet finished; further producers wait in line, in order.
  Worker(std::string name, std::size_t capacity);

  /// stop().
  ~Worker();

  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  /// Runs `job` on the thread and resumes the caller with what it returned or threw. A producer that is cancelled
  /// while it waits in line leaves without running; an accepted job always runs, and its caller waits for the end.
  /// What the job refers to must live until then. Throws NetFailure WorkerStopped after stop().
  template <std::invocable<> Job>
  asio::awaitable<std::invoke_result_t<Job&>> run(Job job) {
    using Value = std::invoke_result_t<Job&>;
    auto call = std::make_shared<Call<Job, Value>>(std::move(job));
    std::function<void()> body = [call] { call->execute(); };
    co_await perform(std::move(body));
    if (call->failure)
      std::rethrow_exception(call->failure);
    if constexpr (!std::is_void_v<Value>)
      co_return std::move(*call->value);
  }

  /// Takes no more jobs, runs those already accepted and ends the thread. Blocks; harmless when repeated.
  void stop();

  /// Jobs accepted and not yet finished.
  [[nodiscard]] std::size_t pending() const;
  /// One job more would wait in line.
  [[nodiscard]] bool full() const;
  [[nodiscard]] const std::string& name() const;

 private:
  struct State;

  template <class Job, class Value>
  struct Call {
    explicit Call(Job given) : job(std::move(given)) {}

    void execute() {
      try {
        if constexpr (std::is_void_v<Value>) {
          job();
        } else {
          value.emplace(job());
        }
      } catch (...) {
        failure = std::current_exception();
      }
    }

    Job job;
    std::optional<std::conditional_t<std::is_void_v<Value>, char, Value>> value;
    std::exception_ptr failure;
  };

  asio::awaitable<void> perform(std::function<void()> body);

  std::shared_ptr<State> state_;
};

}  // namespace ledgram::net
