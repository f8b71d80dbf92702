// The control API over HTTP.

#include "ledgram/sim_server/test_client.hpp"
#include "ledgram/sim_server/test_folder.hpp"
#include "ledgram/sim_server/test_simulator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledgram::sim {
namespace {

using testing::HasSubstr;

class ControlTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<TestFolder>();
    simulator_ = std::make_unique<TestSimulator>(small_options(folder_->path()));
  }
  static void TearDownTestSuite() {
    simulator_.reset();
    folder_.reset();
  }

  static TestSimulator::Http get(std::string_view target) { return simulator_->control("GET", target); }
  static TestSimulator::Http post(std::string_view target, std::string_view body) {
    return simulator_->control("POST", target, body);
  }
  static boost::json::object truth() { return get("/truth?chat=synthetic1").json().as_object(); }

  static inline std::unique_ptr<TestFolder> folder_;
  static inline std::unique_ptr<TestSimulator> simulator_;
};

TEST_F(ControlTest, ListsItsEndpoints) {
  const auto answer = get("/");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_THAT(answer.text, testing::AllOf(HasSubstr("/truth"), HasSubstr("/publish"), HasSubstr("/faults")));
}

TEST_F(ControlTest, WrongRequestsAreToldWhatIsWrong) {
  EXPECT_EQ(get("/nowhere").status, 404U);
  EXPECT_THAT(get("/nowhere").text, HasSubstr("GET / lists all"));
  EXPECT_EQ(simulator_->control("DELETE", "/truth").status, 405U);
  EXPECT_EQ(get("/truth").status, 400U);
  EXPECT_EQ(get("/truth?chat=nobody").status, 404U);
  EXPECT_EQ(post("/publish", "{").status, 400U);
  EXPECT_EQ(post("/publish", "[]").status, 400U);
  EXPECT_THAT(post("/publish", R"({"text":"x"})").text, HasSubstr("\\\"chat\\\" is missing"));
  EXPECT_EQ(post("/publish", R"({"chat":"nobody","text":"x"})").status, 404U);
  EXPECT_EQ(post("/delete", R"({"chat":"synthetic1","ids":[]})").status, 400U);
  EXPECT_EQ(post("/delete", R"({"chat":"synthetic1","ids":["a"]})").status, 400U);
  EXPECT_EQ(post("/faults", R"({"kind":"nothing"})").status, 400U);
  EXPECT_EQ(simulator_->control("DELETE", "/faults?id=99").status, 404U);
  EXPECT_EQ(simulator_->control("DELETE", "/faults?id=x").status, 400U);
  EXPECT_EQ(post("/migrate", R"({"phone":"9996610007","dc":8})").status, 400U);
}

TEST_F(ControlTest, PagesInABrowserAreRefused) {
  EXPECT_EQ(simulator_->control("GET", "/status", {}, "Origin: http://example.org").status, 403U);
  EXPECT_EQ(simulator_->control("GET", "/status", {}, "Host: 127.evil.example").status, 403U);
  EXPECT_EQ(simulator_->control("GET", "/status", {}, "Host: localhost:99").status, 200U);
}

TEST_F(ControlTest, PublishEditDeleteShowInTheTruth) {
  const auto before = truth();
  const std::int64_t count = before.at("count").as_int64();
  const auto published = simulator_->post("/publish", R"({"chat":"synthetic1","text":"Привіт 👋"})");
  const std::int64_t id = published.at("id").as_int64();
  EXPECT_GT(id, before.at("last_id").as_int64());
  auto after = truth();
  EXPECT_EQ(after.at("count").as_int64(), count + 1);
  EXPECT_EQ(after.at("messages").as_array().back().at("text").as_string(), "Привіт 👋");

  simulator_->post("/edit", fmt::format(R"({{"chat":"@synthetic1","id":{},"text":"changed"}})", id));
  after = truth();
  EXPECT_EQ(after.at("messages").as_array().back().at("text").as_string(), "changed");

  simulator_->post("/delete", fmt::format(R"({{"chat":"synthetic1","ids":[{}]}})", id));
  after = truth();
  EXPECT_EQ(after.at("count").as_int64(), count);
  EXPECT_EQ(post("/edit", fmt::format(R"({{"chat":"synthetic1","id":{},"text":"x"}})", id)).status, 404U);

  const auto several =
      simulator_->post("/publish", R"({"chat":"synthetic1","messages":[{"text":"one"},{"text":"two"}]})");
  EXPECT_EQ(several.at("ids").as_array().size(), 2U);
  EXPECT_EQ(truth().at("count").as_int64(), count + 2);
}

