// What the control API can make go wrong, as a client sees it.

#include "ledgram/sim_server/test_client.hpp"
#include "ledgram/sim_server/test_folder.hpp"
#include "ledgram/sim_server/test_simulator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

namespace ledgram::sim {
namespace {

using namespace std::chrono_literals;

class ServerFaultsTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TestFolder>();
    simulator_ = std::make_unique<TestSimulator>(small_options(folder_->path()));
    TestClient client(port(), direct());
    key_ = client.exchange_keys(simulator_->public_key(), 1);
    ASSERT_TRUE(key_);
  }
  static void TearDownTestSuite() {
    simulator_.reset();
    folder_.reset();
  }

  void TearDown() override { EXPECT_EQ(simulator_->control("DELETE", "/faults").status, 200U); }

  static std::uint16_t port() { return simulator_->ports().dcs.at(0); }

  /// Connected, its session begun.
  static std::unique_ptr<TestClient> client() {
    auto made = std::make_unique<TestClient>(port(), direct());
    made->begin_session(*key_);
    EXPECT_EQ(made->call(init_connection(get_config())).kind, CallEnd::Kind::Answer);
    return made;
  }

  static inline std::unique_ptr<TestFolder> folder_;
  static inline std::unique_ptr<TestSimulator> simulator_;
  static inline std::optional<TestKey> key_;
};

