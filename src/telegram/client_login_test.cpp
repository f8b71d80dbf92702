// Logging in, staying logged in over a restart, and logging out.

#include "ledgram/telegram/test_support/login_fixture.hpp"

#include <gmock/gmock.h>

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_F(ClientLogin, ByCodeAndStaysLoggedInOverARestart) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    dc2.on<api::users_getUsers>([](const TestCall&) {
      std::vector<api::User> users;
      users.emplace_back(user());
      return answer_with(users);
    });
    {
      const std::unique_ptr<Client> client = make_client();
      const SendCodeResult sent = co_await client->send_code(phone);
      const auto* code = std::get_if<SentCode>(&sent);
      EXPECT_TRUE(code != nullptr && code->type == CodeType::App && code->length == 5);
      EXPECT_TRUE(code->next_type == CodeType::Sms && code->resend_after == seconds(0));
      EXPECT_EQ(client->login_state(), LoginState::LoggedOut);
      EXPECT_FALSE(store.session().has_value());
      const SignInResult result = co_await sign_in(*client, "22222");
      const auto* signed_in = std::get_if<SignedIn>(&result);
      EXPECT_TRUE(signed_in != nullptr && signed_in->user == UserId(kTestUser));
      EXPECT_EQ(signed_in->name, "Olha Test");
      EXPECT_EQ(signed_in->username, "olha_test");
      EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
      EXPECT_TRUE(store.session().has_value());
      EXPECT_EQ(store.session()->user, UserId(kTestUser));
      EXPECT_EQ(store.session()->main_dc, DcId(2));
      const TelegramError twice = co_await error_of(client->send_code(phone));
      EXPECT_EQ(twice.code, TelegramErrc::AlreadyLoggedIn);
      co_await client->close();
    }
    // The same bytes as a ledger would keep them.
    const Bytes stored = to_bytes(*store.session());
    const auto read = from_bytes(stored);
    EXPECT_TRUE(read.has_value());
    co_await store.save(*read);
    const std::size_t calls_before = dc2.log().size();
    const std::unique_ptr<Client> client = make_client();
    co_await client->start();
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    const Self self = co_await client->self();
    EXPECT_EQ(self.user, UserId(kTestUser));
    EXPECT_EQ(self.access_hash, 77);
    EXPECT_EQ(dc2.keys_made(), 1U);
    EXPECT_TRUE(dc2.log()[calls_before].wrapped);
    EXPECT_NE(dc2.log()[calls_before].session, dc2.log().front().session);
    co_await client->close();
  });
}

TEST_F(ClientLogin, AWrongCodeMayBeEnteredAgain) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    const std::unique_ptr<Client> client = make_client();
    const TelegramError early = co_await error_of(sign_in(*client, "22222"));
    EXPECT_EQ(early.code, TelegramErrc::CodeNotSent);
    co_await client->send_code(phone);
    const TelegramError wrong = co_await error_of(sign_in(*client, "11111"));
    EXPECT_EQ(wrong.code, TelegramErrc::WrongCode);
    EXPECT_THAT(wrong.message, testing::HasSubstr("code is wrong"));
    EXPECT_FALSE(store.session().has_value());
    const SignInResult result = co_await sign_in(*client, "22222");
    EXPECT_TRUE(std::holds_alternative<SignedIn>(result));
    co_await client->close();
  });
}

TEST_F(ClientLogin, ResendingVoidsTheFirstCodeAndEndsWhenThereIsNoOtherWay) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    const std::unique_ptr<Client> client = make_client();
    const TelegramError early = co_await error_of(client->resend_code());
    EXPECT_EQ(early.code, TelegramErrc::CodeNotSent);
    co_await client->send_code(phone);
    co_await client->resend_code();
    const SendCodeResult third = co_await client->resend_code();
    EXPECT_FALSE(std::get<SentCode>(third).next_type.has_value());
    const TelegramError no_more = co_await error_of(client->resend_code());
    EXPECT_EQ(no_more.code, TelegramErrc::CodeNotSent);
    EXPECT_EQ(dc2.calls<api::auth_resendCode>(), 2U);
    const SignInResult result = co_await sign_in(*client, "22222");
    EXPECT_TRUE(std::holds_alternative<SignedIn>(result));
    co_await client->close();
  });
}

