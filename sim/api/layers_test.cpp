// Several layers in one server: each client reads answers and pushes of its own layer, through bytes. The ids below are
// those of the layers as Telegram published them, not read from the files that the server uses.

#include "ledgram/sim_api/layers.hpp"

#include "ledgram/base/bytes.hpp"
#include "ledgram/sim_api/layer_texts.hpp"
#include "ledgram/sim_api/test_telegram.hpp"
#include "ledgram/tl/json_codec.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>

namespace ledgram::sim {
namespace {

namespace json = boost::json;

/// Constructors that changed between these layers.
struct LayerIds {
  std::int32_t layer = 0;
  std::uint32_t user = 0;
  std::uint32_t channel = 0;
  std::uint32_t message = 0;
  std::uint32_t dice = 0;
};

constexpr std::array kLayers{
    LayerIds{216, 0x020b1422, 0xfe685355, 0x9815cec8, 0x3f7ee58b},
    LayerIds{218, 0x31774388, 0x1c32b11c, 0xb92f76cf, 0x3f7ee58b},
    LayerIds{220, 0x31774388, 0x1c32b11c, 0xb92f76cf, 0x3f7ee58b},
    LayerIds{221, 0x31774388, 0x1c32b11c, 0x9cb490e9, 0x08cbec07},
    LayerIds{223, 0x31774388, 0x1c32b11c, 0x3ae56482, 0x08cbec07},
};

bool contains_id(ByteView bytes, std::uint32_t id) {
  const auto at = [&](std::size_t offset) { return load_le32(bytes.subspan(offset, 4)); };
  for (std::size_t offset = 0; offset + 4 <= bytes.size(); offset += 4) {
    if (at(offset) == id)
      return true;
  }
  return false;
}

class LayersOfOneServer : public testing::Test, public PushSink {
 protected:
  struct Push {
    AuthKeyId key;
    Bytes body;
  };

