// Login by code, password, token and export: every step through bytes.

#include "ledgram/crypto/srp.hpp"
#include "ledgram/sim_api/test_telegram.hpp"

#include <gtest/gtest.h>

namespace ledgram::sim {
namespace {

namespace json = boost::json;

constexpr std::string_view kPhone = "+9996621234";

class Login : public testing::Test {
 protected:
  void SetUp() override { telegram.start(); }

  TestAnswer sign_in(std::string_view hash, std::string_view code) {
    return telegram.call(
        client, {{"_", "auth.signIn"}, {"phone_number", kPhone}, {"phone_code_hash", hash}, {"phone_code", code}});
  }

  TestAnswer check_password(std::string_view password) {
    const auto asked = telegram.call(client, {{"_", "account.getPassword"}});
    EXPECT_EQ(asked.fault.message, "");
    const auto& algorithm = asked.object().at("current_algo").as_object();
    const auto bytes = [](const json::value& value) {
      return from_base64(std::string_view(value.as_string())).value();
    };
    const crypto::SrpParams params{.g = static_cast<std::int32_t>(algorithm.at("g").as_int64()),
                                   .p = bytes(algorithm.at("p")),
                                   .salt1 = bytes(algorithm.at("salt1")),
                                   .salt2 = bytes(algorithm.at("salt2"))};
    const auto answer = crypto::srp_client(params, bytes(asked.object().at("srp_B")), SecretText(std::string(password)),
                                           telegram.random());
    EXPECT_TRUE(answer) << answer.error().message;
    last_check = {{"_", "auth.checkPassword"},
                  {"password",
                   {{"_", "inputCheckPasswordSRP"},
                    {"srp_id", asked.object().at("srp_id")},
                    {"A", to_base64(answer->a)},
                    {"M1", to_base64(answer->m1)}}}};
    return telegram.call(client, last_check);
  }

