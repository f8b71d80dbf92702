// Two-step passwords: asked for, proved, never sent twice, and never proved to a server that asks for something unsafe.

#include "ledgram/crypto/dh.hpp"
#include "ledgram/crypto/srp.hpp"
#include "ledgram/telegram/test_support/login_fixture.hpp"

#include <gmock/gmock.h>

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct ClientPassword : ClientLogin {
  /// A server that holds one SRP exchange a time, as Telegram does.
  struct Password {
    crypto::SrpParams params;
    SecretBytes verifier;
    std::optional<crypto::SrpServerExchange> exchange;
    std::int64_t id = 0;
  };
  Password password;

  /// What account.getPassword answers, before a new exchange makes it one that can be passed.
  api::account_password challenge() {
    api::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow algorithm;
    algorithm.g = password.params.g;
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
    return answer;
  }

  /// Makes a new exchange for every account.getPassword and lets `change` spoil what is said of it.
  void answer_challenges(std::function<void(api::account_password&)> change) {
    dc2.on<api::account_getPassword>([this, change](const TestCall&) {
      password.exchange.emplace(password.params, password.verifier, random);
      api::account_password answer = challenge();
      answer.srp_B = Bytes(password.exchange->b().begin(), password.exchange->b().end());
      change(answer);
      return answer_with(answer);
    });
  }

  void want_password(const std::string& text) {
    password.params.g = 3;
    password.params.p = Bytes(crypto::known_dh_prime().begin(), crypto::known_dh_prime().end());
    password.params.salt1 = random.bytes(16);
    password.params.salt2 = random.bytes(16);
    password.verifier = *crypto::make_verifier(password.params, SecretText(text));
    dc2.on<api::auth_signIn>([](const TestCall&) { return TestReply(Refuse{401, "SESSION_PASSWORD_NEEDED"}); });
    answer_challenges([](api::account_password& answer) { answer.hint = "name of the cat"; });
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

  /// A client whose code was right and that was told that there is a password.
  asio::awaitable<std::unique_ptr<Client>> asked_for_password() {
    std::unique_ptr<Client> client = make_client();
    co_await client->send_code(phone);
    const SignInResult result = co_await sign_in(*client, "22222");
    EXPECT_TRUE(std::holds_alternative<PasswordNeeded>(result));
    co_return client;
  }

  /// The error that entering `text` ends with.
  static asio::awaitable<TelegramError> error_of_password(Client& client, std::string text) {
    SecretText given = secret(std::move(text));
    co_return co_await error_of(client.check_password(std::move(given)));
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

    const TelegramError error = co_await error_of_password(*client, "кіт мурчик 🐈");
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
    const std::unique_ptr<Client> client = co_await asked_for_password();
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

TEST_F(ClientPassword, IsNotSentTwiceWhenTheAnswerIsLost) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    want_password("secret");
    dc2.on<api::auth_checkPassword>([this](const TestCall&) {
      dc2.forget_temporary_keys();
      return TestReply(DropConnection{});
    });
    const std::unique_ptr<Client> client = co_await asked_for_password();
    const TelegramError error = co_await error_of_password(*client, "secret");
    EXPECT_EQ(error.code, TelegramErrc::OutcomeUnknown) << error.message;
    EXPECT_EQ(dc2.calls<api::auth_checkPassword>(), 1U);
    co_await client->close();
  });
}

TEST_F(ClientPassword, UnknownOrUnsafeChecksAreRefusedWithoutSendingAnything) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    want_password("secret");
    const std::unique_ptr<Client> client = co_await asked_for_password();

    password.params.p[255] ^= 2;  // not a safe prime any more
    const TelegramError unsafe = co_await error_of_password(*client, "secret");
    EXPECT_EQ(unsafe.code, TelegramErrc::PasswordUnusable);

    answer_challenges([](api::account_password& answer) { answer.current_algo = api::passwordKdfAlgoUnknown{}; });
    const TelegramError unknown = co_await error_of_password(*client, "secret");
    EXPECT_EQ(unknown.code, TelegramErrc::PasswordUnusable);
    EXPECT_EQ(dc2.calls<api::auth_checkPassword>(), 0U);
    co_await client->close();
  });
}

/// Scenario 32 of protocol.md, the password.
struct Scenario32Password : ClientPassword {};

TEST_F(Scenario32Password, UnsafeChallengesAreRefusedAndNothingIsSent) {
  run([&]() -> asio::awaitable<void> {
    let_people_in(dc2);
    want_password("secret");
    const std::unique_ptr<Client> client = co_await asked_for_password();
    const Bytes prime = password.params.p;
    const std::pair<std::string, std::function<void(api::account_password&)>> changes[] = {
        {"B = 0", [](api::account_password& answer) { answer.srp_B = Bytes(256, 0); }},
        {"B = p", [prime](api::account_password& answer) { answer.srp_B = prime; }},
        {"B > p", [](api::account_password& answer) { answer.srp_B = Bytes(256, 0xff); }},
        {"B of 300 bytes", [](api::account_password& answer) { answer.srp_B = Bytes(300, 1); }},
    };
    for (const auto& [what, change] : changes) {
      answer_challenges(change);
      const TelegramError error = co_await error_of_password(*client, "secret");
      EXPECT_EQ(error.code, TelegramErrc::PasswordUnusable) << what;
    }
    // A prime that is none, one that is too small, and one that is not safe for its generator.
    for (const Bytes& weak : {Bytes(256, 0xff), Bytes(128, 0xc5), Bytes(256, 0)}) {
      password.params.p = weak;
      dc2.on<api::account_getPassword>([this](const TestCall&) { return answer_with(challenge()); });
      const TelegramError error = co_await error_of_password(*client, "secret");
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
    const std::unique_ptr<Client> client = co_await asked_for_password();
    std::set<std::int64_t> ids;
    dc2.on<api::auth_checkPassword>([&](const TestCall& call) {
      const auto method = call.as<api::auth_checkPassword>();
      const auto* proof = method.password.as<api::inputCheckPasswordSRP>();
      EXPECT_TRUE(ids.insert(proof->srp_id).second) << "a challenge was used twice";
      return TestReply(Refuse{400, "PASSWORD_HASH_INVALID"});
    });
    for (int i = 0; i < 3; ++i) {
      const TelegramError error = co_await error_of_password(*client, "wrong");
      EXPECT_EQ(error.code, TelegramErrc::WrongPassword);
    }
    EXPECT_EQ(ids.size(), 3U) << "one check for each answer of a person, never a loop";
    dc2.on<api::auth_checkPassword>([](const TestCall&) { return TestReply(Refuse{420, "PASSWORD_FLOOD"}); });
    const TelegramError flood = co_await error_of_password(*client, "wrong");
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
      const std::unique_ptr<Client> client = co_await asked_for_password();
      SecretText given = secret(text);
      const SignedIn signed_in = co_await client->check_password(std::move(given));
      EXPECT_EQ(signed_in.user, UserId(kTestUser)) << text.size() << " bytes";
      co_await client->close();
    }
  });
}

}  // namespace
}  // namespace ledgram::telegram::test