  void SetUp() override {
    ASSERT_TRUE(layers);
    const std::string export_text = R"({"name":"Mixed","type":"public_channel","id":200,"messages":[
      {"id":1,"type":"message","date_unixtime":"1600000000","text":"plain","reply_to_message_id":1,"views":5},
      {"id":2,"type":"message","date_unixtime":"1600001900","dice":{"emoji":"X","value":4},"text":""},
      {"id":3,"type":"service","date_unixtime":"1600002000","action":"create_channel","title":"Mixed","text":""}]})";
    ASSERT_TRUE(chats.add_export_text(export_text, "mixed", "mixed"));
    ASSERT_TRUE(chats.restore());
    ServiceOptions options{.dcs = {{DcId(2), "127.0.0.1", 5002}}, .schemas = {}};
    auto made = ApiService::create(std::move(options), chats, accounts, state, random, *this);
    ASSERT_TRUE(made);
    api = std::move(*made);
  }

  void push(AuthKeyId key, SessionId /*session*/, Bytes body) override { pushes.push_back({key, std::move(body)}); }

  const tl::Schema& schema(std::int32_t layer) { return *layers->find(layer); }

  Bytes serialized(const json::object& method, std::int32_t layer) {
    tl::Writer writer;
    const auto done = tl::encode_json(schema(layer), writer, method);
    EXPECT_TRUE(done) << done.error().message;
    return writer.take();
  }

  /// The answer's bytes, which must be one whole value of the method's result in this layer.
  Bytes call(std::int32_t layer, const json::object& method) {
    const CallContext context{
        .key = AuthKeyId(static_cast<std::uint64_t>(layer)), .session = SessionId(1), .dc = DcId(2), .now = now};
    const Outcome outcome = api->call(context, serialized(TestTelegram::with_init(method, layer), layer));
    if (const auto* fault = std::get_if<RpcFault>(&outcome.result)) {
      ADD_FAILURE() << "layer " << layer << " " << outcome.method << ": " << fault->message;
      return {};
    }
    return std::get<Bytes>(outcome.result);
  }

  json::value decoded(std::int32_t layer, ByteView body, tl::Type type) {
    tl::Reader reader(body);
    auto value = tl::decode_json(schema(layer), reader, type);
    EXPECT_TRUE(value) << "layer " << layer << ": " << value.error().message;
    EXPECT_EQ(reader.remaining(), 0U) << "layer " << layer;
    return value ? *value : json::value();
  }

  json::value answer(std::int32_t layer, const json::object& method) {
    const std::string_view name = method.at("_").as_string();
    return decoded(layer, call(layer, method), schema(layer).find(name)->result);
  }

  void log_in(std::int32_t layer) {
    const json::value sent = answer(
        layer,
        {{"_", "auth.sendCode"}, {"phone_number", kPhone}, {"api_id", 1}, {"settings", {{"_", "codeSettings"}}}});
    const Bytes in = call(layer, {{"_", "auth.signIn"},
                                  {"phone_number", kPhone},
                                  {"phone_code_hash", sent.at("phone_code_hash")},
                                  {"phone_code", "22222"}});
    for (const LayerIds& ids : kLayers)
      EXPECT_EQ(contains_id(in, ids.user), ids.user == of(layer).user) << "layer " << layer << ", ids of " << ids.layer;
  }

  static const LayerIds& of(std::int32_t layer) { return *std::ranges::find(kLayers, layer, &LayerIds::layer); }

  static constexpr std::string_view kPhone = "+9996621234";

  Result<Layers, ContentError> layers = Layers::load({});
  MemoryStateStore state;
  ChatStore chats{state};
  AccountStore accounts{state};
  SeededRandom random{216223};
  std::unique_ptr<ApiService> api;
  std::vector<Push> pushes;
  Instant now{.monotonic = std::chrono::seconds(1000), .unix_time = std::chrono::seconds(1'750'000'000)};
};

TEST_F(LayersOfOneServer, EveryEmbeddedTextIsItsLayer) {
  std::vector<std::int32_t> embedded{layers->builtin_layer()};
  for (const LayerText& text : layer_texts()) {
    const auto parsed = tl::Schema::parse(text.text);
    ASSERT_TRUE(parsed) << text.layer << ": " << parsed.error().message;
    EXPECT_EQ(parsed->layer(), text.layer);
    embedded.push_back(text.layer);
  }
  std::ranges::sort(embedded);
  EXPECT_EQ(embedded, (std::vector<std::int32_t>{216, 218, 220, 221, 223}));
  EXPECT_EQ(layers->find(217), nullptr);
  EXPECT_EQ(layers->find(216), layers->find(216)) << "parsed once";
}

TEST_F(LayersOfOneServer, EachReadsChatsAndMessagesOfItsOwn) {
  for (const LayerIds& mine : kLayers) {
    log_in(mine.layer);
    const Bytes found = call(mine.layer, {{"_", "contacts.resolveUsername"}, {"username", "mixed"}});
    const json::value resolved =
        decoded(mine.layer, found, schema(mine.layer).find("contacts.resolveUsername")->result);
    const json::value& chat = resolved.at("chats").at(0);
    EXPECT_EQ(chat.at("username"), "mixed");
    EXPECT_EQ(chat.at("broadcast"), true);
    const json::object peer{
        {"_", "inputPeerChannel"}, {"channel_id", chat.at("id")}, {"access_hash", chat.at("access_hash")}};
    const Bytes page = call(mine.layer, {{"_", "messages.getHistory"}, {"peer", peer}, {"limit", 10}});
    const json::value history = decoded(mine.layer, page, schema(mine.layer).find("messages.getHistory")->result);
    ASSERT_EQ(history.at("messages").as_array().size(), 3U);
    EXPECT_EQ(history.at("messages").at(2).at("message"), "plain");
    EXPECT_EQ(history.at("messages").at(2).at("views"), 5);
    EXPECT_EQ(history.at("messages").at(1).at("media").at("value"), 4);
    EXPECT_EQ(history.at("messages").at(0).at("action").at("_"), "messageActionChannelCreate");
    for (const LayerIds& ids : kLayers) {
      EXPECT_EQ(contains_id(found, ids.channel), ids.channel == mine.channel) << mine.layer << " " << ids.layer;
      EXPECT_EQ(contains_id(page, ids.message), ids.message == mine.message) << mine.layer << " " << ids.layer;
      EXPECT_EQ(contains_id(page, ids.dice), ids.dice == mine.dice) << mine.layer << " " << ids.layer;
    }
  }
}

TEST_F(LayersOfOneServer, StartUpMethodsFitEachLayer) {
  for (const LayerIds& mine : kLayers) {
    log_in(mine.layer);
    for (const auto* method :
         {"help.getConfig", "help.getNearestDc", "help.getAppConfig", "help.getAppUpdate",
          "help.getTermsOfServiceUpdate", "help.getPromoData", "help.getPeerColors", "help.getCdnConfig",
          "messages.getAvailableReactions", "messages.getPinnedDialogs", "messages.getDialogFilters",
          "messages.getDialogs", "contacts.getContacts", "contacts.getTopPeers", "account.getNotifySettings",
          "account.getPassword", "updates.getState", "messages.getPeerDialogs"}) {
      SCOPED_TRACE(method);
      answer(mine.layer, {{"_", method}});
    }
  }
}

TEST_F(LayersOfOneServer, PushesAreWrittenForEachSessionsLayer) {
  for (const LayerIds& mine : kLayers)
    log_in(mine.layer);
  ASSERT_TRUE(api->join(kPhone, "mixed", now));
  ASSERT_EQ(pushes.size(), kLayers.size());
  for (const Push& push : pushes) {
    const auto layer = static_cast<std::int32_t>(push.key.value());
    const json::value updates = decoded(layer, push.body, *schema(layer).type("Updates"));
    EXPECT_EQ(updates.at("updates").at(0).at("_"), "updateChannel");
  }
  pushes.clear();
  ASSERT_TRUE(api->publish("mixed", {{"text", "to everybody"}}, now));
  ASSERT_EQ(pushes.size(), kLayers.size());
  for (const Push& push : pushes) {
    const auto layer = static_cast<std::int32_t>(push.key.value());
    const json::value updates = decoded(layer, push.body, *schema(layer).type("Updates"));
    EXPECT_EQ(updates.at("updates").at(0).at("message").at("message"), "to everybody");
    for (const LayerIds& ids : kLayers)
      EXPECT_EQ(contains_id(push.body, ids.message), ids.message == of(layer).message) << layer << " " << ids.layer;
  }
}

}  // namespace
}  // namespace ledgram::sim
