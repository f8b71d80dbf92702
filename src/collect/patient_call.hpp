#pragma once

/// A call that waits when Telegram asks to: for whoever reads history and is in no hurry.

#include "ledgram/collect/api_caller.hpp"
#include "ledgram/collect/collector.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/telegram/error.hpp"

#include <chrono>
#include <concepts>
#include <optional>
#include <utility>

namespace ledgram::collect {

/// How long to wait before the same call is made again; nothing if that is no remedy.
std::optional<std::chrono::seconds> wait_before_repeating(const telegram::TelegramFailure& failure,
                                                          const CollectOptions& options);

/// Makes the call until Telegram does not ask to wait any more, or for longer than the options allow. Each attempt has
/// `page_time`; the waits do not count. `on_wait(seconds)` is called before each wait. Throws as ApiCaller::invoke.
template <class Method, std::invocable<std::chrono::seconds> OnWait>
asio::awaitable<typename Method::Result> call_patiently(ApiCaller& caller, Method method, CollectOptions options,
                                                        OnWait on_wait) {
  while (true) {
    telegram::CallOptions call;
    call.deadline = net::deadline_after(options.page_time);
    call.flood.longest_wait = std::chrono::seconds(0);
    std::optional<std::chrono::seconds> wait;
    std::optional<typename Method::Result> answer;
    try {
      Method attempt = method;
      answer = co_await caller.invoke(std::move(attempt), std::move(call));
    } catch (const telegram::TelegramFailure& failure) {
      wait = wait_before_repeating(failure, options);
      if (!wait)
        throw;
    }
    if (answer)
      co_return std::move(*answer);
    on_wait(*wait);
    co_await net::sleep_for(*wait);
  }
}

}  // namespace ledgram::collect
