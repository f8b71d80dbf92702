// Scenario 32 of protocol.md, the codes: every way of sending one, what follows a resend, and the login e-mail.

#include "ledgram/telegram/test_support/client_fixture.hpp"

#include <gmock/gmock.h>

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::seconds;
using testing::HasSubstr;

/// Sends codes as the test says, and takes "22222" under the newest hash.
struct Scenario32LoginCodes : ClientFixture {
  int codes_sent = 0;
  SecretText phone{std::string("+99 966 2-1234")};

  std::string hash() const { return "hash" + std::to_string(codes_sent); }

  /// The next code, by this way.
  TestReply send(api::auth_SentCodeType type, api::auth_CodeType next = {}, std::int32_t timeout = 0) {
    ++codes_sent;
    api::auth_sentCode sent;
    sent.type = std::move(type);
    sent.phone_code_hash = hash();
    sent.next_type = std::move(next);
    sent.timeout = timeout;
    return answer_with(sent);
  }

  static api::auth_SentCodeType sms() {
    api::auth_sentCodeTypeSms type;
    type.length = 5;
    return type;
  }

  void take_code(std::string code = "22222") {
    dc2.on<api::auth_signIn>([this, code](const TestCall& call) {
      const auto method = call.as<api::auth_signIn>();
      if (method.phone_code_hash != hash())
        return TestReply(Refuse{400, "PHONE_CODE_EXPIRED"});
      if (method.phone_code.value_or("") != code)
        return TestReply(Refuse{400, "PHONE_CODE_INVALID"});
      return authorization(user());
    });
  }

  static asio::awaitable<SignInResult> sign_in(Client& client, std::string code) {
    SecretText given(std::move(code));
    co_return co_await client.sign_in(std::move(given));
  }
};

TEST_F(Scenario32LoginCodes, EveryTypeIsToldAndAccepted) {
  struct Way {
    api::auth_SentCodeType type;
    CodeType read;
    std::vector<std::string> told;
  };
  std::vector<Way> ways;
  const auto add = [&ways](auto type, CodeType read, std::vector<std::string> told) {
    ways.push_back({api::auth_SentCodeType(std::move(type)), read, std::move(told)});
  };
  add(api::auth_sentCodeTypeApp{.length = 5}, CodeType::App, {"5 digits", "app"});
  add(api::auth_sentCodeTypeSms{.length = 6}, CodeType::Sms, {"6 digits", "SMS"});
  add(api::auth_sentCodeTypeCall{.length = 5}, CodeType::Call, {"5 digits", "aloud"});
  add(api::auth_sentCodeTypeFlashCall{.pattern = "99900*****"}, CodeType::FlashCall, {"99900*****"});
  add(api::auth_sentCodeTypeMissedCall{.prefix = "99900", .length = 4}, CodeType::MissedCall, {"99900", "4 digits"});
  add(api::auth_sentCodeTypeSmsWord{.beginning = "l"}, CodeType::SmsWord, {"word", "\"l\""});
  add(api::auth_sentCodeTypeSmsPhrase{.beginning = "seven"}, CodeType::SmsPhrase, {"phrase", "\"seven\""});
  add(api::auth_sentCodeTypeFragmentSms{.url = "https://fragment.com/x", .length = 5}, CodeType::FragmentSms,
      {"https://fragment.com/x"});
  run([&]() -> asio::awaitable<void> {
    take_code();
    for (const Way& way : ways) {
      const std::string name(describe(way.read));
      dc2.on<api::auth_sendCode>([this, &way](const TestCall&) { return send(way.type); });
      store = MemoryKeyStore();
      const std::unique_ptr<Client> client = make_client();
      const SendCodeResult result = co_await client->send_code(phone);
      const auto* sent = std::get_if<SentCode>(&result);
      EXPECT_NE(sent, nullptr) << name;
      if (sent == nullptr)
        co_return;
      EXPECT_EQ(sent->type, way.read) << name;
      for (const std::string& part : way.told)
        EXPECT_THAT(explain(*sent), HasSubstr(part));
      const SignInResult in = co_await sign_in(*client, "22222");
      EXPECT_TRUE(std::holds_alternative<SignedIn>(in)) << name;
      co_await client->close();
    }
  });
}

