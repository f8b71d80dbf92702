// What the API answers about chats, through bytes: history, single messages, differences, pushes, access.

#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/sim_api/history.hpp"
#include "ledgram/sim_api/test_telegram.hpp"
#include "ledgram/tl/writer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace ledgram::sim {
namespace {

namespace json = boost::json;

constexpr std::string_view kPhone = "+9996621234";

/// Thirty posts, of which every seventh is missing.
std::string numbered_posts() {
  std::string out;
  for (int id = 1; id <= 35; ++id) {
    if (id % 7 == 0)
      continue;
    out += (out.empty() ? "" : ",") + (R"({"id":)" + std::to_string(id)) + R"(,"type":"message","date_unixtime":")" +
           std::to_string(1'600'000'000 + id * 60) + R"(","views":)" + std::to_string(id * 10) + R"(,"text":"post )" +
           std::to_string(id) + R"("})";
  }
  return out;
}

constexpr std::string_view kRichPosts = R"(
  {"id":1,"type":"service","date_unixtime":"1600000000","action":"create_channel","title":"Rich","text":""},
  {"id":2,"type":"message","date_unixtime":"1600000100","edited_unixtime":"1600000200","views":12,
   "reply_to_message_id":1,"forwarded_from":"Someone","author":"Ed","text_entities":[
     {"type":"bold","text":"Жирний 😀"},{"type":"plain","text":" "},{"type":"text_link","text":"тут","href":"https://example.org/"},
     {"type":"pre","text":"int x;","language":"cpp"},{"type":"custom_emoji","text":"👍","document_id":"5368324170671202286"}]},
  {"id":3,"type":"message","date_unixtime":"1600000300","photo":"p.jpg","width":1000,"height":500,"text":"album"},
  {"id":4,"type":"message","date_unixtime":"1600000300","photo":"p.jpg","text":""},
  {"id":5,"type":"message","date_unixtime":"1600000400","file":"v","media_type":"video_file","duration_seconds":7,"text":""},
  {"id":6,"type":"message","date_unixtime":"1600000500","file":"v","media_type":"voice_message","text":""},
  {"id":7,"type":"message","date_unixtime":"1600000600","file":"v","media_type":"sticker","sticker_emoji":"👍","text":""},
  {"id":8,"type":"message","date_unixtime":"1600000700","file":"v","file_name":"a.pdf","mime_type":"application/pdf","text":""},
  {"id":9,"type":"message","date_unixtime":"1600000800","poll":{"question":"Tea?","total_voters":3,"answers":[{"text":"Yes","voters":3},{"text":"No","voters":0}]},"text":""},
  {"id":10,"type":"message","date_unixtime":"1600000900","contact_information":{"first_name":"A","last_name":"B","phone_number":"+1"},"text":""},
  {"id":11,"type":"message","date_unixtime":"1600001000","place_name":"Museum","address":"1 Street","location_information":{"latitude":50.4,"longitude":30.5},"text":""},
  {"id":12,"type":"message","date_unixtime":"1600001100","location_information":{"latitude":50.4,"longitude":30.5},"text":""},
  {"id":13,"type":"service","date_unixtime":"1600001200","action":"pin_message","message_id":2,"text":""},
  {"id":14,"type":"service","date_unixtime":"1600001300","action":"edit_group_photo","text":""},
  {"id":15,"type":"service","date_unixtime":"1600001400","action":"group_call","duration":30,"text":""},
  {"id":16,"type":"service","date_unixtime":"1600001500","action":"unheard_of","text":""},
  {"id":17,"type":"message","date_unixtime":"1600001600","file":"v","media_type":"audio_file","title":"T","performer":"P","text":""},
  {"id":18,"type":"message","date_unixtime":"1600001700","file":"v","media_type":"video_message","text":""},
  {"id":19,"type":"message","date_unixtime":"1600001800","file":"v","media_type":"animation","text":""},
  {"id":20,"type":"message","date_unixtime":"1600001900","dice":{"emoji":"🎲","value":4},"text":""})";

class Service : public testing::Test {
 protected:
  void SetUp() override {
    begin();
    client = telegram.log_in(kPhone, 1);
  }

