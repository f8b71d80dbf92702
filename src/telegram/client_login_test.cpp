// Logging in, staying logged in over a restart, and logging out.

#include "ledgram/crypto/dh.hpp"
#include "ledgram/crypto/srp.hpp"
#include "ledgram/telegram/test_support/client_fixture.hpp"

#include <gmock/gmock.h>

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct ClientLogin : ClientFixture {
  int codes_sent = 0;

  SecretText phone{std::string("+99 966 2-1234")};

  /// The code of the test environment's numbers: the data centre's digit five times.
  void let_people_in(TestDc& dc) {
    dc.on<api::auth_sendCode>([this](const TestCall& call) {
      const auto method = call.as<api::auth_sendCode>();
      EXPECT_EQ(method.phone_number, "9996621234");
      EXPECT_EQ(method.api_id, 17349);
      EXPECT_EQ(method.api_hash, "344583e45741c457fe1862106095a5eb");
      return sent_code();
    });
    dc.on<api::auth_resendCode>([this](const TestCall& call) {
      EXPECT_EQ(call.as<api::auth_resendCode>().phone_code_hash, hash());
      return sent_code();
    });
    dc.on<api::auth_signIn>([this](const TestCall& call) {
      const auto method = call.as<api::auth_signIn>();
      if (method.phone_code_hash != hash())
        return TestReply(Refuse{400, "PHONE_CODE_EXPIRED"});
      if (method.phone_code != "22222")
        return TestReply(Refuse{400, "PHONE_CODE_INVALID"});
      return authorization(user());
    });
  }

  std::string hash() const { return "hash" + std::to_string(codes_sent); }

  TestReply sent_code() {
    ++codes_sent;
    api::auth_sentCodeTypeApp app;
    app.length = 5;
    api::auth_sentCode sent;
    sent.type = app;
    sent.phone_code_hash = hash();
    if (codes_sent < 3)
      sent.next_type = api::auth_codeTypeSms{};
    sent.timeout = 0;
    return answer_with(sent);
  }

  static SecretText secret(std::string text) { return SecretText(std::move(text)); }

  asio::awaitable<SignInResult> sign_in(Client& client, std::string code) {
    SecretText given(std::move(code));
    co_return co_await client.sign_in(std::move(given));
  }
};

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

struct ClientPassword : ClientLogin {
  /// A server that holds one SRP exchange a time, as Telegram does.
  struct Password {
    crypto::SrpParams params;
    SecretBytes verifier;
    std::optional<crypto::SrpServerExchange> exchange;
    std::int64_t id = 0;
  };
  Password password;

  void want_password(const std::string& text) {
    password.params.g = 3;
    password.params.p = Bytes(crypto::known_dh_prime().begin(), crypto::known_dh_prime().end());
    password.params.salt1 = random.bytes(16);
    password.params.salt2 = random.bytes(16);
    password.verifier = *crypto::make_verifier(password.params, SecretText(text));
    dc2.on<api::auth_signIn>([](const TestCall&) { return TestReply(Refuse{401, "SESSION_PASSWORD_NEEDED"}); });
    dc2.on<api::account_getPassword>([this](const TestCall&) {
      password.exchange.emplace(password.params, password.verifier, random);
      api::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow algorithm;
      algorithm.g = password.params.g;
      algorithm.p = password.params.p;
      algorithm.salt1 = password.params.salt1;
      algorithm.salt2 = password.params.salt2;
      api::account_password answer;
      answer.has_password = true;
      answer.srp_B = Bytes(password.exchange->b().begin(), password.exchange->b().end());
      answer.srp_id = ++password.id;
      answer.hint = "name of the cat";
      answer.current_algo = std::move(algorithm);
      answer.new_algo = api::passwordKdfAlgoUnknown{};
      answer.new_secure_algo = api::securePasswordKdfAlgoUnknown{};
      return answer_with(answer);
    });
    dc2.on<api::auth_checkPassword>([this](const TestCall& call) {
      const auto method = call.as<api::auth_checkPassword>();
      const auto* proof = method.password.as<api::inputCheckPasswordSRP>();
      if (proof == nullptr || proof->srp_id != password.id || !password.exchange) {
        return TestReply(Refuse{400, "SRP_ID_INVALID"});
      }
      const bool right = password.exchange->check(proof->A, proof->M1).has_value();
      password.exchange.reset();
      return right ? authorization(user()) : TestReply(Refuse{400, "PASSWORD_HASH_INVALID"});
    });
  }
};

