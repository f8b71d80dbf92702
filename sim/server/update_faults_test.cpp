// What becomes of pushes when faults stand, as a client sees it over its connection.

#include "ledgram/sim_server/test_client.hpp"
#include "ledgram/sim_server/test_folder.hpp"
#include "ledgram/sim_server/test_simulator.hpp"
#include "ledgram/tl/builtin_schema.hpp"
#include "ledgram/tl/json_codec.hpp"
#include "ledgram/tl/writer.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sim {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

constexpr std::string_view kPhone = "9996620042";

class UpdateFaults : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TestFolder>();
    simulator_ = std::make_unique<TestSimulator>(small_options(folder_->path()));
    TestClient client(port(), direct());
    key_ = client.exchange_keys(simulator_->public_key(), 2);
    ASSERT_TRUE(key_);
    client.begin_session(*key_);
    const CallEnd sent = client.call(init_connection(send_code(kPhone)));
    ASSERT_EQ(sent.kind, CallEnd::Kind::Answer) << sent.message;
    const CallEnd in = client.call(sign_in(kPhone, phone_code_hash_of(sent.body), "22222"));
    ASSERT_EQ(in.kind, CallEnd::Kind::Answer) << in.message;
    simulator_->post("/join", R"({"phone":"9996620042","chat":"synthetic1"})");
  }
  static void TearDownTestSuite() {
    simulator_.reset();
    folder_.reset();
  }

  void SetUp() override {
    client_ = std::make_unique<TestClient>(port(), direct());
    client_->begin_session(*key_);
    ASSERT_EQ(client_->call(init_connection(get_state())).kind, CallEnd::Kind::Answer);
  }
  void TearDown() override { EXPECT_EQ(simulator_->control("DELETE", "/faults").status, 200U); }

  static std::uint16_t port() { return simulator_->ports().dcs.at(1); }
  static void fault(std::string_view body) { simulator_->post("/faults", body); }
  static void publish(std::string_view text) {
    simulator_->post("/publish", fmt::format(R"({{"chat":"synthetic1","text":"{}"}})", text));
  }

  static json::object decoded(ByteView body) {
    tl::Reader reader(body);
    auto value = tl::decode_json(tl::builtin_api_schema(), reader);
    EXPECT_TRUE(value) << value.error().message;
    return value ? value->as_object() : json::object();
  }

  /// The text of the next message that comes, or the constructor of what comes instead.
  std::string next() {
    const auto body = client_->wait_for_update();
    if (!body)
      return "(nothing)";
    const json::object updates = decoded(*body);
    if (!updates.contains("updates"))
      return std::string(updates.at("_").as_string());
    return std::string(updates.at("updates").at(0).at("message").at("message").as_string());
  }

  static json::object account_status() {
    return simulator_->control("GET", fmt::format("/status?account={}", kPhone)).json().as_object();
  }

  static inline std::unique_ptr<TestFolder> folder_;
  static inline std::unique_ptr<TestSimulator> simulator_;
  static inline std::optional<TestKey> key_;
  std::unique_ptr<TestClient> client_;
};

TEST_F(UpdateFaults, ADroppedUpdateNeverComes) {
  const auto before = account_status().at("pushes").at("dropped").as_int64();
  fault(R"({"kind":"drop_update","skip":1,"times":1})");
  for (const auto* text : {"a", "b", "c"})
    publish(text);
  EXPECT_EQ(next(), "a");
  EXPECT_EQ(next(), "c");
  EXPECT_GE(account_status().at("pushes").at("dropped").as_int64(), before + 1);
}

TEST_F(UpdateFaults, ARuleOfAnotherAccountDoesNotStrike) {
  fault(R"({"kind":"drop_update","account":"9996620043"})");
  publish("for me");
  EXPECT_EQ(next(), "for me");
  fault(R"({"kind":"drop_update","account":"+999 662-0042","times":1})");
  publish("not for me");
  publish("for me again");
  EXPECT_EQ(next(), "for me again");
}

TEST_F(UpdateFaults, ARepeatedUpdateComesTwice) {
  fault(R"({"kind":"repeat_update","times":1})");
  publish("a");
  publish("b");
  EXPECT_EQ(next(), "a");
  EXPECT_EQ(next(), "a");
  EXPECT_EQ(next(), "b");
}