TEST_F(ClientLogin, ResendingIsNotRepeatedWhenItsAnswerIsLost) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    dc2.on<api::auth_resendCode>([this](const TestCall&) {
      dc2.forget_temporary_keys();
      return TestReply(DropConnection{});
    });
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    const TelegramError error = co_await error_of(client->resend_code());
    EXPECT_EQ(error.code, TelegramErrc::OutcomeUnknown) << error.message;
    EXPECT_EQ(dc2.calls<api::auth_resendCode>(), 1U);
    co_await client->close();
  });
}

TEST_F(ClientLogin, AnExpiredCodeAndOtherRefusalsAreExplained) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    ++codes_sent;  // as if another device had asked for a code
    const TelegramError expired = co_await error_of(sign_in(*client, "22222"));
    EXPECT_EQ(expired.code, TelegramErrc::CodeExpired);

    const std::pair<std::string, TelegramErrc> refusals[] = {{"PHONE_NUMBER_INVALID", TelegramErrc::BadPhoneNumber},
                                                             {"PHONE_NUMBER_FLOOD", TelegramErrc::FloodWait},
                                                             {"API_ID_INVALID", TelegramErrc::BadAppIdentity}};
    for (const auto& [text, code] : refusals) {
      const Refuse refusal{400, text};
      dc2.on<api::auth_sendCode>([refusal](const TestCall&) { return TestReply(refusal); });
      const TelegramError error = co_await error_of(client->send_code(phone));
      EXPECT_EQ(error.code, code) << text;
      EXPECT_EQ(error.message.find(text), std::string::npos) << "a person does not read " << error.message;
    }
    SecretText no_digits(std::string("+ -"));
    const TelegramError empty = co_await error_of(client->send_code(std::move(no_digits)));
    EXPECT_EQ(empty.code, TelegramErrc::BadPhoneNumber);

    dc2.on<api::auth_sendCode>([](const TestCall&) { return TestReply(Refuse{420, "FLOOD_WAIT_7200"}); });
    const TelegramError flood = co_await error_of(client->send_code(phone));
    EXPECT_EQ(flood.code, TelegramErrc::FloodWait);
    EXPECT_EQ(flood.retry_after, seconds(7200));
    co_await client->close();
  });
}

TEST_F(ClientLogin, ANumberWithoutAccountNeedsSignUp) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    dc2.on<api::auth_signIn>([](const TestCall&) {
      const api::auth_authorizationSignUpRequired required;
      return answer_with(required);
    });
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    const SignInResult result = co_await sign_in(*client, "22222");
    EXPECT_TRUE(std::holds_alternative<SignUpRequired>(result));
    EXPECT_EQ(client->login_state(), LoginState::LoggedOut);
    EXPECT_FALSE(store.session().has_value());
    co_await client->close();
  });
}

TEST_F(ClientLogin, TheAccountsDataCentreIsFoundByPhoneMigrate) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::auth_sendCode>([](const TestCall&) { return TestReply(Refuse{303, "PHONE_MIGRATE_4"}); });
    let_people_in(dc4);
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    const SignInResult result = co_await sign_in(*client, "22222");
    EXPECT_TRUE(std::holds_alternative<SignedIn>(result));
    EXPECT_EQ(store.session()->main_dc, DcId(4));
    EXPECT_EQ(dc2.calls<api::auth_signIn>(), 0U);
    co_await client->close();
  });
}

TEST_F(ClientLogin, ABotLogsInWithItsTokenOnly) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::auth_importBotAuthorization>([](const TestCall& call) {
      const auto method = call.as<api::auth_importBotAuthorization>();
      if (method.bot_auth_token != "1:right")
        return TestReply(Refuse{400, "ACCESS_TOKEN_INVALID"});
      api::user bot = user();
      bot.bot = true;
      return authorization(std::move(bot));
    });
    const std::unique_ptr<Client> client = make_client();
    SecretText wrong = secret("1:wrong");
    const TelegramError error = co_await error_of(client->sign_in_bot(std::move(wrong)));
    EXPECT_EQ(error.code, TelegramErrc::BadBotToken);
    EXPECT_EQ(error.message.find("1:wrong"), std::string::npos);
    SecretText right = secret("1:right");
    const SignedIn signed_in = co_await client->sign_in_bot(std::move(right));
    EXPECT_EQ(signed_in.kind, AccountKind::Bot);
    EXPECT_EQ(store.session()->kind, AccountKind::Bot);
    co_await client->close();
  });
}