TEST_F(Scenario32LoginCodes, FirebaseIsLeftForTheNextWay) {
  run([&]() -> asio::awaitable<void> {
    take_code();
    dc2.on<api::auth_sendCode>([this](const TestCall&) {
      return send(api::auth_sentCodeTypeFirebaseSms{.length = 5}, api::auth_codeTypeSms{});
    });
    dc2.on<api::auth_resendCode>([this](const TestCall&) { return send(sms()); });
    const std::unique_ptr<Client> client = make_client();
    const SendCodeResult first = co_await client->send_code(phone);
    EXPECT_EQ(std::get<SentCode>(first).type, CodeType::FirebaseSms);
    EXPECT_EQ(std::get<SentCode>(first).next_type, CodeType::Sms);
    const SendCodeResult second = co_await client->resend_code();
    EXPECT_EQ(std::get<SentCode>(second).type, CodeType::Sms);
    co_await sign_in(*client, "22222");
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario32LoginCodes, AnUnknownNextTypeDoesNotCostTheCode) {
  run([&]() -> asio::awaitable<void> {
    take_code();
    dc2.on<api::auth_sendCode>([this](const TestCall&) {
      Bytes answer = std::get<Bytes>(send(sms(), api::auth_codeTypeSms{}, 30));
      // The last two words are next_type and timeout.
      store_le32(MutableByteView(answer).subspan(answer.size() - 8, 4), 0x7e57c0de);
      return TestReply(std::move(answer));
    });
    const std::unique_ptr<Client> client = make_client();
    const SendCodeResult result = co_await client->send_code(phone);
    const auto* sent = std::get_if<SentCode>(&result);
    EXPECT_TRUE(sent != nullptr && sent->type == CodeType::Sms && sent->length == 5);
    EXPECT_TRUE(sent != nullptr && sent->next_type == CodeType::Unknown);
    const TelegramError early = co_await error_of(client->resend_code());
    EXPECT_EQ(early.code, TelegramErrc::CodeNotSent);
    const SignInResult in = co_await sign_in(*client, "22222");
    EXPECT_TRUE(std::holds_alternative<SignedIn>(in));
    co_await client->close();
  });
}

TEST_F(Scenario32LoginCodes, AnUnknownTypeIsRefusedInWords) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::auth_sendCode>([this](const TestCall&) {
      Bytes answer = std::get<Bytes>(send(sms()));
      store_le32(MutableByteView(answer).subspan(8, 4), 0x7e57c0de);  // after the constructor and its flags
      return TestReply(std::move(answer));
    });
    const std::unique_ptr<Client> client = make_client();
    const TelegramError error = co_await error_of(client->send_code(phone));
    EXPECT_EQ(error.code, TelegramErrc::LoginUnsupported);
    EXPECT_THAT(error.message, HasSubstr("update Ledgram"));
    co_await client->close();
  });
}

TEST_F(Scenario32LoginCodes, AResendComesNotBeforeItsTimeAndVoidsTheOldHash) {
  run([&]() -> asio::awaitable<void> {
    take_code();
    std::string used_hash;
    dc2.on<api::auth_sendCode>([this](const TestCall&) { return send(sms(), api::auth_codeTypeCall{}, 1); });
    dc2.on<api::auth_resendCode>([this, &used_hash](const TestCall& call) {
      used_hash = call.as<api::auth_resendCode>().phone_code_hash;
      return send(api::auth_sentCodeTypeCall{.length = 5});
    });
    net::test::ShiftedClock later;
    const auto client = std::make_unique<Client>(io.get_executor(), options(), store, random, later);
    co_await client->send_code(phone);
    const TelegramError early = co_await error_of(client->resend_code());
    EXPECT_EQ(early.code, TelegramErrc::CodeNotSent);
    EXPECT_EQ(early.retry_after, seconds(1));
    EXPECT_EQ(dc2.calls<api::auth_resendCode>(), 0U);
    later.monotonic += seconds(1);
    const SendCodeResult second = co_await client->resend_code();
    EXPECT_EQ(used_hash, "hash1");
    EXPECT_FALSE(std::get<SentCode>(second).next_type.has_value());
    const TelegramError none = co_await error_of(client->resend_code());
    EXPECT_EQ(none.code, TelegramErrc::CodeNotSent);
    EXPECT_EQ(dc2.calls<api::auth_resendCode>(), 1U) << "no next_type, so nothing was asked";
    ++codes_sent;  // as if another device had asked for a code: the client's hash is an old one
    const TelegramError old = co_await error_of(sign_in(*client, "22222"));
    EXPECT_EQ(old.code, TelegramErrc::CodeExpired);
    co_await client->close();
  });
}

