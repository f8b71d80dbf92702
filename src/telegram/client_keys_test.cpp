// Permanent and temporary keys of a client: made, bound, renewed, lost, destroyed.

#include "ledgram/telegram/test_support/client_fixture.hpp"

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct ClientKeys : ClientFixture {
  /// Its wall clock is put forward as after a sleep.
  net::test::ShiftedClock sleepy;

  static asio::awaitable<std::int32_t> get_pts(Client& client, CallOptions call = {}) {
    const api::updates_getState method;
    const api::updates_State state = co_await client.invoke(method, std::move(call));
    co_return pts_of(state);
  }

  void answer_state() {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(5); });
  }

  asio::awaitable<std::unique_ptr<Client>> logged_in_sleepy() {
    let_bots_in(dc2);
    auto client = std::make_unique<Client>(io.get_executor(), options(), store, random, sleepy);
    SecretText token(std::string("1:token"));
    co_await client->sign_in_bot(std::move(token));
    co_return client;
  }

  void sleep_both(seconds time) {
    sleepy.wall += time;
    dc2.shift_clock(sleepy.wall);
  }

  ClientOptions without_forward_secrecy() {
    ClientOptions given = options();
    given.forward_secrecy = ForwardSecrecy::Off;
    return given;
  }
};

TEST_F(ClientKeys, ATemporaryKeyCarriesTheCallsAndThePermanentOneIsStored) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    const std::unique_ptr<Client> client = co_await logged_in();
    co_await get_pts(*client);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_EQ(dc2.temporary_keys_made(), 1U);
    EXPECT_EQ(dc2.calls<api::auth_bindTempAuthKey>(), 1U);
    EXPECT_EQ(dc2.connections(), 1U);
    const TestCall& last = dc2.log().back();
    EXPECT_NE(last.wire_key, last.key);
    EXPECT_EQ(store.session()->keys.size(), 1U);
    EXPECT_EQ(store.session()->keys[0].key.id(), last.key);
    EXPECT_TRUE(dc2.log().front().wrapped) << "initConnection after the binding";
    EXPECT_GE(dc2.lifetimes_asked().at(0), hours(23));
    EXPECT_LT(dc2.lifetimes_asked().at(0), hours(24));
    co_await client->close();
  });
}

TEST_F(ClientKeys, ARestartUsesThePermanentKeyAndAnotherTemporaryOne) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    const std::unique_ptr<Client> client = co_await logged_in();
    const mtproto::Salt salt = store.session()->keys[0].salt;
    co_await client->close();
    EXPECT_EQ(store.session()->keys[0].salt, salt) << "the temporary key's salt is not the permanent one's";
    const std::unique_ptr<Client> again = make_client();
    co_await get_pts(*again);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_EQ(dc2.temporary_keys_made(), 2U);
    EXPECT_TRUE(dc2.log().back().wrapped);
    co_await again->close();
  });
}

TEST_F(ClientKeys, WithoutForwardSecrecyThereIsOneKey) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    const std::unique_ptr<Client> client = co_await logged_in(without_forward_secrecy());
    co_await get_pts(*client);
    EXPECT_EQ(dc2.temporary_keys_made(), 0U);
    EXPECT_EQ(dc2.log().back().wire_key, dc2.log().back().key);
    co_await client->close();
  });
}

TEST_F(ClientKeys, LoggingOutDestroysTheKey) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::auth_logOut>([](const TestCall&) {
      const api::auth_loggedOut done;
      return answer_with(done);
    });
    const std::unique_ptr<Client> client = co_await logged_in();
    const AuthKeyId key = store.session()->keys[0].key.id();
    co_await client->log_out();
    EXPECT_EQ(dc2.keys_destroyed(), 1U);
    EXPECT_FALSE(dc2.knows(key));
    EXPECT_FALSE(store.session().has_value());
    co_await client->close();
  });
}

struct Scenario04KeyRefusedOnce : ClientKeys {};

TEST_F(Scenario04KeyRefusedOnce, OnlyTheTemporaryKeyIsReplaced) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    const AuthKeyId key = store.session()->keys[0].key.id();
    answer_state();
    const std::size_t before = dc2.connections();
    dc2.answer_packets_with(-404, 1);
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 5);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_EQ(dc2.temporary_keys_made(), 2U);
    EXPECT_EQ(dc2.calls<api::auth_bindTempAuthKey>(), 2U) << "the binding is the check of the permanent key";
    EXPECT_EQ(dc2.connections(), before + 1);
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    EXPECT_EQ(store.session()->keys[0].key.id(), key);
    co_await client->close();
  });
}

