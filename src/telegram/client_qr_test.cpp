// Scenario 33 of protocol.md: logging in by QR code.

#include "ledgram/telegram/sent_code.hpp"
#include "ledgram/telegram/test_support/client_fixture.hpp"

#include <gmock/gmock.h>

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct Scenario33QrLogin : ClientFixture {
  std::vector<std::string> links;
  net::Condition shown{io.get_executor()};
  /// What exportLoginToken answers, one after the other; the last one stays.
  std::vector<TestReply> exports;
  std::size_t exported = 0;

  ClientOptions quick() {
    ClientOptions given = options();
    // Tokens of these tests are out of date as they come, so this is their life.
    given.login_token_wait = milliseconds(20);
    return given;
  }

  TestReply token(std::uint8_t number, seconds life = seconds(-1)) {
    const auto now = std::chrono::duration_cast<seconds>(clock.now().unix_time);
    api::auth_loginToken made;
    made.expires = static_cast<std::int32_t>((now + life).count());
    made.token = Bytes(20, number);
    return answer_with(made);
  }

  static TestReply success() {
    api::auth_authorization authorization;
    authorization.user = user();
    api::auth_loginTokenSuccess done;
    done.authorization = std::move(authorization);
    return answer_with(done);
  }

  static TestReply migrate_to(std::int32_t dc) {
    api::auth_loginTokenMigrateTo moved;
    moved.dc_id = dc;
    moved.token = Bytes{9, 9};
    return answer_with(moved);
  }

  void script(TestDc& dc, std::vector<TestReply> replies) {
    exports = std::move(replies);
    dc.on<api::auth_exportLoginToken>([this](const TestCall& call) {
      EXPECT_EQ(call.as<api::auth_exportLoginToken>().api_id, 17349);
      return exports.at(std::min(exported++, exports.size() - 1));
    });
  }

  static Bytes accepted() {
    api::updateShort update;
    update.update = api::updateLoginToken{};
    return tl::serialize(update);
  }

  QrLogin wanted() {
    QrLogin login;
    login.on_token = [this](const LoginToken& token) {
      links.push_back(token.link.reveal());
      shown.notify_all();
    };
    return login;
  }

  asio::awaitable<QrResult> sign_in(Client& client) {
    QrLogin login = wanted();
    co_return co_await client.sign_in_by_qr(std::move(login));
  }

  /// account.getPassword, as far as a hint needs it.
  static void ask_for_password(TestDc& dc, std::string hint) {
    dc.on<api::account_getPassword>([hint](const TestCall&) {
      api::account_password answer;
      answer.has_password = true;
      answer.current_algo = api::passwordKdfAlgoUnknown{};
      answer.srp_B = Bytes(256, 1);
      answer.srp_id = 1;
      answer.hint = hint;
      answer.new_algo = api::passwordKdfAlgoUnknown{};
      answer.new_secure_algo = api::securePasswordKdfAlgoUnknown{};
      return answer_with(answer);
    });
  }
};

TEST_F(Scenario33QrLogin, TheLinkIsUrlSafeBase64WithoutPadding) {
  const Bytes token{0xfb, 0xff, 0xbf, 0x3e, 0xff};
  EXPECT_EQ(login_link(token).reveal(), "tg://login?token=-_-_Pv8");
}

