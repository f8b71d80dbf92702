// Private chats and basic groups, as clients see them.

#include "ledgram/sim_api/test_telegram.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

constexpr std::string_view kAnn = "9996621234";
constexpr std::string_view kBob = "9996625678";

class Mail : public testing::Test {
 protected:
  void SetUp() override { begin(); }

  void begin() {
    telegram.add_chat("open", 100, R"({"id":1,"type":"message","date_unixtime":"1600000000","text":"one"})");
    telegram.start();
    client = telegram.log_in(kAnn, 1);
    bob = telegram.log_in(kBob, 2);
  }

  std::int32_t send(std::string_view from, std::string_view text) {
    const auto sent = telegram.api().send(kAnn, from, Direction::In, {{"text", text}}, telegram.now());
    EXPECT_TRUE(sent) << sent.error().message;
    return sent.value_or(0);
  }

  void make_group() {
    ASSERT_TRUE(
        telegram.api().create_group("Walkers", {std::string(kAnn), std::string(kBob)}, {"Olha"}, telegram.now()));
  }

  json::object state() { return telegram.call(client, {{"_", "updates.getState"}}).object(); }

  TestAnswer difference(const json::object& from, json::object more = {}) {
    more["_"] = "updates.getDifference";
    for (const auto* name : {"pts", "date", "qts"})
      more[name] = from.at(name);
    return telegram.call(client, more);
  }

  /// The only update of the last push, whose form is `form`.
  json::object pushed(std::string_view form = "updates") {
    EXPECT_FALSE(telegram.pushes().empty());
    if (telegram.pushes().empty())
      return {};
    json::object last = telegram.pushes().back().updates;
    telegram.pushes().clear();
    EXPECT_EQ(last.at("_").as_string(), form);
    return last;
  }

  json::object user_peer(const json::object& user) {
    return {{"_", "inputPeerUser"}, {"user_id", user.at("id")}, {"access_hash", user.at("access_hash")}};
  }

  TestTelegram telegram;
  TestClient client;
  TestClient bob;
};

TEST_F(Mail, AStrangerComesWithHisUserAndThenInTheShortForm) {
  const auto before = state();
  send("Olha", "who am I?");
  const auto first = pushed();
  EXPECT_EQ(first.at("updates").at(0).at("_"), "updateNewMessage");
  EXPECT_EQ(first.at("updates").at(0).at("message").at("message"), "who am I?");
  EXPECT_FALSE(first.at("updates").at(0).at("message").as_object().contains("from_id"));
  EXPECT_EQ(first.at("users").at(0).at("first_name"), "Olha");
  EXPECT_EQ(first.at("seq"), before.at("seq").as_int64() + 1);
  send("Olha", "known by now");
  const auto second = pushed("updateShortMessage");
  EXPECT_EQ(second.at("message"), "known by now");
  EXPECT_EQ(second.at("user_id"), first.at("users").at(0).at("id"));
  EXPECT_EQ(second.at("pts"), before.at("pts").as_int64() + 2);
  EXPECT_EQ(second.at("pts_count"), 1);
  const auto after = state();
  EXPECT_EQ(after.at("pts"), before.at("pts").as_int64() + 2);
  EXPECT_EQ(after.at("seq"), before.at("seq").as_int64() + 1);
}

TEST_F(Mail, TheAccountsOwnMessagesAreOut) {
  send("Olha", "hi");
  ASSERT_TRUE(telegram.api().send(kAnn, "Olha", Direction::Out, {{"text", "hello"}}, telegram.now()));
  EXPECT_EQ(pushed("updateShortMessage").at("out"), true);
}

