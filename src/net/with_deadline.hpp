#pragma once

/// A deadline for any coroutine.

#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"

#include <optional>
#include <string>
#include <utility>

namespace ledgram::net {

/// Runs `operation` and cancels it at the deadline or when the caller is cancelled; returns only when the operation
/// has really ended. Throws NetFailure DeadlineExceeded, its message naming `what`, if the operation ended by the
/// deadline's cancellation; whatever else it throws passes through.
asio::awaitable<void> with_deadline(asio::awaitable<void> operation, Deadline deadline, std::string what);

namespace detail {

template <class T>
asio::awaitable<void> store_result(asio::awaitable<T> operation, std::optional<T>& result) {
  result.emplace(co_await std::move(operation));
}

}  // namespace detail

template <class T>
asio::awaitable<T> with_deadline(asio::awaitable<T> operation, Deadline deadline, std::string what) {
  std::optional<T> result;
  asio::awaitable<void> storing = detail::store_result(std::move(operation), result);
  co_await with_deadline(std::move(storing), deadline, std::move(what));
  co_return std::move(*result);
}

}  // namespace ledgram::net
