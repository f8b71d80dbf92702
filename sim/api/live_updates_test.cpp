// Who is told what and when: memberships, polling, differences that go wrong on demand.

#include "ledgram/sim_api/test_telegram.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view kPhone = "9996621234";
constexpr std::string_view kPost = R"({"id":1,"type":"message","date_unixtime":"1600000000","text":"one"})";

class LiveUpdates : public testing::Test {
 protected:
  void SetUp() override {
    telegram.add_chat("open", 100, kPost);
    telegram.add_chat("closed", 200, kPost, "private_channel");
    telegram.add_chat(
        "crowd", 300,
        R"({"id":1,"type":"message","date_unixtime":"1600000000","from":"Ann","from_id":"user50","text":"hi"})",
        "public_supergroup");
    telegram.start();
    client = telegram.log_in(kPhone, 1);
  }

  void change(std::string_view chat, MembershipChange change) {
    ASSERT_TRUE(telegram.api().change_membership(kPhone, chat, change, telegram.now()));
  }

  void publish(std::string_view chat, std::string_view text = "news") {
    ASSERT_TRUE(telegram.api().publish(chat, {{"text", text}}, telegram.now()));
  }

  TestAnswer difference(const json::object& channel, std::int64_t pts, std::int32_t limit = 100) {
    return telegram.call(client, {{"_", "updates.getChannelDifference"},
                                  {"channel", channel},
                                  {"filter", {{"_", "channelMessagesFilterEmpty"}}},
                                  {"pts", pts},
                                  {"limit", limit}});
  }

  std::int64_t pts_of(std::string_view chat) { return telegram.chats().find(chat)->pts(); }

  std::vector<std::string> pushed_kinds() {
    std::vector<std::string> kinds;
    for (const auto& push : telegram.pushes())
      kinds.emplace_back(push.updates.at("updates").at(0).at("_").as_string());
    telegram.pushes().clear();
    return kinds;
  }

  TestTelegram telegram;
  TestClient client;
};

using Kinds = std::vector<std::string>;

TEST_F(LiveUpdates, EveryChangeOfMembershipIsTold) {
  change("open", MembershipChange::Join);
  ASSERT_EQ(telegram.pushes().size(), 1U);
  EXPECT_FALSE(telegram.pushes().at(0).updates.at("chats").at(0).as_object().contains("left"));
  EXPECT_EQ(pushed_kinds(), Kinds{"updateChannel"});
  change("open", MembershipChange::Join);
  EXPECT_EQ(pushed_kinds(), Kinds{}) << "nothing changed";
  change("open", MembershipChange::Leave);
  EXPECT_EQ(telegram.pushes().at(0).updates.at("chats").at(0).at("left"), true);
  EXPECT_EQ(pushed_kinds(), Kinds{"updateChannel"});
  publish("open");
  EXPECT_EQ(pushed_kinds(), Kinds{}) << "no member any more";
}

TEST_F(LiveUpdates, WhoIsBannedReadsNoMoreUntilUnbanned) {
  change("open", MembershipChange::Join);
  const auto channel = telegram.input_channel(client, "open");
  const auto pts = pts_of("open");
  telegram.pushes().clear();
  change("open", MembershipChange::Ban);
  EXPECT_EQ(telegram.pushes().at(0).updates.at("chats").at(0).at("_"), "channelForbidden");
  EXPECT_EQ(pushed_kinds(), Kinds{"updateChannel"});
  publish("open");
  EXPECT_EQ(pushed_kinds(), Kinds{});
  EXPECT_EQ(difference(channel, pts).fault.message, "CHANNEL_PRIVATE");
  const json::object join{{"_", "channels.joinChannel"}, {"channel", channel}};
  EXPECT_EQ(telegram.call(client, join).fault.message, "CHANNEL_PRIVATE");
  change("open", MembershipChange::Unban);
  EXPECT_EQ(telegram.call(client, join).fault.message, "");
  EXPECT_EQ(difference(channel, pts).list("new_messages").size(), 1U);
}

TEST_F(LiveUpdates, ABanOutlivesARestart) {
  change("open", MembershipChange::Ban);
  telegram.forget_everything();
  SetUp();
  EXPECT_EQ(telegram.call(client, {{"_", "channels.getChannels"}, {"id", json::array{}}}).fault.message, "");
  const auto resolved = telegram.call(client, {{"_", "contacts.resolveUsername"}, {"username", "open"}});
  EXPECT_EQ(resolved.list("chats").at(0).at("_"), "channelForbidden");
}