TEST_F(Mail, EditsAndDeletionsArePushedInContainers) {
  const auto id = send("Olha", "one");
  send("Olha", "two");
  ASSERT_TRUE(telegram.api().edit_mail(kAnn, id, {{"text", "one, edited"}}, telegram.now()));
  const auto edited = pushed();
  EXPECT_EQ(edited.at("updates").at(0).at("_"), "updateEditMessage");
  EXPECT_EQ(edited.at("updates").at(0).at("message").at("message"), "one, edited");
  ASSERT_TRUE(telegram.api().erase_mail(kAnn, {id, id + 1}, telegram.now()));
  const auto deleted = pushed();
  EXPECT_EQ(deleted.at("updates").at(0).at("_"), "updateDeleteMessages");
  EXPECT_EQ(deleted.at("updates").at(0).at("messages"), (json::array{id, id + 1}));
  EXPECT_EQ(deleted.at("updates").at(0).at("pts_count"), 2);
  EXPECT_EQ(deleted.at("seq"), edited.at("seq").as_int64() + 1);
}

TEST_F(Mail, TheDifferenceIsTheLog) {
  const auto before = state();
  const auto kept = send("Olha", "kept");
  const auto gone = send("Taras", "gone");
  ASSERT_TRUE(telegram.api().edit_mail(kAnn, kept, {{"text", "kept, edited"}}, telegram.now()));
  ASSERT_TRUE(telegram.api().erase_mail(kAnn, {gone}, telegram.now()));
  const auto all = difference(before);
  EXPECT_EQ(all.object().at("_"), "updates.difference");
  ASSERT_EQ(all.list("new_messages").size(), 1U);
  EXPECT_EQ(all.list("new_messages").at(0).at("message"), "kept, edited");
  ASSERT_EQ(all.list("other_updates").size(), 1U);
  EXPECT_EQ(all.list("other_updates").at(0).at("messages"), json::array{gone});
  EXPECT_EQ(all.object().at("state").at("pts"), before.at("pts").as_int64() + 4);
  EXPECT_EQ(all.object().at("state").at("seq"), state().at("seq"));
  EXPECT_EQ(all.list("users").at(0).at("first_name"), "Olha");
  const auto empty = difference(state());
  EXPECT_EQ(empty.object().at("_"), "updates.differenceEmpty");
  EXPECT_EQ(empty.object().at("seq"), state().at("seq"));
}

TEST_F(Mail, AnEditOfAnOlderMessageIsTold) {
  const auto id = send("Olha", "old");
  const auto before = state();
  ASSERT_TRUE(telegram.api().edit_mail(kAnn, id, {{"text", "new"}}, telegram.now()));
  const auto all = difference(before);
  EXPECT_TRUE(all.list("new_messages").empty());
  EXPECT_EQ(all.list("other_updates").at(0).at("_"), "updateEditMessage");
  EXPECT_EQ(all.list("other_updates").at(0).at("pts"), before.at("pts").as_int64() + 1);
}

TEST_F(Mail, SlicesCanBeGoneOnFromAndEndWithTheChannels) {
  ASSERT_TRUE(telegram.api().join(kAnn, "open", telegram.now()));
  telegram.now() = telegram.now().after(60s);
  auto at = state();
  telegram.now() = telegram.now().after(60s);
  ASSERT_TRUE(telegram.api().publish("open", {{"text", "news"}}, telegram.now()));
  for (int i = 0; i < 7; ++i) {
    telegram.now() = telegram.now().after(60s);
    send(i % 2 == 0 ? "Olha" : "Taras", std::to_string(i));
  }
  std::string texts;
  for (int slice = 0; slice < 3; ++slice) {
    // Nothing but what the last answer said is known here, as after a crash.
    const auto part = difference(at, {{"pts_limit", 3}});
    ASSERT_EQ(part.object().at("_"), slice == 2 ? "updates.difference" : "updates.differenceSlice");
    for (const auto& message : part.list("new_messages"))
      texts += message.at("message").as_string();
    EXPECT_EQ(part.list("other_updates").size(), slice == 2 ? 1U : 0U);
    at = part.object().at(slice == 2 ? "state" : "intermediate_state").as_object();
  }
  EXPECT_EQ(texts, "0123456");
  EXPECT_EQ(at, state());
}

TEST_F(Mail, AnIntermediateSeqIsThatOfItsLastEvent) {
  const auto before = state();
  send("Olha", "a");   // seq + 1
  send("Olha", "b");   // short
  send("Taras", "c");  // seq + 1
  const auto first = difference(before, {{"pts_limit", 2}});
  EXPECT_EQ(first.object().at("intermediate_state").at("seq"), before.at("seq").as_int64() + 1);
}

