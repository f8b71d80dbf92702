#pragma once

/// What collecting needs of an account: calling methods. telegram::Client behind ClientCaller in the program, a model
/// of Telegram in tests.

#include "ledgram/base/bytes.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/telegram/client.hpp"
#include "ledgram/tl/codec.hpp"

#include <string_view>
#include <utility>

namespace ledgram::collect {

class ApiCaller {
 public:
  virtual ~ApiCaller() = default;

  /// As telegram::Client::invoke_raw.
  virtual asio::awaitable<Bytes> invoke_raw(Bytes method, telegram::CallOptions options) = 0;

  /// Throws CollectFailure BadAnswer if the answer is not the method's result.
  template <class Method>
  asio::awaitable<typename Method::Result> invoke(Method method, telegram::CallOptions options = {}) {
    Bytes body = tl::serialize(method);
    const Bytes answer = co_await invoke_raw(std::move(body), std::move(options));
    auto parsed = tl::parse<typename Method::Result>(answer);
    if (!parsed)
      throw_bad_answer(Method::kName, parsed.error().message);
    co_return std::move(*parsed);
  }

 protected:
  [[noreturn]] static void throw_bad_answer(std::string_view method, std::string_view reason);
};

/// The client must outlive it.
class ClientCaller final : public ApiCaller {
 public:
  explicit ClientCaller(telegram::Client& client) : client_(client) {}

  asio::awaitable<Bytes> invoke_raw(Bytes method, telegram::CallOptions options) override {
    return client_.invoke_raw(std::move(method), std::move(options));
  }

 private:
  telegram::Client& client_;
};

}  // namespace ledgram::collect
