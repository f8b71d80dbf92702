#include "ledgram/collect/message_row.hpp"

#include "ledgram/base/json_text.hpp"
#include "ledgram/collect/entities.hpp"
#include "ledgram/collect/media.hpp"
#include "ledgram/tl/codec.hpp"

#include <boost/json.hpp>
#include <gtest/gtest.h>

namespace ledgram::collect {
namespace {

namespace api = tl::api;
using ledger::MessageFlag;
using ledger::PeerKey;
using ledger::PeerType;

constexpr ChannelId kChannel{1234567890123};

api::message channel_post(std::int32_t id, std::string text) {
  api::message message;
  message.post = true;
  message.id = id;
  message.peer_id = api::peerChannel{.channel_id = kChannel.value()};
  message.date = 1'700'000'000;
  message.message = std::move(text);
  return message;
}

ledger::Message row_of(api::Message message) {
  const Bytes raw = tl::serialize(message);
  auto row = to_row(message, kChannel);
  if (!row) {
    ADD_FAILURE() << "no row";
    return {};
  }
  EXPECT_EQ(row->raw, raw);
  EXPECT_EQ(row->layer, 223);
  EXPECT_EQ(row->channel, kChannel);
  for (const std::string& json : {row->entities, row->reply, row->forward, row->media, row->action_json}) {
    boost::system::error_code error;
    if (!json.empty())
      boost::json::parse(json, error);
    EXPECT_FALSE(error) << json;
  }
  return std::move(*row);
}

std::string media_json(api::MessageMedia media, std::string_view kind) {
  api::message message = channel_post(1, "");
  message.media = std::move(media);
  const ledger::Message row = row_of(std::move(message));
  EXPECT_EQ(row.media_kind, kind);
  return row.media;
}

TEST(MessageRow, PlainPost) {
  api::message message = channel_post(77, "Привіт 👋");
  message.views = 0;
  message.forwards = 3;
  message.edit_date = 1'700'000'100;
  message.post_author = "Ann";
  message.grouped_id = 5'000'000'000;
  message.silent = true;
  message.pinned = true;
  const ledger::Message row = row_of(std::move(message));
  EXPECT_EQ(row.number, MessageNumber(77));
  EXPECT_EQ(row.date, 1'700'000'000);
  EXPECT_EQ(row.edit_date, 1'700'000'100);
  EXPECT_EQ(row.text, "Привіт 👋");
  EXPECT_EQ(row.views, 0);
  EXPECT_EQ(row.forwards, 3);
  EXPECT_EQ(row.post_author, "Ann");
  EXPECT_EQ(row.grouped_id, 5'000'000'000);
  EXPECT_TRUE(row.has(MessageFlag::Post));
  EXPECT_TRUE(row.has(MessageFlag::Silent));
  EXPECT_TRUE(row.has(MessageFlag::Pinned));
  EXPECT_FALSE(row.has(MessageFlag::Out));
  EXPECT_FALSE(row.has(MessageFlag::Service));
  EXPECT_EQ(row.from, std::nullopt);
  EXPECT_EQ(row.entities, "");
  EXPECT_EQ(row.reply, "");
  EXPECT_EQ(row.forward, "");
  EXPECT_EQ(row.media_kind, "");
  EXPECT_EQ(row.action, "");
}

TEST(MessageRow, AbsentIsNotZero) {
  const ledger::Message row = row_of(channel_post(1, ""));
  EXPECT_EQ(row.views, std::nullopt);
  EXPECT_EQ(row.forwards, std::nullopt);
  EXPECT_EQ(row.grouped_id, std::nullopt);
  EXPECT_EQ(row.edit_date, 0);
}

TEST(MessageRow, EveryEntityHasItsName) {
  api::message message = channel_post(1, "text");
  std::vector<api::MessageEntity> entities;
  entities.push_back(api::messageEntityMention{.offset = 0, .length = 1});
  entities.push_back(api::messageEntityHashtag{.offset = 1, .length = 1});
  entities.push_back(api::messageEntityBotCommand{.offset = 2, .length = 1});
  entities.push_back(api::messageEntityUrl{.offset = 3, .length = 1});
  entities.push_back(api::messageEntityEmail{.offset = 4, .length = 1});
  entities.push_back(api::messageEntityPhone{.offset = 5, .length = 1});
  entities.push_back(api::messageEntityBold{.offset = 6, .length = 1});
  entities.push_back(api::messageEntityItalic{.offset = 7, .length = 1});
  entities.push_back(api::messageEntityUnderline{.offset = 8, .length = 1});
  entities.push_back(api::messageEntityStrike{.offset = 9, .length = 1});
  entities.push_back(api::messageEntitySpoiler{.offset = 10, .length = 1});
  entities.push_back(api::messageEntityCode{.offset = 11, .length = 1});
  entities.push_back(api::messageEntityPre{.offset = 12, .length = 1, .language = "c++"});
  entities.push_back(api::messageEntityTextUrl{.offset = 13, .length = 1, .url = "https://a.b/?q=\"x\""});
  entities.push_back(api::messageEntityMentionName{.offset = 14, .length = 1, .user_id = 7});
  entities.push_back(api::messageEntityCashtag{.offset = 15, .length = 1});
  entities.push_back(api::messageEntityBankCard{.offset = 16, .length = 1});
  entities.push_back(api::messageEntityCustomEmoji{.offset = 17, .length = 2, .document_id = 9'007'199'254'740'993});
  entities.push_back(api::messageEntityBlockquote{.collapsed = true, .offset = 18, .length = 1});
  message.entities = std::move(entities);
  EXPECT_EQ(row_of(std::move(message)).entities,
            R"([{"type":"mention","offset":0,"length":1},{"type":"hashtag","offset":1,"length":1},)"
            R"({"type":"bot_command","offset":2,"length":1},{"type":"link","offset":3,"length":1},)"
            R"({"type":"email","offset":4,"length":1},{"type":"phone","offset":5,"length":1},)"
            R"({"type":"bold","offset":6,"length":1},{"type":"italic","offset":7,"length":1},)"
            R"({"type":"underline","offset":8,"length":1},{"type":"strikethrough","offset":9,"length":1},)"
            R"({"type":"spoiler","offset":10,"length":1},{"type":"code","offset":11,"length":1},)"
            R"({"type":"pre","offset":12,"length":1,"language":"c++"},)"
            R"({"type":"text_link","offset":13,"length":1,"href":"https://a.b/?q=\"x\""},)"
            R"({"type":"mention_name","offset":14,"length":1,"user_id":7},)"
            R"({"type":"cashtag","offset":15,"length":1},{"type":"bank_card","offset":16,"length":1},)"
            R"({"type":"custom_emoji","offset":17,"length":2,"document_id":"9007199254740993"},)"
            R"({"type":"blockquote","offset":18,"length":1,"collapsed":true}])");
}

TEST(MessageRow, ReplyAndForward) {
  api::message message = channel_post(9, "re");
  api::messageReplyHeader reply;
  reply.reply_to_msg_id = 4;
  reply.quote = true;
  reply.quote_text = "so";
  reply.quote_offset = 2;
  message.reply_to = std::move(reply);
  api::messageFwdHeader forward;
  forward.date = 1'600'000'000;
  forward.from_id = api::peerChannel{.channel_id = 55};
  forward.channel_post = 8;
  forward.post_author = "Bob";
  message.fwd_from = std::move(forward);
  message.from_id = api::peerUser{.user_id = 66};
  const ledger::Message row = row_of(std::move(message));
  EXPECT_EQ(row.reply_to, 4);
  EXPECT_EQ(row.reply, R"({"message":4,"quote":true,"quote_text":"so","quote_offset":2})");
  EXPECT_EQ(row.forward, R"({"date":1600000000,"from":{"type":"channel","id":55},"message":8,"post_author":"Bob"})");
  EXPECT_EQ(row.from, (PeerKey{PeerType::User, 66}));
}

TEST(MessageRow, AReplyIntoAnotherChatIsNoReplyToAMessageHere) {
  api::message message = channel_post(9, "re");
  api::messageReplyHeader reply;
  reply.reply_to_msg_id = 4;
  reply.reply_to_peer_id = api::peerChat{.chat_id = 3};
  message.reply_to = std::move(reply);
  const ledger::Message row = row_of(std::move(message));
  EXPECT_EQ(row.reply_to, std::nullopt);
  EXPECT_EQ(row.reply, R"({"message":4,"peer":{"type":"chat","id":3}})");
}

TEST(MessageRow, ServiceMessage) {
  api::messageService message;
  message.id = 1;
  message.post = true;
  message.peer_id = api::peerChannel{.channel_id = kChannel.value()};
  message.date = 5;
  message.action = api::messageActionChannelCreate{.title = "News \"24\""};
  const ledger::Message row = row_of(std::move(message));
  EXPECT_EQ(row.action, "messageActionChannelCreate");
  const auto json = boost::json::parse(row.action_json);
  EXPECT_EQ(json.at("_").as_string(), "messageActionChannelCreate");
  EXPECT_EQ(json.at("title").as_string(), "News \"24\"");
  EXPECT_TRUE(row.has(MessageFlag::Service));
  EXPECT_EQ(row.text, "");
}

TEST(MessageRow, EmptyAndForeignMessagesGiveNoRow) {
  const api::Message empty = api::messageEmpty{.id = 12};
  EXPECT_EQ(to_row(empty, kChannel), std::nullopt);
  EXPECT_EQ(number_of(empty), 12);
  api::message foreign = channel_post(3, "elsewhere");
  foreign.peer_id = api::peerUser{.user_id = kChannel.value()};
  const api::Message message = std::move(foreign);
  EXPECT_EQ(to_row(message, kChannel), std::nullopt);
  EXPECT_EQ(number_of(message), 3);
  EXPECT_EQ(number_of(api::Message()), 0);
}

TEST(MessageRow, Photo) {
  api::photo photo;
  photo.id = -7;
  photo.access_hash = 1;
  photo.file_reference = {1, 2};
  photo.date = 10;
  photo.sizes.push_back(api::photoStrippedSize{.type = "i", .bytes = {1}});
  photo.sizes.push_back(api::photoSize{.type = "m", .w = 320, .h = 200, .size = 9000});
  photo.sizes.push_back(api::photoSizeProgressive{.type = "y", .w = 1280, .h = 800, .sizes = {100, 90'000, 50'000}});
  photo.dc_id = 2;
  api::messageMediaPhoto media;
  media.spoiler = true;
  media.photo = std::move(photo);
  EXPECT_EQ(media_json(std::move(media), "photo"),
            R"({"id":"-7","date":10,"width":1280,"height":800,"size":90000,"dc":2,"spoiler":true})");
}

api::messageMediaDocument document(std::vector<api::DocumentAttribute> attributes) {
  api::document file;
  file.id = 8;
  file.file_reference = {9};
  file.date = 11;
  file.mime_type = "x/y";
  file.size = 5'000'000'000;
  file.dc_id = 4;
  file.attributes = std::move(attributes);
  api::messageMediaDocument media;
  media.document = std::move(file);
  return media;
}

template <class... Attributes>
std::vector<api::DocumentAttribute> attributes(Attributes... values) {
  std::vector<api::DocumentAttribute> result;
  (result.push_back(std::move(values)), ...);
  return result;
}

TEST(MessageRow, KindsOfDocuments) {
  EXPECT_EQ(media_json(document(attributes(api::documentAttributeFilename{.file_name = "a.pdf"})), "document"),
            R"({"id":"8","date":11,"mime":"x/y","size":5000000000,"file_name":"a.pdf","dc":4})");
  EXPECT_EQ(media_json(document(attributes(api::documentAttributeVideo{.duration = 1.5, .w = 640, .h = 360})), "video"),
            R"({"id":"8","date":11,"mime":"x/y","size":5000000000,"duration":1.5,"width":640,"height":360,"dc":4})");
  media_json(document(attributes(api::documentAttributeVideo{.round_message = true})), "video_message");
  media_json(document(attributes(api::documentAttributeVideo{}, api::documentAttributeAnimated{})), "animation");
  media_json(document(attributes(api::documentAttributeAudio{.voice = true, .duration = 3})), "voice");
  api::documentAttributeAudio song;
  song.duration = 200;
  song.title = "T";
  song.performer = "P";
  EXPECT_EQ(media_json(document(attributes(song)), "audio"),
            R"({"id":"8","date":11,"mime":"x/y","size":5000000000,"duration":200,"title":"T","performer":"P","dc":4})");
  api::documentAttributeSticker sticker;
  sticker.alt = "🙂";
  sticker.stickerset = api::inputStickerSetEmpty{};
  media_json(document(attributes(std::move(sticker), api::documentAttributeImageSize{.w = 512, .h = 512})), "sticker");
  EXPECT_EQ(media_json(api::messageMediaDocument{}, "document"), "{}");
}

TEST(MessageRow, WebPage) {
  api::webPage page;
  page.id = 1;
  page.url = "https://example.org/";
  page.display_url = "example.org";
  page.title = "Title";
  page.description = "Line\nline";
  api::messageMediaWebPage media;
  media.webpage = std::move(page);
  EXPECT_EQ(media_json(std::move(media), "webpage"),
            R"({"url":"https://example.org/","display_url":"example.org","title":"Title","description":"Line\nline"})");
}

TEST(MessageRow, PollCountsVotesAndHidesOnesOwn) {
  api::poll poll;
  poll.id = 3;
  poll.quiz = true;
  poll.question = api::textWithEntities{.text = "Why?"};
  poll.answers.push_back(api::pollAnswer{.text = api::textWithEntities{.text = "So"}, .option = {1}});
  poll.answers.push_back(api::pollAnswer{.text = api::textWithEntities{.text = "No"}, .option = {2}});
  api::pollResults results;
  results.total_voters = 9;
  std::vector<api::PollAnswerVoters> voters;
  voters.push_back(api::pollAnswerVoters{.chosen = true, .option = {2}, .voters = 5});
  results.results = std::move(voters);
  api::messageMediaPoll media;
  media.poll = std::move(poll);
  media.results = std::move(results);
  EXPECT_EQ(media_json(std::move(media), "poll"), R"({"id":"3","question":"Why?","quiz":true,"total_voters":9,)"
                                                  R"("answers":[{"text":"So"},{"text":"No","voters":5}]})");
}

TEST(MessageRow, OtherKinds) {
  api::messageMediaGeo geo;
  geo.geo = api::geoPoint{.long_ = 30.5, .lat = 50.45};
  EXPECT_EQ(media_json(std::move(geo), "geo"), R"({"latitude":50.45,"longitude":30.5})");
  EXPECT_EQ(media_json(api::messageMediaUnsupported{}, "unsupported"), "{}");
  EXPECT_EQ(media_json(api::messageMediaEmpty{}, ""), "");
  api::game game;
  game.id = 1;
  game.access_hash = 77;
  game.short_name = "g";
  api::photo cover;
  cover.file_reference = {1, 2, 3};
  game.photo = std::move(cover);
  api::messageMediaGame media;
  media.game = std::move(game);
  const std::string json = media_json(std::move(media), "game");
  EXPECT_NE(json.find(R"("short_name":"g")"), std::string::npos) << json;
  EXPECT_EQ(json.find("file_reference"), std::string::npos) << json;
  EXPECT_EQ(json.find("access_hash"), std::string::npos) << json;
}

TEST(MessageRow, TextThatIsNotUtf8StillGivesJson) {
  api::message message = channel_post(1, "ok");
  std::vector<api::MessageEntity> entities;
  entities.push_back(api::messageEntityTextUrl{.offset = 0, .length = 1, .url = std::string("a\xff\x01z")});
  message.entities = std::move(entities);
  EXPECT_EQ(row_of(std::move(message)).entities,
            "[{\"type\":\"text_link\",\"offset\":0,\"length\":1,\"href\":\"a\xEF\xBF\xBD\\u0001z\"}]");
}

TEST(JsonText, NumbersThatJsonDoesNotHave) {
  JsonText out;
  out.begin_array();
  out.value(1.0 / 0.0);
  out.value(0.1);
  out.value(std::int64_t{-5});
  out.value(false);
  out.value("");
  out.end_array();
  EXPECT_EQ(out.take(), R"([null,0.1,-5,false,""])");
}

TEST(PeerRows, UsersAndChats) {
  std::vector<api::User> users;
  api::user ann;
  ann.id = 5;
  ann.access_hash = 50;
  ann.first_name = "Ann";
  ann.last_name = "Lee";
  std::vector<api::Username> names;
  names.push_back(api::username{.username = "inactive"});
  names.push_back(api::username{.active = true, .username = "ann_lee"});
  ann.usernames = std::move(names);
  users.push_back(std::move(ann));
  api::user hidden;
  hidden.min = true;
  hidden.id = 6;
  hidden.access_hash = 60;
  users.push_back(std::move(hidden));
  users.push_back(api::userEmpty{.id = 7});

  std::vector<api::Chat> chats;
  api::channel channel;
  channel.id = 5;
  channel.access_hash = 51;
  channel.title = "Five";
  channel.username = "five";
  chats.push_back(std::move(channel));
  chats.push_back(api::chat{.id = 9, .title = "Group"});
  chats.push_back(api::channelForbidden{.id = 10, .access_hash = 1, .title = "Closed"});
  chats.push_back(api::chatEmpty{.id = 11});

  const auto rows = to_peers(users, chats, AccountId(3), 99, "history");
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[0].key, (PeerKey{PeerType::User, 5}));
  EXPECT_EQ(rows[0].access_hash, 50);
  EXPECT_EQ(rows[0].title, "Ann Lee");
  EXPECT_EQ(rows[0].username, "ann_lee");
  EXPECT_EQ(rows[0].account, AccountId(3));
  EXPECT_EQ(rows[0].updated, 99);
  EXPECT_EQ(rows[0].source, "history");
  EXPECT_EQ(rows[1].completeness, ledger::PeerCompleteness::Min);
  EXPECT_EQ(rows[2].key, (PeerKey{PeerType::Channel, 5}));
  EXPECT_EQ(rows[2].username, "five");
  EXPECT_EQ(rows[2].completeness, ledger::PeerCompleteness::Full);
  EXPECT_EQ(rows[3].key, (PeerKey{PeerType::Chat, 9}));
  EXPECT_EQ(rows[3].access_hash, std::nullopt);
  EXPECT_EQ(rows[4].completeness, ledger::PeerCompleteness::Min) << "no access must not cover what was known";
}

}  // namespace
}  // namespace ledgram::collect
