#include "ledgram/sim_server/traffic.hpp"

#include "ledgram/sim_server/test_client.hpp"
#include "ledgram/sim_server/test_folder.hpp"
#include "ledgram/sim_server/test_simulator.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <string_view>

namespace ledgram::sim {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;

class NoSessions final : public PushSink {
 public:
  void push(AuthKeyId, SessionId, Bytes) override {}
};

/// A service without clients, on a state in memory.
class TrafficTest : public testing::Test {
 protected:
  TrafficTest() {
    EXPECT_TRUE(chats_.add_synthetic({.channels = 2, .posts = 20, .seed = 1}));
    EXPECT_TRUE(chats_.restore());
    service_ = std::move(*ApiService::create({}, chats_, accounts_, state_, random_, sink_));
  }

  static TrafficOptions options(std::string_view text) {
    auto parsed = parse_traffic(json::parse(text).as_object());
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed ? *parsed : TrafficOptions{};
  }

  void start(std::string_view text) { ASSERT_TRUE(traffic_.start(*service_, options(text), now_)); }

  std::int64_t count(std::string_view what) { return traffic_.status(now_).at(what).to_number<std::int64_t>(); }

  /// Lets time go on, as the server's timer does.
  void run_for(nanoseconds time) {
    const Instant end = now_.after(time);
    for (auto due = traffic_.next_deadline(); due && *due <= end.monotonic; due = traffic_.next_deadline()) {
      now_ = now_.after(*due - now_.monotonic);
      traffic_.on_timer(now_);
    }
    now_ = end;
  }

