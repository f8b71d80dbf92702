// Every way of sending a code, e-mail set-up, QR codes, tokens of log-outs, and limits: through bytes.

#include "ledgram/sim_api/test_telegram.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace ledgram::sim {
namespace {

namespace json = boost::json;
using std::chrono::seconds;

constexpr std::string_view kPhone = "+9996621234";

class LoginWays : public testing::Test {
 protected:
  void SetUp() override { telegram.start(); }

  void plan(std::vector<std::string> types) {
    LoginPlan plan;
    plan.types = std::move(types);
    ASSERT_TRUE(telegram.api().set_login_plan(kPhone, plan));
  }

  TestAnswer send_code(json::array tokens = {}) {
    json::object settings{{"_", "codeSettings"}};
    if (!tokens.empty())
      settings["logout_tokens"] = std::move(tokens);
    return telegram.first_call(
        client, {{"_", "auth.sendCode"}, {"phone_number", kPhone}, {"api_id", 1}, {"settings", std::move(settings)}});
  }

  TestAnswer sign_in(const TestAnswer& sent, std::string_view code) {
    return telegram.call(client, {{"_", "auth.signIn"},
                                  {"phone_number", kPhone},
                                  {"phone_code_hash", sent.object().at("phone_code_hash")},
                                  {"phone_code", code}});
  }

  TestAnswer with_hash(std::string_view method, const TestAnswer& sent) {
    return telegram.call(
        client, {{"_", method}, {"phone_number", kPhone}, {"phone_code_hash", sent.object().at("phone_code_hash")}});
  }

  void pass(seconds time) { telegram.now() = telegram.now().after(time); }

