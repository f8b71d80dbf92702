// The simulator behind real sockets: transports, keys, sessions, restarts.

#include "ledgram/mtproto/obfuscation.hpp"
#include "ledgram/sim_server/test_client.hpp"
#include "ledgram/sim_server/test_folder.hpp"
#include "ledgram/sim_server/test_simulator.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace ledgram::sim {
namespace {

using mtproto::Obfuscation;
using mtproto::TransportKind;

/// Kept for all tests of this file: starting one costs an RSA key.
class ServerTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TestFolder>();
    simulator_ = std::make_unique<TestSimulator>(small_options(folder_->path()));
  }
  static void TearDownTestSuite() {
    simulator_.reset();
    folder_.reset();
  }

  static std::uint16_t port(int dc) { return simulator_->ports().dcs.at(static_cast<std::size_t>(dc - 1)); }

  static TestKey make_key(int dc) {
    TestClient client(port(dc), direct());
    auto key = client.exchange_keys(simulator_->public_key(), dc);
    if (!key)
      throw std::runtime_error("no key");
    return *key;
  }

  static mtproto::ProxySecret proxy_secret() {
    const auto ready = boost::json::parse(simulator_->ready_line());
    const auto bytes = from_hex(ready.at("mtproxy").at("secret").as_string());
    mtproto::ProxySecret secret{};
    std::copy(bytes->begin(), bytes->end(), secret.begin());
    return secret;
  }

  static mtproto::TransportOptions proxied(TransportKind kind, std::int16_t wire_dc) {
    auto options = direct(kind, Obfuscation::MtproxySecret);
    options.secret = proxy_secret();
    options.wire_dc = wire_dc;
    return options;
  }

  static inline std::unique_ptr<TestFolder> folder_;
  static inline std::unique_ptr<TestSimulator> simulator_;
};

struct Way {
  TransportKind kind;
  Obfuscation obfuscation;
};

class EveryTransport : public ServerTest, public testing::WithParamInterface<Way> {};

TEST_P(EveryTransport, CarriesKeyExchangeAndCalls) {
  const auto [kind, obfuscation] = GetParam();
  const bool through_proxy = obfuscation == Obfuscation::MtproxySecret;
  const auto transport = through_proxy ? proxied(kind, 2) : direct(kind, obfuscation);
  TestClient client(through_proxy ? simulator_->ports().mtproxy : port(2), transport);
  const auto key = client.exchange_keys(simulator_->public_key(), 2);
  ASSERT_TRUE(key);
  client.begin_session(*key);
  for (int i = 0; i < 3; ++i) {
    const CallEnd end = client.call(init_connection(get_config()));
    ASSERT_EQ(end.kind, CallEnd::Kind::Answer) << end.message << " " << end.code;
    EXPECT_EQ(constructor_of(end.body), kConfigId);
  }
  EXPECT_EQ(client.new_sessions_seen(), 1);
}

std::string way_name(const testing::TestParamInfo<Way>& info) {
  constexpr std::array kObfuscations{"", "Obfuscated", "Mtproxy"};
  std::string name(mtproto::name_of(info.param.kind));
  name += kObfuscations.at(static_cast<std::size_t>(info.param.obfuscation));
  std::erase_if(name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; });
  return name;
}

INSTANTIATE_TEST_SUITE_P(Server, EveryTransport,
                         testing::Values(Way{TransportKind::Abridged, Obfuscation::None},
                                         Way{TransportKind::Intermediate, Obfuscation::None},
                                         Way{TransportKind::PaddedIntermediate, Obfuscation::None},
                                         Way{TransportKind::Full, Obfuscation::None},
                                         Way{TransportKind::Abridged, Obfuscation::Plain},
                                         Way{TransportKind::Intermediate, Obfuscation::Plain},
                                         Way{TransportKind::PaddedIntermediate, Obfuscation::Plain},
                                         Way{TransportKind::Abridged, Obfuscation::MtproxySecret},
                                         Way{TransportKind::Intermediate, Obfuscation::MtproxySecret},
                                         Way{TransportKind::PaddedIntermediate, Obfuscation::MtproxySecret}),
                         way_name);

TEST_F(ServerTest, AnUnknownKeyIsMinus404AndTheEndOfTheConnection) {
  TestClient client(port(1), direct());
  client.send_packet(Bytes(64, 0x5a));
  const CallEnd end = client.wait_for_end();
  EXPECT_EQ(end.kind, CallEnd::Kind::TransportError);
  EXPECT_EQ(end.code, -404);
}