  MemoryStateStore state_;
  ChatStore chats_{state_};
  AccountStore accounts_{state_};
  SeededRandom random_{3};
  NoSessions sink_;
  std::unique_ptr<ApiService> service_;
  Traffic traffic_;
  Instant now_{.monotonic = 100s, .unix_time = 1'750'000'000s};
};

std::string error_of(std::string_view text) {
  const auto parsed = parse_traffic(json::parse(text).as_object());
  return parsed ? "(accepted)" : parsed.error().message;
}

TEST(ParseTraffic, NamesWhatIsWrong) {
  EXPECT_THAT(error_of(R"({"rate":1})"), testing::HasSubstr("\"chats\" must be a list"));
  EXPECT_THAT(error_of(R"({"chats":[]})"), testing::HasSubstr("\"chats\" must be a list"));
  EXPECT_THAT(error_of(R"({"chats":["a"],"rate":0})"), testing::HasSubstr("\"rate\" must be a number"));
  EXPECT_THAT(error_of(R"({"chats":["a"],"edits":2})"), testing::HasSubstr("\"edits\" must be a number from 0 to 1"));
  EXPECT_THAT(error_of(R"({"chats":["a"],"bytes":5000})"), testing::HasSubstr("\"bytes\""));
  EXPECT_THAT(error_of(R"({"chats":["a"],"speed":1})"), testing::HasSubstr("\"speed\" is not known"));
}

TEST_F(TrafficTest, PublishesEvenlyInTime) {
  start(R"({"chats":["synthetic1"],"rate":4})");
  EXPECT_EQ(traffic_.next_deadline(), now_.monotonic + 2ms) << "the first at once";
  run_for(250ms - 1ns);
  EXPECT_EQ(count("published"), 1);
  run_for(1ns);
  EXPECT_EQ(count("published"), 2);
  run_for(10s);
  EXPECT_EQ(count("published"), 42);
  traffic_.stop();
  EXPECT_FALSE(traffic_.next_deadline());
  EXPECT_EQ(traffic_.status(now_).at("running"), false);
}

TEST_F(TrafficTest, EndsAtItsTotalAndMakesUpForLostTime) {
  start(R"({"chats":["synthetic1","synthetic2"],"rate":1000,"total":2500})");
  now_ = now_.after(10s);
  traffic_.on_timer(now_);
  EXPECT_EQ(count("published"), 1000) << "one step of many";
  run_for(1s);
  EXPECT_EQ(count("published"), 2500);
  EXPECT_EQ(traffic_.status(now_).at("running"), false);
  EXPECT_GT(chats_.find("synthetic1")->ids().size(), 1'000U);
  EXPECT_GT(chats_.find("synthetic2")->ids().size(), 1'000U);
}

TEST_F(TrafficTest, EditsAndDeletesItsShareOfRecentMessages) {
  start(R"({"chats":["synthetic1"],"rate":1000,"total":4000,"edits":0.1,"deletes":0.05,"seed":9})");
  run_for(10s);
  EXPECT_NEAR(static_cast<double>(count("edited")), 400, 80);
  EXPECT_NEAR(static_cast<double>(count("deleted")), 4000 * 0.05 * 1.6, 120);
  const Channel& channel = *chats_.find("synthetic1");
  EXPECT_EQ(static_cast<std::int64_t>(channel.deleted().size()), count("deleted"));
  EXPECT_EQ(channel.ids().size(), 20 + 4000 - channel.deleted().size());
}

TEST_F(TrafficTest, TextsSayWhenTheyWereSent) {
  start(R"({"chats":["synthetic1"],"rate":10,"total":40,"bytes":300})");
  run_for(10s);
  const Channel& channel = *chats_.find("synthetic1");
  Post scratch;
  const Post& first = *channel.find(channel.last_id() - 39, scratch);
  const auto line = first.text.rfind("\nsent_us=");
  ASSERT_NE(line, std::string::npos);
  EXPECT_EQ(first.text.substr(line), "\nsent_us=1750000000002000");
  std::size_t bytes = 0;
  std::set<std::string> texts;
  for (std::int32_t id = channel.last_id() - 39; id <= channel.last_id(); ++id) {
    const Post& post = *channel.find(id, scratch);
    bytes += post.text.size();
    texts.insert(post.text);
  }
  EXPECT_NEAR(static_cast<double>(bytes) / 40, 300, 60);
  EXPECT_EQ(texts.size(), 40U);
}

TEST_F(TrafficTest, ARestartKeepsEveryTextAndEdit) {
  start(R"({"chats":["synthetic1"],"rate":1000,"total":500,"edits":0.3,"deletes":0.1})");
  run_for(2s);
  const std::string before = *chats_.truth("synthetic1");
  EXPECT_THAT(before, testing::HasSubstr("edit_date"));
  ChatStore again(state_);
  ASSERT_TRUE(again.add_synthetic({.channels = 2, .posts = 20, .seed = 1}));
  ASSERT_TRUE(again.restore());
  EXPECT_EQ(*again.truth("synthetic1"), before);
}

TEST_F(TrafficTest, AMessageOfTheGeneratorCanBeEditedByHand) {
  start(R"({"chats":["synthetic1"],"rate":10,"total":1})");
  run_for(1s);
  Channel& channel = *chats_.find("synthetic1");
  const std::int32_t id = channel.last_id();
  ASSERT_TRUE(service_->edit("synthetic1", id, {{"text", "by hand"}}, now_));
  Post scratch;
  EXPECT_EQ(channel.find(id, scratch)->text, "by hand");
  service_->regenerate(channel, id, 5, now_);
  EXPECT_THAT(channel.find(id, scratch)->text, testing::HasSubstr("sent_us="));
}

TEST_F(TrafficTest, OnlyOneRunAtATimeAndOnlyInChatsThatExist) {
  EXPECT_EQ(traffic_.start(*service_, options(R"({"chats":["nobody"]})"), now_).error().code, ContentErrc::NoSuchChat);
  start(R"({"chats":["synthetic1"],"rate":1})");
  EXPECT_EQ(traffic_.start(*service_, options(R"({"chats":["synthetic1"]})"), now_).error().code,
            ContentErrc::BadOption);
}

TEST(TrafficEndToEnd, EveryMessageReachesAMemberAndTheFolder) {
  const TestFolder folder;
  json::value truth;
  {
    TestSimulator simulator(small_options(folder.path()));
    TestClient client(simulator.ports().dcs.at(1), direct());
    const auto key = client.exchange_keys(simulator.public_key(), 2);
    ASSERT_TRUE(key);
    client.begin_session(*key);
    const CallEnd sent = client.call(init_connection(send_code("9996620042")));
    ASSERT_EQ(client.call(sign_in("9996620042", phone_code_hash_of(sent.body), "22222")).kind, CallEnd::Kind::Answer);
    simulator.post("/join", R"({"phone":"9996620042","chat":"synthetic1"})");
    ASSERT_EQ(client.call(get_state()).kind, CallEnd::Kind::Answer);
    constexpr int kMessages = 2'000;
    simulator.post("/traffic", fmt::format(R"({{"chats":["synthetic1"],"rate":5000,"total":{}}})", kMessages));
    int came = 0;
    while (came < kMessages) {
      const auto update = client.wait_for_update();
      ASSERT_TRUE(update) << came;
      if (as_text(*update).find("sent_us=") != std::string_view::npos)
        ++came;
    }
    EXPECT_EQ(simulator.control("GET", "/traffic").json().at("published").as_int64(), kMessages);
    EXPECT_EQ(simulator.control("POST", "/traffic", R"({"chats":["synthetic1"],"rate":-1})").status, 400U);
    simulator.post("/traffic", R"({"chats":["synthetic1"],"rate":1})");
    EXPECT_EQ(simulator.control("POST", "/traffic", R"({"chats":["synthetic1"]})").status, 400U) << "one runs";
    EXPECT_EQ(simulator.control("DELETE", "/traffic").json().at("running").as_bool(), false);
    truth = simulator.control("GET", "/truth?chat=synthetic1").json();
  }
  TestSimulator again(small_options(folder.path()));
  EXPECT_EQ(again.control("GET", "/truth?chat=synthetic1").json(), truth);
}

}  // namespace
}  // namespace ledgram::sim