  void begin() {
    telegram.add_chat("numbers", 100, numbered_posts());
    telegram.add_chat("rich", 200, kRichPosts);
    telegram.add_chat("hidden", 300, R"({"id":1,"type":"message","date_unixtime":"1600000000","text":"secret"})",
                      "private_channel");
    telegram.add_chat(
        "crowd", 400,
        R"({"id":1,"type":"message","date_unixtime":"1600000000","from":"Ann","from_id":"user50","text":"hi"},
                         {"id":2,"type":"message","date_unixtime":"1600000001","from":"Bob","from_id":"user40","text":"yo"})",
        "public_supergroup");
    telegram.start();
  }

  TestAnswer history(const json::object& peer, json::object query = {}) {
    query["_"] = "messages.getHistory";
    query["peer"] = peer;
    return telegram.call(client, query);
  }

  TestAnswer difference(std::int64_t pts, std::int32_t limit = 100) {
    return telegram.call(client, {{"_", "updates.getChannelDifference"},
                                  {"channel", telegram.input_channel(client, "numbers")},
                                  {"filter", {{"_", "channelMessagesFilterEmpty"}}},
                                  {"pts", pts},
                                  {"limit", limit}});
  }

  static std::vector<std::int64_t> ids_of(const TestAnswer& answer, std::string_view list = "messages") {
    std::vector<std::int64_t> ids;
    for (const auto& message : answer.list(list))
      ids.push_back(message.at("id").as_int64());
    return ids;
  }

  /// A minute ago, so that nothing of it is news any more.
  void join(std::string_view name) {
    ASSERT_TRUE(telegram.api().join(kPhone, name, telegram.now()));
    telegram.now() = telegram.now().after(std::chrono::minutes(1));
    telegram.pushes().clear();
  }

  TestTelegram telegram;
  TestClient client;
};

TEST_F(Service, ConfigNamesTheDcs) {
  const auto config = telegram.call(client, {{"_", "help.getConfig"}});
  ASSERT_EQ(config.fault.message, "");
  EXPECT_EQ(config.object().at("this_dc"), 2);
  EXPECT_GT(config.object().at("expires").as_int64(), config.object().at("date").as_int64());
  ASSERT_EQ(config.list("dc_options").size(), 3U);
  EXPECT_EQ(config.list("dc_options").at(2).at("port"), 5003);
  EXPECT_EQ(config.list("dc_options").at(2).at("ip_address"), "127.0.0.1");
}

TEST_F(Service, EveryStartUpMethodFitsTheLayer) {
  for (const auto* method : {"help.getNearestDc",         "help.getAppConfig",
                             "help.getAppUpdate",         "help.getTermsOfServiceUpdate",
                             "help.getPromoData",         "help.getPeerColors",
                             "help.getPeerProfileColors", "help.getCdnConfig",
                             "help.getInviteText",        "messages.getAvailableReactions",
                             "messages.getPinnedDialogs", "messages.getDialogFilters",
                             "messages.getDialogs",       "contacts.getContacts",
                             "contacts.getTopPeers",      "contacts.getBlocked",
                             "account.updateStatus",      "account.getNotifySettings",
                             "account.getPassword",       "updates.getState",
                             "messages.getPeerDialogs"}) {
    const auto answer = telegram.call(client, {{"_", method}});
    EXPECT_EQ(answer.fault.message, "") << method;
  }
}