TEST_F(Scenario33QrLogin, ATokenThatRunsOutTwiceIsRenewedTwice) {
  run([&]() -> asio::awaitable<void> {
    script(dc2, {token(1), token(2), token(3, seconds(30))});
    const std::unique_ptr<Client> client = make_client(quick());
    std::optional<QrResult> result;
    net::TaskGroup tasks(io.get_executor());
    tasks.spawn("login", [&]() -> asio::awaitable<void> { result = co_await sign_in(*client); });
    co_await shown.wait_until([&] { return links.size() == 3; });
    EXPECT_EQ(std::set(links.begin(), links.end()).size(), 3U);
    EXPECT_FALSE(result.has_value());
    exports.back() = success();
    dc2.push(accepted());
    co_await tasks.join();
    EXPECT_TRUE(result && std::holds_alternative<SignedIn>(*result));
    EXPECT_EQ(exported, 4U);
    EXPECT_TRUE(store.session().has_value());
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario33QrLogin, ExpiryIsCountedByTheServersClock) {
  run([&]() -> asio::awaitable<void> {
    std::vector<seconds> lives;
    script(dc2, {token(1, seconds(30))});
    const std::unique_ptr<Client> client = make_client(quick());
    QrLogin login;
    login.on_token = [&](const LoginToken& token) {
      lives.push_back(token.valid_for);
      shown.notify_all();
    };
    net::TaskGroup tasks(io.get_executor());
    tasks.spawn("login", [&]() -> asio::awaitable<void> { co_await client->sign_in_by_qr(login); });
    co_await shown.wait_until([&] { return !lives.empty(); });
    EXPECT_GE(lives.front(), seconds(28));
    EXPECT_LE(lives.front(), seconds(31));
    co_await tasks.stop();
    EXPECT_FALSE(store.session().has_value());
    co_await client->close();
  });
}

TEST_F(Scenario33QrLogin, TheUpdateMayComeBeforeTheExportReturns) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::auth_exportLoginToken>([this](const TestCall&) {
      if (exported++ > 0)
        return success();
      dc2.push(accepted());
      return token(1, seconds(30));
    });
    const std::unique_ptr<Client> client = make_client(quick());
    const QrResult result = co_await sign_in(*client);
    EXPECT_TRUE(std::holds_alternative<SignedIn>(result));
    EXPECT_EQ(exported, 2U) << "the token had 30 s to live, so only the update can have led to the second export";
    co_await client->close();
  });
}

TEST_F(Scenario33QrLogin, OtherUpdatesDoNotRenewIt) {
  run([&]() -> asio::awaitable<void> {
    std::vector<Bytes> heard;
    script(dc2, {token(1, seconds(30))});
    ClientOptions given = quick();
    given.on_update = [&](Bytes update) {
      heard.push_back(std::move(update));
      shown.notify_all();
    };
    const std::unique_ptr<Client> client = make_client(std::move(given));
    net::TaskGroup tasks(io.get_executor());
    tasks.spawn("login", [&]() -> asio::awaitable<void> { co_await sign_in(*client); });
    co_await shown.wait_until([&] { return links.size() == 1; });
    const api::updatesTooLong other;
    dc2.push(tl::serialize(other));
    api::updateShort message;
    message.update = api::updateChannelTooLong{.channel_id = 5};
    dc2.push(tl::serialize(message));
    // Arrives behind the two, in order.
    api::updateShort notice;
    notice.update = api::updateServiceNotification{.message = "hello", .media = api::messageMediaEmpty{}};
    dc2.push(tl::serialize(notice));
    co_await shown.wait_until([&] { return !heard.empty(); });
    EXPECT_EQ(heard.size(), 1U) << "of all these, only a service notification is for somebody who is not logged in";
    EXPECT_EQ(exported, 1U);
    exports.back() = success();
    dc2.push(accepted());
    co_await tasks.join();
    co_await client->close();
  });
}

TEST_F(Scenario33QrLogin, MigrateToOnTheFirstExport) {
  run([&]() -> asio::awaitable<void> {
    script(dc2, {migrate_to(4)});
    dc4.on<api::auth_importLoginToken>([](const TestCall& call) {
      EXPECT_EQ(call.as<api::auth_importLoginToken>().token, (Bytes{9, 9}));
      return success();
    });
    const std::unique_ptr<Client> client = make_client(quick());
    const QrResult result = co_await sign_in(*client);
    EXPECT_TRUE(std::holds_alternative<SignedIn>(result));
    EXPECT_TRUE(links.empty());
    EXPECT_EQ(client->main_dc(), DcId(4));
    EXPECT_EQ(store.session()->main_dc, DcId(4));
    co_await client->close();
  });
}