TEST_F(Mail, WhoIsFarBehindIsTold) {
  const auto before = state();
  for (int i = 0; i < 5; ++i)
    send("Olha", "x");
  EXPECT_EQ(difference(before, {{"pts_total_limit", 4}}).object().at("_"), "updates.differenceTooLong");
  EXPECT_EQ(difference(before, {{"pts_total_limit", 5}}).object().at("_"), "updates.difference");
  LimitOptions limits = telegram.api().limits();
  limits.difference_too_long_after = 4;
  telegram.api().set_limits(limits);
  const auto too_long = difference(before);
  EXPECT_EQ(too_long.object().at("_"), "updates.differenceTooLong");
  EXPECT_EQ(too_long.object().at("pts"), before.at("pts").as_int64() + 5);
  json::object from = before;
  from["pts"] = too_long.object().at("pts").as_int64() + 1;
  EXPECT_EQ(difference(from).fault.message, "PERSISTENT_TIMESTAMP_INVALID");
}

TEST_F(Mail, HistoryAndSingleMessagesCanBeRead) {
  send("Olha", "one");
  send("Taras", "between");
  const auto third = send("Olha", "two words");
  const auto dialogs =
      telegram.call(client, {{"_", "messages.getDialogs"}, {"offset_peer", {{"_", "inputPeerEmpty"}}}});
  ASSERT_EQ(dialogs.list("dialogs").size(), 2U);
  EXPECT_EQ(dialogs.list("dialogs").at(0).at("top_message"), third);
  EXPECT_EQ(dialogs.list("messages").size(), 2U);
  const auto& users = dialogs.list("users");
  const auto* olha = users.at(0).at("first_name") == "Olha" ? &users.at(0) : &users.at(1);
  const auto peer = user_peer(olha->as_object());
  const auto history = telegram.call(client, {{"_", "messages.getHistory"}, {"peer", peer}, {"limit", 10}});
  EXPECT_EQ(history.object().at("_"), "messages.messages");
  ASSERT_EQ(history.list("messages").size(), 2U);
  EXPECT_EQ(history.list("messages").at(0).at("message"), "two words");
  EXPECT_EQ(history.list("messages").at(1).at("message"), "one");
  const auto page = telegram.call(client, {{"_", "messages.getHistory"}, {"peer", peer}, {"limit", 1}});
  EXPECT_EQ(page.object().at("_"), "messages.messagesSlice");
  EXPECT_EQ(page.object().at("count"), 2);
  const auto found = telegram.call(client, {{"_", "messages.search"}, {"peer", peer}, {"q", "WORDS"}, {"limit", 10}});
  EXPECT_EQ(found.list("messages").size(), 1U);
  const json::object by_id{
      {"_", "messages.getMessages"},
      {"id", json::array{{{"_", "inputMessageID"}, {"id", third}}, {{"_", "inputMessageID"}, {"id", 99}}}}};
  const auto single = telegram.call(client, by_id);
  EXPECT_EQ(single.list("messages").at(0).at("message"), "two words");
  EXPECT_EQ(single.list("messages").at(1).at("_"), "messageEmpty");
  json::object foreign = peer;
  foreign["access_hash"] = peer.at("access_hash").as_int64() + 1;
  EXPECT_EQ(telegram.call(client, {{"_", "messages.getHistory"}, {"peer", foreign}}).fault.message, "PEER_ID_INVALID");
  EXPECT_EQ(telegram.call(bob, {{"_", "messages.getHistory"}, {"peer", peer}}).fault.message, "PEER_ID_INVALID")
      << "the hash is Ann's";
}