  TestTelegram telegram;
  TestClient client{.key = AuthKeyId(11)};
  json::object last_check;
};

TEST_F(Login, ByCode) {
  EXPECT_EQ(telegram.first_call(client, {{"_", "users.getUsers"}, {"id", {{{"_", "inputUserSelf"}}}}}).fault.message,
            "AUTH_KEY_UNREGISTERED");
  const auto sent = telegram.call(
      client, {{"_", "auth.sendCode"}, {"phone_number", kPhone}, {"api_id", 1}, {"settings", {{"_", "codeSettings"}}}});
  EXPECT_EQ(sent.object().at("type").at("_"), "auth.sentCodeTypeApp");
  EXPECT_EQ(sent.object().at("type").at("length"), 5);
  EXPECT_EQ(sent.object().at("next_type").at("_"), "auth.codeTypeSms");
  const std::string hash(sent.object().at("phone_code_hash").as_string());
  EXPECT_EQ(sign_in(hash, "").fault.message, "PHONE_CODE_EMPTY");
  EXPECT_EQ(sign_in("", "22222").fault.message, "PHONE_CODE_HASH_EMPTY");
  EXPECT_EQ(sign_in("abc", "22222").fault.message, "PHONE_CODE_EXPIRED");
  EXPECT_EQ(sign_in(hash, "22223").fault.message, "PHONE_CODE_INVALID");
  const auto in = sign_in(hash, "22222");
  ASSERT_EQ(in.fault.message, "");
  const auto& user = in.object().at("user").as_object();
  EXPECT_EQ(user.at("phone"), "9996621234");
  EXPECT_EQ(user.at("self"), true);
  const auto self = telegram.call(client, {{"_", "users.getUsers"}, {"id", {{{"_", "inputUserSelf"}}}}});
  ASSERT_EQ(self.value.as_array().size(), 1U);
  EXPECT_EQ(self.value.at(0).at("id"), user.at("id"));
  EXPECT_EQ(sign_in(hash, "22222").fault.message, "PHONE_CODE_EXPIRED") << "a code is used once";
}

TEST_F(Login, OtherDcsAndNumbersAreRefused) {
  const auto send = [this](std::string_view phone) {
    return telegram
        .first_call(
            client,
            {{"_", "auth.sendCode"}, {"phone_number", phone}, {"api_id", 1}, {"settings", {{"_", "codeSettings"}}}})
        .fault;
  };
  const auto migrate = send("9996631234");
  EXPECT_EQ(migrate.code, 303);
  EXPECT_EQ(migrate.message, "PHONE_MIGRATE_3");
  EXPECT_EQ(send("9996671234").message, "PHONE_NUMBER_INVALID") << "there is no DC 7";
  EXPECT_EQ(send("+380671234567").message, "PHONE_NUMBER_INVALID");
  EXPECT_EQ(send("").message, "PHONE_NUMBER_INVALID");
}

TEST_F(Login, ResendVoidsTheOldHashAndGoesThroughTheRoutes) {
  const auto resend = [this](std::string_view hash) {
    return telegram.call(client, {{"_", "auth.resendCode"}, {"phone_number", kPhone}, {"phone_code_hash", hash}});
  };
  const auto first = telegram.send_code(client, kPhone);
  const auto sms = resend(first);
  ASSERT_EQ(sms.fault.message, "");
  EXPECT_EQ(sms.object().at("type").at("_"), "auth.sentCodeTypeSms");
  EXPECT_GT(sms.object().at("timeout").as_int64(), 0);
  EXPECT_EQ(sign_in(first, "22222").fault.message, "PHONE_CODE_EXPIRED");
  const auto call = resend(sms.object().at("phone_code_hash").as_string());
  EXPECT_EQ(call.object().at("type").at("_"), "auth.sentCodeTypeCall");
  EXPECT_FALSE(call.object().contains("next_type"));
  const std::string last(call.object().at("phone_code_hash").as_string());
  EXPECT_EQ(resend(last).fault.message, "SEND_CODE_UNAVAILABLE");
  EXPECT_EQ(sign_in(last, "22222").fault.message, "");
}

TEST_F(Login, CodesExpireAndCanBeCancelled) {
  const auto old = telegram.send_code(client, kPhone);
  telegram.now() = telegram.now().after(std::chrono::minutes(10));
  EXPECT_EQ(sign_in(old, "22222").fault.message, "PHONE_CODE_EXPIRED");
  const auto hash = telegram.send_code(client, kPhone);
  EXPECT_EQ(
      telegram.call(client, {{"_", "auth.cancelCode"}, {"phone_number", kPhone}, {"phone_code_hash", hash}}).value,
      json::value(true));
  EXPECT_EQ(sign_in(hash, "22222").fault.message, "PHONE_CODE_EXPIRED");
}

TEST_F(Login, ByPassword) {
  ASSERT_TRUE(telegram.api().set_password(kPhone, SecretText("correct horse"), "a battery"));
  const auto hash = telegram.send_code(client, kPhone);
  const auto wanted = sign_in(hash, "22222");
  EXPECT_EQ(wanted.fault.code, 401);
  EXPECT_EQ(wanted.fault.message, "SESSION_PASSWORD_NEEDED");
  EXPECT_EQ(telegram.call(client, {{"_", "updates.getState"}}).fault.message, "SESSION_PASSWORD_NEEDED");
  const auto asked = telegram.call(client, {{"_", "account.getPassword"}});
  EXPECT_EQ(asked.object().at("has_password"), true);
  EXPECT_EQ(asked.object().at("hint"), "a battery");
  EXPECT_EQ(check_password("wrong horse").fault.message, "PASSWORD_HASH_INVALID");
  EXPECT_EQ(telegram.call(client, last_check).fault.message, "SRP_ID_INVALID") << "an attempt is for one use";
  const auto in = check_password("correct horse");
  ASSERT_EQ(in.fault.message, "");
  EXPECT_EQ(in.object().at("_"), "auth.authorization");
  EXPECT_EQ(telegram.call(client, {{"_", "updates.getState"}}).fault.message, "");
}

TEST_F(Login, APasswordOutlivesARestartAndCanBeRemoved) {
  ASSERT_TRUE(telegram.api().set_password(kPhone, SecretText("secret"), ""));
  telegram.forget_everything();
  telegram.start();
  EXPECT_EQ(sign_in(telegram.send_code(client, kPhone), "22222").fault.message, "SESSION_PASSWORD_NEEDED");
  EXPECT_EQ(check_password("secret").fault.message, "");
  ASSERT_TRUE(telegram.api().set_password(kPhone, SecretText(), ""));
  TestClient other{.key = AuthKeyId(12)};
  std::swap(client, other);
  EXPECT_EQ(sign_in(telegram.send_code(client, kPhone), "22222").fault.message, "");
}

TEST_F(Login, ByBotToken) {
  const auto log_in = [this](std::string_view token, DcId dc) {
    return telegram.first_call(
        {.key = AuthKeyId(20), .dc = dc},
        {{"_", "auth.importBotAuthorization"}, {"api_id", 1}, {"api_hash", "x"}, {"bot_auth_token", token}});
  };
  ASSERT_TRUE(telegram.api().add_bot(SecretText("555:secret"), DcId(2)));
  EXPECT_EQ(log_in("555:wrong", DcId(2)).fault.message, "ACCESS_TOKEN_INVALID");
  const auto elsewhere = log_in("555:secret", DcId(1)).fault;
  EXPECT_EQ(elsewhere.code, 303);
  EXPECT_EQ(elsewhere.message, "USER_MIGRATE_2");
  const auto in = log_in("555:secret", DcId(2));
  ASSERT_EQ(in.fault.message, "");
  EXPECT_EQ(in.object().at("user").at("bot"), true);
}

TEST_F(Login, ExportedToAnotherDc) {
  client = telegram.log_in(kPhone, 30);
  const auto exported = telegram.call(client, {{"_", "auth.exportAuthorization"}, {"dc_id", 3}});
  ASSERT_EQ(exported.fault.message, "");
  EXPECT_EQ(telegram.call(client, {{"_", "auth.exportAuthorization"}, {"dc_id", 9}}).fault.message, "DC_ID_INVALID");
  const TestClient there{.key = AuthKeyId(31), .dc = DcId(3)};
  const json::object import{
      {"_", "auth.importAuthorization"}, {"id", exported.object().at("id")}, {"bytes", exported.object().at("bytes")}};
  EXPECT_EQ(telegram.first_call(there, import).fault.message, "");
  EXPECT_EQ(telegram.call(there, {{"_", "updates.getState"}}).fault.message, "");
  EXPECT_EQ(telegram.call(there, import).fault.message, "AUTH_BYTES_INVALID") << "bytes are for one use";
  // Once the account lives there, it is its login like any other.
  ASSERT_TRUE(telegram.api().migrate(kPhone, DcId(3)));
  EXPECT_EQ(telegram.call(there, {{"_", "updates.getState"}}).fault.message, "");
  ASSERT_TRUE(telegram.api().migrate(kPhone, DcId(4)));
  EXPECT_EQ(telegram.call(there, {{"_", "updates.getState"}}).fault.message, "USER_MIGRATE_4");
}

TEST_F(Login, LogOutEndsIt) {
  client = telegram.log_in(kPhone, 40);
  EXPECT_EQ(telegram.call(client, {{"_", "auth.logOut"}}).fault.message, "");
  const auto after = telegram.call(client, {{"_", "updates.getState"}}).fault;
  EXPECT_EQ(after.code, 401);
  EXPECT_EQ(after.message, "AUTH_KEY_UNREGISTERED");
}

TEST_F(Login, OutlivesARestartButNotAForgottenKey) {
  client = telegram.log_in(kPhone, 50);
  telegram.forget_everything();
  telegram.start();
  EXPECT_EQ(telegram.call(client, {{"_", "updates.getState"}}).fault.message, "");
  telegram.api().forget_key(client.key);
  EXPECT_EQ(telegram.call(client, {{"_", "updates.getState"}}).fault.message, "CONNECTION_NOT_INITED");
  EXPECT_EQ(telegram.first_call(client, {{"_", "updates.getState"}}).fault.message, "AUTH_KEY_UNREGISTERED");
}

TEST_F(Login, RevokedAndMigrated) {
  client = telegram.log_in(kPhone, 60);
  ASSERT_TRUE(telegram.api().migrate(kPhone, DcId(3)));
  EXPECT_EQ(telegram.call(client, {{"_", "updates.getState"}}).fault.message, "USER_MIGRATE_3");
  EXPECT_EQ(telegram.call(client, {{"_", "auth.exportAuthorization"}, {"dc_id", 3}}).fault.message, "");
  ASSERT_TRUE(telegram.api().migrate(kPhone, DcId(2)));
  EXPECT_EQ(telegram.call(client, {{"_", "updates.getState"}}).fault.message, "");
  ASSERT_TRUE(telegram.api().revoke_logins(kPhone));
  EXPECT_EQ(telegram.call(client, {{"_", "updates.getState"}}).fault.message, "SESSION_REVOKED");
  EXPECT_FALSE(telegram.api().revoke_logins("9996629999"));
}

}  // namespace
}  // namespace ledgram::sim