TEST_F(Scenario33QrLogin, MigrateToOnARefreshAndAPasswordThere) {
  run([&]() -> asio::awaitable<void> {
    script(dc2, {token(1), migrate_to(4)});
    dc4.on<api::auth_importLoginToken>(
        [](const TestCall&) { return TestReply(Refuse{401, "SESSION_PASSWORD_NEEDED"}); });
    ask_for_password(dc4, "at data centre 4");
    const std::unique_ptr<Client> client = make_client(quick());
    const QrResult result = co_await sign_in(*client);
    const auto* needed = std::get_if<PasswordNeeded>(&result);
    EXPECT_TRUE(needed != nullptr && needed->hint == "at data centre 4");
    EXPECT_EQ(links.size(), 1U);
    EXPECT_EQ(dc2.calls<api::account_getPassword>(), 0U);
    EXPECT_EQ(client->main_dc(), DcId(4));
    EXPECT_FALSE(store.session().has_value());
    // The check itself goes there too: this server's challenge is one that nobody can use, and it was asked for there.
    SecretText password(std::string("x"));
    const TelegramError error = co_await error_of(client->check_password(std::move(password)));
    EXPECT_EQ(error.code, TelegramErrc::PasswordUnusable);
    EXPECT_EQ(dc4.calls<api::account_getPassword>(), 2U);
    EXPECT_EQ(dc2.calls<api::account_getPassword>(), 0U);
    co_await client->close();
  });
}

TEST_F(Scenario33QrLogin, APasswordAtTheSameDataCentre) {
  run([&]() -> asio::awaitable<void> {
    script(dc2, {token(1), Refuse{401, "SESSION_PASSWORD_NEEDED"}});
    ask_for_password(dc2, "the cat");
    const std::unique_ptr<Client> client = make_client(quick());
    const QrResult result = co_await sign_in(*client);
    EXPECT_TRUE(std::holds_alternative<PasswordNeeded>(result));
    EXPECT_EQ(client->main_dc(), DcId(2));
    co_await client->close();
  });
}

TEST_F(Scenario33QrLogin, ALostTokenLeadsToANewOneAtTheFirstDataCentre) {
  run([&]() -> asio::awaitable<void> {
    script(dc2, {migrate_to(4), token(1), success()});
    dc4.on<api::auth_importLoginToken>([](const TestCall&) { return TestReply(Refuse{400, "AUTH_TOKEN_EXPIRED"}); });
    const std::unique_ptr<Client> client = make_client(quick());
    const QrResult result = co_await sign_in(*client);
    EXPECT_TRUE(std::holds_alternative<SignedIn>(result));
    EXPECT_EQ(client->main_dc(), DcId(2));
    EXPECT_EQ(links.size(), 1U);
    co_await client->close();
  });
}

TEST_F(Scenario33QrLogin, DataCentresThatPassTheTokenAroundAreLeft) {
  run([&]() -> asio::awaitable<void> {
    script(dc2, {migrate_to(4)});
    dc4.on<api::auth_importLoginToken>([](const TestCall&) { return migrate_to(2); });
    dc2.on<api::auth_importLoginToken>([](const TestCall&) { return migrate_to(4); });
    const std::unique_ptr<Client> client = make_client(quick());
    const TelegramError error = co_await error_of(sign_in(*client));
    EXPECT_EQ(error.code, TelegramErrc::MigrateLoop);
    EXPECT_LE(dc4.calls<api::auth_importLoginToken>(), 2U);
    co_await client->close();
  });
}

TEST_F(Scenario33QrLogin, EndsCleanlyWhenGivenUp) {
  run([&]() -> asio::awaitable<void> {
    script(dc2, {token(1, seconds(30))});
    const std::unique_ptr<Client> client = make_client(quick());
    {
      net::TaskGroup tasks(io.get_executor());
      tasks.spawn("login", [&]() -> asio::awaitable<void> { co_await sign_in(*client); });
      co_await shown.wait_until([&] { return links.size() == 1; });
      co_await tasks.stop();
    }
    EXPECT_EQ(client->login_state(), LoginState::LoggedOut);
    // The client is as good as before.
    exports.back() = success();
    const QrResult result = co_await sign_in(*client);
    EXPECT_TRUE(std::holds_alternative<SignedIn>(result));
    co_await client->close();
  });
}

}  // namespace
}  // namespace ledgram::telegram::test
