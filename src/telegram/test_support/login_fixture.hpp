#pragma once

/// A client and a data centre that lets one phone number in.

#include "ledgram/telegram/test_support/client_fixture.hpp"

#include <string>
#include <utility>

namespace ledgram::telegram::test {

struct ClientLogin : ClientFixture {
  int codes_sent = 0;

  SecretText phone{std::string("+99 966 2-1234")};

  /// The code of the test environment's numbers: the data centre's digit five times.
  void let_people_in(TestDc& dc) {
    dc.on<tl::api::auth_sendCode>([this](const TestCall& call) {
      const auto method = call.as<tl::api::auth_sendCode>();
      EXPECT_EQ(method.phone_number, "9996621234");
      EXPECT_EQ(method.api_id, 17349);
      EXPECT_EQ(method.api_hash, "344583e45741c457fe1862106095a5eb");
      return sent_code();
    });
    dc.on<tl::api::auth_resendCode>([this](const TestCall& call) {
      EXPECT_EQ(call.as<tl::api::auth_resendCode>().phone_code_hash, hash());
      return sent_code();
    });
    dc.on<tl::api::auth_signIn>([this](const TestCall& call) {
      const auto method = call.as<tl::api::auth_signIn>();
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
    tl::api::auth_sentCodeTypeApp app;
    app.length = 5;
    tl::api::auth_sentCode sent;
    sent.type = app;
    sent.phone_code_hash = hash();
    if (codes_sent < 3)
      sent.next_type = tl::api::auth_codeTypeSms{};
    sent.timeout = 0;
    return answer_with(sent);
  }

  static SecretText secret(std::string text) { return SecretText(std::move(text)); }

  asio::awaitable<SignInResult> sign_in(Client& client, std::string code) {
    SecretText given(std::move(code));
    co_return co_await client.sign_in(std::move(given));
  }
};

}  // namespace ledgram::telegram::test