TEST_F(LiveUpdates, APrivateChannelIsClosedToWhoLeft) {
  change("closed", MembershipChange::Join);
  const auto dialogs =
      telegram.call(client, {{"_", "messages.getDialogs"}, {"offset_peer", {{"_", "inputPeerEmpty"}}}});
  const auto& chat = dialogs.list("chats").at(0);
  const json::object channel{
      {"_", "inputChannel"}, {"channel_id", chat.at("id")}, {"access_hash", chat.at("access_hash")}};
  EXPECT_EQ(difference(channel, pts_of("closed")).object().at("_"), "updates.channelDifferenceEmpty");
  change("closed", MembershipChange::Leave);
  EXPECT_EQ(difference(channel, pts_of("closed")).fault.message, "CHANNEL_PRIVATE");
}

TEST_F(LiveUpdates, OtherSessionsHearOfALeaveByRpc) {
  change("open", MembershipChange::Join);
  TestClient other = client;
  other.session = SessionId(2);
  telegram.call(other, {{"_", "updates.getState"}});
  telegram.pushes().clear();
  const auto answer =
      telegram.call(client, {{"_", "channels.leaveChannel"}, {"channel", telegram.input_channel(client, "open")}});
  EXPECT_EQ(answer.list("updates").at(0).at("_"), "updateChannel");
  ASSERT_EQ(telegram.pushes().size(), 1U);
  EXPECT_EQ(telegram.pushes().at(0).session, other.session);
}

TEST_F(LiveUpdates, APublicChannelTellsWhoPollsIt) {
  const auto channel = telegram.input_channel(client, "open");
  publish("open");
  EXPECT_EQ(pushed_kinds(), Kinds{}) << "nobody asked";
  const auto polled = difference(channel, pts_of("open"));
  EXPECT_EQ(polled.object().at("timeout"), 30);
  publish("open");
  EXPECT_EQ(pushed_kinds(), Kinds{"updateNewChannelMessage"});
  telegram.now() = telegram.now().after(30s);
  publish("open");
  EXPECT_EQ(pushed_kinds(), Kinds{"updateNewChannelMessage"}) << "the next poll is due only now";
  telegram.now() = telegram.now().after(6s);
  publish("open");
  EXPECT_EQ(pushed_kinds(), Kinds{}) << "the polling has stopped";
}

TEST_F(LiveUpdates, AMemberThatPollsIsToldOnce) {
  change("open", MembershipChange::Join);
  difference(telegram.input_channel(client, "open"), pts_of("open"));
  telegram.pushes().clear();
  publish("open");
  EXPECT_EQ(telegram.pushes().size(), 1U);
}

TEST_F(LiveUpdates, ALogoutEndsThePushesOfAllSessions) {
  change("open", MembershipChange::Join);
  telegram.pushes().clear();
  ASSERT_TRUE(telegram.api().revoke_logins(kPhone));
  publish("open");
  EXPECT_EQ(pushed_kinds(), Kinds{});
}

TEST_F(LiveUpdates, OnlyTheLastSliceNamesATimeout) {
  const auto channel = telegram.input_channel(client, "open");
  const auto start = pts_of("open");
  for (int i = 0; i < 12; ++i)
    publish("open");
  const auto first = difference(channel, start, 10);
  EXPECT_FALSE(first.object().contains("final"));
  EXPECT_FALSE(first.object().contains("timeout"));
  const auto last = difference(channel, first.object().at("pts").as_int64(), 10);
  EXPECT_EQ(last.object().at("final"), true);
  EXPECT_EQ(last.object().at("timeout"), 30);
}