TEST_F(ServerFaultsTest, FloodWaitComesSoManyTimes) {
  const auto connected = client();
  simulator_->post("/faults", R"({"kind":"flood_wait","seconds":3,"method":"help.getConfig","times":2})");
  for (int i = 0; i < 2; ++i) {
    const CallEnd end = connected->call(get_config());
    EXPECT_EQ(end.kind, CallEnd::Kind::RpcError);
    EXPECT_EQ(end.code, 420);
    EXPECT_EQ(end.message, "FLOOD_WAIT_3");
  }
  EXPECT_EQ(connected->call(get_config()).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerFaultsTest, DropNowClosesEveryConnection) {
  const auto first = client();
  const auto second = client();
  const auto answer = simulator_->post("/faults", R"({"kind":"drop"})");
  EXPECT_GE(answer.at("connections").as_int64(), 2);
  EXPECT_EQ(first->wait_for_end().kind, CallEnd::Kind::Closed);
  EXPECT_EQ(second->wait_for_end().kind, CallEnd::Kind::Closed);
}

TEST_F(ServerFaultsTest, DropKeepsToItsDc) {
  const auto connected = client();
  simulator_->post("/faults", R"({"kind":"drop","dc":2})");
  EXPECT_EQ(connected->call(get_config()).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerFaultsTest, DropEveryStrikesAgain) {
  simulator_->post("/faults", R"({"kind":"drop","every_seconds":0.05,"times":3})");
  for (int i = 0; i < 3; ++i) {
    TestClient waiting(port(), direct());
    EXPECT_EQ(waiting.wait_for_end().kind, CallEnd::Kind::Closed);
  }
  EXPECT_EQ(client()->call(get_config()).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerFaultsTest, DropAfterBytesEndsAConnectionAtARandomByte) {
  simulator_->post("/faults", R"({"kind":"drop","after_bytes":300,"times":1})");
  TestClient connected(port(), direct());
  connected.begin_session(*key_);
  CallEnd end;
  while (end.kind == CallEnd::Kind::Answer)
    end = connected.call(init_connection(get_config()));
  EXPECT_EQ(end.kind, CallEnd::Kind::Closed);
}

TEST_F(ServerFaultsTest, ACutAnswerEndsInTheMiddleAndComesAgainOnANewConnection) {
  const auto connected = client();
  simulator_->post("/faults", R"({"kind":"cut_answer","method":"help.getConfig","times":1})");
  const auto request = connected->send(get_config());
  const CallEnd end = connected->wait_for(request);
  EXPECT_EQ(end.kind, CallEnd::Kind::Closed);
  EXPECT_TRUE(end.in_the_middle);
  TestClient again(port(), direct());
  again.take_session(*connected);
  EXPECT_EQ(again.wait_for(request).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerFaultsTest, ADelayedAnswerComesLaterThanOthers) {
  const auto connected = client();
  simulator_->post("/faults", R"({"kind":"delay","milliseconds":300,"method":"help.getConfig","times":1})");
  const auto begin = std::chrono::steady_clock::now();
  const auto slow = connected->send(get_config());
  const auto fast = connected->send(get_config());
  EXPECT_EQ(connected->wait_for(fast).kind, CallEnd::Kind::Answer);
  EXPECT_EQ(connected->wait_for(slow).kind, CallEnd::Kind::Answer);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms);
}

TEST_F(ServerFaultsTest, RefusedConnectionsAreClosedAtOnce) {
  simulator_->post("/faults", R"({"kind":"refuse","times":1})");
  TestClient refused(port(), direct());
  EXPECT_EQ(refused.wait_for_end().kind, CallEnd::Kind::Closed);
  EXPECT_EQ(client()->call(get_config()).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerFaultsTest, ATransportErrorIsSentAsAsked) {
  const auto connected = client();
  simulator_->post("/faults", R"({"kind":"transport_error","code":-429,"times":1})");
  const CallEnd end = connected->call(get_config());
  EXPECT_EQ(end.kind, CallEnd::Kind::TransportError);
  EXPECT_EQ(end.code, -429);
}

TEST_F(ServerFaultsTest, ABlackHoleTakesRequestsAndSaysNothing) {
  const auto connected = client();
  const auto calls = [](const boost::json::object& status) {
    return status.at("methods").at("help.getConfig").at("calls").as_int64();
  };
  const auto before = calls(simulator_->control("GET", "/status").json().as_object());
  simulator_->post("/faults", R"({"kind":"black_hole"})");
  const auto swallowed = connected->send(get_config());
  simulator_->wait_for_status([&](const auto& status) { return calls(status) == before + 1; });
  EXPECT_EQ(simulator_->control("DELETE", "/faults").status, 200U);
  // Only what is sent from now on is answered here; what was swallowed comes again on a new connection.
  EXPECT_EQ(connected->call(get_config()).kind, CallEnd::Kind::Answer);
  TestClient again(port(), direct());
  again.take_session(*connected);
  EXPECT_EQ(again.wait_for(swallowed).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerFaultsTest, RotatedSaltsCostOneRoundTripOnly) {
  const auto connected = client();
  simulator_->post("/faults", R"({"kind":"rotate_salts"})");
  EXPECT_EQ(connected->call(get_config()).kind, CallEnd::Kind::Answer);
}

TEST_F(ServerFaultsTest, SpoiledPacketsEndTheConnectionAndAreRepeatedOnTheNext) {
  for (const std::string_view kind :
       {"wrong_msg_key", "foreign_session", "even_msg_id", "no_padding", "short_padding", "long_padding",
        "negative_length", "odd_length", "long_length", "malformed_frame"}) {
    SCOPED_TRACE(kind);
    const auto connected = client();
    simulator_->post("/faults", fmt::format(R"({{"kind":"{}","times":1}})", kind));
    const auto request = connected->send(get_config());
    // The test's client throws a packet away that it cannot take, and hears nothing more on a broken stream.
    connected->wait_until_refused();
    TestClient again(port(), direct());
    again.take_session(*connected);
    EXPECT_EQ(again.wait_for(request).kind, CallEnd::Kind::Answer);
  }
}

TEST_F(ServerFaultsTest, WhatASessionCanBearIsBorne) {
  const auto connected = client();
  for (const std::string_view kind : {"replay", "detailed_info", "duplicate_answer", "unknown_answer"}) {
    SCOPED_TRACE(kind);
    simulator_->post("/faults", fmt::format(R"({{"kind":"{}","times":1}})", kind));
    EXPECT_EQ(connected->call(get_config()).kind, CallEnd::Kind::Answer);
    EXPECT_EQ(connected->call(get_config()).kind, CallEnd::Kind::Answer);
  }
  for (const int code : {16, 17, 18, 19, 20, 32, 33, 34, 35, 48, 64}) {
    SCOPED_TRACE(code);
    simulator_->post("/faults", fmt::format(R"({{"kind":"bad_msg","code":{},"times":1}})", code));
    EXPECT_EQ(connected->call(get_config()).kind, CallEnd::Kind::Answer);
    EXPECT_EQ(connected->call(get_config()).kind, CallEnd::Kind::Answer);
  }
  EXPECT_EQ(simulator_->control("POST", "/faults", R"({"kind":"bad_msg","code":7})").status, 400U);
  EXPECT_EQ(simulator_->control("POST", "/faults", R"({"kind":"replay","code":16})").status, 400U);
}

TEST_F(ServerFaultsTest, ForgottenSessionsBeginAnew) {
  const auto connected = client();
  const int before = connected->new_sessions_seen();
  EXPECT_GE(simulator_->post("/faults", R"({"kind":"forget_sessions"})").at("sessions").as_int64(), 1);
  EXPECT_EQ(connected->call(init_connection(get_config())).kind, CallEnd::Kind::Answer);
  EXPECT_EQ(connected->new_sessions_seen(), before + 1);
}

TEST_F(ServerFaultsTest, AForgottenKeyIsMinus404) {
  TestClient connected(port(), direct());
  const auto key = connected.exchange_keys(simulator_->public_key(), 1);
  ASSERT_TRUE(key);
  connected.begin_session(*key);
  ASSERT_EQ(connected.call(init_connection(get_config())).kind, CallEnd::Kind::Answer);
  const std::string body = fmt::format(R"({{"kind":"forget_key","auth_key":"{:016x}"}})", key->key.id().value());
  EXPECT_EQ(simulator_->post("/faults", body).at("auth_keys").as_int64(), 1);
  const CallEnd end = connected.call(get_config());
  EXPECT_EQ(end.kind, CallEnd::Kind::TransportError);
  EXPECT_EQ(end.code, -404);
  EXPECT_EQ(simulator_->control("POST", "/faults", body).status, 404U) << "it is gone";
}

}  // namespace
}  // namespace ledgram::sim
