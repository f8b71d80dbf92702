#pragma once

/// One call of history at a time for an account, whoever makes it: Telegram limits these by account.

#include "ledgram/collect/api_caller.hpp"
#include "ledgram/net/condition.hpp"

#include <utility>

namespace ledgram::follow {

class OneAtATime final : public collect::ApiCaller {
 public:
  /// `caller` must outlive it, and it its calls.
  OneAtATime(const asio::any_io_executor& executor, collect::ApiCaller& caller) : caller_(caller), free_(executor) {}

  asio::awaitable<Bytes> invoke_raw(Bytes method, telegram::CallOptions options) override {
    co_await free_.wait_until([this] { return !busy_; });
    busy_ = true;
    struct Leave {
      OneAtATime& self;
      ~Leave() {
        self.busy_ = false;
        self.free_.notify_all();
      }
    } const leave{*this};
    co_return co_await caller_.invoke_raw(std::move(method), std::move(options));
  }

 private:
  collect::ApiCaller& caller_;
  net::Condition free_;
  bool busy_ = false;
};

}  // namespace ledgram::follow