TEST_F(LiveUpdates, TooLongIsWhereTheLimitsSaySo) {
  const auto channel = telegram.input_channel(client, "open");
  const auto start = pts_of("open");
  for (int i = 0; i < 5; ++i)
    publish("open");
  LimitOptions limits = telegram.api().limits();
  EXPECT_EQ(limits.too_long_after, 1000);
  limits.too_long_after = 4;
  telegram.api().set_limits(limits);
  EXPECT_EQ(difference(channel, start).object().at("_"), "updates.channelDifferenceTooLong");
  EXPECT_EQ(difference(channel, start + 1).object().at("_"), "updates.channelDifference");
  limits.too_long_after = 0;
  telegram.api().set_limits(limits);
  for (int i = 0; i < 1'500; ++i)
    publish("open");
  EXPECT_EQ(difference(channel, start).object().at("_"), "updates.channelDifference");
}

TEST_F(LiveUpdates, CommonDifferenceNamesChangesOfMembership) {
  const json::object ask{{"_", "updates.getDifference"}, {"pts", 1}, {"date", 1'750'000'060}, {"qts", 0}};
  change("open", MembershipChange::Join);
  telegram.now() = telegram.now().after(60s);
  EXPECT_EQ(telegram.call(client, ask).object().at("_"), "updates.differenceEmpty");
  change("open", MembershipChange::Ban);
  const auto changed = telegram.call(client, ask);
  ASSERT_EQ(changed.list("other_updates").size(), 1U);
  EXPECT_EQ(changed.list("other_updates").at(0).at("_"), "updateChannel");
  EXPECT_EQ(changed.list("chats").at(0).at("_"), "channelForbidden");
}

TEST_F(LiveUpdates, HooksSpoilDifferences) {
  const auto channel = telegram.input_channel(client, "open");
  const auto start = pts_of("open");
  for (int i = 0; i < 5; ++i)
    publish("open");
  DifferenceFault fault;
  std::string asked;
  telegram.api().set_update_hooks({.difference =
                                       [&](std::string_view method, std::string_view phone) {
                                         EXPECT_EQ(phone, kPhone);
                                         asked = method;
                                         return fault;
                                       },
                                   .min_peers = {}});
  fault.most_events = 2;
  const auto slice = difference(channel, start);
  EXPECT_EQ(asked, "updates.getChannelDifference");
  EXPECT_EQ(slice.list("new_messages").size(), 2U);
  EXPECT_EQ(slice.object().at("pts"), start + 2);
  fault = {.too_long = true, .most_events = std::nullopt};
  EXPECT_EQ(difference(channel, pts_of("open")).object().at("_"), "updates.channelDifferenceTooLong");
  const json::object common{{"_", "updates.getDifference"}, {"pts", 1}, {"date", 1'750'000'000}, {"qts", 0}};
  const auto too_long = telegram.call(client, common);
  EXPECT_EQ(asked, "updates.getDifference");
  EXPECT_EQ(too_long.object().at("_"), "updates.differenceTooLong");
  EXPECT_EQ(too_long.object().at("pts"), 1);
}

TEST_F(LiveUpdates, MinPeersNameNothing) {
  change("crowd", MembershipChange::Join);
  telegram.pushes().clear();
  MinPeers peers = MinPeers::Users;
  telegram.api().set_update_hooks({.difference = {}, .min_peers = [&](std::string_view) { return peers; }});
  const auto pushed = [&] {
    telegram.pushes().clear();
    EXPECT_TRUE(
        telegram.api().publish("crowd", {{"text", "x"}, {"from", "Ann"}, {"from_id", "user50"}}, telegram.now()));
    return telegram.pushes().at(0).updates;
  };
  const auto min_user = pushed();
  EXPECT_EQ(min_user.at("users").at(0).at("min"), true);
  EXPECT_FALSE(min_user.at("chats").at(0).as_object().contains("min"));
  const json::object by_min_hash{{"_", "users.getUsers"},
                                 {"id", json::array{{{"_", "inputUser"},
                                                     {"user_id", 50},
                                                     {"access_hash", min_user.at("users").at(0).at("access_hash")}}}}};
  EXPECT_EQ(telegram.call(client, by_min_hash).value.at(0).at("_"), "userEmpty");
  peers = MinPeers::All;
  const auto all_min = pushed();
  EXPECT_EQ(all_min.at("chats").at(0).at("min"), true);
  const json::object by_min_channel{
      {"_", "inputChannel"}, {"channel_id", 300}, {"access_hash", all_min.at("chats").at(0).at("access_hash")}};
  EXPECT_EQ(difference(by_min_channel, 1).fault.message, "CHANNEL_INVALID");
  // The message that showed the user proves that he was seen.
  const json::object from_message{{"_", "users.getUsers"},
                                  {"id", json::array{{{"_", "inputUserFromMessage"},
                                                      {"peer", telegram.peer(client, "crowd")},
                                                      {"msg_id", min_user.at("updates").at(0).at("message").at("id")},
                                                      {"user_id", 50}}}}};
  const auto full = telegram.call(client, from_message);
  EXPECT_EQ(full.value.at(0).at("_"), "user");
  EXPECT_FALSE(full.value.at(0).as_object().contains("min"));
}

}  // namespace
}  // namespace ledgram::sim
