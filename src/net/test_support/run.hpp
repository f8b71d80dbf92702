#pragma once

/// For tests: runs one coroutine to its end on an io_context, within a bound of real time.

#include "ledgram/net/task_group.hpp"
#include "ledgram/net/with_deadline.hpp"

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

namespace ledgram::net::test {

/// Rethrows what the coroutine throws; throws runtime_error if it does not end within `limit`.
inline void run_to_end(asio::io_context& io, asio::awaitable<void> main,
                       std::chrono::seconds limit = std::chrono::seconds(30)) {
  TaskGroup group(io.get_executor());
  std::exception_ptr failure;
  bool ended = false;
  const auto guarded = [&]() -> asio::awaitable<void> {
    try {
      co_await std::move(main);
    } catch (...) {
      failure = std::current_exception();
    }
    ended = true;
    io.stop();
  };
  group.spawn("test", guarded());
  io.restart();
  io.run_for(limit);
  if (!ended)
    throw std::runtime_error("the test's coroutine did not end in time");
  // What was posted in the last moment, such as the end of the task itself.
  io.restart();
  while (group.pending() > 0)
    io.run_one_for(limit);
  if (failure)
    std::rethrow_exception(failure);
}

template <class T>
T run_to_end(asio::io_context& io, asio::awaitable<T> main, std::chrono::seconds limit = std::chrono::seconds(30)) {
  std::optional<T> result;
  run_to_end(io, detail::store_result(std::move(main), result), limit);
  return std::move(*result);
}

}  // namespace ledgram::net::test