TEST_F(ClientPassword, IsAskedForCheckedAndMayBeEnteredAgain) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    want_password("кіт Мурчик 🐈");
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    const SignInResult result = co_await sign_in(*client, "22222");
    const auto* needed = std::get_if<PasswordNeeded>(&result);
    EXPECT_TRUE(needed != nullptr && needed->hint == "name of the cat");
    EXPECT_EQ(client->login_state(), LoginState::LoggedOut);

    SecretText wrong = secret("кіт мурчик 🐈");
    const TelegramError error = co_await error_of(client->check_password(std::move(wrong)));
    EXPECT_EQ(error.code, TelegramErrc::WrongPassword);
    EXPECT_EQ(dc2.calls<api::auth_checkPassword>(), 1U);

    SecretText right = secret("кіт Мурчик 🐈");
    const SignedIn signed_in = co_await client->check_password(std::move(right));
    EXPECT_EQ(signed_in.user, UserId(kTestUser));
    EXPECT_TRUE(store.session().has_value());
    co_await client->close();
  });
}

TEST_F(ClientPassword, ChallengesAreFetchedAnewWhenOneWasUsedUp) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    want_password("secret");
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    co_await sign_in(*client, "22222");
    int refused = 0;
    const auto check = dc2.calls<api::auth_checkPassword>();
    EXPECT_EQ(check, 0U);
    password.id += 100;
    // The first challenge is taken away between getPassword and checkPassword.
    dc2.on<api::auth_checkPassword>([this, &refused](const TestCall& call) {
      if (refused++ == 0)
        return TestReply(Refuse{400, "SRP_ID_INVALID"});
      const auto method = call.as<api::auth_checkPassword>();
      const auto* proof = method.password.as<api::inputCheckPasswordSRP>();
      return password.exchange->check(proof->A, proof->M1) ? authorization(user())
                                                           : TestReply(Refuse{400, "PASSWORD_HASH_INVALID"});
    });
    SecretText right = secret("secret");
    const SignedIn signed_in = co_await client->check_password(std::move(right));
    EXPECT_EQ(signed_in.user, UserId(kTestUser));
    EXPECT_EQ(refused, 2);
    co_await client->close();
  });
}

TEST_F(ClientPassword, UnknownOrUnsafeChecksAreRefusedWithoutSendingAnything) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    want_password("secret");
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    co_await sign_in(*client, "22222");

    password.params.p[255] ^= 2;  // not a safe prime any more
    SecretText first = secret("secret");
    const TelegramError unsafe = co_await error_of(client->check_password(std::move(first)));
    EXPECT_EQ(unsafe.code, TelegramErrc::PasswordUnusable);

    dc2.on<api::account_getPassword>([](const TestCall&) {
      api::account_password answer;
      answer.has_password = true;
      answer.srp_B = Bytes(256, 1);
      answer.srp_id = 1;
      answer.current_algo = api::passwordKdfAlgoUnknown{};
      answer.new_algo = api::passwordKdfAlgoUnknown{};
      answer.new_secure_algo = api::securePasswordKdfAlgoUnknown{};
      return answer_with(answer);
    });
    SecretText second = secret("secret");
    const TelegramError unknown = co_await error_of(client->check_password(std::move(second)));
    EXPECT_EQ(unknown.code, TelegramErrc::PasswordUnusable);
    EXPECT_EQ(dc2.calls<api::auth_checkPassword>(), 0U);
    co_await client->close();
  });
}

/// Scenario 32 of protocol.md, the password.
struct Scenario32Password : ClientPassword {
  /// The answer of account.getPassword with its server part changed.
  void change_challenge(std::function<void(api::account_password&)> change) {
    dc2.on<api::account_getPassword>([this, change](const TestCall&) {
      password.exchange.emplace(password.params, password.verifier, random);
      api::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow algorithm;
      algorithm.g = password.params.g;
      algorithm.p = password.params.p;
      algorithm.salt1 = password.params.salt1;
      algorithm.salt2 = password.params.salt2;
      api::account_password answer;
      answer.has_password = true;
      answer.srp_B = Bytes(password.exchange->b().begin(), password.exchange->b().end());
      answer.srp_id = ++password.id;
      answer.current_algo = std::move(algorithm);
      answer.new_algo = api::passwordKdfAlgoUnknown{};
      answer.new_secure_algo = api::securePasswordKdfAlgoUnknown{};
      change(answer);
      return answer_with(answer);
    });
  }
};