TEST_F(Mail, AGroupReachesAllItsMembersUnderTheirOwnIds) {
  send("Somebody", "shifts Ann's ids");
  make_group();
  telegram.pushes().clear();
  const auto sent = telegram.api().send_to_group("Walkers", "Olha", {{"text", "at nine"}}, telegram.now());
  ASSERT_TRUE(sent);
  EXPECT_EQ(sent->at(std::string(kAnn)), 3);
  EXPECT_EQ(sent->at(std::string(kBob)), 2);
  ASSERT_EQ(telegram.pushes().size(), 2U);
  const auto& to_ann = telegram.pushes().at(0).updates;
  EXPECT_EQ(to_ann.at("_"), "updateShortChatMessage");
  EXPECT_EQ(to_ann.at("message"), "at nine");
  const std::int64_t chat = to_ann.at("chat_id").as_int64();
  const json::object peer{{"_", "inputPeerChat"}, {"chat_id", chat}};
  const auto history = telegram.call(client, {{"_", "messages.getHistory"}, {"peer", peer}, {"limit", 10}});
  ASSERT_EQ(history.list("messages").size(), 2U);
  EXPECT_EQ(history.list("messages").at(0).at("from_id").at("user_id"), to_ann.at("from_id"));
  EXPECT_EQ(history.list("messages").at(1).at("action").at("_"), "messageActionChatCreate");
  EXPECT_EQ(history.list("messages").at(1).at("action").at("users").as_array().size(), 3U);
  EXPECT_EQ(history.list("chats").at(0).at("title"), "Walkers");
  const auto full = telegram.call(client, {{"_", "messages.getFullChat"}, {"chat_id", chat}});
  EXPECT_EQ(full.object().at("full_chat").at("participants").at("participants").as_array().size(), 3U);
  EXPECT_EQ(full.list("users").size(), 3U);
  const auto stranger = telegram.log_in("9996629999", 3);
  EXPECT_EQ(telegram.call(stranger, {{"_", "messages.getHistory"}, {"peer", peer}}).fault.message, "CHAT_ID_INVALID");
  EXPECT_EQ(telegram.call(stranger, {{"_", "messages.getFullChat"}, {"chat_id", chat}}).fault.message,
            "CHAT_ID_INVALID");
}

TEST_F(Mail, AGroupBecomesASupergroup) {
  make_group();
  ASSERT_TRUE(telegram.api().send_to_group("Walkers", "Olha", {{"text", "before"}}, telegram.now()));
  const auto before = state();
  telegram.now() = telegram.now().after(60s);
  telegram.pushes().clear();
  const auto id = telegram.api().migrate_group("Walkers", "walkers", telegram.now());
  ASSERT_TRUE(id) << id.error().message;
  const auto told = difference(before);
  ASSERT_EQ(told.list("new_messages").size(), 1U);
  EXPECT_EQ(told.list("new_messages").at(0).at("action").at("_"), "messageActionChatMigrateTo");
  EXPECT_EQ(told.list("new_messages").at(0).at("action").at("channel_id"), id->value());
  const json::object* chat = nullptr;
  const json::object* channel = nullptr;
  for (const auto& item : told.list("chats"))
    (item.at("_") == "chat" ? chat : channel) = &item.as_object();
  ASSERT_NE(chat, nullptr);
  ASSERT_NE(channel, nullptr);
  EXPECT_EQ(chat->at("deactivated"), true);
  EXPECT_EQ(chat->at("migrated_to").at("channel_id"), id->value());
  EXPECT_EQ(channel->at("megagroup"), true);
  const json::object input{
      {"_", "inputChannel"}, {"channel_id", id->value()}, {"access_hash", channel->at("access_hash")}};
  const auto full = telegram.call(client, {{"_", "channels.getFullChannel"}, {"channel", input}});
  EXPECT_EQ(full.object().at("full_chat").at("migrated_from_chat_id"), chat->at("id"));
  EXPECT_EQ(full.object().at("full_chat").at("migrated_from_max_id"), told.list("new_messages").at(0).at("id"));
  json::object peer = input;
  peer["_"] = "inputPeerChannel";
  const auto history = telegram.call(client, {{"_", "messages.getHistory"}, {"peer", peer}, {"limit", 10}});
  EXPECT_EQ(history.list("messages").at(0).at("action").at("_"), "messageActionChannelMigrateFrom");
  EXPECT_EQ(history.list("messages").at(0).at("action").at("chat_id"), chat->at("id"));
  // The old chat stays readable, and takes nothing more.
  const json::object old_peer{{"_", "inputPeerChat"}, {"chat_id", chat->at("id")}};
  EXPECT_EQ(
      telegram.call(client, {{"_", "messages.getHistory"}, {"peer", old_peer}, {"limit", 10}}).list("messages").size(),
      3U);
  EXPECT_FALSE(telegram.api().send_to_group("Walkers", "Olha", {{"text", "after"}}, telegram.now()));
  EXPECT_FALSE(telegram.api().migrate_group("Walkers", "again", telegram.now()));
  telegram.pushes().clear();
  ASSERT_TRUE(telegram.api().publish("walkers", {{"text", "onwards"}}, telegram.now()));
  EXPECT_EQ(telegram.pushes().size(), 2U) << "both accounts are members";

  telegram.forget_everything();
  begin();
  ASSERT_NE(telegram.chats().find("walkers"), nullptr);
  EXPECT_EQ(telegram.chats().find("walkers")->last_id(), 2);
  EXPECT_EQ(
      telegram.call(client, {{"_", "messages.getHistory"}, {"peer", old_peer}, {"limit", 10}}).list("messages").size(),
      3U);
}

