#include "ledgram/sim_content/export_loader.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <string>

namespace ledgram::sim {
namespace {

namespace json = boost::json;

std::unique_ptr<Channel> load(std::string_view messages, std::string_view type = "public_channel") {
  const std::string text = R"({"name":"A place","type":")" + std::string(type) + R"(","id":4242,"messages":[)" +
                           std::string(messages) + "]}";
  auto channel = load_export(text, "a_place", "a_place.json");
  EXPECT_TRUE(channel) << channel.error().message;
  return channel ? std::move(*channel) : nullptr;
}

ContentError load_error(std::string_view text, std::string_view username = "a_place") {
  auto channel = load_export(text, username, "dir/a_place.json");
  EXPECT_FALSE(channel);
  return channel ? ContentError{} : channel.error();
}

Post post_of(const Channel& channel, std::int32_t id) {
  Post scratch;
  const Post* post = channel.find(id, scratch);
  EXPECT_NE(post, nullptr) << "message " << id;
  return post == nullptr ? Post{} : *post;
}

TEST(ExportLoader, ReadsTheChatAndAPlainMessage) {
  const auto channel = load(R"({"id":7,"type":"message","date":"2020-01-22T06:32:45","date_unixtime":"1579674765",
      "from":"A place","from_id":"channel4242","views":1062,"text":"Hello","unknown_key":{"a":[1]}})");
  ASSERT_TRUE(channel);
  EXPECT_EQ(channel->id(), ChannelId(4242));
  EXPECT_EQ(channel->info().title, "A place");
  EXPECT_EQ(channel->info().username, "a_place");
  EXPECT_EQ(channel->info().kind, ChannelKind::Broadcast);
  EXPECT_EQ(channel->info().access, ChannelAccess::Public);
  const Post post = post_of(*channel, 7);
  EXPECT_EQ(post.date, 1579674765);
  EXPECT_EQ(post.views, 1062);
  EXPECT_EQ(post.text, "Hello");
  EXPECT_TRUE(post.entities.empty());
  EXPECT_EQ(post.from_user, 0);
}

TEST(ExportLoader, UnixTimeWinsOverTheLocalDate) {
  const auto channel =
      load(R"({"id":1,"type":"message","date":"2020-01-22T09:32:45","date_unixtime":"1579674765","text":"a"},
      {"id":2,"type":"message","date":"2020-01-22T06:32:45","text":"b"})");
  EXPECT_EQ(post_of(*channel, 1).date, 1579674765);
  EXPECT_EQ(post_of(*channel, 2).date, 1579674765);
}

struct EntityCase {
  const char* part;
  EntityKind kind;
  const char* value;
  std::int64_t number;
};

class ExportEntities : public testing::TestWithParam<EntityCase> {};

TEST_P(ExportEntities, AreCountedInUtf16) {
  const EntityCase& c = GetParam();
  // "ab" + U+1F600 + "ї " before the marked text: 2 + 2 + 2 units.
  const auto channel = load(R"({"id":1,"type":"message","date_unixtime":"1600000000","text":"","text_entities":[
      {"type":"plain","text":"ab😀ї "},)" +
                            std::string(c.part) + R"(,{"type":"plain","text":" end"}]})");
  const Post post = post_of(*channel, 1);
  EXPECT_EQ(post.text, "ab😀ї x🇺🇦й end");
  ASSERT_EQ(post.entities.size(), 1U);
  EXPECT_EQ(post.entities[0], (Entity{.kind = c.kind, .offset = 6, .length = 6, .number = c.number, .value = c.value}));
}

