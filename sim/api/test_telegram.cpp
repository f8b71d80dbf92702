#include "ledgram/sim_api/test_telegram.hpp"

#include "ledgram/tl/builtin_schema.hpp"
#include "ledgram/tl/json_codec.hpp"

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

json::value decoded(ByteView bytes, tl::Type type) {
  tl::Reader reader(bytes);
  auto value = tl::decode_json(tl::builtin_api_schema(), reader, type);
  EXPECT_TRUE(value) << value.error().message;
  EXPECT_EQ(reader.remaining(), 0U);
  return value ? *value : json::value();
}

}  // namespace

TestTelegram::TestTelegram() {
  forget_everything();
}

void TestTelegram::forget_everything() {
  api_.reset();
  pushes_.clear();
  chats_ = std::make_unique<ChatStore>(state_);
  accounts_ = std::make_unique<AccountStore>(state_);
}

void TestTelegram::add_chat(std::string_view name, std::int64_t id, std::string_view messages, std::string_view type) {
  const std::string text = R"({"name":"Title of )" + std::string(name) + R"(","type":")" + std::string(type) +
                           R"(","id":)" + std::to_string(id) + R"(,"messages":[)" + std::string(messages) + "]}";
  const auto added = chats_->add_export_text(text, name, name);
  ASSERT_TRUE(added) << added.error().message;
}

void TestTelegram::start() {
  ASSERT_TRUE(chats_->restore());
  ASSERT_TRUE(accounts_->restore());
  std::vector<DcAddress> dcs;
  for (int dc = 1; dc <= 3; ++dc)
    dcs.push_back({DcId(dc), "127.0.0.1", static_cast<std::uint16_t>(5000 + dc)});
  ServiceOptions options{.dcs = std::move(dcs), .schemas = {}};
  auto api = ApiService::create(std::move(options), *chats_, *accounts_, state_, random_, *this);
  ASSERT_TRUE(api) << api.error().message;
  api_ = std::move(*api);
}

Bytes TestTelegram::serialized(const json::object& method) {
  tl::Writer writer;
  const auto done = tl::encode_json(tl::builtin_api_schema(), writer, method);
  EXPECT_TRUE(done) << done.error().message << " in " << json::serialize(method);
  return writer.take();
}

json::object TestTelegram::with_init(const json::object& method, std::int32_t layer) {
  return {{"_", "invokeWithLayer"},
          {"layer", layer},
          {"query", {{"_", "initConnection"}, {"api_id", 1}, {"device_model", "test"}, {"query", method}}}};
}

TestAnswer TestTelegram::call_bytes(const TestClient& client, ByteView body, std::string_view method) {
  const CallContext context{.key = client.key, .session = client.session, .dc = client.dc, .now = now_};
  Outcome outcome = api_->call(context, body);
  TestAnswer answer;
  if (auto* fault = std::get_if<RpcFault>(&outcome.result)) {
    answer.fault = *fault;
    EXPECT_NE(fault->code, 500) << fault->message;
    return answer;
  }
  EXPECT_EQ(outcome.method, method);
  const auto* combinator = tl::builtin_api_schema().find(method);
  answer.value = decoded(std::get<Bytes>(outcome.result), combinator->result);
  return answer;
}

TestAnswer TestTelegram::first_call(const TestClient& client, const json::object& method) {
  return call_bytes(client, serialized(with_init(method)), method.at("_").as_string());
}

TestAnswer TestTelegram::call(const TestClient& client, const json::object& method) {
  return call_bytes(client, serialized(method), method.at("_").as_string());
}

std::string TestTelegram::send_code(const TestClient& client, std::string_view phone) {
  const auto sent = first_call(
      client, {{"_", "auth.sendCode"}, {"phone_number", phone}, {"api_id", 1}, {"settings", {{"_", "codeSettings"}}}});
  EXPECT_EQ(sent.fault.message, "");
  return sent.fault.code != 0 ? "" : std::string(sent.object().at("phone_code_hash").as_string());
}

TestClient TestTelegram::log_in(std::string_view phone, std::uint64_t key) {
  const auto dc = test_phone_dc(phone_digits(phone)).value();
  const TestClient client{.key = AuthKeyId(key), .dc = dc};
  const auto hash = send_code(client, phone);
  const std::string code(5, static_cast<char>('0' + dc.value()));
  const auto answer =
      call(client, {{"_", "auth.signIn"}, {"phone_number", phone}, {"phone_code_hash", hash}, {"phone_code", code}});
  EXPECT_EQ(answer.fault.message, "");
  return client;
}

json::object TestTelegram::peer(const TestClient& client, std::string_view username) {
  const auto resolved = call(client, {{"_", "contacts.resolveUsername"}, {"username", username}});
  EXPECT_EQ(resolved.fault.message, "");
  if (resolved.fault.code != 0)
    return {};
  const auto& chat = resolved.list("chats").at(0).as_object();
  return {{"_", "inputPeerChannel"}, {"channel_id", chat.at("id")}, {"access_hash", chat.at("access_hash")}};
}

json::object TestTelegram::input_channel(const TestClient& client, std::string_view username) {
  json::object input = peer(client, username);
  input["_"] = "inputChannel";
  return input;
}

void TestTelegram::push(AuthKeyId key, SessionId session, Bytes body) {
  const auto type = tl::builtin_api_schema().type("Updates");
  pushes_.push_back({key, session, decoded(body, *type).as_object()});
}

}  // namespace ledgram::sim