TEST_F(UpdateFaults, AReorderedUpdateComesAfterTheNext) {
  fault(R"({"kind":"reorder_updates","times":1})");
  for (const auto* text : {"a", "b", "c"})
    publish(text);
  EXPECT_EQ(next(), "b");
  EXPECT_EQ(next(), "a");
  EXPECT_EQ(next(), "c");
}

TEST_F(UpdateFaults, WhatIsHeldBackComesWhenTheFaultIsTakenAway) {
  fault(R"({"kind":"reorder_updates"})");
  publish("last");
  EXPECT_EQ(simulator_->control("DELETE", "/faults").status, 200U);
  EXPECT_EQ(next(), "last");
}

TEST_F(UpdateFaults, ADelayedUpdateIsOvertaken) {
  const auto begin = std::chrono::steady_clock::now();
  fault(R"({"kind":"delay_updates","milliseconds":200,"times":1})");
  publish("slow");
  publish("fast");
  EXPECT_EQ(next(), "fast");
  EXPECT_EQ(next(), "slow");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 200ms);
}

TEST_F(UpdateFaults, TooLongComesInsteadOfAnUpdate) {
  fault(R"({"kind":"updates_too_long","times":1})");
  publish("hidden");
  publish("seen");
  EXPECT_EQ(next(), "updatesTooLong");
  EXPECT_EQ(next(), "seen");
}

TEST_F(UpdateFaults, SilenceEndsAfterItsTimeAndTheStateHasMovedOn) {
  const auto begin = std::chrono::steady_clock::now();
  fault(R"({"kind":"silence","seconds":0.3})");
  const auto unheard = simulator_->post("/publish", R"({"chat":"synthetic1","text":"unheard"})").at("id").as_int64();
  const auto sent = [] { return account_status().at("pushes").at("sent").as_int64(); };
  const auto before = sent();
  while (sent() == before && std::chrono::steady_clock::now() - begin < kTestLimit)
    publish("heard");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 300ms);
  publish("heard");  // the silence may have ended between the pushes to two sessions
  EXPECT_EQ(next(), "heard");
  const auto truth = simulator_->control("GET", "/truth?chat=synthetic1").json();
  EXPECT_GT(truth.at("last_id").as_int64(), unheard);
}

TEST_F(UpdateFaults, AChanceStrikesSomeAndAlwaysTheSame) {
  std::vector<std::string> runs;
  for (int run = 0; run < 2; ++run) {
    fault(R"({"kind":"drop_update","chance":0.5,"seed":7})");
    for (int i = 0; i < 20; ++i)
      publish(std::to_string(i));
    EXPECT_EQ(simulator_->control("DELETE", "/faults").status, 200U);
    publish("end");
    std::string came;
    for (std::string text = next(); text != "end"; text = next())
      came += text + " ";
    runs.push_back(came);
  }
  EXPECT_EQ(runs[0], runs[1]);
  EXPECT_GT(runs[0].size(), 5U);
  EXPECT_LT(runs[0].size(), 45U) << runs[0];
}

TEST_F(UpdateFaults, PersistentTimestampOutdatedIsAnRpcError) {
  fault(R"({"kind":"rpc_error","code":500,"message":"PERSISTENT_TIMESTAMP_OUTDATED",
            "method":"updates.getState","times":1})");
  const CallEnd end = client_->call(get_state());
  EXPECT_EQ(end.kind, CallEnd::Kind::RpcError);
  EXPECT_EQ(end.message, "PERSISTENT_TIMESTAMP_OUTDATED");
  EXPECT_EQ(client_->call(get_state()).kind, CallEnd::Kind::Answer);
}

TEST_F(UpdateFaults, AHalfClosedConnectionIsStillRead) {
  const auto calls = [] {
    const auto status = account_status();
    return status.at("methods").at("updates.getState").at("calls").as_int64();
  };
  const auto before = calls();
  const auto closed = simulator_->post("/faults", R"({"kind":"half_close","account":"9996620042"})");
  EXPECT_EQ(closed.at("connections").as_int64(), 1);
  client_->send(get_state());
  EXPECT_EQ(client_->wait_for_end().kind, CallEnd::Kind::Closed) << "the simulator has sent FIN";
  simulator_->wait_for_status([&](const auto&) { return calls() == before + 1; });
}

