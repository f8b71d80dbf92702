#pragma once

/// What the client's tests share: an io_context, two data centres on loopback and clients that know them.

#include "ledgram/net/random.hpp"
#include "ledgram/net/test_support/run.hpp"
#include "ledgram/telegram/client.hpp"
#include "ledgram/telegram/test_support/test_dc.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

namespace ledgram::telegram::test {

inline constexpr std::int64_t kTestUser = 4242;

class ClientFixture : public testing::Test {
 protected:
  asio::io_context io{1};
  net::SystemClock clock;
  net::SystemRandom random;
  MemoryKeyStore store;
  TestDc dc2{io.get_executor(), DcId(2), test_server_key()};
  TestDc dc4{io.get_executor(), DcId(4), test_server_key()};

  ClientOptions options() {
    ClientOptions options;
    options.app.api_id = 17349;
    options.app.api_hash = SecretText(std::string("344583e45741c457fe1862106095a5eb"));
    options.dcs.options = {dc2.option(), dc4.option()};
    options.dcs.rsa_keys = {test_server_key().public_key()};
    options.dcs.first_dc = DcId(2);
    options.backoff.first_delay = std::chrono::milliseconds(2);
    options.backoff.max_delay = std::chrono::milliseconds(50);
    options.backoff.first_flood_delay = std::chrono::milliseconds(40);
    options.backoff.limits.clear();
    options.first_retry_delay = std::chrono::milliseconds(2);
    options.max_retry_delay = std::chrono::milliseconds(20);
    options.flood_wait_margin = std::chrono::milliseconds(0);
    options.default_call_time = std::chrono::seconds(20);
    return options;
  }

  std::unique_ptr<Client> make_client(ClientOptions given) {
    return std::make_unique<Client>(io.get_executor(), std::move(given), store, random, clock);
  }
  std::unique_ptr<Client> make_client() { return make_client(options()); }

  /// Runs the test's coroutine, then closes the clients and stops the servers.
  template <class F>
  void run(F main) {
    net::test::run_to_end(io, main());
    const auto stop = [this]() -> asio::awaitable<void> {
      co_await dc2.stop();
      co_await dc4.stop();
    };
    net::test::run_to_end(io, stop());
  }

  /// The error that a call ends with.
  template <class T>
  static asio::awaitable<TelegramError> error_of(asio::awaitable<T> call) {
    std::optional<TelegramError> error;
    try {
      co_await std::move(call);
    } catch (const TelegramFailure& failed) {
      error = failed.error();
    }
    if (!error) {
      ADD_FAILURE() << "the call succeeded";
      error.emplace();
    }
    co_return *error;
  }

  static tl::api::user user() {
    tl::api::user user;
    user.self = true;
    user.id = kTestUser;
    user.access_hash = 77;
    user.first_name = "Olha";
    user.last_name = "Test";
    user.username = "olha_test";
    return user;
  }

  static TestReply authorization(tl::api::user who) {
    tl::api::auth_authorization authorization;
    authorization.user = std::move(who);
    return answer_with(authorization);
  }

  /// `dc` logs any bot in.
  static void let_bots_in(TestDc& dc) {
    dc.on<tl::api::auth_importBotAuthorization>([](const TestCall&) { return authorization(user()); });
  }

  /// A client that is logged in on data centre 2.
  asio::awaitable<std::unique_ptr<Client>> logged_in(ClientOptions given) {
    let_bots_in(dc2);
    std::unique_ptr<Client> client = make_client(std::move(given));
    SecretText token(std::string("1:token"));
    co_await client->sign_in_bot(std::move(token));
    co_return client;
  }
  asio::awaitable<std::unique_ptr<Client>> logged_in() { return logged_in(options()); }

  /// The answer to updates.getState, the tests' example of a method without arguments.
  static TestReply state(std::int32_t pts) {
    tl::api::updates_state state;
    state.pts = pts;
    state.date = 1;
    return answer_with(state);
  }

  static std::int32_t pts_of(const tl::api::updates_State& state) { return state.as<tl::api::updates_state>()->pts; }

  static CallOptions within(std::chrono::milliseconds time) {
    CallOptions options;
    options.deadline = net::deadline_after(time);
    return options;
  }
};

}  // namespace ledgram::telegram::test