TEST_F(Scenario04KeyRefusedOnce, WithoutForwardSecrecyTheSameKeyIsTriedOnANewConnection) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in(without_forward_secrecy());
    answer_state();
    const std::size_t before = dc2.connections();
    dc2.answer_packets_with(-404, 1);
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 5);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_EQ(dc2.connections(), before + 1);
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario04KeyRefusedOnce, TwiceInARowProvesTheLossWithoutForwardSecrecy) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in(without_forward_secrecy());
    dc2.forget_keys();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::SessionLost);
    EXPECT_EQ(dc2.keys_made(), 1U);
    co_await client->close();
  });
}

struct Scenario08LyingKeyExchange : ClientKeys, testing::WithParamInterface<mtproto::HandshakeFault> {};

TEST_P(Scenario08LyingKeyExchange, IsAbandonedAndNoKeyIsSaved) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    dc2.spoil_handshakes({GetParam()});
    const std::unique_ptr<Client> client = make_client();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::UntrustedServer) << error.message;
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 0U);
    EXPECT_FALSE(store.session().has_value());
    co_await client->close();
  });
}

INSTANTIATE_TEST_SUITE_P(Each, Scenario08LyingKeyExchange,
                         testing::Values(mtproto::HandshakeFault::WrongNonceInResPq,
                                         mtproto::HandshakeFault::WrongServerNonceInDhParams,
                                         mtproto::HandshakeFault::WrongHashInside, mtproto::HandshakeFault::PaddingOf16,
                                         mtproto::HandshakeFault::UnknownFingerprint,
                                         mtproto::HandshakeFault::WrongNewNonceHash));

struct Scenario13TemporaryKeys : ClientKeys {};

TEST_F(Scenario13TemporaryKeys, AForgottenOneIsReplacedAndInitialisedAgain) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    const std::unique_ptr<Client> client = co_await logged_in();
    co_await get_pts(*client);
    EXPECT_FALSE(dc2.log().back().wrapped);
    dc2.forget_temporary_keys();
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 5);
    EXPECT_TRUE(dc2.log().back().wrapped);
    EXPECT_EQ(dc2.temporary_keys_made(), 2U);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario13TemporaryKeys, ARefusedBindingIsTriedWithAnotherOne) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.forget_temporary_keys();
    dc2.refuse_bindings("ENCRYPTED_MESSAGE_INVALID", 1);
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 5);
    EXPECT_EQ(dc2.temporary_keys_made(), 3U);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario13TemporaryKeys, AForgottenBindingIsMadeAgain) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.forget_bindings();
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 5);
    EXPECT_EQ(dc2.calls<api::auth_bindTempAuthKey>(), 2U);
    EXPECT_TRUE(dc2.log().back().wrapped);
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario13TemporaryKeys, AnExpiredOneIsReplaced) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    const std::unique_ptr<Client> client = co_await logged_in_sleepy();
    sleep_both(hours(25));
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 5);
    EXPECT_EQ(dc2.temporary_keys_made(), 2U);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario13TemporaryKeys, OneIsRenewedBeforeItsEndWithoutLosingACall) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    const std::unique_ptr<Client> client = co_await logged_in_sleepy();
    sleep_both(dc2.lifetimes_asked().at(0) - minutes(20));
    net::TaskGroup group(io.get_executor());
    int right = 0;
    for (int i = 0; i < 20; ++i) {
      group.spawn("call", [&]() -> asio::awaitable<void> {
        const std::int32_t pts = co_await get_pts(*client);
        if (pts == 5)
          ++right;
      });
    }
    co_await group.join();
    EXPECT_EQ(right, 20);
    while (dc2.temporary_keys_made() < 2 || dc2.calls<api::auth_bindTempAuthKey>() < 2)
      co_await asio::post(asio::use_awaitable);
    co_await get_pts(*client);
    EXPECT_TRUE(dc2.log().back().wrapped || dc2.calls<api::updates_getState>() > 20U);
    EXPECT_EQ(dc2.temporary_keys_made(), 2U);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario13TemporaryKeys, ALostPermanentKeyEndsTheLoginButIsNeverReplaced) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.forget_keys();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::SessionLost);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_TRUE(store.session().has_value()) << "it is for the person to decide";
    co_await client->close();
  });
}

struct Scenario31OneKeyOneConnection : ClientKeys {};

TEST_F(Scenario31OneKeyOneConnection, AHundredReconnectsNeverUseAKeyTwiceAtOnce) {
  run([&]() -> asio::awaitable<void> {
    answer_state();
    const std::unique_ptr<Client> client = co_await logged_in();
    for (int i = 0; i < 100; ++i) {
      dc2.drop_connections();
      if (i % 10 == 0)
        dc2.forget_temporary_keys();
      const std::int32_t pts = co_await get_pts(*client);
      EXPECT_EQ(pts, 5);
    }
    EXPECT_GE(dc2.connections(), 101U);
    EXPECT_EQ(dc2.doubled_uses(), 0U);
    EXPECT_EQ(dc2.keys_made(), 1U);
    co_await client->close();
  });
}

}  // namespace
}  // namespace ledgram::telegram::test