TEST_F(Mail, DeletingByRpcAnswersWithPtsAndTellsTheOthers) {
  const auto id = send("Olha", "x");
  TestClient other = client;
  other.session = SessionId(2);
  telegram.call(other, {{"_", "updates.getState"}});
  telegram.pushes().clear();
  const auto before = state();
  const json::object erase{{"_", "messages.deleteMessages"}, {"id", json::array{id}}};
  const auto affected = telegram.call(client, erase);
  EXPECT_EQ(affected.object().at("pts"), before.at("pts").as_int64() + 1);
  EXPECT_EQ(affected.object().at("pts_count"), 1);
  ASSERT_EQ(telegram.pushes().size(), 1U);
  EXPECT_EQ(telegram.pushes().at(0).session, other.session);
  EXPECT_EQ(telegram.call(client, erase).object().at("pts_count"), 0) << "it is gone";
}

TEST_F(Mail, AnyObjectCanBePushed) {
  const json::object raw{
      {"_", "updates"},
      {"updates",
       json::array{
           {{"_", "updateNewMessage"}, {"message", {{"_", "messageEmpty"}, {"id", 5}}}, {"pts", 0}, {"pts_count", 0}}}},
      {"users", json::array{}},
      {"chats", json::array{}},
      {"date", 5},
      {"seq", 77}};
  const auto sessions = telegram.api().push_raw(kAnn, raw);
  ASSERT_TRUE(sessions);
  EXPECT_EQ(*sessions, 1U);
  EXPECT_EQ(pushed().at("seq"), 77);
  EXPECT_EQ(telegram.api().push_raw(kAnn, {{"_", "nothing"}}).error().code, ContentErrc::BadMessage);
}

TEST_F(Mail, AChatCanBeMadeWhileTheSimulatorRuns) {
  ASSERT_TRUE(telegram.api().create_chat({.name = "fresh", .title = "Fresh"}, telegram.now()));
  EXPECT_EQ(telegram.api().create_chat({.name = "Fresh"}, telegram.now()).error().code, ContentErrc::NameTaken);
  EXPECT_EQ(telegram.api().create_chat({.name = "no name!"}, telegram.now()).error().code, ContentErrc::BadOption);
  ASSERT_TRUE(telegram.api().publish("fresh", {{"text", "first"}}, telegram.now()));
  const auto history =
      telegram.call(client, {{"_", "messages.getHistory"}, {"peer", telegram.peer(client, "fresh")}, {"limit", 5}});
  EXPECT_EQ(history.list("messages").at(0).at("id"), 1);
  telegram.forget_everything();
  begin();
  EXPECT_EQ(telegram.chats().find("fresh")->last_id(), 1);
}

}  // namespace
}  // namespace ledgram::sim