TEST_F(Service, UnknownMethodsAndLayersAreRefused) {
  EXPECT_EQ(telegram.call(client, {{"_", "messages.getStickerSet"}}).fault.message, "METHOD_NOT_IMPLEMENTED");
  const auto bad_layer = telegram.call_bytes(
      client, TestTelegram::serialized(TestTelegram::with_init({{"_", "help.getConfig"}}, 9999)), "");
  EXPECT_EQ(bad_layer.fault.message, "CONNECTION_LAYER_INVALID");
  EXPECT_EQ(telegram.call({.key = AuthKeyId(77)}, {{"_", "help.getConfig"}}).fault.message, "CONNECTION_NOT_INITED");
  const Bytes garbage{1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(telegram.call_bytes(client, garbage, "").fault.message, "INPUT_METHOD_INVALID_67305985");
  EXPECT_NE(telegram.call_bytes(client, Bytes{}, "").fault.code, 0);
  Bytes cut = TestTelegram::serialized({{"_", "users.getUsers"}, {"id", {{{"_", "inputUserSelf"}}}}});
  cut.resize(cut.size() - 2);
  EXPECT_EQ(telegram.call_bytes(client, cut, "").fault.code, 400);
}

TEST_F(Service, AnInputPeerServesWhereAChannelOrUserIsExpected) {
  const auto with_peer = [](Bytes method, std::uint32_t input, std::uint32_t input_peer) {
    ByteArray<4> wanted{};
    store_le32(wanted, input);
    const auto found = std::ranges::search(method, wanted);
    EXPECT_FALSE(found.empty());
    store_le32(MutableByteView(method).subspan(static_cast<std::size_t>(found.begin() - method.begin()), 4),
               input_peer);
    return method;
  };
  constexpr std::uint32_t kInputChannel = 0xf35aec28;
  constexpr std::uint32_t kInputPeerChannel = 0x27bcbbfc;
  constexpr std::uint32_t kInputUserSelf = 0xf7c1b13f;
  constexpr std::uint32_t kInputPeerSelf = 0x7da07ec9;
  const Bytes channels =
      TestTelegram::serialized({{"_", "channels.getChannels"}, {"id", {telegram.input_channel(client, "numbers")}}});
  const auto seen =
      telegram.call_bytes(client, with_peer(channels, kInputChannel, kInputPeerChannel), "channels.getChannels");
  ASSERT_EQ(seen.fault.message, "");
  EXPECT_EQ(seen.list("chats").at(0).at("id"), 100);
  const Bytes users = TestTelegram::serialized({{"_", "users.getUsers"}, {"id", {{{"_", "inputUserSelf"}}}}});
  const auto self = telegram.call_bytes(client, with_peer(users, kInputUserSelf, kInputPeerSelf), "users.getUsers");
  ASSERT_EQ(self.fault.message, "");
  EXPECT_TRUE(self.value.as_array().at(0).at("self").as_bool());
  EXPECT_EQ(telegram.call_bytes(client, with_peer(channels, kInputChannel, kInputPeerSelf), "").fault.code, 400);
}

TEST_F(Service, WrappersAreTakenOff) {
  const json::object method{{"_", "invokeAfterMsg"},
                            {"msg_id", 5},
                            {"query", {{"_", "invokeWithoutUpdates"}, {"query", {{"_", "help.getConfig"}}}}}};
  EXPECT_EQ(telegram.call_bytes(client, TestTelegram::serialized(method), "help.getConfig").fault.message, "");
  const json::object nested{
      {"_", "invokeAfterMsg"}, {"msg_id", 5}, {"query", TestTelegram::with_init({{"_", "help.getConfig"}})}};
  const TestClient fresh{.key = AuthKeyId(78)};
  EXPECT_EQ(telegram.call_bytes(fresh, TestTelegram::serialized(nested), "help.getConfig").fault.message, "");
}

TEST_F(Service, APackedMethodIsUnpackedOnce) {
  const auto packed = [](ByteView plain) {
    tl::Writer writer;
    writer.u32(0x3072cfa1);
    writer.bytes(mtproto::gzip(plain));
    return writer.take();
  };
  tl::Writer quiet;
  quiet.u32(0xbf9459b7);  // invokeWithoutUpdates
  quiet.raw(packed(TestTelegram::serialized({{"_", "help.getConfig"}})));
  EXPECT_EQ(telegram.call_bytes(client, quiet.view(), "help.getConfig").fault.message, "");
  const Bytes twice = packed(packed(TestTelegram::serialized({{"_", "help.getConfig"}})));
  EXPECT_EQ(telegram.call_bytes(client, twice, "").fault.message, "INPUT_FETCH_ERROR");
}

TEST_F(Service, RandomBytesNeverHurt) {
  const std::uint64_t seed = 99;
  SeededRandom random(seed);
  const Bytes good = TestTelegram::serialized(TestTelegram::with_init(
      {{"_", "messages.getHistory"}, {"peer", telegram.peer(client, "numbers")}, {"limit", 5}}));
  for (int round = 0; round < 2'000; ++round) {
    Bytes bytes = good;
    for (int change = 0; change < 3; ++change) {
      bytes[random.below(bytes.size())] = static_cast<std::uint8_t>(random.below(256));
    }
    bytes.resize(random.below(bytes.size() + 1));
    const CallContext context{.key = AuthKeyId(5), .session = SessionId(1), .dc = DcId(2), .now = telegram.now()};
    const Outcome outcome = telegram.api().call(context, bytes);
    if (const auto* fault = std::get_if<RpcFault>(&outcome.result)) {
      EXPECT_NE(fault->code, 500) << fault->message << " seed " << seed << " round " << round;
    }
  }
}

TEST_F(Service, ResolvesPublicNamesOnly) {
  const auto resolve = [this](std::string_view name) {
    return telegram.call(client, {{"_", "contacts.resolveUsername"}, {"username", name}});
  };
  const auto found = resolve("NUMBERS");
  ASSERT_EQ(found.fault.message, "");
  EXPECT_EQ(found.object().at("peer").at("channel_id"), 100);
  EXPECT_EQ(found.list("chats").at(0).at("username"), "numbers");
  EXPECT_EQ(found.list("chats").at(0).at("broadcast"), true);
  EXPECT_EQ(resolve("nobody_here").fault.message, "USERNAME_NOT_OCCUPIED");
  EXPECT_EQ(resolve("hidden").fault.message, "USERNAME_NOT_OCCUPIED");
  EXPECT_EQ(resolve("not a name").fault.message, "USERNAME_INVALID");
  ASSERT_TRUE(telegram.api().add_bot(SecretText("555:x"), DcId(2)));
  EXPECT_EQ(resolve("test555_bot").object().at("peer").at("user_id"), 555);
}

TEST_F(Service, HistoryIsPaged) {
  const auto peer = telegram.peer(client, "numbers");
  const auto newest = history(peer, {{"limit", 10}});
  ASSERT_EQ(newest.fault.message, "");
  EXPECT_EQ(newest.object().at("_"), "messages.channelMessages");
  EXPECT_EQ(newest.object().at("count"), 30);
  EXPECT_EQ(ids_of(newest), (std::vector<std::int64_t>{34, 33, 32, 31, 30, 29, 27, 26, 25, 24}));
  const auto& message = newest.list("messages").at(0).as_object();
  EXPECT_EQ(message.at("message"), "post 34");
  EXPECT_EQ(message.at("views"), 340);
  EXPECT_EQ(message.at("date"), 1'600'000'000 + 34 * 60);
  EXPECT_EQ(message.at("post"), true);
  EXPECT_EQ(message.at("peer_id").at("channel_id"), 100);
  const auto older = history(peer, {{"limit", 3}, {"offset_id", 24}});
  EXPECT_EQ(ids_of(older), (std::vector<std::int64_t>{23, 22, 20}));
  EXPECT_EQ(older.object().at("offset_id_offset"), 10);

  std::set<std::int64_t> all;
  std::int64_t offset = 0;
  for (int page = 0; page < 10; ++page) {
    const auto ids = ids_of(history(peer, {{"limit", 4}, {"offset_id", offset}}));
    if (ids.empty())
      break;
    for (const auto id : ids)
      EXPECT_TRUE(all.insert(id).second) << id;
    offset = ids.back();
  }
  EXPECT_EQ(all.size(), 30U);
}

TEST_F(Service, HistoryHashAnswersNotModified) {
  const auto peer = telegram.peer(client, "numbers");
  const std::vector<std::int32_t> newest{34, 33, 32};
  const auto same = history(peer, {{"limit", 3}, {"hash", history_hash(newest)}});
  EXPECT_EQ(same.object().at("_"), "messages.messagesNotModified");
  EXPECT_EQ(history(peer, {{"limit", 3}, {"hash", 1}}).list("messages").size(), 3U);
}

TEST_F(Service, EveryKindOfMessageFitsTheLayer) {
  const auto answer = history(telegram.peer(client, "rich"), {{"limit", 100}});
  ASSERT_EQ(answer.fault.message, "");
  ASSERT_EQ(answer.list("messages").size(), 20U);
  const auto message = [&answer](std::size_t id) -> const json::object& {
    return answer.list("messages").at(20 - id).as_object();
  };
  EXPECT_EQ(message(1).at("action").at("_"), "messageActionChannelCreate");
  const auto& rich = message(2);
  EXPECT_EQ(rich.at("message"), "Жирний 😀 тутint x;👍");
  EXPECT_EQ(rich.at("edit_date"), 1600000200);
  EXPECT_EQ(rich.at("reply_to").at("reply_to_msg_id"), 1);
  EXPECT_EQ(rich.at("fwd_from").at("from_name"), "Someone");
  EXPECT_EQ(rich.at("post_author"), "Ed");
  const auto& entities = rich.at("entities").as_array();
  ASSERT_EQ(entities.size(), 4U);
  EXPECT_EQ(entities[1],
            json::parse(R"({"_":"messageEntityTextUrl","offset":10,"length":3,"url":"https://example.org/"})"));
  EXPECT_EQ(entities[2].at("language"), "cpp");
  EXPECT_EQ(entities[3].at("document_id"), 5368324170671202286);
  EXPECT_EQ(message(3).at("media").at("photo").at("sizes").as_array().size(), 3U);
  EXPECT_EQ(message(3).at("grouped_id"), message(4).at("grouped_id"));
  EXPECT_EQ(message(5).at("media").at("video"), true);
  EXPECT_EQ(message(6).at("media").at("voice"), true);
  EXPECT_EQ(message(8).at("media").at("document").at("mime_type"), "application/pdf");
  EXPECT_EQ(message(9).at("media").at("poll").at("question").at("text"), "Tea?");
  EXPECT_EQ(message(9).at("media").at("results").at("total_voters"), 3);
  EXPECT_EQ(message(10).at("media").at("phone_number"), "+1");
  EXPECT_EQ(message(11).at("media").at("_"), "messageMediaVenue");
  EXPECT_EQ(message(12).at("media").at("geo").at("lat"), 50.4);
  EXPECT_EQ(message(13).at("reply_to").at("reply_to_msg_id"), 2);
  EXPECT_EQ(message(15).at("action").at("duration"), 30);
  EXPECT_EQ(message(16).at("action").at("message"), "unheard_of");
  EXPECT_EQ(message(18).at("media").at("round"), true);
  EXPECT_EQ(message(20).at("media").at("value"), 4);
}

TEST_F(Service, GroupsNameTheirAuthors) {
  const auto answer = history(telegram.peer(client, "crowd"), {{"limit", 1}});
  EXPECT_EQ(answer.list("messages").at(0).at("from_id").at("user_id"), 40);
  ASSERT_EQ(answer.list("users").size(), 1U);
  EXPECT_EQ(answer.list("users").at(0).at("first_name"), "Bob");
  EXPECT_EQ(answer.list("chats").at(0).at("megagroup"), true);
}

TEST_F(Service, SingleMessagesKeepTheirHoles) {
  const auto answer = telegram.call(client, {{"_", "channels.getMessages"},
                                             {"channel", telegram.input_channel(client, "numbers")},
                                             {"id",
                                              {{{"_", "inputMessageID"}, {"id", 8}},
                                               {{"_", "inputMessageID"}, {"id", 7}},
                                               {{"_", "inputMessageID"}, {"id", 999}}}}});
  ASSERT_EQ(answer.fault.message, "");
  EXPECT_EQ(ids_of(answer), (std::vector<std::int64_t>{8, 7, 999}));
  EXPECT_EQ(answer.list("messages").at(0).at("_"), "message");
  EXPECT_EQ(answer.list("messages").at(1).at("_"), "messageEmpty");
}

TEST_F(Service, SearchFindsWords) {
  const auto answer = telegram.call(client, {{"_", "messages.search"},
                                             {"peer", telegram.peer(client, "numbers")},
                                             {"q", "POST 3"},
                                             {"filter", {{"_", "inputMessagesFilterEmpty"}}},
                                             {"limit", 100}});
  EXPECT_EQ(ids_of(answer), (std::vector<std::int64_t>{34, 33, 32, 31, 30, 3}));
}

TEST_F(Service, AnAccessHashIsForOneAccount) {
  const auto peer = telegram.peer(client, "numbers");
  const auto other = telegram.log_in("+9996625555", 2);
  const auto theirs = telegram.peer(other, "numbers");
  EXPECT_NE(peer.at("access_hash"), theirs.at("access_hash"));
  const auto refused = telegram.call(other, {{"_", "messages.getHistory"}, {"peer", peer}});
  EXPECT_EQ(refused.fault.message, "CHANNEL_INVALID");
  auto wrong_channel = peer;
  wrong_channel["channel_id"] = 200;
  EXPECT_EQ(history(wrong_channel).fault.message, "CHANNEL_INVALID");
  auto no_hash = peer;
  no_hash["access_hash"] = 0;
  EXPECT_EQ(history(no_hash).fault.message, "CHANNEL_INVALID");
  telegram.forget_everything();
  begin();
  EXPECT_EQ(history(peer).fault.message, "") << "a restart is the same Telegram";
}

TEST_F(Service, PrivateChannelsAreForMembers) {
  const auto peer = telegram.peer(client, "numbers");
  EXPECT_EQ(history(peer).fault.message, "");
  ASSERT_TRUE(telegram.api().set_access("numbers", ChannelAccess::Private, telegram.now()));
  EXPECT_EQ(history(peer).fault.message, "CHANNEL_PRIVATE");
  join("numbers");
  EXPECT_EQ(history(peer).fault.message, "");
}

TEST_F(Service, BotsCannotReadHistory) {
  ASSERT_TRUE(telegram.api().add_bot(SecretText("555:x"), DcId(2)));
  const TestClient bot{.key = AuthKeyId(9)};
  telegram.first_call(bot, {{"_", "auth.importBotAuthorization"}, {"api_id", 1}, {"bot_auth_token", "555:x"}});
  const json::object channel{{"_", "inputChannel"}, {"channel_id", 100}, {"access_hash", 0}};
  EXPECT_EQ(telegram.call(bot, {{"_", "channels.getChannels"}, {"id", {channel}}}).fault.message, "")
      << "hash 0 serves bots";
  json::object peer = channel;
  peer["_"] = "inputPeerChannel";
  EXPECT_EQ(telegram.call(bot, {{"_", "messages.getHistory"}, {"peer", peer}}).fault.message, "BOT_METHOD_INVALID");
}

TEST_F(Service, DialogsAreTheChannelsJoined) {
  EXPECT_TRUE(telegram.call(client, {{"_", "messages.getDialogs"}, {"limit", 100}}).list("dialogs").empty());
  const auto joined =
      telegram.call(client, {{"_", "channels.joinChannel"}, {"channel", telegram.input_channel(client, "numbers")}});
  ASSERT_EQ(joined.fault.message, "");
  join("rich");
  const auto dialogs = telegram.call(client, {{"_", "messages.getDialogs"}, {"limit", 100}});
  ASSERT_EQ(dialogs.list("dialogs").size(), 2U);
  EXPECT_EQ(dialogs.list("dialogs").at(0).at("peer").at("channel_id"), 100) << "the newest message is first";
  EXPECT_EQ(dialogs.list("dialogs").at(0).at("top_message"), 34);
  EXPECT_EQ(dialogs.list("dialogs").at(0).at("unread_count"), 30);
  EXPECT_EQ(
      telegram
          .call(client,
                {{"_", "channels.readHistory"}, {"channel", telegram.input_channel(client, "numbers")}, {"max_id", 31}})
          .value,
      json::value(true));
  const auto first = telegram.call(client, {{"_", "messages.getDialogs"}, {"limit", 1}});
  EXPECT_EQ(first.object().at("_"), "messages.dialogsSlice");
  EXPECT_EQ(first.list("dialogs").at(0).at("unread_count"), 3);
  const auto second = telegram.call(client, {{"_", "messages.getDialogs"},
                                             {"limit", 10},
                                             {"offset_id", first.list("messages").at(0).at("id")},
                                             {"offset_date", first.list("messages").at(0).at("date")}});
  ASSERT_EQ(second.list("dialogs").size(), 1U);
  EXPECT_EQ(second.list("dialogs").at(0).at("peer").at("channel_id"), 200);
  const json::object dialog_peer{{"_", "inputDialogPeer"}, {"peer", telegram.peer(client, "numbers")}};
  const auto one = telegram.call(client, {{"_", "messages.getPeerDialogs"}, {"peers", {dialog_peer}}});
  EXPECT_EQ(one.list("dialogs").size(), 1U);
  EXPECT_EQ(telegram.call(client, {{"_", "channels.leaveChannel"}, {"channel", telegram.input_channel(client, "rich")}})
                .fault.message,
            "");
  EXPECT_EQ(telegram.call(client, {{"_", "messages.getDialogs"}, {"limit", 9}}).list("dialogs").size(), 1U);
  const auto full =
      telegram.call(client, {{"_", "channels.getFullChannel"}, {"channel", telegram.input_channel(client, "numbers")}});
  EXPECT_EQ(full.object().at("full_chat").at("pts"), one.list("dialogs").at(0).at("pts"));
}

TEST_F(Service, MembersAreToldOfChanges) {
  join("numbers");
  const auto outsider = telegram.log_in("+9996625555", 2);
  telegram.call(outsider, {{"_", "updates.getState"}});
  telegram.call(client, {{"_", "updates.getState"}});
  const auto pts = history(telegram.peer(client, "numbers")).object().at("pts").as_int64();
  const auto id = telegram.api().publish("numbers", {{"text", "fresh"}, {"views", 1}}, telegram.now());
  ASSERT_TRUE(id);
  EXPECT_EQ(*id, 35);
  ASSERT_TRUE(telegram.api().edit("numbers", *id, {{"text", "fresher"}}, telegram.now()));
  ASSERT_TRUE(telegram.api().erase("numbers", {*id, 34}, telegram.now()));
  ASSERT_EQ(telegram.pushes().size(), 3U) << "only the member";
  const auto update = [this](std::size_t i) -> const json::object& {
    return telegram.pushes().at(i).updates.at("updates").at(0).as_object();
  };
  EXPECT_EQ(update(0).at("_"), "updateNewChannelMessage");
  EXPECT_EQ(update(0).at("message").at("message"), "fresh");
  EXPECT_EQ(update(0).at("pts"), pts + 1);
  EXPECT_EQ(update(1).at("_"), "updateEditChannelMessage");
  EXPECT_EQ(update(1).at("message").at("message"), "fresher");
  EXPECT_EQ(update(2).at("_"), "updateDeleteChannelMessages");
  EXPECT_EQ(update(2).at("messages"), (json::array{*id, 34}));
  EXPECT_EQ(update(2).at("pts"), pts + 4);
  EXPECT_EQ(update(2).at("pts_count"), 2);
}

TEST_F(Service, OnlySessionsThatAskedForUpdatesGetThem) {
  join("numbers");
  // Logging in was itself a call outside invokeWithoutUpdates.
  telegram.api().session_closed(client.key, client.session);
  const json::object quiet{{"_", "invokeWithoutUpdates"}, {"query", {{"_", "updates.getState"}}}};
  telegram.call_bytes(client, TestTelegram::serialized(quiet), "updates.getState");
  ASSERT_TRUE(telegram.api().publish("numbers", {{"text", "a"}}, telegram.now()));
  EXPECT_TRUE(telegram.pushes().empty());
  TestClient second = client;
  second.session = SessionId(2);
  telegram.call(client, {{"_", "updates.getState"}});
  telegram.call(second, {{"_", "updates.getState"}});
  ASSERT_TRUE(telegram.api().publish("numbers", {{"text", "b"}}, telegram.now()));
  EXPECT_EQ(telegram.pushes().size(), 2U) << "each session of the key";
}

TEST_F(Service, ChannelDifferenceComesFromTheLog) {
  const auto start = history(telegram.peer(client, "numbers")).object().at("pts").as_int64();
  const auto empty = difference(start);
  EXPECT_EQ(empty.object().at("_"), "updates.channelDifferenceEmpty");
  EXPECT_EQ(empty.object().at("final"), true);
  EXPECT_EQ(difference(0).fault.message, "PERSISTENT_TIMESTAMP_EMPTY");
  EXPECT_EQ(difference(start + 1).fault.message, "PERSISTENT_TIMESTAMP_INVALID");
  EXPECT_EQ(difference(start - 1).object().at("_"), "updates.channelDifferenceTooLong");

  const auto now = telegram.now();
  const auto first = telegram.api().publish("numbers", {{"text", "one"}}, now).value();
  const auto gone = telegram.api().publish("numbers", {{"text", "two"}}, now).value();
  ASSERT_TRUE(telegram.api().edit("numbers", first, {{"text", "one, edited"}}, now));
  ASSERT_TRUE(telegram.api().edit("numbers", 33, {{"text", "post 33, edited"}}, now));
  ASSERT_TRUE(telegram.api().erase("numbers", {gone, 34}, now));
  const auto all = difference(start);
  ASSERT_EQ(all.fault.message, "");
  EXPECT_EQ(all.object().at("final"), true);
  EXPECT_EQ(all.object().at("pts"), start + 6);
  EXPECT_EQ(ids_of(all, "new_messages"), std::vector<std::int64_t>{first});
  EXPECT_EQ(all.list("new_messages").at(0).at("message"), "one, edited");
  ASSERT_EQ(all.list("other_updates").size(), 2U);
  EXPECT_EQ(all.list("other_updates").at(0).at("message").at("id"), 33);
  EXPECT_EQ(all.list("other_updates").at(1).at("messages"), (json::array{gone, 34}));
}

TEST_F(Service, LongDifferencesComeInSlices) {
  const auto start = history(telegram.peer(client, "numbers")).object().at("pts").as_int64();
  for (int i = 0; i < 25; ++i)
    ASSERT_TRUE(telegram.api().publish("numbers", {{"text", "x"}}, telegram.now()));
  std::vector<std::int64_t> ids;
  auto pts = start;
  for (int slice = 0; slice < 3; ++slice) {
    const auto part = difference(pts, 10);
    EXPECT_EQ(part.object().contains("final"), slice == 2);
    pts = part.object().at("pts").as_int64();
    for (const auto id : ids_of(part, "new_messages"))
      ids.push_back(id);
  }
  EXPECT_EQ(pts, start + 25);
  ASSERT_EQ(ids.size(), 25U);
  EXPECT_TRUE(std::ranges::is_sorted(ids));
  for (int i = 0; i < 1'000; ++i)
    ASSERT_TRUE(telegram.api().publish("numbers", {{"text", "x"}}, telegram.now()));
  const auto too_long = difference(start);
  EXPECT_EQ(too_long.object().at("_"), "updates.channelDifferenceTooLong");
  EXPECT_EQ(too_long.object().at("dialog").at("pts"), start + 1'025);
  EXPECT_EQ(too_long.list("messages").size(), 10U);
}

TEST_F(Service, CommonDifferenceNamesChannelsThatChanged) {
  join("numbers");
  join("rich");
  const auto state = telegram.call(client, {{"_", "updates.getState"}});
  const json::object ask{{"_", "updates.getDifference"},
                         {"pts", state.object().at("pts")},
                         {"date", state.object().at("date")},
                         {"qts", 0}};
  EXPECT_EQ(telegram.call(client, ask).object().at("_"), "updates.differenceEmpty");
  telegram.now() = telegram.now().after(std::chrono::minutes(1));
  ASSERT_TRUE(telegram.api().publish("numbers", {{"text", "x"}}, telegram.now()));
  const auto changed = telegram.call(client, ask);
  ASSERT_EQ(changed.list("other_updates").size(), 1U);
  EXPECT_EQ(changed.list("other_updates").at(0).at("_"), "updateChannelTooLong");
  EXPECT_EQ(changed.list("other_updates").at(0).at("channel_id"), 100);
}

TEST_F(Service, FaultsComeBeforeTheMethod) {
  int left = 2;
  telegram.api().set_fault_hook([&left](std::string_view method, std::string_view phone) -> std::optional<RpcFault> {
    EXPECT_EQ(phone, "9996621234");
    if (method != "messages.getHistory" || left-- <= 0)
      return std::nullopt;
    return RpcFault{420, "FLOOD_WAIT_7"};
  });
  const auto peer = telegram.peer(client, "numbers");
  const auto refused = history(peer).fault;
  EXPECT_EQ(refused.code, 420);
  EXPECT_EQ(refused.message, "FLOOD_WAIT_7");
  EXPECT_EQ(history(peer).fault.message, "FLOOD_WAIT_7");
  EXPECT_EQ(history(peer).fault.message, "");
}

}  // namespace
}  // namespace ledgram::sim
