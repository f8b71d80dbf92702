// Answers read by the generated code: what the tables of the schema wrote, the typed client must understand whole.

#include "ledgram/sim_api/test_telegram.hpp"
#include "ledgram/tl/api.hpp"

#include <gtest/gtest.h>

namespace ledgram::sim {
namespace {

namespace api = tl::api;

class TypedAnswers : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(telegram.chats().add_synthetic({.channels = 1, .posts = 300, .seed = 3}));
    telegram.add_chat("rich", 200, R"(
      {"id":1,"type":"service","date_unixtime":"1600000000","action":"create_channel","title":"Rich","text":""},
      {"id":2,"type":"message","date_unixtime":"1600000300","photo":"p.jpg","width":1000,"height":500,"text":"picture"},
      {"id":3,"type":"message","date_unixtime":"1600000400","file":"v","media_type":"video_file","duration_seconds":7,"text":""},
      {"id":4,"type":"message","date_unixtime":"1600000800","poll":{"question":"Tea?","total_voters":3,"answers":[{"text":"Yes","voters":3}]},"text":""})");
    telegram.start();
    client = telegram.log_in("+9996621234", 1);
  }

  template <class Method>
  typename Method::Result call(const Method& method) {
    const CallContext context{.key = client.key, .session = client.session, .dc = client.dc, .now = telegram.now()};
    const Outcome outcome = telegram.api().call(context, tl::serialize(method));
    const auto* body = std::get_if<Bytes>(&outcome.result);
    EXPECT_NE(body, nullptr) << std::get<RpcFault>(outcome.result).message;
    if (body == nullptr)
      return {};
    auto parsed = tl::parse<typename Method::Result>(*body);
    EXPECT_TRUE(parsed) << parsed.error().message;
    return parsed ? std::move(*parsed) : typename Method::Result{};
  }

  api::inputPeerChannel resolve(const std::string& username) {
    const auto resolved = call(api::contacts_resolveUsername{.username = username});
    const auto* peer = resolved.as<api::contacts_resolvedPeer>();
    EXPECT_NE(peer, nullptr);
    const auto* channel = peer->chats.at(0).as<api::channel>();
    EXPECT_NE(channel, nullptr);
    return {.channel_id = channel->id, .access_hash = channel->access_hash.value_or(0)};
  }

  TestTelegram telegram;
  TestClient client;
};

TEST_F(TypedAnswers, Config) {
  const auto answer = call(api::help_getConfig{});
  const auto* config = answer.as<api::config>();
  ASSERT_NE(config, nullptr);
  EXPECT_EQ(config->this_dc, 2);
  EXPECT_FALSE(config->test_mode);
  ASSERT_EQ(config->dc_options.size(), 3U);
  EXPECT_EQ(config->dc_options[0].as<api::dcOption>()->port, 5001);
  EXPECT_EQ(config->message_length_max, 4096);
}

TEST_F(TypedAnswers, HistoryEqualsTheContent) {
  const auto peer = resolve("synthetic1");
  const Channel& channel = *telegram.chats().find("synthetic1");
  std::size_t seen = 0;
  std::int32_t offset = 0;
  while (seen < 300) {
    const auto answer = call(api::messages_getHistory{.peer = peer, .offset_id = offset, .limit = 100});
    const auto* page = answer.as<api::messages_channelMessages>();
    ASSERT_NE(page, nullptr);
    ASSERT_EQ(page->messages.size(), 100U);
    EXPECT_EQ(page->count, 300);
    EXPECT_EQ(page->pts, channel.pts());
    for (const auto& item : page->messages) {
      const auto* message = item.as<api::message>();
      ASSERT_NE(message, nullptr);
      Post scratch;
      const Post* post = channel.find(message->id, scratch);
      ASSERT_NE(post, nullptr);
      EXPECT_EQ(message->message, post->text);
      EXPECT_EQ(message->date, post->date);
      EXPECT_EQ(message->views.value_or(0), post->views);
      EXPECT_EQ(message->edit_date.value_or(0), post->edit_date);
      ASSERT_TRUE(message->entities.has_value());
      EXPECT_EQ(message->entities->size(), post->entities.size());
      offset = message->id;
      ++seen;
    }
  }
}

TEST_F(TypedAnswers, MediaAndServiceMessages) {
  const auto answer = call(api::messages_getHistory{.peer = resolve("rich"), .limit = 10});
  const auto* page = answer.as<api::messages_channelMessages>();
  ASSERT_NE(page, nullptr);
  ASSERT_EQ(page->messages.size(), 4U);
  EXPECT_NE(page->messages[0].as<api::message>()->media.as<api::messageMediaPoll>(), nullptr);
  EXPECT_NE(page->messages[1].as<api::message>()->media.as<api::messageMediaDocument>(), nullptr);
  const auto* photo = page->messages[2].as<api::message>()->media.as<api::messageMediaPhoto>();
  ASSERT_NE(photo, nullptr);
  EXPECT_EQ(photo->photo.as<api::photo>()->sizes.size(), 3U);
  EXPECT_NE(page->messages[3].as<api::messageService>()->action.as<api::messageActionChannelCreate>(), nullptr);
}

TEST_F(TypedAnswers, StateAndDialogs) {
  ASSERT_TRUE(telegram.api().join("9996621234", "rich", telegram.now()));
  EXPECT_NE(call(api::updates_getState{}).as<api::updates_state>(), nullptr);
  const auto dialogs = call(api::messages_getDialogs{.offset_peer = api::inputPeerEmpty{}, .limit = 100});
  ASSERT_NE(dialogs.as<api::messages_dialogs>(), nullptr);
  EXPECT_EQ(dialogs.as<api::messages_dialogs>()->dialogs.size(), 1U);
  const auto users = call(api::users_getUsers{.id = {api::inputUserSelf{}}});
  ASSERT_EQ(users.size(), 1U);
  EXPECT_TRUE(users[0].as<api::user>()->self);
}

}  // namespace
}  // namespace ledgram::sim
