#include "ledgram/api/account_access.hpp"
#include "ledgram/api/answers.hpp"
#include "ledgram/api/invoke_rules.hpp"
#include "ledgram/api/telegram_routes.hpp"
#include "ledgram/tl/builtin_schema.hpp"
#include "ledgram/tl/json_codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

namespace ledgram::api {

namespace {

constexpr std::string_view kTag = "raw";

/// Serialized; uploads have methods of their own.
constexpr std::size_t kLargestMethod = 1024 * 1024;

/// Telegram wants a number that was never used before with whatever is sent.
void add_random_id(const tl::Combinator& method, json::object& body, RandomSource& random) {
  const bool takes_one = std::ranges::any_of(method.fields, [](const tl::Field& field) {
    return field.name == "random_id" && field.type.kind == tl::Kind::Long && !field.optional();
  });
  if (takes_one && !body.contains("random_id"))
    body["random_id"] = std::to_string(static_cast<std::int64_t>(random.next_u64()));
}

const tl::Combinator& method_of(const json::object& body) {
  const std::string_view name = body.at("_").as_string();
  const tl::Combinator* method = tl::builtin_api_schema().find(name);
  if (method == nullptr || method->role != tl::Role::Method) {
    throw ApiFailure(ProblemCode::InvalidBody,
                     fmt::format("/_ names no method of layer {}", tl::builtin_api_schema().layer()));
  }
  if (const std::string_view why = denial_of(method->name); !why.empty())
    throw ApiFailure(ProblemCode::MethodNotPermitted, fmt::format("{} may not be called here: {}", method->name, why));
  return *method;
}

Bytes serialized(const json::object& body) {
  tl::Writer out;
  if (auto written = tl::encode_json(tl::builtin_api_schema(), out, body); !written)
    throw ApiFailure(ProblemCode::InvalidBody, written.error().message);
  Bytes bytes = std::move(out).take();
  if (bytes.size() > kLargestMethod)
    throw ApiFailure(ProblemCode::BodyTooLarge, "the method is larger than 1 MB when it is serialized");
  return bytes;
}

json::value readable(const tl::Combinator& method, ByteView answer) {
  tl::Reader in(answer);
  auto value = tl::decode_json(tl::builtin_api_schema(), in, method.result, tl::JsonStyle::Web);
  if (!value) {
    throw telegram::failure(telegram::TelegramErrc::BadAnswer,
                            fmt::format("the answer to {} cannot be read: {}", method.name, value.error().message));
  }
  return std::move(*value);
}

asio::awaitable<http::Reply> invoke(ApiContext& context, std::shared_ptr<InvokeLimits> limits, Call& call) {
  const ledger::Account account = co_await account_of(context, call);
  json::object body = call.body().as_object();
  const tl::Combinator& method = method_of(body);
  call.audit(fmt::format("account {}: {}", account.id.value(), method.name));
  const MethodClass kind = class_of(method.name);
  if (const auto wait = limits->take(account.id, kind, context.clock.now().monotonic)) {
    throw ApiFailure(
        Problem{ProblemCode::TooManyRequests, "too many raw calls through this account; wait a little", *wait});
  }
  add_random_id(method, body, context.random);
  Bytes bytes = serialized(body);
  telegram::CallOptions options = options_of(call);
  if (kind != MethodClass::Reading)
    options.repeat = mtproto::Repeat::Forbidden;
  const Bytes answer = co_await gate_of(context).service().invoke(account.id, std::move(bytes), std::move(options));
  co_return json_response(json::object{{"result", readable(method, answer)}});
}

}  // namespace

void add_invoke_routes(RouteTable& table, ApiContext& context) {
  Route route = new_route(http::Method::Post, "/api/v1/accounts/{account}/invoke", "invoke", kTag,
                          "Call any method of Telegram", kAdminOnly);
  route.description = fmt::format(
      "The body is the method in the JSON form of TL, layer {}: `_` is its name, the other members are its fields. "
      "int64 "
      "are decimal strings, bytes are base64. A missing `random_id` is drawn here. Methods that end or endanger the "
      "account, pay, or send to many at once are refused, and so are wrappers; an account may be used for 120 calls a "
      "minute, 20 of them sending.",
      tl::builtin_api_schema().layer());
  route.parameters = {account_parameter()};
  route.body = {Schema::object({{"_", Schema::text().length(1, 100)}}).open(),
                {{"_", "users.getUsers"}, {"id", json::array{json::object{{"_", "inputUserSelf"}}}}}};
  route.answers = {
      {200,
       "The answer, in the same form.",
       Schema::object({{"result", Schema::any()}}),
       {{"result", json::array{json::object{{"_", "user"}, {"id", "8124731874"}, {"first_name", "Olha"}}}}}}};
  route.problems =
      telegram_problems({ProblemCode::MethodNotPermitted, ProblemCode::InvalidBody, ProblemCode::BodyTooLarge});
  const auto limits = std::make_shared<InvokeLimits>();
  route.handle = [&context, limits](Call& call) { return invoke(context, limits, call); };
  table.add(std::move(route));
}

}  // namespace ledgram::api