TEST_F(ControlTest, PublishingReachesAMemberThatIsConnected) {
  TestClient client(simulator_->ports().dcs.at(1), direct());
  const auto key = client.exchange_keys(simulator_->public_key(), 2);
  ASSERT_TRUE(key);
  client.begin_session(*key);
  const CallEnd sent = client.call(init_connection(send_code("9996620042")));
  ASSERT_EQ(sent.kind, CallEnd::Kind::Answer) << sent.message;
  const CallEnd signed_in = client.call(sign_in("9996620042", phone_code_hash_of(sent.body), "22222"));
  ASSERT_EQ(signed_in.kind, CallEnd::Kind::Answer) << signed_in.message;
  simulator_->post("/join", R"({"phone":"9996620042","chat":"synthetic1"})");
  ASSERT_EQ(client.call(get_state()).kind, CallEnd::Kind::Answer);
  simulator_->post("/publish", R"({"chat":"synthetic1","text":"a text that only this test publishes"})");
  for (;;) {
    const auto update = client.wait_for_update();
    ASSERT_TRUE(update) << "the connection ended or the update never came";
    if (as_text(*update).find("a text that only this test publishes") != std::string_view::npos)
      break;
  }
}

TEST_F(ControlTest, AccountsCanBeMade) {
  simulator_->post("/accounts", R"({"phone":"9996630303","password":"secret","hint":"easy"})");
  simulator_->post("/accounts", R"({"bot_token":"777000777:abcdefghijabcdefghijabcdefghij","dc":2})");
  EXPECT_NE(post("/accounts", R"({"phone":"123"})").status, 200U);
  const auto answer = get("/accounts");
  bool user = false;
  bool bot = false;
  const auto listed = answer.json();
  for (const auto& account : listed.at("accounts").as_array()) {
    const auto& object = account.as_object();
    if (object.contains("phone") && object.at("phone").as_string() == "9996630303") {
      user = object.at("password").as_bool() && object.at("dc").as_int64() == 3;
    }
    if (object.at("bot").as_bool())
      bot = object.at("dc").as_int64() == 2;
  }
  EXPECT_TRUE(user) << answer.text;
  EXPECT_TRUE(bot) << answer.text;
  EXPECT_THAT(answer.text, testing::Not(HasSubstr("secret")));
}

TEST_F(ControlTest, PrivateMessagesAndGroupsShowInTheTruthOfTheAccount) {
  for (const std::string_view phone : {"9996613001", "9996613002"})
    simulator_->post("/accounts", fmt::format(R"({{"phone":"{}"}})", phone));
  const auto sent = simulator_->post("/send", R"({"phone":"9996613001","from":"Olha","text":"hello"})");
  EXPECT_EQ(sent.at("id").as_int64(), 1);
  EXPECT_EQ(simulator_->post("/send", R"({"phone":"9996613001","to":"Olha","text":"hi"})").at("id").as_int64(), 2);
  simulator_->post("/groups", R"({"title":"Walkers","members":["9996613001","9996613002"],"people":["Olha"]})");
  const auto to_group =
      simulator_->post("/send", R"({"phone":"9996613002","group":"Walkers","from":"Olha","text":"tomorrow"})");
  EXPECT_EQ(to_group.at("id").as_int64(), 2) << "the other account's own number";
  EXPECT_EQ(to_group.at("ids").at("9996613001").as_int64(), 4);
  simulator_->post("/edit", R"({"phone":"9996613001","id":1,"text":"hello again"})");
  simulator_->post("/delete", R"({"phone":"9996613001","ids":[2]})");
  const auto truth = get("/truth?phone=9996613001").json();
  EXPECT_EQ(truth.at("deleted").as_array().size(), 1U);
  const auto& messages = truth.at("messages").as_array();
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages.at(0).at("text").as_string(), "hello again");
  EXPECT_TRUE(messages.at(0).as_object().contains("edit_date"));
  EXPECT_EQ(messages.at(2).at("peer").at("title").as_string(), "Walkers");

  const auto id = simulator_->post("/migrate_group", R"({"group":"Walkers","chat":"walkers"})").at("id").as_int64();
  EXPECT_EQ(get("/groups").json().at("groups").at(0).at("migrated_to").as_int64(), id);
  simulator_->post("/publish", R"({"chat":"walkers","text":"in the supergroup"})");
  EXPECT_EQ(get("/truth?chat=walkers").json().at("count").as_int64(), 2);
  EXPECT_EQ(post("/send", R"({"group":"Walkers","from":"Olha","text":"too late"})").status, 400U);
  EXPECT_EQ(post("/send", R"({"phone":"9996613001","text":"from nobody"})").status, 400U);
  EXPECT_EQ(post("/send", R"({"phone":"9996613999","from":"Olha","text":"x"})").status, 404U);
  EXPECT_EQ(post("/groups", R"({"title":"x","members":"9996613001"})").status, 400U);
  EXPECT_EQ(get("/truth?phone=9996613999").status, 404U);
}

