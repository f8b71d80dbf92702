#include "ledgram/tl/json_codec.hpp"

#include "ledgram/base/utf8.hpp"
#include "ledgram/tl/api.hpp"
#include "ledgram/tl/builtin_schema.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <cmath>

namespace ledgram::tl {
namespace {

namespace json = boost::json;

json::value decoded(ByteView bytes, Type type = kAnyObject, JsonStyle style = JsonStyle::Exact) {
  Reader in(bytes);
  auto value = decode_json(builtin_api_schema(), in, type, style);
  EXPECT_TRUE(value) << value.error().message;
  return value.value_or(nullptr);
}

Result<Bytes, TlError> encoded(const Schema& schema, std::string_view text, Type type = kAnyObject) {
  Writer out;
  const auto done = encode_json(schema, out, json::parse(text), type);
  if (!done)
    return std::unexpected(done.error());
  return out.take();
}

std::string problem(std::string_view text, Type type = kAnyObject) {
  const auto bytes = encoded(builtin_api_schema(), text, type);
  if (bytes)
    return "none";
  EXPECT_EQ(bytes.error().code, TlErrc::BadJson);
  return bytes.error().message;
}

TEST(JsonCodec, TheFormOfAnObject) {
  const api::message post{.post = true,
                          .id = 7,
                          .peer_id = api::peerChannel{.channel_id = 1'000'000'000'001},
                          .date = 1'700'000'000,
                          .message = "Привіт",
                          .entities = std::vector<api::MessageEntity>{api::messageEntityBold{.offset = 0, .length = 6}},
                          .views = 3,
                          .forwards = 0};
  const std::string_view exact =
      R"({"_":"message","post":true,"id":7,"peer_id":{"_":"peerChannel","channel_id":1000000000001},)"
      R"("date":1700000000,"message":"Привіт","entities":[{"_":"messageEntityBold","offset":0,"length":6}],)"
      R"("views":3,"forwards":0})";
  EXPECT_EQ(json::serialize(decoded(serialize(post))), exact);
  EXPECT_EQ(encoded(builtin_api_schema(), exact), serialize(post));

  std::string web(exact);
  web.replace(web.find("1000000000001"), 13, "\"1000000000001\"");
  EXPECT_EQ(json::serialize(decoded(serialize(post), kAnyObject, JsonStyle::Web)), web);
  EXPECT_EQ(encoded(builtin_api_schema(), web), serialize(post));
}

TEST(JsonCodec, BytesAreBase64AndQueriesAreObjects) {
  const api::invokeWithLayer query{
      .layer = 223, .query = {serialize(api::auth_importBotAuthorization{.api_id = 1, .bot_auth_token = "t"})}};
  EXPECT_EQ(json::serialize(decoded(serialize(query))),
            R"({"_":"invokeWithLayer","layer":223,"query":{"_":"auth.importBotAuthorization","flags":0,)"
            R"("api_id":1,"api_hash":"","bot_auth_token":"t"}})");
  const api::upload_saveFilePart part{.file_id = 1, .file_part = 2, .bytes = {1, 2, 3, 4}};
  EXPECT_EQ(json::serialize(decoded(serialize(part))),
            R"({"_":"upload.saveFilePart","file_id":1,"file_part":2,"bytes":"AQIDBA=="})");
}

TEST(JsonCodec, ResultsByTheTypeOfTheMethod) {
  const Schema& schema = builtin_api_schema();
  const Type users = schema.find("users.getUsers")->result;
  const Bytes bytes = serialize(std::vector<api::User>{api::userEmpty{.id = 4}});
  EXPECT_EQ(json::serialize(decoded(bytes, users)), R"([{"_":"userEmpty","id":4}])");
  EXPECT_EQ(encoded(schema, R"([{"_":"userEmpty","id":4}])", users), bytes);
  EXPECT_EQ(encoded(schema, "true", schema.type("Bool").value()), serialize(true));
  EXPECT_EQ(encoded(schema, "true"), serialize(true));
  EXPECT_EQ(decoded(serialize(false)), json::value(false));
}

TEST(JsonCodec, WhatIsMissingIsZeroAndWhatIsUnknownIsIgnored) {
  const auto bytes = encoded(
      builtin_api_schema(), R"({"_":"message","id":7,"of_another_layer":{"_":"nowhere"},"views":null,"silent":false})");
  ASSERT_TRUE(bytes) << bytes.error().message;
  const auto post = parse<api::message>(*bytes);
  ASSERT_TRUE(post) << post.error().message;
  EXPECT_EQ(post->id, 7);
  EXPECT_EQ(post->date, 0);
  EXPECT_EQ(post->message, "");
  EXPECT_FALSE(post->silent);
  EXPECT_FALSE(post->views.has_value());
  EXPECT_FALSE(post->peer_id.empty());
}

TEST(JsonCodec, OneObjectForTwoLayers) {
  const auto older = Schema::parse(
      "peerChannel#bddde532 channel_id:int = Peer;\n"
      "message#000000aa flags:# out:flags.1?true id:int peer_id:Peer date:int message:string title:string = Message;\n"
      "// LAYER 100");
  ASSERT_TRUE(older) << older.error().message;
  const std::string_view text =
      R"({"_":"message","out":true,"id":7,"peer_id":{"_":"peerChannel","channel_id":5},"date":1,"message":"x",)"
      R"("views":3,"forwards":4})";
  EXPECT_EQ(to_hex(encoded(*older, text).value()),
            "aa000000"
            "02000000"
            "07000000"
            "32e5ddbd"
            "05000000"
            "01000000"
            "01780000"
            "00000000");
  EXPECT_TRUE(encoded(builtin_api_schema(), text));
  const auto unknown = encoded(*older, R"({"_":"messageEmpty","id":1})");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().message, "the schema of layer 100 has no messageEmpty");
}

TEST(JsonCodec, ErrorsNameThePath) {
  EXPECT_EQ(problem(R"({"_":"messages.messages","messages":[{"_":"message","id":1},{"_":"message","id":"x"}]})"),
            "messages[1].id: expected an integer of 32 bits, got string");
  EXPECT_EQ(problem(R"({"_":"message","peer_id":{"_":"user"}})"), "peer_id: user is no constructor of Peer");
  EXPECT_EQ(problem(R"({"_":"message","peer_id":{}})"), "peer_id: expected a name in \"_\"");
  EXPECT_EQ(problem(R"({"_":"message","out":1})"), "out: expected true or false, got int64");
  EXPECT_EQ(problem(R"({"_":"message","id":2147483648})"), "id: expected an integer of 32 bits, got int64");
  EXPECT_EQ(problem(R"({"_":"message","message":5})"), "message: expected text, got int64");
  EXPECT_EQ(problem(R"({"_":"message","entities":{}})"), "entities: expected an array, got object");
  EXPECT_EQ(problem(R"({"_":"peerUser","user_id":18446744073709551615})"),
            "user_id: expected an integer of 64 bits, got uint64");
  EXPECT_EQ(problem(R"({"_":"peerUser","user_id":"9223372036854775808"})"),
            "user_id: expected an integer of 64 bits, got string");
  EXPECT_EQ(problem(R"({"_":"peerUser","user_id":1.5})"), "user_id: expected an integer of 64 bits, got double");
  EXPECT_EQ(problem(R"({"_":"upload.saveFilePart","bytes":"?"})"), "bytes: expected base64, got other text");
  EXPECT_EQ(problem(R"({"_":"invokeWithLayer","layer":1})"), "query: is missing and has no plain value");
  EXPECT_EQ(problem("7"), "expected an object, got int64");
  EXPECT_EQ(problem(R"({"_":"auth.checkRecoveryPassword","code":)" + ("\"" + std::string(16 << 20, 'x') + "\"}")),
            "code: 16777216 bytes are too long, TL ends at 16777215");
}

TEST(JsonCodec, NestingIsBounded) {
  json::value text = {{"_", "textEmpty"}};
  for (unsigned i = 1; i < kMaxDepth; ++i)
    text = {{"_", "textBold"}, {"text", std::move(text)}};
  Writer fits;
  EXPECT_TRUE(encode_json(builtin_api_schema(), fits, text));
  text = {{"_", "textBold"}, {"text", std::move(text)}};
  Writer out;
  const auto done = encode_json(builtin_api_schema(), out, text);
  ASSERT_FALSE(done);
  EXPECT_TRUE(done.error().message.ends_with("objects are nested more than 64 deep")) << done.error().message;

  Bytes bomb;
  for (int i = 0; i < 1'000'000; ++i)
    append(bomb, serialize(api::textBold::kId == 0 ? 0 : std::int32_t(api::textBold::kId)));
  Reader in(bomb);
  EXPECT_EQ(decode_json(builtin_api_schema(), in).error().code, TlErrc::DepthExceeded);
}

TEST(JsonCodec, UnknownConstructorNamesIdAndPlace) {
  Writer out;
  out.u32(api::updateShort::kId);
  out.u32(0xdeadbeef);
  Reader in(out.view());
  const auto value = decode_json(builtin_api_schema(), in);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code, TlErrc::UnknownConstructor);
  EXPECT_EQ(value.error().constructor, 0xdeadbeefU);
  EXPECT_EQ(value.error().offset, 4U);
}

TEST(JsonCodec, TextForTheWebIsValid) {
  const std::string broken = "a\xff\xc0\x80\xe2\x82z\xed\xa0\x80";
  const Bytes bytes = serialize(api::error{.code = 1, .text = broken});
  EXPECT_EQ(decoded(bytes).at("text").as_string(), broken);
  EXPECT_EQ(decoded(bytes, kAnyObject, JsonStyle::Web).at("text").as_string(),
            "a\uFFFD\uFFFD\uFFFD\uFFFD\uFFFDz\uFFFD\uFFFD\uFFFD");
}

TEST(Utf8, Borders) {
  for (const std::string_view good : {"", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf",
                                      "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_valid_utf8(good)) << to_hex(as_bytes(good));
    EXPECT_EQ(to_valid_utf8(good), good);
  }
  for (const std::string_view bad : {"\x80", "\xc1\xbf", "\xc2", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
                                     "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf0\x90\x80"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << to_hex(as_bytes(bad));
    EXPECT_TRUE(is_valid_utf8(to_valid_utf8(bad)));
  }
}

}  // namespace
}  // namespace ledgram::tl