TEST_F(ServerTest, AKeyBelongsToItsDc) {
  const TestKey key = make_key(1);
  TestClient elsewhere(port(3), direct());
  elsewhere.begin_session(key);
  const CallEnd end = elsewhere.call(get_config());
  EXPECT_EQ(end.kind, CallEnd::Kind::TransportError);
  EXPECT_EQ(end.code, -404);
}

TEST_F(ServerTest, TheProxyLeadsToTheDcOfTheHeader) {
  const TestKey key = make_key(3);
  for (const std::int16_t wire : {std::int16_t{3}, std::int16_t{-3}, std::int16_t{10003}}) {
    TestClient client(simulator_->ports().mtproxy, proxied(TransportKind::PaddedIntermediate, wire));
    client.begin_session(key);
    EXPECT_EQ(client.call(init_connection(get_config())).kind, CallEnd::Kind::Answer) << wire;
  }
  TestClient nowhere(simulator_->ports().mtproxy, proxied(TransportKind::PaddedIntermediate, 77));
  nowhere.begin_session(key);
  const CallEnd end = nowhere.call(get_config());
  EXPECT_EQ(end.kind, CallEnd::Kind::TransportError);
  EXPECT_EQ(end.code, -444);
}

TEST_F(ServerTest, AWrongProxySecretIsNotServed) {
  auto options = proxied(TransportKind::Intermediate, 1);
  options.secret[0] ^= 1U;
  TestClient client(simulator_->ports().mtproxy, options);
  client.send_packet(Bytes(64, 0x5a));
  EXPECT_EQ(client.wait_for_end().kind, CallEnd::Kind::Closed);
}

TEST_F(ServerTest, TwoSessionsOfOneKeyLiveSideBySide) {
  const TestKey key = make_key(1);
  TestClient first(port(1), direct());
  TestClient second(port(1), direct(TransportKind::Abridged));
  first.begin_session(key);
  second.begin_session(key);
  EXPECT_EQ(first.call(init_connection(get_config())).kind, CallEnd::Kind::Answer);
  EXPECT_EQ(second.call(init_connection(get_config())).kind, CallEnd::Kind::Answer);
  EXPECT_EQ(first.call(get_config()).kind, CallEnd::Kind::Answer);
  EXPECT_NE(first.session_id(), second.session_id());
  const auto status = simulator_->control("GET", "/status").json();
  int connected = 0;
  for (const auto& session : status.at("sessions").as_array()) {
    const auto id = session.at("session").as_int64();
    const bool ours = id == first.session_id().value() || id == second.session_id().value();
    if (ours && session.at("connected").as_bool())
      ++connected;
  }
  EXPECT_EQ(connected, 2);
}

TEST_F(ServerTest, ASessionGoesOnOverANewConnection) {
  const TestKey key = make_key(2);
  TestClient later(port(2), direct());
  {
    TestClient client(port(2), direct());
    client.begin_session(key);
    ASSERT_EQ(client.call(init_connection(get_config())).kind, CallEnd::Kind::Answer);
    EXPECT_EQ(client.new_sessions_seen(), 1);
    later.take_session(client);
  }
  const CallEnd end = later.call(get_config());
  EXPECT_EQ(end.kind, CallEnd::Kind::Answer);
  EXPECT_EQ(later.new_sessions_seen(), 0);
}