TEST_F(Scenario32LoginCodes, AnotherNumberCancelsTheFirst) {
  run([&]() -> asio::awaitable<void> {
    std::vector<std::string> cancelled;
    dc2.on<api::auth_sendCode>([this](const TestCall&) { return send(sms()); });
    dc2.on<api::auth_cancelCode>([&cancelled](const TestCall& call) {
      const auto method = call.as<api::auth_cancelCode>();
      cancelled.push_back(method.phone_number + " " + method.phone_code_hash);
      return answer_with(true);
    });
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    co_await client->send_code(phone);
    EXPECT_TRUE(cancelled.empty()) << "the same number once more";
    SecretText other(std::string("+9996625555"));
    co_await client->send_code(other);
    EXPECT_EQ(cancelled, std::vector<std::string>{"9996621234 hash2"});
    co_await client->cancel_code();
    EXPECT_EQ(cancelled.back(), "9996625555 hash3");
    const TelegramError none = co_await error_of(sign_in(*client, "22222"));
    EXPECT_EQ(none.code, TelegramErrc::CodeNotSent);
    co_await client->close();
  });
}

TEST_F(Scenario32LoginCodes, AnEmailIsSetUpAndTheCodeComesAfterwards) {
  run([&]() -> asio::awaitable<void> {
    take_code();
    dc2.on<api::auth_sendCode>([this](const TestCall&) { return send(api::auth_sentCodeTypeSetUpEmailRequired{}); });
    dc2.on<api::account_sendVerifyEmailCode>([this](const TestCall& call) {
      const auto method = call.as<api::account_sendVerifyEmailCode>();
      const auto* purpose = method.purpose.as<api::emailVerifyPurposeLoginSetup>();
      EXPECT_TRUE(purpose != nullptr && purpose->phone_number == "9996621234" && purpose->phone_code_hash == hash());
      if (method.email != "olha@example.org")
        return TestReply(Refuse{400, "EMAIL_INVALID"});
      return answer_with(api::account_sentEmailCode{.email_pattern = "o***@example.org", .length = 6});
    });
    dc2.on<api::account_verifyEmail>([this](const TestCall& call) {
      const auto method = call.as<api::account_verifyEmail>();
      const auto* given = method.verification.as<api::emailVerificationCode>();
      if (given == nullptr || given->code != "654321")
        return TestReply(Refuse{400, "CODE_INVALID"});
      ++codes_sent;
      api::auth_sentCode sent;
      sent.type = sms();
      sent.phone_code_hash = hash();
      api::account_emailVerifiedLogin done;
      done.email = "olha@example.org";
      done.sent_code = std::move(sent);
      return answer_with(done);
    });
    const std::unique_ptr<Client> client = make_client();
    const SendCodeResult first = co_await client->send_code(phone);
    EXPECT_EQ(std::get<SentCode>(first).type, CodeType::SetUpEmailRequired);
    const TelegramError bad = co_await error_of(client->set_up_email("nonsense"));
    EXPECT_EQ(bad.code, TelegramErrc::BadEmail);
    SecretText early(std::string("654321"));
    const TelegramError too_early = co_await error_of(client->verify_email(std::move(early)));
    EXPECT_EQ(too_early.code, TelegramErrc::CodeNotSent);
    const SentEmailCode sent = co_await client->set_up_email("olha@example.org");
    EXPECT_EQ(sent.pattern, "o***@example.org");
    EXPECT_EQ(sent.length, 6);
    SecretText wrong(std::string("111111"));
    const TelegramError no = co_await error_of(client->verify_email(std::move(wrong)));
    EXPECT_EQ(no.code, TelegramErrc::WrongCode);
    SecretText right(std::string("654321"));
    const SendCodeResult second = co_await client->verify_email(std::move(right));
    EXPECT_EQ(std::get<SentCode>(second).type, CodeType::Sms);
    co_await sign_in(*client, "22222");
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario32LoginCodes, ACodeByEmailIsVerifiedAsSuchAndTheAddressCanBeTakenOff) {
  run([&]() -> asio::awaitable<void> {
    const auto by_email = [this] {
      api::auth_sentCodeTypeEmailCode type;
      type.email_pattern = "o***@example.org";
      type.length = 6;
      type.reset_available_period = 600;
      return send(std::move(type));
    };
    dc2.on<api::auth_sendCode>([&](const TestCall&) { return by_email(); });
    dc2.on<api::auth_signIn>([](const TestCall& call) {
      const auto method = call.as<api::auth_signIn>();
      EXPECT_FALSE(method.phone_code.has_value());
      const auto* given = method.email_verification.as<api::emailVerificationCode>();
      return given != nullptr && given->code == "654321" ? authorization(user())
                                                         : TestReply(Refuse{400, "PHONE_CODE_INVALID"});
    });
    int resets = 0;
    dc2.on<api::auth_resetLoginEmail>([&](const TestCall&) {
      if (resets++ > 0)
        return TestReply(Refuse{400, "TASK_ALREADY_EXISTS"});
      return send(sms());
    });
    const std::unique_ptr<Client> client = make_client();
    const SendCodeResult first = co_await client->send_code(phone);
    const SentCode& sent = std::get<SentCode>(first);
    EXPECT_EQ(sent.type, CodeType::EmailCode);
    EXPECT_EQ(sent.email_reset_wait, seconds(600));
    EXPECT_THAT(explain(sent), HasSubstr("o***@example.org"));
    const SendCodeResult reset = co_await client->reset_login_email();
    EXPECT_EQ(std::get<SentCode>(reset).type, CodeType::Sms);
    const TelegramError twice = co_await error_of(client->reset_login_email());
    EXPECT_EQ(twice.code, TelegramErrc::CodeNotSent);
    co_await client->send_code(phone);
    co_await sign_in(*client, "654321");
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario32LoginCodes, APaymentIsRefusedInWords) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::auth_sendCode>([](const TestCall&) {
      api::auth_sentCodePaymentRequired payment;
      payment.currency = "XTR";
      payment.amount = 250;
      return answer_with(payment);
    });
    const std::unique_ptr<Client> client = make_client();
    const TelegramError error = co_await error_of(client->send_code(phone));
    EXPECT_EQ(error.code, TelegramErrc::LoginUnsupported);
    EXPECT_THAT(error.message, HasSubstr("250 XTR"));
    co_await client->close();
  });
}

TEST_F(Scenario32LoginCodes, FloodsEndTheAttempt) {
  run([&]() -> asio::awaitable<void> {
    for (const char* refusal : {"PHONE_NUMBER_FLOOD", "PHONE_PASSWORD_FLOOD"}) {
      dc2.on<api::auth_sendCode>([refusal](const TestCall&) { return TestReply(Refuse{400, refusal}); });
      const std::size_t before = dc2.calls<api::auth_sendCode>();
      const std::unique_ptr<Client> client = make_client();
      const TelegramError error = co_await error_of(client->send_code(phone));
      EXPECT_EQ(error.code, TelegramErrc::FloodWait) << refusal;
      EXPECT_EQ(dc2.calls<api::auth_sendCode>(), before + 1) << "asked again";
      co_await client->close();
    }
  });
}

TEST_F(Scenario32LoginCodes, TokensOfEarlierLogOutsLetTheAccountInWithoutACode) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::auth_sendCode>([](const TestCall& call) {
      const auto method = call.as<api::auth_sendCode>();
      const auto* settings = method.settings.as<api::codeSettings>();
      EXPECT_TRUE(settings != nullptr && settings->logout_tokens.has_value());
      const std::vector<Bytes> given = settings->logout_tokens.value_or(std::vector<Bytes>{});
      EXPECT_EQ(given.size(), 20U) << "Telegram takes twenty";
      EXPECT_EQ(given.front(), Bytes{5});
      EXPECT_EQ(given.back(), Bytes{24});
      api::auth_authorization authorization;
      authorization.user = user();
      authorization.future_auth_token = Bytes{77};
      api::auth_sentCodeSuccess success;
      success.authorization = std::move(authorization);
      return answer_with(success);
    });
    dc2.on<api::auth_logOut>(
        [](const TestCall&) { return answer_with(api::auth_loggedOut{.future_auth_token = Bytes{78}}); });
    ClientOptions given = options();
    for (std::uint8_t i = 0; i < 25; ++i)
      given.logout_tokens.emplace_back(Bytes{i});
    const std::unique_ptr<Client> client = make_client(std::move(given));
    const SendCodeResult result = co_await client->send_code(phone);
    EXPECT_TRUE(std::holds_alternative<SignedIn>(result));
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    EXPECT_TRUE(store.session().has_value());
    co_await client->log_out();
    const std::vector<SecretBytes> tokens = client->future_auth_tokens();
    EXPECT_EQ(tokens.size(), 2U);
    EXPECT_EQ(tokens.back().reveal(), Bytes{78});
    co_await client->close();
  });
}

}  // namespace
}  // namespace ledgram::telegram::test