TEST_F(ControlTest, ChatsCanBeMadeAndClosed) {
  EXPECT_GT(simulator_->post("/chats", R"({"chat":"fresh","type":"supergroup"})").at("id").as_int64(), 0);
  simulator_->post("/publish", R"({"chat":"fresh","text":"first"})");
  simulator_->post("/access", R"({"chat":"fresh","access":"private"})");
  EXPECT_EQ(get("/truth?chat=fresh").json().at("access").as_string(), "private");
  EXPECT_EQ(post("/chats", R"({"chat":"fresh"})").status, 409U);
  EXPECT_EQ(post("/chats", R"({"chat":"other","type":"salon"})").status, 400U);
  EXPECT_EQ(post("/access", R"({"chat":"fresh","access":"open"})").status, 400U);
}

TEST_F(ControlTest, AnUpdatesObjectIsPushedAsItIs) {
  simulator_->post("/accounts", R"({"phone":"9996613003"})");
  const auto none = simulator_->post("/push", R"({"phone":"9996613003","updates":{"_":"updatesTooLong"}})");
  EXPECT_EQ(none.at("sessions").as_int64(), 0) << "nobody is logged in";
  EXPECT_EQ(post("/push", R"({"phone":"9996613003"})").status, 400U);
}

TEST_F(ControlTest, APopulationJoinsWhatItIsToldTo) {
  const auto made =
      simulator_->post("/population", R"({"accounts":30,"first":"9996617000","channels":["synthetic1"],"seed":2})");
  EXPECT_EQ(made.at("memberships").as_int64(), 30);
  const auto again = simulator_->post(
      "/population", R"({"accounts":30,"first":"9996617000","channels":["synthetic1"],"joined_each":1})");
  EXPECT_EQ(again.at("memberships").as_int64(), 0) << "they are members already";
  int members = 0;
  const auto listed = get("/accounts").json();
  for (const auto& account : listed.at("accounts").as_array())
    members +=
        account.as_object().contains("phone") && account.at("phone").as_string().starts_with("999661700") ? 1 : 0;
  EXPECT_EQ(members, 10) << "9996617000 to 9996617009";
  EXPECT_EQ(post("/population", R"({"accounts":20,"first":"9996619990"})").status, 400U)
      << "there is no 9996620000 here";
  EXPECT_EQ(post("/population", R"({"accounts":2,"first":"123"})").status, 400U);
  EXPECT_EQ(post("/population", R"({"accounts":2,"first":"9996610000","joined_each":99})").status, 400U);
}

TEST_F(ControlTest, FaultsCanBeListedAndRemoved) {
  const auto made = simulator_->post("/faults", R"({"kind":"flood_wait","seconds":5,"method":"messages.getHistory"})");
  const auto id = made.at("id").as_int64();
  EXPECT_THAT(get("/faults").text, HasSubstr("FLOOD_WAIT_5"));
  EXPECT_EQ(simulator_->control("DELETE", fmt::format("/faults?id={}", id)).status, 200U);
  EXPECT_THAT(get("/faults").text, testing::Not(HasSubstr("FLOOD_WAIT_5")));
}

}  // namespace
}  // namespace ledgram::sim