INSTANTIATE_TEST_SUITE_P(
    All, ExportEntities,
    testing::Values(
        EntityCase{R"({"type":"mention","text":"x🇺🇦й"})", EntityKind::Mention, "", 0},
        EntityCase{R"({"type":"hashtag","text":"x🇺🇦й"})", EntityKind::Hashtag, "", 0},
        EntityCase{R"({"type":"bot_command","text":"x🇺🇦й"})", EntityKind::BotCommand, "", 0},
        EntityCase{R"({"type":"link","text":"x🇺🇦й"})", EntityKind::Url, "", 0},
        EntityCase{R"({"type":"email","text":"x🇺🇦й"})", EntityKind::Email, "", 0},
        EntityCase{R"({"type":"bold","text":"x🇺🇦й"})", EntityKind::Bold, "", 0},
        EntityCase{R"({"type":"italic","text":"x🇺🇦й"})", EntityKind::Italic, "", 0},
        EntityCase{R"({"type":"code","text":"x🇺🇦й"})", EntityKind::Code, "", 0},
        EntityCase{R"({"type":"pre","text":"x🇺🇦й","language":"cpp"})", EntityKind::Pre, "cpp", 0},
        EntityCase{R"({"type":"text_link","text":"x🇺🇦й","href":"https://example.org/"})", EntityKind::TextUrl,
                   "https://example.org/", 0},
        EntityCase{R"({"type":"mention_name","text":"x🇺🇦й","user_id":77})", EntityKind::MentionName, "", 77},
        EntityCase{R"({"type":"phone","text":"x🇺🇦й"})", EntityKind::Phone, "", 0},
        EntityCase{R"({"type":"cashtag","text":"x🇺🇦й"})", EntityKind::Cashtag, "", 0},
        EntityCase{R"({"type":"underline","text":"x🇺🇦й"})", EntityKind::Underline, "", 0},
        EntityCase{R"({"type":"strikethrough","text":"x🇺🇦й"})", EntityKind::Strike, "", 0},
        EntityCase{R"({"type":"bank_card","text":"x🇺🇦й"})", EntityKind::BankCard, "", 0},
        EntityCase{R"({"type":"spoiler","text":"x🇺🇦й"})", EntityKind::Spoiler, "", 0},
        EntityCase{R"({"type":"custom_emoji","text":"x🇺🇦й","document_id":"5368324170671202286"})",
                   EntityKind::CustomEmoji, "", 5368324170671202286},
        EntityCase{R"({"type":"blockquote","text":"x🇺🇦й","collapsed":true})", EntityKind::Blockquote, "", 1}));

TEST(ExportLoader, UsesTheTextPartsOfOldExports) {
  const auto channel = load(R"({"id":1,"type":"message","date_unixtime":"1600000000",
      "text":["Read ",{"type":"link","text":"https://example.org"}," and ",{"type":"bold","text":"think"},"."]})");
  const Post post = post_of(*channel, 1);
  EXPECT_EQ(post.text, "Read https://example.org and think.");
  ASSERT_EQ(post.entities.size(), 2U);
  EXPECT_EQ(post.entities[0].kind, EntityKind::Url);
  EXPECT_EQ(post.entities[0].offset, 5);
  EXPECT_EQ(post.entities[0].length, 19);
  EXPECT_EQ(post.entities[1].kind, EntityKind::Bold);
  EXPECT_EQ(post.entities[1].offset, 29);
}

TEST(ExportLoader, TextPartsComeBackAsTheyWere) {
  const std::string_view parts =
      R"([{"type":"plain","text":"Не лише "},{"type":"bold","text":"😀 жирний"},{"type":"text_link","text":"тут","href":"https://example.com/"},{"type":"plain","text":"."}])";
  const auto channel =
      load(R"({"id":1,"type":"message","date_unixtime":"1600000000","text_entities":)" + std::string(parts) + "}");
  EXPECT_EQ(json::serialize(export_text_entities(post_of(*channel, 1))), parts);
}

TEST(ExportLoader, ReadsHeadersOfAMessage) {
  const auto channel = load(R"({"id":9,"type":"message","date_unixtime":"1600000000","edited_unixtime":"1600000500",
      "reply_to_message_id":4,"forwarded_from":"Somebody","author":"Olha","text":"x"})");
  const Post post = post_of(*channel, 9);
  EXPECT_EQ(post.edit_date, 1600000500);
  EXPECT_EQ(post.reply_to, 4);
  EXPECT_EQ(post.forwarded_from, "Somebody");
  EXPECT_EQ(post.author, "Olha");
}

TEST(ExportLoader, GroupsHaveAuthors) {
  const auto channel =
      load(R"({"id":1,"type":"message","date_unixtime":"1600000000","from":"Ann","from_id":"user50","text":"a"},
      {"id":2,"type":"message","date_unixtime":"1600000001","from":"Bob","from_id":"user40","text":"b"},
      {"id":3,"type":"message","date_unixtime":"1600000002","from":"Ann","from_id":"user50","text":"c"})",
           "public_supergroup");
  EXPECT_EQ(channel->info().kind, ChannelKind::Supergroup);
  ASSERT_EQ(channel->info().people.size(), 2U);
  EXPECT_EQ(channel->info().people[0].name, "Bob");
  EXPECT_EQ(channel->info().people[1].id, 50);
  EXPECT_EQ(post_of(*channel, 3).from_user, 50);
}