TEST_F(UpdateFaults, ConnectionsOfOneAccountAreDropped) {
  EXPECT_EQ(simulator_->post("/faults", R"({"kind":"drop","account":"9996620777"})").at("connections").as_int64(), 0);
  EXPECT_EQ(client_->call(get_state()).kind, CallEnd::Kind::Answer);
  EXPECT_EQ(simulator_->post("/faults", R"({"kind":"drop","account":"9996620042"})").at("connections").as_int64(), 1);
  EXPECT_EQ(client_->wait_for_end().kind, CallEnd::Kind::Closed);
}

TEST_F(UpdateFaults, PushesWhileTheConnectionIsAwayComeOnTheNext) {
  simulator_->post("/faults", R"({"kind":"drop","account":"9996620042"})");
  EXPECT_EQ(client_->wait_for_end().kind, CallEnd::Kind::Closed);
  for (int i = 0; i < 50; ++i)
    publish(std::to_string(i));
  TestClient again(port(), direct());
  again.take_session(*client_);
  ASSERT_EQ(again.call(get_state()).kind, CallEnd::Kind::Answer);
  std::vector<std::string> came;
  while (came.size() < 50) {
    const auto body = again.wait_for_update();
    ASSERT_TRUE(body);
    came.emplace_back(decoded(*body).at("updates").at(0).at("message").at("message").as_string());
  }
  EXPECT_EQ(came.front(), "0");
  EXPECT_EQ(came.back(), "49");
}

TEST_F(UpdateFaults, ASessionThatIsAwayForLongLosesPushes) {
  simulator_->post("/faults", R"({"kind":"drop","account":"9996620042"})");
  EXPECT_EQ(client_->wait_for_end().kind, CallEnd::Kind::Closed);
  const auto before = account_status().at("pushes").at("dropped").as_int64();
  std::string messages = R"({"text":"m"})";
  for (int i = 1; i < 400; ++i)
    messages += R"(,{"text":"m"})";
  simulator_->post("/publish", R"({"chat":"synthetic1","messages":[)" + messages + "]}");
  const auto status = account_status();
  EXPECT_GE(status.at("pushes").at("dropped").as_int64(), before + 140);
}

TEST_F(UpdateFaults, ADuplicatedSessionIsRevoked) {
  TestClient other(port(), direct());
  const auto key = other.exchange_keys(simulator_->public_key(), 2);
  ASSERT_TRUE(key);
  other.begin_session(*key);
  const CallEnd sent = other.call(init_connection(send_code("9996620055")));
  ASSERT_EQ(sent.kind, CallEnd::Kind::Answer);
  ASSERT_EQ(other.call(sign_in("9996620055", phone_code_hash_of(sent.body), "22222")).kind, CallEnd::Kind::Answer);
  const auto answer = simulator_->post("/faults", R"({"kind":"duplicate_session","account":"9996620055"})");
  EXPECT_EQ(answer.at("auth_keys").as_int64(), 1);
  const CallEnd end = other.call(get_state());
  EXPECT_EQ(end.kind, CallEnd::Kind::RpcError);
  EXPECT_EQ(end.code, 406);
  EXPECT_EQ(end.message, "AUTH_KEY_DUPLICATED");
  EXPECT_EQ(client_->call(get_state()).kind, CallEnd::Kind::Answer) << "others stay";
}

TEST_F(UpdateFaults, TheStatusCountsCallsByAccount) {
  ASSERT_EQ(client_->call(get_state()).kind, CallEnd::Kind::Answer);
  const auto mine = account_status();
  EXPECT_GE(mine.at("methods").at("updates.getState").at("calls").as_int64(), 1);
  EXPECT_FALSE(mine.at("methods").as_object().contains("updates.getChannelDifference"));
  EXPECT_FALSE(mine.at("sessions").as_array().empty());
  const auto nobody = simulator_->control("GET", "/status?account=9996620099").json();
  EXPECT_TRUE(nobody.at("methods").as_object().empty());
  EXPECT_TRUE(nobody.at("connections").as_array().empty());
  const auto all = simulator_->control("GET", "/status").json();
  EXPECT_GE(all.at("accounts").at(kPhone).at("calls").at("updates.getState").as_int64(), 1);
}

}  // namespace
}  // namespace ledgram::sim
