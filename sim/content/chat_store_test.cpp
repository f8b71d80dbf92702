#include "ledgram/sim_content/chat_store.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace ledgram::sim {
namespace {

namespace json = boost::json;

constexpr std::string_view kExport = R"({"name":"A place","type":"public_channel","id":4242,"messages":[
  {"id":1,"type":"message","date_unixtime":"1000","text":"one","views":3},
  {"id":2,"type":"message","date_unixtime":"2000","text":"two"},
  {"id":5,"type":"message","date_unixtime":"5000","edited_unixtime":"5500","text":"five"}]})";

Instant at(std::int64_t seconds) {
  return {.monotonic = {}, .unix_time = std::chrono::seconds(seconds)};
}

json::object message(std::string_view text) {
  return {{"text", text}};
}

struct Place {
  explicit Place(StateStore& state) : chats(state) {
    EXPECT_TRUE(chats.add_export_text(kExport, "A_Place", "a_place.json"));
    const auto restored = chats.restore();
    EXPECT_TRUE(restored) << restored.error().message;
  }

  Channel& channel() { return *chats.find("a_place"); }
  json::object truth() { return json::parse(*chats.truth("a_place")).as_object(); }

  ChatStore chats;
};

TEST(ChatStore, FindsChatsByNameInAnyCaseAndByNumber) {
  MemoryStateStore state;
  Place place(state);
  EXPECT_NE(place.chats.find("@a_PLACE"), nullptr);
  EXPECT_EQ(place.chats.find("4242"), place.chats.find("a_place"));
  EXPECT_EQ(place.chats.find("4243"), nullptr);
  EXPECT_EQ(place.chats.find(""), nullptr);
}

TEST(ChatStore, EveryChangeMovesPtsAndIsKept) {
  MemoryStateStore state;
  Place place(state);
  Channel& channel = place.channel();
  const auto start = channel.pts();
  EXPECT_EQ(start, 1 + 5 + 1) << "five ids and one edit";
  EXPECT_EQ(channel.first_pts(), start);

  const auto published = place.chats.publish("a_place", message("six"), at(6000));
  ASSERT_TRUE(published);
  EXPECT_EQ(published->event->kind, ChannelEvent::Kind::New);
  EXPECT_EQ(published->event->ids, std::vector<std::int32_t>{6});
  EXPECT_EQ(published->event->pts, start + 1);
  ASSERT_TRUE(place.chats.edit("a_place", 2, message("two, edited"), at(6100)));
  const auto erased = place.chats.erase("a_place", {1, 3, 5, 5}, at(6200));
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->event->ids, (std::vector<std::int32_t>{1, 5}));
  EXPECT_EQ(erased->event->pts_count, 2);
  EXPECT_EQ(channel.pts(), start + 4);
  EXPECT_EQ(channel.events().size(), 3U);
  EXPECT_EQ(channel.ids(), (std::vector<std::int32_t>{2, 6}));
  EXPECT_EQ(channel.deleted(), (std::set<std::int32_t>{1, 5}));
  EXPECT_EQ(channel.date_of(6), 6000);
  EXPECT_EQ(channel.date_of(1), 0);
}

TEST(ChatStore, ARestartIsTheSameTelegram) {
  MemoryStateStore state;
  std::string before;
  std::int32_t pts = 0;
  {
    Place place(state);
    ASSERT_TRUE(
        place.chats.publish("a_place", {{"text_entities", {{{"type", "bold"}, {"text", "шість 😀"}}}}}, at(6000)));
    ASSERT_TRUE(place.chats.publish("a_place", message("seven"), at(7000)));
    ASSERT_TRUE(place.chats.edit("a_place", 6, message("six"), at(7100)));
    ASSERT_TRUE(place.chats.erase("a_place", {7, 2}, at(7200)));
    before = *place.chats.truth("a_place");
    pts = place.channel().pts();
  }
  Place place(state);
  EXPECT_EQ(*place.chats.truth("a_place"), before);
  EXPECT_EQ(place.channel().pts(), pts);
  EXPECT_EQ(place.channel().events().size(), 4U) << "differences are served across a restart";
  const auto next = place.chats.publish("a_place", message("eight"), at(8000));
  ASSERT_TRUE(next);
  EXPECT_EQ(next->event->ids.front(), 8) << "ids of deleted messages are not given again";
}

TEST(ChatStore, AnEditKeepsWhatItDoesNotName) {
  MemoryStateStore state;
  Place place(state);
  ASSERT_TRUE(place.chats.edit("a_place", 1, {{"views", 99}}, at(9000)));
  Post scratch;
  const Post* post = place.channel().find(1, scratch);
  EXPECT_EQ(post->text, "one");
  EXPECT_EQ(post->views, 99);
  EXPECT_EQ(post->edit_date, 9000);
  EXPECT_EQ(post->date, 1000);
}