TEST(ExportLoader, ReadsMediaOfAllKinds) {
  const auto kind_of = [](std::string_view fields) {
    const auto object =
        json::parse(R"({"id":1,"type":"message","date_unixtime":"1600000000","text":"",)" + std::string(fields) + "}")
            .as_object();
    const auto post = parse_export_message(object);
    EXPECT_TRUE(post);
    EXPECT_NE(post->media, nullptr) << fields;
    return *post->media;
  };
  EXPECT_EQ(kind_of(R"x("photo":"(File not included)","width":800,"height":600)x").kind, MediaKind::Photo);
  EXPECT_EQ(kind_of(R"("photo":"photos/1.jpg","width":800,"height":600)").width, 800);
  EXPECT_GT(kind_of(R"("photo":"photos/1.jpg")").width, 0);
  const auto video =
      kind_of(R"("file":"v.mp4","media_type":"video_file","mime_type":"video/mp4","duration_seconds":12)");
  EXPECT_EQ(video.kind, MediaKind::Video);
  EXPECT_EQ(video.duration, 12);
  EXPECT_EQ(kind_of(R"("file":"x","media_type":"sticker","sticker_emoji":"👍")").emoji, "👍");
  EXPECT_EQ(kind_of(R"("file":"x","media_type":"voice_message")").mime_type, "audio/ogg");
  EXPECT_EQ(kind_of(R"("file":"x","media_type":"video_message")").kind, MediaKind::RoundVideo);
  EXPECT_EQ(kind_of(R"("file":"x","media_type":"audio_file","performer":"P","title":"T")").performer, "P");
  EXPECT_EQ(kind_of(R"("file":"x","media_type":"animation")").kind, MediaKind::Animation);
  const auto file = kind_of(R"("file":"x","file_name":"plan.pdf","mime_type":"application/pdf","file_size":1234)");
  EXPECT_EQ(file.kind, MediaKind::File);
  EXPECT_EQ(file.file_name, "plan.pdf");
  EXPECT_EQ(file.size, 1234);
  EXPECT_EQ(kind_of(R"("contact_information":{"first_name":"A","phone_number":"+1"})").phone, "+1");
  EXPECT_DOUBLE_EQ(kind_of(R"("location_information":{"latitude":50.45,"longitude":30.52})").latitude, 50.45);
  EXPECT_EQ(kind_of(R"("place_name":"Museum","location_information":{"latitude":1,"longitude":2})").kind,
            MediaKind::Venue);
  const auto poll = kind_of(R"("poll":{"question":"Tea?","closed":true,"total_voters":5,
      "answers":[{"text":"Yes","voters":4},{"text":"No","voters":1}]})");
  EXPECT_EQ(poll.title, "Tea?");
  EXPECT_TRUE(poll.closed);
  ASSERT_EQ(poll.answers.size(), 2U);
  EXPECT_EQ(poll.answers[0].voters, 4);
}

TEST(ExportLoader, NeighbouringPicturesOfOneSecondAreAnAlbum) {
  const auto photo = [](int id, int second) {
    return R"({"id":)" + std::to_string(id) + R"(,"type":"message","date_unixtime":")" + std::to_string(second) +
           R"(","photo":"p.jpg","text":""})";
  };
  const auto channel = load(photo(1, 100) + "," + photo(2, 200) + "," + photo(3, 200) + "," + photo(4, 200) + "," +
                            photo(6, 200) + "," + photo(7, 300));
  const auto album = post_of(*channel, 2).grouped_id;
  EXPECT_NE(album, 0);
  EXPECT_EQ(post_of(*channel, 3).grouped_id, album);
  EXPECT_EQ(post_of(*channel, 4).grouped_id, album);
  EXPECT_EQ(post_of(*channel, 1).grouped_id, 0);
  EXPECT_EQ(post_of(*channel, 6).grouped_id, 0) << "an id lies between";
  EXPECT_EQ(post_of(*channel, 7).grouped_id, 0);
}

TEST(ExportLoader, AlbumsHaveAtMostTenMessages) {
  std::string messages;
  for (int id = 1; id <= 12; ++id) {
    messages += (id == 1 ? "" : ",") + (R"({"id":)" + std::to_string(id)) +
                R"(,"type":"message","date_unixtime":"500","photo":"p.jpg","text":""})";
  }
  const auto channel = load(messages);
  EXPECT_EQ(post_of(*channel, 1).grouped_id, post_of(*channel, 10).grouped_id);
  EXPECT_NE(post_of(*channel, 10).grouped_id, post_of(*channel, 11).grouped_id);
  EXPECT_EQ(post_of(*channel, 11).grouped_id, post_of(*channel, 12).grouped_id);
}

