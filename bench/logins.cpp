#include "logins.hpp"

#include "ledgram/app/simulator.hpp"

#include <fmt/format.h>

#include <exception>
#include <stdexcept>
#include <utility>
#include <variant>

namespace ledgram::bench {

Shard::Shard(const std::filesystem::path& simulator) {
  auto dcs = app::simulator_dcs(simulator);
  if (!dcs)
    throw std::runtime_error(dcs.error().message);
  options.dcs = std::move(*dcs);
  options.app.api_id = 1;
  options.app.api_hash = SecretText("simulator");
}

void Shard::run(const std::function<asio::awaitable<void>()>& work) {
  std::exception_ptr failure;
  asio::co_spawn(loop, work(), [&](std::exception_ptr error) { failure = std::move(error); });
  loop.restart();
  loop.run();
  if (failure)
    std::rethrow_exception(failure);
}

std::unique_ptr<telegram::Client> Shard::client(telegram::KeyStore& keys) {
  return std::make_unique<telegram::Client>(loop.get_executor(), options, keys, random, clock);
}

std::string test_phone(std::size_t account) {
  return fmt::format("999662{:04}", account);
}

asio::awaitable<telegram::SignedIn> log_in(telegram::Client& client, const std::string& phone) {
  SecretText number("+" + phone);
  co_await client.send_code(std::move(number));
  SecretText code("22222");
  telegram::SignInResult result = co_await client.sign_in(std::move(code));
  auto* signed_in = std::get_if<telegram::SignedIn>(&result);
  if (signed_in == nullptr)
    throw std::runtime_error(phone + " could not be logged in");
  co_return std::move(*signed_in);
}

}  // namespace ledgram::bench