TEST(ChatStore, TruthTellsWhatMembersSee) {
  MemoryStateStore state;
  Place place(state);
  ASSERT_TRUE(place.chats.publish(
      "a_place", {{"text_entities", {{{"type", "plain"}, {"text", "😀 "}}, {{"type", "hashtag"}, {"text", "#x"}}}}},
      at(6000)));
  ASSERT_TRUE(place.chats.erase("a_place", {2}, at(6001)));
  const auto truth = place.truth();
  EXPECT_EQ(truth.at("id").as_int64(), 4242);
  EXPECT_EQ(truth.at("count").to_number<int>(), 3);
  EXPECT_EQ(truth.at("deleted").as_array(), (json::array{2}));
  EXPECT_EQ(truth.at("pts").as_int64(), place.channel().pts());
  const auto& messages = truth.at("messages").as_array();
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0].at("views").as_int64(), 3);
  EXPECT_EQ(messages[1].at("edit_date").as_int64(), 5500);
  EXPECT_EQ(messages[2].at("text").as_string(), "😀 #x");
  EXPECT_EQ(messages[2].at("entities").at(0),
            (json::value{{"type", "messageEntityHashtag"}, {"offset", 3}, {"length", 2}}));
}

TEST(ChatStore, TruthCanBeginAfterAnId) {
  MemoryStateStore state;
  Place place(state);
  ASSERT_TRUE(place.chats.publish("a_place", message("six"), at(6000)));
  ASSERT_TRUE(place.chats.publish("a_place", message("seven"), at(7000)));
  ASSERT_TRUE(place.chats.erase("a_place", {1, 6}, at(7100)));
  const auto all = place.truth();
  EXPECT_EQ(all.at("deleted"), (json::array{1, 6}));
  EXPECT_EQ(all.at("messages").as_array().size(), 3U);
  const auto rest = json::parse(*place.chats.truth("a_place", 5)).as_object();
  EXPECT_EQ(rest.at("deleted"), json::array{6});
  ASSERT_EQ(rest.at("messages").as_array().size(), 1U);
  EXPECT_EQ(rest.at("messages").at(0).at("text"), "seven");
  EXPECT_EQ(rest.at("count"), 3) << "of the whole chat";
}

TEST(ChatStore, TruthEscapesWhatJsonCannotHold) {
  MemoryStateStore state;
  Place place(state);
  const std::string nasty = "a \"quote\", a \\ and a\tnew\nline \x01 Привіт";
  ASSERT_TRUE(place.chats.publish("a_place", message(nasty), at(6000)));
  EXPECT_EQ(place.truth().at("messages").as_array().back().at("text").as_string(), nasty);
}

TEST(ChatStore, EventsAreKeptUpToABound) {
  MemoryStateStore state;
  Place place(state);
  Channel& channel = place.channel();
  const auto start = channel.pts();
  for (std::size_t i = 0; i < Channel::kMostEvents + 3; ++i)
    channel.publish(GeneratedPost{.id = channel.last_id() + 1, .date = 6000, .bytes = 50});
  EXPECT_EQ(channel.events().size(), Channel::kMostEvents);
  EXPECT_EQ(channel.first_pts(), start + 3);
  EXPECT_EQ(channel.events().front().pts, start + 4);
}

TEST(ChatStore, RefusesWhatCannotBeDone) {
  MemoryStateStore state;
  Place place(state);
  EXPECT_EQ(place.chats.publish("nowhere", message("x"), at(1)).error().code, ContentErrc::NoSuchChat);
  EXPECT_EQ(place.chats.edit("a_place", 3, message("x"), at(1)).error().code, ContentErrc::NoSuchPost);
  EXPECT_EQ(place.chats.erase("a_place", {3, 4}, at(1)).error().code, ContentErrc::NoSuchPost);
  EXPECT_EQ(place.chats.publish("a_place", {{"type", "other"}}, at(1)).error().code, ContentErrc::BadMessage);
  EXPECT_EQ(place.chats.add_export_text(kExport, "other", "o.json").error().code, ContentErrc::NameTaken);
  EXPECT_EQ(place.chats.add_export("/nonexistent/x.json").error().code, ContentErrc::BadFile);
  EXPECT_TRUE(state.load_all("chat_change").empty()) << "what failed is not stored";
}

TEST(ChatStore, AccessOutlivesARestart) {
  MemoryStateStore state;
  {
    Place place(state);
    ASSERT_TRUE(place.chats.set_access("a_place", ChannelAccess::Private));
  }
  Place place(state);
  EXPECT_EQ(place.channel().info().access, ChannelAccess::Private);
  EXPECT_TRUE(place.channel().events().empty());
}

TEST(ChatStore, UnreadableStateIsAnErrorWithItsKey) {
  MemoryStateStore state;
  state.put("chat_change", "0000000004242:0000000000", "{");
  ChatStore chats(state);
  ASSERT_TRUE(chats.add_export_text(kExport, "a_place", "a_place.json"));
  const auto restored = chats.restore();
  ASSERT_FALSE(restored);
  EXPECT_EQ(restored.error().code, ContentErrc::BadState);
  EXPECT_NE(restored.error().message.find("4242"), std::string::npos);
}

}  // namespace
}  // namespace ledgram::sim
