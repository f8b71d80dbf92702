#include "ledgram/app/config.hpp"

#include "ledgram/app/account_route.hpp"

#include <gtest/gtest.h>

namespace ledgram::app {
namespace {

AppResult<Config> parse(std::string_view text) {
  return parse_config(text, "/data/ledgram.toml");
}

std::string complaint(std::string_view text) {
  const auto config = parse(text);
  return config ? "accepted" : config.error().message;
}

TEST(Config, ReadsEverySetting) {
  const auto config = parse(R"(
[telegram]
api_id = 7
api_hash = "secret"
environment = "test"
transport = "padded"
obfuscated = true
forward_secrecy = false
patience = 5
[telegram.mtproxy]
host = "127.0.0.1"
port = 8443
secret = "000102030405060708090a0b0c0d0e0f"
)");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->api_id, 7);
  EXPECT_EQ(config->api_hash.reveal(), "secret");
  EXPECT_EQ(config->environment, Environment::Test);
  EXPECT_EQ(config->transport, mtproto::TransportKind::PaddedIntermediate);
  EXPECT_TRUE(config->obfuscated);
  EXPECT_EQ(config->forward_secrecy, telegram::ForwardSecrecy::Off);
  EXPECT_EQ(config->patience, std::chrono::seconds(5));
  ASSERT_TRUE(config->proxy);
  EXPECT_EQ(telegram::describe(*config->proxy), "MTProxy 127.0.0.1:8443");
}

TEST(Config, ReadsAProxyAddress) {
  const auto with = [](std::string_view line) { return "[telegram]\nsimulator = \"/s\"\n" + std::string(line); };
  const auto config = parse(with("proxy = \"socks5://ann:hunter2@h:1080\"\n"));
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(telegram::describe(config->proxy.value()), "socks5://h:1080");
  const std::string wrong = complaint(with("proxy = \"socks5://ann:hunter2@h\"\n"));
  EXPECT_NE(wrong.find("line 3: telegram.proxy"), std::string::npos) << wrong;
  EXPECT_EQ(wrong.find("hunter2"), std::string::npos) << wrong;
  EXPECT_NE(complaint(with("proxy = \"http://h:1\"\n[telegram.mtproxy]\nhost = \"h\"\nport = 1\nsecret = \"00\"\n"))
                .find("telegram.mtproxy must be left out"),
            std::string::npos);
  EXPECT_NE(
      complaint(with("[telegram.mtproxy]\nhost = \"h\"\nport = 1\nsecret = \"hunter2!\"\n")).find("mtproxy.secret"),
      std::string::npos);
}

TEST(AccountRoute, TheAccountsChoiceComesFirst) {
  Config config;
  const auto route = [&config](std::string_view choice) {
    const AccountRoute made = route_for(config, "me", SecretText(std::string(choice)));
    return made.proxy ? telegram::describe(*made.proxy) : "direct";
  };
  EXPECT_EQ(route(""), "direct");
  EXPECT_EQ(route("socks5://h:1"), "socks5://h:1");
  config.proxy = telegram::parse_proxy("http://global:3128").value();
  EXPECT_EQ(route(""), "http://global:3128");
  EXPECT_EQ(route("default"), "http://global:3128");
  EXPECT_EQ(route("none"), "direct");
  EXPECT_EQ(route("socks5://h:1"), "socks5://h:1");
  EXPECT_THROW(route("nonsense"), telegram::TelegramFailure);
}

TEST(Config, WhatInitWritesCanBeRead) {
  Config written;
  written.api_id = 12345;
  written.api_hash = SecretText(std::string("with \"quotes\" and \\"));
  const auto read = parse(config_text(written));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->api_id, written.api_id);
  EXPECT_EQ(read->api_hash.reveal(), written.api_hash.reveal());
  EXPECT_EQ(read->environment, Environment::Production);

  written.environment = Environment::Simulator;
  written.simulator = "/tmp/a folder/sim";
  const auto with_simulator = parse(config_text(written));
  ASSERT_TRUE(with_simulator) << with_simulator.error().message;
  EXPECT_EQ(with_simulator->environment, Environment::Simulator);
  EXPECT_EQ(with_simulator->simulator, written.simulator);
}

TEST(Config, ErrorsNameTheLineAndTheSetting) {
  EXPECT_NE(complaint("[telegram\n").find("line 1"), std::string::npos);
  EXPECT_NE(complaint("\n[telegram]\napi_id = \"7\"\n").find("line 3: telegram.api_id"), std::string::npos);
  EXPECT_NE(complaint("nonsense = 1\n").find("nonsense is not a setting"), std::string::npos);
  EXPECT_NE(complaint("[telegram]\nsimulator = \"/s\"\ntransprot = \"full\"\n").find("telegram.transprot"),
            std::string::npos);
  EXPECT_NE(complaint("[telegram]\nsimulator = \"/s\"\ntransport = \"udp\"\n").find("telegram.transport must be"),
            std::string::npos);
  EXPECT_NE(complaint("[telegram]\nsimulator = \"/s\"\npatience = 0\n").find("telegram.patience"), std::string::npos);
  EXPECT_NE(
      complaint("[telegram]\nsimulator = \"/s\"\n[telegram.mtproxy]\nhost = \"h\"\nport = 70000\nsecret = \"00\"\n")
          .find("telegram.mtproxy.port"),
      std::string::npos);
}

TEST(Config, TelegramItselfNeedsAnIdentity) {
  EXPECT_NE(complaint("").find("api_id"), std::string::npos);
  EXPECT_NE(complaint("[telegram]\napi_id = 5\n").find("api_hash"), std::string::npos);
}

}  // namespace
}  // namespace ledgram::app