TEST_F(ServerTest, ManyCallsAtOnceAreAllAnswered) {
  const TestKey key = make_key(1);
  TestClient client(port(1), direct());
  client.begin_session(key);
  ASSERT_EQ(client.call(init_connection(get_config())).kind, CallEnd::Kind::Answer);
  std::vector<mtproto::RequestId> requests;
  for (int i = 0; i < 200; ++i)
    requests.push_back(client.send(get_config()));
  for (const auto request : requests)
    EXPECT_EQ(client.wait_for(request).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerTest, AnUnreadableRequestIsAnRpcError) {
  const TestKey key = make_key(1);
  TestClient client(port(1), direct());
  client.begin_session(key);
  const CallEnd end = client.call(Bytes{0xde, 0xad, 0xbe, 0xef});
  EXPECT_EQ(end.kind, CallEnd::Kind::RpcError);
  EXPECT_EQ(client.call(init_connection(get_config())).kind, CallEnd::Kind::Answer) << "the session lives on";
}

TEST_F(ServerTest, ReadyJsonIsWhatTheContractSays) {
  std::ifstream stream(folder_->path() / "ready.json");
  const std::string line{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  EXPECT_EQ(line, simulator_->ready_line() + "\n");
  const auto ready = boost::json::parse(line);
  EXPECT_EQ(ready.at("event").as_string(), "ready");
  ASSERT_EQ(ready.at("dcs").as_array().size(), 3U);
  EXPECT_EQ(ready.at("dcs").at(1).at("id").as_int64(), 2);
  EXPECT_EQ(ready.at("dcs").at(1).at("host").as_string(), "127.0.0.1");
  EXPECT_EQ(ready.at("dcs").at(1).at("port").as_int64(), port(2));
  EXPECT_EQ(ready.at("mtproxy").at("secret").as_string().size(), 32U);
  EXPECT_TRUE(ready.at("control").as_string().starts_with("http://127.0.0.1:"));
  EXPECT_EQ(ready.at("public_key").as_string(), (folder_->path() / "public.pem").string());
}

TEST(ServerRestart, IsTheSameTelegram) {
  const TestFolder folder;
  const Options options = small_options(folder.path());
  std::optional<TestKey> key;
  Ports ports;
  {
    TestSimulator simulator(options);
    ports = simulator.ports();
    TestClient client(ports.dcs.at(0), direct());
    key = client.exchange_keys(simulator.public_key(), 1);
    ASSERT_TRUE(key);
    client.begin_session(*key);
    const CallEnd sent = client.call(init_connection(send_code("9996611111")));
    ASSERT_EQ(sent.kind, CallEnd::Kind::Answer) << sent.message;
    const CallEnd signed_in = client.call(sign_in("9996611111", phone_code_hash_of(sent.body), "11111"));
    ASSERT_EQ(signed_in.kind, CallEnd::Kind::Answer) << signed_in.message;
    EXPECT_EQ(constructor_of(signed_in.body), kAuthorizationId);
    simulator.stop();
    EXPECT_FALSE(std::filesystem::exists(folder.path() / "ready.json"));
  }
  TestSimulator simulator(options);
  EXPECT_EQ(simulator.ports(), ports);
  TestClient client(simulator.ports().dcs.at(0), direct());
  client.begin_session(*key);
  const CallEnd state = client.call(init_connection(get_state()));
  EXPECT_EQ(state.kind, CallEnd::Kind::Answer) << state.code << " " << state.message;
}

TEST(ServerRestart, ASecondSimulatorOnTheFolderIsRefused) {
  const TestFolder folder;
  const TestSimulator simulator(small_options(folder.path()));
  asio::io_context context(1);
  const auto second = Simulator::create(context, small_options(folder.path()));
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ServerErrc::FolderInUse);
}

TEST(ServerStart, ConnectionsAboveTheBoundAreClosed) {
  const TestFolder folder;
  Options options = small_options(folder.path());
  options.max_connections = 2;
  TestSimulator simulator(options);
  const std::uint16_t port = simulator.ports().dcs.at(0);
  const auto first = std::make_unique<TestClient>(port, direct());
  auto second = std::make_unique<TestClient>(port, direct());
  TestClient third(port, direct());
  EXPECT_EQ(third.wait_for_end().kind, CallEnd::Kind::Closed);
  second.reset();
  simulator.wait_for_status([](const auto& status) { return status.at("connections").as_array().size() == 1; });
  TestClient again(port, direct());
  EXPECT_TRUE(again.exchange_keys(simulator.public_key(), 1));
}

TEST(ServerStart, ATakenPortIsNamed) {
  const TestFolder folder;
  asio::io_context context(1);
  asio::ip::tcp::acceptor taken(context, {asio::ip::address_v4::loopback(), 0});
  Options options = small_options(folder.path());
  options.port = taken.local_endpoint().port();
  const auto refused = Simulator::create(context, options);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ServerErrc::Network);
  EXPECT_THAT(refused.error().message, testing::HasSubstr(std::to_string(options.port)));
}

TEST(ServerStart, AMissingExportIsNamed) {
  const TestFolder folder;
  asio::io_context context(1);
  Options options = small_options(folder.path());
  options.channels = {folder.path() / "nowhere.json"};
  const auto refused = Simulator::create(context, options);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("nowhere.json"));
}

TEST(ServerStop, EndsWithOpenConnectionsAtOnce) {
  const TestFolder folder;
  TestSimulator simulator(small_options(folder.path()));
  TestClient silent(simulator.ports().dcs.at(0), direct());
  TestClient client(simulator.ports().dcs.at(1), direct());
  const auto key = client.exchange_keys(simulator.public_key(), 2);
  ASSERT_TRUE(key);
  client.begin_session(*key);
  ASSERT_EQ(client.call(init_connection(get_config())).kind, CallEnd::Kind::Answer);
  simulator.stop();
  EXPECT_EQ(client.wait_for_end().kind, CallEnd::Kind::Closed);
}

}  // namespace
}  // namespace ledgram::sim