TEST_F(ClientLogin, UpdatesReachTheHandlerOnlyAfterLogin) {
  run([&]() -> asio::awaitable<void> {
    std::vector<Bytes> updates;
    net::Condition arrived(io.get_executor());
    ClientOptions given = options();
    given.on_update = [&](Bytes update) {
      updates.push_back(std::move(update));
      arrived.notify_all();
    };
    let_people_in(dc2);
    const std::unique_ptr<Client> client = make_client(std::move(given));
    co_await client->send_code(phone);
    const api::updatesTooLong early;
    dc2.push(tl::serialize(early));
    co_await sign_in(*client, "22222");
    api::updateShort late;
    late.update = api::updateConfig{};
    const Bytes sent = tl::serialize(late);
    dc2.push(sent);
    co_await arrived.wait_until([&] { return !updates.empty(); });
    EXPECT_EQ(updates, std::vector<Bytes>{sent});
    co_await client->close();
  });
}

TEST_F(ClientLogin, LogOutEndsTheLoginAndErasesIt) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.on<api::auth_logOut>([](const TestCall&) {
      const api::auth_loggedOut done;
      return answer_with(done);
    });
    co_await client->log_out();
    EXPECT_EQ(dc2.calls<api::auth_logOut>(), 1U);
    EXPECT_EQ(client->login_state(), LoginState::LoggedOut);
    EXPECT_FALSE(store.session().has_value());
    const TelegramError after = co_await error_of(client->self());
    EXPECT_EQ(after.code, TelegramErrc::LoggedOut);
    co_await client->close();
    EXPECT_FALSE(store.session().has_value());
  });
}

TEST_F(ClientLogin, ABotsDataCentreIsFoundByUserMigrate) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::auth_importBotAuthorization>([](const TestCall&) { return TestReply(Refuse{303, "USER_MIGRATE_4"}); });
    let_bots_in(dc4);
    const std::unique_ptr<Client> client = make_client();
    SecretText token = secret("1:right");
    co_await client->sign_in_bot(std::move(token));
    EXPECT_EQ(store.session()->main_dc, DcId(4));
    co_await client->close();
  });
}

TEST_F(ClientLogin, LogOutEndsWhenTheServerClosesInsteadOfAnswering) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.on<api::auth_logOut>([this](const TestCall&) {
      dc2.stop_listening();
      return TestReply(StaySilent{});
    });
    const auto before = std::chrono::steady_clock::now();
    co_await client->log_out();
    EXPECT_LT(std::chrono::steady_clock::now() - before, seconds(7));
    EXPECT_EQ(dc2.calls<api::auth_logOut>(), 1U);
    EXPECT_FALSE(store.session().has_value());
    EXPECT_EQ(client->login_state(), LoginState::LoggedOut);
    co_await client->close();
  });
}

TEST_F(ClientLogin, LogOutOfALoginThatIsGoneAlreadySucceeds) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.on<api::auth_logOut>([](const TestCall&) { return TestReply(Refuse{401, "AUTH_KEY_UNREGISTERED"}); });
    co_await client->log_out();
    EXPECT_FALSE(store.session().has_value());
    co_await client->close();
  });
}

TEST_F(ClientLogin, AStoredLoginOfTheOtherEnvironmentIsRefused) {
  run([&]() -> asio::awaitable<void> {
    {
      const std::unique_ptr<Client> client = co_await logged_in();
      co_await client->close();
    }
    ClientOptions given = options();
    given.dcs.environment = DcEnvironment::Test;
    const std::unique_ptr<Client> client = make_client(std::move(given));
    const TelegramError error = co_await error_of(client->self());
    EXPECT_EQ(error.code, TelegramErrc::BadStoredSession);
    co_await client->close();
  });
}

}  // namespace
}  // namespace ledgram::telegram::test