TEST_F(Scenario32Password, UnsafeChallengesAreRefusedAndNothingIsSent) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    want_password("secret");
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    co_await sign_in(*client, "22222");
    const Bytes prime = password.params.p;
    const std::pair<std::string, std::function<void(api::account_password&)>> changes[] = {
        {"B = 0", [](api::account_password& answer) { answer.srp_B = Bytes(256, 0); }},
        {"B = p", [prime](api::account_password& answer) { answer.srp_B = prime; }},
        {"B > p", [](api::account_password& answer) { answer.srp_B = Bytes(256, 0xff); }},
        {"B of 300 bytes", [](api::account_password& answer) { answer.srp_B = Bytes(300, 1); }},
    };
    for (const auto& [what, change] : changes) {
      change_challenge(change);
      SecretText given = secret("secret");
      const TelegramError error = co_await error_of(client->check_password(std::move(given)));
      EXPECT_EQ(error.code, TelegramErrc::PasswordUnusable) << what;
    }
    // A prime that is none, one that is too small, and one that is not safe for its generator.
    for (const Bytes& weak : {Bytes(256, 0xff), Bytes(128, 0xc5), Bytes(256, 0)}) {
      password.params.p = weak;
      dc2.on<api::account_getPassword>([this](const TestCall&) {
        api::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow algorithm;
        algorithm.g = 3;
        algorithm.p = password.params.p;
        algorithm.salt1 = password.params.salt1;
        algorithm.salt2 = password.params.salt2;
        api::account_password answer;
        answer.has_password = true;
        answer.srp_B = Bytes(256, 1);
        answer.srp_id = ++password.id;
        answer.current_algo = std::move(algorithm);
        answer.new_algo = api::passwordKdfAlgoUnknown{};
        answer.new_secure_algo = api::securePasswordKdfAlgoUnknown{};
        return answer_with(answer);
      });
      SecretText given = secret("secret");
      const TelegramError error = co_await error_of(client->check_password(std::move(given)));
      EXPECT_EQ(error.code, TelegramErrc::PasswordUnusable) << weak.size();
    }
    EXPECT_EQ(dc2.calls<api::auth_checkPassword>(), 0U);
    co_await client->close();
  });
}

TEST_F(Scenario32Password, EveryAttemptFetchesItsOwnChallenge) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    want_password("secret");
    const std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    co_await sign_in(*client, "22222");
    std::set<std::int64_t> ids;
    dc2.on<api::auth_checkPassword>([&](const TestCall& call) {
      const auto method = call.as<api::auth_checkPassword>();
      const auto* proof = method.password.as<api::inputCheckPasswordSRP>();
      EXPECT_TRUE(ids.insert(proof->srp_id).second) << "a challenge was used twice";
      return TestReply(Refuse{400, "PASSWORD_HASH_INVALID"});
    });
    for (int i = 0; i < 3; ++i) {
      SecretText given = secret("wrong");
      const TelegramError error = co_await error_of(client->check_password(std::move(given)));
      EXPECT_EQ(error.code, TelegramErrc::WrongPassword);
    }
    EXPECT_EQ(ids.size(), 3U) << "one check for each answer of a person, never a loop";
    dc2.on<api::auth_checkPassword>([](const TestCall&) { return TestReply(Refuse{420, "PASSWORD_FLOOD"}); });
    SecretText given = secret("wrong");
    const TelegramError flood = co_await error_of(client->check_password(std::move(given)));
    EXPECT_EQ(flood.code, TelegramErrc::FloodWait);
    co_await client->close();
  });
}

TEST_F(Scenario32Password, OfNoBytesAndOfThreeHundred) {
  run([&]() -> asio::awaitable<void> {
    for (const std::string& text : {std::string(), std::string(300, 'x')}) {
      let_people_in(dc2);
      want_password(text);
      store = MemoryKeyStore();
      const std::unique_ptr<Client> client = make_client();
      co_await client->send_code(phone);
      co_await sign_in(*client, "22222");
      SecretText given = secret(text);
      const SignedIn signed_in = co_await client->check_password(std::move(given));
      EXPECT_EQ(signed_in.user, UserId(kTestUser)) << text.size() << " bytes";
      co_await client->close();
    }
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
