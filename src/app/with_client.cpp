#include "ledgram/app/with_client.hpp"

#include "ledgram/app/clients.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/random.hpp"

#include <exception>
#include <utility>

namespace ledgram::app {

asio::awaitable<void> with_client(const Config& config, const AccountRoute& route, telegram::KeyStore& keys,
                                  ClientWork work) {
  return with_new_client(config, route, {}, keys, std::move(work));
}

asio::awaitable<void> with_new_client(const Config& config, const AccountRoute& route,
                                      std::vector<SecretBytes> logout_tokens, telegram::KeyStore& keys,
                                      ClientWork work) {
  net::SystemRandom random;
  const net::SystemClock clock;
  telegram::ClientOptions options = client_options(config, route);
  options.logout_tokens = std::move(logout_tokens);
  options.default_call_time = config.patience;
  telegram::Client client(co_await asio::this_coro::executor, std::move(options), keys, random, clock);
  std::exception_ptr failure;
  try {
    co_await client.start();
    co_await work(client);
  } catch (...) {
    // Kept for after the close, which cannot be awaited here.
    failure = std::current_exception();
  }
  // The close takes about a second at most and must happen even if this coroutine was cancelled.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await client.close();
  if (failure)
    std::rethrow_exception(failure);
}

}  // namespace ledgram::app