TEST(ExportLoader, ReadsServiceMessages) {
  const auto channel = load(
      R"({"id":1,"type":"service","date_unixtime":"1600000000","actor":"A","action":"create_channel","title":"A place","text":""},
      {"id":2,"type":"service","date_unixtime":"1600000001","action":"pin_message","message_id":1,"text":""},
      {"id":3,"type":"service","date_unixtime":"1600000002","action":"something_new","text":""})");
  EXPECT_EQ(post_of(*channel, 1).action->kind, ActionKind::ChannelCreate);
  EXPECT_EQ(post_of(*channel, 1).action->text, "A place");
  EXPECT_EQ(post_of(*channel, 2).action->kind, ActionKind::PinMessage);
  EXPECT_EQ(post_of(*channel, 2).reply_to, 1);
  EXPECT_EQ(post_of(*channel, 3).action->kind, ActionKind::Custom);
}

TEST(ExportLoader, KeepsGapsAndSortsIds) {
  const auto channel = load(R"({"id":30,"type":"message","date_unixtime":"3","text":"c"},
      {"id":10,"type":"message","date_unixtime":"1","text":"a"},{"id":20,"type":"message","date_unixtime":"2","text":"b"})");
  EXPECT_EQ(channel->ids(), (std::vector<std::int32_t>{10, 20, 30}));
  EXPECT_EQ(channel->last_id(), 30);
  Post scratch;
  EXPECT_EQ(channel->find(11, scratch), nullptr);
}

TEST(ExportLoader, TakesTheLongestTextAndNoLonger) {
  std::string emoji;
  for (int i = 0; i < 4096; ++i)
    emoji += "😀";
  const auto with = [](const std::string& text) {
    return R"({"name":"x","type":"public_channel","id":1,"messages":[{"id":5,"type":"message","date_unixtime":"1","text":")" +
           text + R"("}]})";
  };
  EXPECT_TRUE(load_export(with(emoji), "xx", "xx.json"));
  const auto error = load_error(with(emoji + "a"));
  EXPECT_EQ(error.code, ContentErrc::BadMessage);
  EXPECT_NE(error.message.find("message 5"), std::string::npos) << error.message;
  EXPECT_NE(error.message.find("4097"), std::string::npos) << error.message;
}

TEST(ExportLoader, ErrorsNameFileMessageAndRemedy) {
  const auto expect = [](std::string_view text, std::initializer_list<std::string_view> words) {
    const auto error = load_error(text);
    EXPECT_TRUE(error.message.starts_with("dir/a_place.json: ")) << error.message;
    for (const auto word : words)
      EXPECT_NE(error.message.find(word), std::string::npos) << error.message;
  };
  expect("{", {"not JSON", "export the chat again"});
  expect("[]", {"not the export of a chat"});
  expect(R"({"chats":{"list":[]}})", {"whole account", "one chat"});
  expect(R"({"type":"public_channel","id":1})", {"\"messages\" is missing"});
  expect(R"({"type":"personal_chat","id":1,"messages":[]})", {"personal_chat", "public_channel"});
  expect(R"({"type":"public_channel","messages":[]})", {"\"id\""});
  expect(R"({"type":"public_channel","id":1,"messages":[{"id":3,"type":"message","text":"x"}]})",
         {"message 3", "date_unixtime"});
  expect(R"({"type":"public_channel","id":1,"messages":[{"type":"message","date_unixtime":"1","text":"x"}]})",
         {"message without id", "\"id\""});
  expect(R"({"type":"public_channel","id":1,"messages":[{"id":3,"date_unixtime":"1"},{"id":3,"date_unixtime":"1"}]})",
         {"message 3", "twice"});
  expect(R"({"type":"public_channel","id":1,"messages":[{"id":3,"type":"strange","date_unixtime":"1"}]})",
         {"message 3", "strange"});
}

TEST(ExportLoader, PublicChatsNeedAUsernameAndPrivateOnesDoNot) {
  const auto error = load_error(R"({"type":"public_channel","id":1,"messages":[]})", "my channel");
  EXPECT_NE(error.message.find("name the file after the chat"), std::string::npos) << error.message;
  const auto channel = load_export(R"({"type":"private_supergroup","id":1,"messages":[]})", "my channel", "x");
  ASSERT_TRUE(channel) << channel.error().message;
  EXPECT_EQ((*channel)->info().access, ChannelAccess::Private);
  EXPECT_EQ((*channel)->info().kind, ChannelKind::Supergroup);
}

}  // namespace
}  // namespace ledgram::sim