  TestTelegram telegram;
  TestClient client{.key = AuthKeyId(11)};
};

TEST_F(LoginWays, EachTypeSaysWhatTelegramSays) {
  const std::pair<std::string, std::string> ways[] = {{"App", "22222"},
                                                      {"Sms", "22222"},
                                                      {"Call", "22222"},
                                                      {"FlashCall", "9990022222"},
                                                      {"MissedCall", "22222"},
                                                      {"SmsWord", "lantern"},
                                                      {"SmsPhrase", "seven paper lanterns"},
                                                      {"FragmentSms", "22222"},
                                                      {"FirebaseSms", "22222"}};
  std::uint64_t key = 100;
  for (const auto& [way, code] : ways) {
    client.key = AuthKeyId(++key);
    plan({way});
    const auto sent = send_code();
    ASSERT_EQ(sent.fault.message, "") << way;
    EXPECT_EQ(std::string(sent.object().at("type").at("_").as_string()), "auth.sentCodeType" + way);
    EXPECT_FALSE(sent.object().contains("next_type"));
    EXPECT_EQ(sign_in(sent, "1").fault.message, "PHONE_CODE_INVALID");
    EXPECT_EQ(sign_in(sent, code).fault.message, "") << way;
  }
}

TEST_F(LoginWays, PlansAreChecked) {
  LoginPlan plan;
  plan.types = {"Pigeon"};
  EXPECT_FALSE(telegram.api().set_login_plan(kPhone, plan));
  plan.types = {};
  EXPECT_FALSE(telegram.api().set_login_plan(kPhone, plan));
}

TEST_F(LoginWays, ANextTypeOfNoLayerIsWrittenIntoTheAnswer) {
  LoginPlan wanted;
  wanted.types = {"Sms"};
  wanted.unknown_next = true;
  ASSERT_TRUE(telegram.api().set_login_plan(kPhone, wanted));
  const CallContext context{.key = client.key, .session = client.session, .dc = client.dc, .now = telegram.now()};
  const json::object ask{
      {"_", "auth.sendCode"}, {"phone_number", kPhone}, {"api_id", 1}, {"settings", {{"_", "codeSettings"}}}};
  const Outcome outcome = telegram.api().call(context, TestTelegram::serialized(TestTelegram::with_init(ask)));
  const auto* body = std::get_if<Bytes>(&outcome.result);
  ASSERT_NE(body, nullptr);
  // ... next_type, timeout
  EXPECT_EQ(load_le32(ByteView(*body).subspan(body->size() - 8, 4)), 0x7e57c0deU);
}

TEST_F(LoginWays, AnEmailIsSetUpAndThenUsed) {
  plan({"SetUpEmailRequired"});
  const auto sent = send_code();
  EXPECT_EQ(sent.object().at("type").at("_"), "auth.sentCodeTypeSetUpEmailRequired");
  EXPECT_EQ(sign_in(sent, "22222").fault.message, "PHONE_CODE_INVALID");
  const json::object purpose{{"_", "emailVerifyPurposeLoginSetup"},
                             {"phone_number", kPhone},
                             {"phone_code_hash", sent.object().at("phone_code_hash")}};
  const auto ask = [&](std::string_view email) {
    return telegram.call(client, {{"_", "account.sendVerifyEmailCode"}, {"purpose", purpose}, {"email", email}});
  };
  const auto verify = [&](std::string_view code) {
    return telegram.call(client, {{"_", "account.verifyEmail"},
                                  {"purpose", purpose},
                                  {"verification", {{"_", "emailVerificationCode"}, {"code", code}}}});
  };
  EXPECT_EQ(verify("22222").fault.message, "EMAIL_VERIFY_EXPIRED");
  EXPECT_EQ(ask("nonsense").fault.message, "EMAIL_INVALID");
  EXPECT_EQ(ask("olha@example.org").object().at("email_pattern"), "o***@example.org");
  EXPECT_EQ(verify("1").fault.message, "CODE_INVALID");
  const auto verified = verify("22222");
  ASSERT_EQ(verified.fault.message, "");
  EXPECT_EQ(verified.object().at("_"), "account.emailVerifiedLogin");
  const auto& next = verified.object().at("sent_code").as_object();
  EXPECT_EQ(next.at("type").at("_"), "auth.sentCodeTypeEmailCode");
  EXPECT_EQ(next.at("type").at("email_pattern"), "o***@example.org");
  const json::object by_phone_code{{"_", "auth.signIn"},
                                   {"phone_number", kPhone},
                                   {"phone_code_hash", next.at("phone_code_hash")},
                                   {"phone_code", "22222"}};
  EXPECT_EQ(telegram.call(client, by_phone_code).fault.message, "PHONE_CODE_INVALID") << "it came by e-mail";
  const json::object by_email{{"_", "auth.signIn"},
                              {"phone_number", kPhone},
                              {"phone_code_hash", next.at("phone_code_hash")},
                              {"email_verification", {{"_", "emailVerificationCode"}, {"code", "22222"}}}};
  EXPECT_EQ(telegram.call(client, by_email).fault.message, "");
}

TEST_F(LoginWays, ALoginEmailIsTakenOffAfterItsTime) {
  LoginPlan wanted;
  wanted.types = {"EmailCode", "Sms"};
  wanted.email_reset_seconds = 100;
  ASSERT_TRUE(telegram.api().set_login_plan(kPhone, wanted));
  const auto sent = send_code();
  EXPECT_EQ(sent.object().at("type").at("reset_available_period"), 100);
  const auto pending = with_hash("auth.resetLoginEmail", sent);
  EXPECT_TRUE(pending.object().at("type").as_object().contains("reset_pending_date"));
  EXPECT_EQ(with_hash("auth.resetLoginEmail", sent).fault.message, "TASK_ALREADY_EXISTS");
  pass(seconds(101));
  const auto reset = with_hash("auth.resetLoginEmail", sent);
  EXPECT_EQ(reset.object().at("type").at("_"), "auth.sentCodeTypeSms");
  EXPECT_EQ(sign_in(reset, "22222").fault.message, "");
}

TEST_F(LoginWays, ATokenOfALogOutLetsItsAccountInOnce) {
  // Logged in before the password was set, which spares the password's arithmetic here.
  client = telegram.log_in(kPhone, 70);
  ASSERT_TRUE(telegram.api().set_password(kPhone, SecretText("secret"), ""));
  const auto out = telegram.call(client, {{"_", "auth.logOut"}});
  ASSERT_TRUE(out.object().contains("future_auth_token"));
  const json::value token = out.object().at("future_auth_token");
  telegram.forget_everything();
  telegram.start();
  const auto in = send_code({"AAAA", token});
  EXPECT_EQ(in.object().at("_"), "auth.sentCodeSuccess");
  EXPECT_EQ(telegram.call(client, {{"_", "updates.getState"}}).fault.message, "");
  client.key = AuthKeyId(71);
  EXPECT_EQ(send_code({token}).object().at("_"), "auth.sentCode") << "a token is for one use";
}

TEST_F(LoginWays, AccountsWithoutAPasswordGetNoToken) {
  client = telegram.log_in(kPhone, 72);
  EXPECT_FALSE(telegram.call(client, {{"_", "auth.logOut"}}).object().contains("future_auth_token"));
}

TEST_F(LoginWays, LimitsOfADay) {
  telegram.api().set_limits({.codes = 2, .wrong_passwords = 0, .names = 0, .names_wait = 0});
  EXPECT_EQ(send_code().fault.message, "");
  EXPECT_EQ(send_code().fault.message, "");
  EXPECT_EQ(send_code().fault.message, "PHONE_NUMBER_FLOOD");
  pass(std::chrono::hours(24));
  const auto sent = send_code();
  ASSERT_EQ(sent.fault.message, "");
  EXPECT_EQ(sign_in(sent, "22222").fault.message, "");
}

TEST_F(LoginWays, NamesAreLookedUpSoOftenADay) {
  client = telegram.log_in(kPhone, 73);
  telegram.api().set_limits({.codes = 0, .wrong_passwords = 0, .names = 2, .names_wait = 20'000});
  const auto resolve = [this](std::string_view name) {
    return telegram.call(client, {{"_", "contacts.resolveUsername"}, {"username", name}}).fault.message;
  };
  EXPECT_EQ(resolve("nobody_1"), "USERNAME_NOT_OCCUPIED");
  EXPECT_EQ(resolve("?"), "USERNAME_INVALID") << "not counted";
  EXPECT_EQ(resolve("nobody_2"), "USERNAME_NOT_OCCUPIED");
  EXPECT_EQ(resolve("nobody_3"), "FLOOD_WAIT_20000");
  const TestClient other = telegram.log_in("+9996625678", 74);
  EXPECT_EQ(telegram.call(other, {{"_", "contacts.resolveUsername"}, {"username", "nobody_3"}}).fault.message,
            "USERNAME_NOT_OCCUPIED")
      << "each account has its own";
}

class QrCodes : public LoginWays {
 protected:
  TestAnswer export_token(json::array except = {}) {
    return telegram.first_call(
        client, {{"_", "auth.exportLoginToken"}, {"api_id", 1}, {"api_hash", "x"}, {"except_ids", std::move(except)}});
  }

  static std::string token_of(const TestAnswer& answer) { return std::string(answer.object().at("token").as_string()); }

  /// What the control API answers.
  std::string accept(std::string_view token, std::string_view phone = kPhone) {
    const auto done = telegram.api().accept_qr(token, phone, telegram.now());
    return done ? "" : done.error().message;
  }
};

TEST_F(QrCodes, AreAcceptedAndTold) {
  const auto shown = export_token();
  EXPECT_EQ(shown.object().at("_"), "auth.loginToken");
  EXPECT_EQ(shown.object().at("expires"), 1'750'000'030);
  const auto listed = telegram.api().qr_tokens(telegram.now());
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(accept("tg://login?token=" + listed[0].token), "");
  EXPECT_EQ(accept(token_of(shown)), "AUTH_TOKEN_ALREADY_ACCEPTED");
  ASSERT_EQ(telegram.pushes().size(), 1U);
  EXPECT_EQ(telegram.pushes()[0].key, client.key);
  EXPECT_EQ(telegram.pushes()[0].updates.at("update").at("_"), "updateLoginToken");
  const auto done = export_token();
  EXPECT_EQ(done.object().at("_"), "auth.loginTokenSuccess");
  EXPECT_EQ(done.object().at("authorization").at("user").at("phone"), "9996621234");
  EXPECT_EQ(telegram.call(client, {{"_", "updates.getState"}}).fault.message, "");
}

TEST_F(QrCodes, AnotherClientOfTheAccountAcceptsToo) {
  const TestClient phone = telegram.log_in(kPhone, 80);
  const auto shown = export_token();
  const auto accepted = telegram.call(phone, {{"_", "auth.acceptLoginToken"}, {"token", shown.object().at("token")}});
  EXPECT_EQ(accepted.object().at("_"), "authorization");
  EXPECT_EQ(export_token().object().at("_"), "auth.loginTokenSuccess");
  const auto bad = telegram.call(phone, {{"_", "auth.acceptLoginToken"}, {"token", "AAAA"}});
  EXPECT_EQ(bad.fault.message, "AUTH_TOKEN_INVALID");
}

TEST_F(QrCodes, RunOut) {
  const auto shown = export_token();
  pass(seconds(30));
  EXPECT_EQ(accept(token_of(shown)), "AUTH_TOKEN_EXPIRED");
  telegram.api().set_qr_lifetime(2);
  const auto second = export_token();
  EXPECT_NE(token_of(second), token_of(shown));
  EXPECT_EQ(second.object().at("expires"), 1'750'000'032);
}

TEST_F(QrCodes, AreRefusedForAccountsThatAreLoggedInThere) {
  const TestClient phone = telegram.log_in(kPhone, 81);
  const auto self = telegram.call(phone, {{"_", "users.getUsers"}, {"id", {{{"_", "inputUserSelf"}}}}});
  const auto shown = export_token({self.value.at(0).at("id")});
  EXPECT_EQ(accept(token_of(shown)), "AUTH_TOKEN_EXCEPTION");
}

TEST_F(QrCodes, GoToTheAccountsDcAndItsPasswordThere) {
  constexpr std::string_view kElsewhere = "+9996631234";
  ASSERT_TRUE(telegram.api().set_password(kElsewhere, SecretText("secret"), "a hint"));
  EXPECT_EQ(accept(token_of(export_token()), kElsewhere), "");
  const auto moved = export_token();
  EXPECT_EQ(moved.object().at("_"), "auth.loginTokenMigrateTo");
  EXPECT_EQ(moved.object().at("dc_id"), 3);
  const json::object import{{"_", "auth.importLoginToken"}, {"token", moved.object().at("token")}};
  EXPECT_EQ(telegram.call(client, import).object().at("_"), "auth.loginTokenMigrateTo") << "not at this DC";
  const TestClient there{.key = AuthKeyId(82), .dc = DcId(3)};
  const auto asked = telegram.first_call(there, import);
  EXPECT_EQ(asked.fault.code, 401);
  EXPECT_EQ(asked.fault.message, "SESSION_PASSWORD_NEEDED");
  EXPECT_EQ(telegram.call(there, {{"_", "account.getPassword"}}).object().at("hint"), "a hint");
  EXPECT_EQ(telegram.call(there, import).fault.message, "AUTH_TOKEN_INVALID") << "used up";
}

}  // namespace
}  // namespace ledgram::sim
