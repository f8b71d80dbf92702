#include "ledgram/sim_server/control_api.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/crypto/sha256_stream.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

/// How deep a request may be nested; ours need four levels.
constexpr std::size_t kMaxDepth = 16;
/// Messages in one /publish, and ids in one /delete.
constexpr std::size_t kMaxAtOnce = 10'000;

/// Leaves a handler with an answer for the caller.
struct Refusal {
  int status;
  std::string message;
};

[[noreturn]] void refuse(int status, std::string message) {
  throw Refusal{status, std::move(message)};
}

int status_of(ContentErrc code) {
  switch (code) {
    case ContentErrc::NoSuchChat:
    case ContentErrc::NoSuchPost:
    case ContentErrc::NoSuchPhone:
      return 404;
    case ContentErrc::NameTaken:
      return 409;
    default:
      return 400;
  }
}

template <class T>
T value_or_refuse(Result<T, ContentError> result) {
  if (!result)
    refuse(status_of(result.error().code), std::move(result.error().message));
  if constexpr (!std::is_void_v<T>)
    return std::move(*result);
}

/// A request's target taken apart.
struct Target {
  std::string path;
  std::map<std::string, std::string, std::less<>> query;
};

int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/// RFC 3986 percent decoding, with the '+' of HTML forms.
std::string decode_url(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape =
        text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0;
    if (escape) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

Target parse_target(std::string_view text) {
  Target target;
  const std::size_t question = text.find('?');
  target.path = decode_url(text.substr(0, question));
  if (question == std::string_view::npos)
    return target;
  std::string_view rest = text.substr(question + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
    target.query[decode_url(pair.substr(0, equals))] = decode_url(value);
  }
  return target;
}

json::object parse_body(std::string_view body) {
  json::parse_options options;
  options.max_depth = kMaxDepth;
  boost::system::error_code problem;
  json::value parsed = json::parse(json::string_view(body.data(), body.size()), problem, {}, options);
  if (problem)
    refuse(400, fmt::format("the request's body is not JSON: {}", problem.message()));
  if (!parsed.is_object())
    refuse(400, "the request's body must be a JSON object");
  return std::move(parsed.as_object());
}

std::string text_field(const json::object& body, std::string_view name) {
  const json::value* value = body.if_contains(name);
  if (value == nullptr)
    refuse(400, fmt::format("\"{}\" is missing", name));
  if (value->is_int64())
    return std::to_string(value->get_int64());  // chats may be given by number
  const json::string* text = value->if_string();
  if (text == nullptr)
    refuse(400, fmt::format("\"{}\" must be a text", name));
  return std::string(text->data(), text->size());
}

std::int32_t to_int32(const json::value& value, std::string_view name) {
  const std::int64_t* number = value.if_int64();
  if (number == nullptr || *number < 1 || *number > INT32_MAX) {
    refuse(400, fmt::format("\"{}\" must be a whole number from 1 to {}", name, INT32_MAX));
  }
  return static_cast<std::int32_t>(*number);
}

std::int32_t number_field(const json::object& body, std::string_view name) {
  const json::value* value = body.if_contains(name);
  if (value == nullptr)
    refuse(400, fmt::format("\"{}\" is missing", name));
  return to_int32(*value, name);
}

std::string as_line(json::object object) {
  return json::serialize(object) + "\n";
}

const json::object kDone{{"ok", true}};

struct Call {
  Hub& hub;
  const std::function<void()>& on_faults_changed;
  const Target& target;
  std::string_view body;
};

std::string get_status(Call& call) {
  json::object status = call.hub.status();
  status["faults"] = call.hub.faults().list();
  return as_line(std::move(status));
}

std::string get_truth(Call& call) {
  const auto chat = call.target.query.find("chat");
  if (chat == call.target.query.end())
    refuse(400, "name the chat: GET /truth?chat=NAME");
  return value_or_refuse(std::as_const(call.hub.service()).truth(chat->second)) + "\n";
}

std::string get_accounts(Call& call) {
  json::array accounts;
  for (const AccountView& view : call.hub.service().accounts()) {
    json::object account{{"id", view.id}, {"dc", view.dc}, {"bot", view.bot}, {"password", view.password}};
    if (!view.phone.empty())
      account["phone"] = view.phone;
    if (!view.username.empty())
      account["username"] = view.username;
    account["channels"] = json::array(view.channels.begin(), view.channels.end());
    accounts.push_back(std::move(account));
  }
  return as_line({{"accounts", std::move(accounts)}});
}

std::string post_accounts(Call& call) {
  const json::object body = parse_body(call.body);
  ApiService& service = call.hub.service();
  if (body.contains("bot_token")) {
    const DcId dc(body.contains("dc") ? number_field(body, "dc") : 1);
    if (!call.hub.has_dc(dc))
      refuse(400, fmt::format("there is no DC {}", dc.value()));
    value_or_refuse(service.add_bot(SecretText(text_field(body, "bot_token")), dc));
    return as_line(kDone);
  }
  const std::string hint = body.contains("hint") ? text_field(body, "hint") : std::string();
  const SecretText password(body.contains("password") ? text_field(body, "password") : std::string());
  value_or_refuse(service.set_password(text_field(body, "phone"), password, hint));
  return as_line(kDone);
}

std::string post_publish(Call& call) {
  json::object body = parse_body(call.body);
  const std::string chat = text_field(body, "chat");
  ApiService& service = call.hub.service();
  json::array* messages = body.contains("messages") ? body["messages"].if_array() : nullptr;
  if (messages == nullptr) {
    if (body.contains("messages"))
      refuse(400, "\"messages\" must be a list");
    body.erase("chat");
    const std::int32_t id = value_or_refuse(service.publish(chat, body, call.hub.now()));
    return as_line({{"id", id}});
  }
  if (messages->size() > kMaxAtOnce)
    refuse(400, fmt::format("at most {} messages in one request", kMaxAtOnce));
  json::array ids;
  for (const json::value& message : *messages) {
    if (!message.is_object())
      refuse(400, "every element of \"messages\" must be an object");
    ids.push_back(value_or_refuse(service.publish(chat, message.get_object(), call.hub.now())));
  }
  return as_line({{"ids", std::move(ids)}});
}

std::string post_edit(Call& call) {
  json::object body = parse_body(call.body);
  const std::string chat = text_field(body, "chat");
  const std::int32_t id = number_field(body, "id");
  body.erase("chat");
  value_or_refuse(call.hub.service().edit(chat, id, body, call.hub.now()));
  return as_line(kDone);
}

std::string post_delete(Call& call) {
  const json::object body = parse_body(call.body);
  const std::string chat = text_field(body, "chat");
  std::vector<std::int32_t> ids;
  if (const json::value* listed = body.if_contains("ids")) {
    const json::array* list = listed->if_array();
    if (list == nullptr || list->empty())
      refuse(400, "\"ids\" must be a list of message ids");
    if (list->size() > kMaxAtOnce)
      refuse(400, fmt::format("at most {} ids in one request", kMaxAtOnce));
    for (const json::value& id : *list)
      ids.push_back(to_int32(id, "ids"));
  } else {
    ids.push_back(number_field(body, "id"));
  }
  value_or_refuse(call.hub.service().erase(chat, ids, call.hub.now()));
  return as_line(kDone);
}

std::string post_join(Call& call) {
  const json::object body = parse_body(call.body);
  value_or_refuse(call.hub.service().join(text_field(body, "phone"), text_field(body, "chat"), call.hub.now()));
  return as_line(kDone);
}

std::string post_leave(Call& call) {
  const json::object body = parse_body(call.body);
  value_or_refuse(call.hub.service().leave(text_field(body, "phone"), text_field(body, "chat")));
  return as_line(kDone);
}

std::string post_migrate(Call& call) {
  const json::object body = parse_body(call.body);
  const DcId dc(number_field(body, "dc"));
  if (!call.hub.has_dc(dc))
    refuse(400, fmt::format("there is no DC {}", dc.value()));
  value_or_refuse(call.hub.service().migrate(text_field(body, "phone"), dc));
  return as_line(kDone);
}

std::string post_logout(Call& call) {
  const json::object body = parse_body(call.body);
  value_or_refuse(call.hub.service().revoke_logins(text_field(body, "phone")));
  return as_line(kDone);
}

/// The members of `body` that are set; a number from 0, since 0 means "none" for all of them.
void read_number(const json::object& body, std::string_view name, std::int32_t& into) {
  const json::value* value = body.if_contains(name);
  if (value == nullptr)
    return;
  const std::int64_t* number = value->if_int64();
  if (number == nullptr || *number < 0 || *number > INT32_MAX)
    refuse(400, fmt::format("\"{}\" must be a whole number from 0 to {}", name, INT32_MAX));
  into = static_cast<std::int32_t>(*number);
}

std::string post_login(Call& call) {
  const json::object body = parse_body(call.body);
  LoginPlan plan;
  if (const json::value* types = body.if_contains("types")) {
    if (!types->is_array())
      refuse(400, "\"types\" must be a list of texts such as \"SmsWord\"");
    plan.types.clear();
    for (const json::value& type : types->get_array()) {
      if (!type.is_string())
        refuse(400, "\"types\" must be a list of texts such as \"SmsWord\"");
      plan.types.emplace_back(type.get_string().data(), type.get_string().size());
    }
    if (plan.types.size() > 1 && plan.types.back() == "Unknown") {
      plan.types.pop_back();
      plan.unknown_next = true;
    }
  }
  read_number(body, "resend_after", plan.resend_after);
  read_number(body, "email_reset", plan.email_reset_seconds);
  if (body.contains("email"))
    plan.email = text_field(body, "email");
  value_or_refuse(call.hub.service().set_login_plan(text_field(body, "phone"), std::move(plan)));
  return as_line(kDone);
}

std::string get_qr(Call& call) {
  json::array tokens;
  for (const QrView& view : std::as_const(call.hub.service()).qr_tokens(call.hub.now())) {
    tokens.push_back({{"token", view.token}, {"dc", view.dc}, {"expires", view.expires}, {"accepted", view.accepted}});
  }
  return as_line({{"tokens", std::move(tokens)}});
}

std::string post_qr(Call& call) {
  call.hub.service().set_qr_lifetime(number_field(parse_body(call.body), "seconds"));
  return as_line(kDone);
}

std::string post_qr_accept(Call& call) {
  const json::object body = parse_body(call.body);
  value_or_refuse(call.hub.service().accept_qr(text_field(body, "token"), text_field(body, "phone"), call.hub.now()));
  return as_line(kDone);
}

std::string get_limits(Call& call) {
  const LimitOptions limits = std::as_const(call.hub.service()).limits();
  return as_line({{"codes", limits.codes},
                  {"wrong_passwords", limits.wrong_passwords},
                  {"names", limits.names},
                  {"names_wait", limits.names_wait}});
}

std::string post_limits(Call& call) {
  const json::object body = parse_body(call.body);
  LimitOptions limits = std::as_const(call.hub.service()).limits();
  read_number(body, "codes", limits.codes);
  read_number(body, "wrong_passwords", limits.wrong_passwords);
  read_number(body, "names", limits.names);
  read_number(body, "names_wait", limits.names_wait);
  call.hub.service().set_limits(limits);
  return get_limits(call);
}

std::string get_faults(Call& call) {
  return as_line({{"faults", call.hub.faults().list()}});
}

json::object carry_out(Hub& hub, const FaultAction& action) {
  switch (action.kind) {
    case FaultAction::Kind::DropNow:
      return {{"connections", hub.drop_connections(action.dc)}};
    case FaultAction::Kind::RotateSalts:
      hub.keys().rotate_salts(hub.now());
      return kDone;
    case FaultAction::Kind::ForgetTemporaryKeys:
      return {{"auth_keys", hub.forget_temporary_keys(action.account)}};
    case FaultAction::Kind::ForgetSessions:
      return {{"sessions", hub.forget_sessions(action.account)}};
    case FaultAction::Kind::ForgetKey:
      break;
  }
  if (!action.auth_key)
    return {{"auth_keys", hub.forget_keys_of(action.account)}};
  if (hub.keys().find(*action.auth_key, hub.now()) == nullptr) {
    refuse(404, fmt::format("there is no authorization key {}", to_text(*action.auth_key)));
  }
  hub.forget_key(*action.auth_key);
  return {{"auth_keys", 1}};
}

std::string post_faults(Call& call) {
  auto fault = parse_fault(parse_body(call.body));
  if (!fault)
    refuse(400, std::move(fault.error().message));
  if (const auto* action = std::get_if<FaultAction>(&*fault))
    return as_line(carry_out(call.hub, *action));
  const std::uint64_t id = call.hub.faults().add(std::get<FaultRule>(std::move(*fault)), call.hub.now());
  call.on_faults_changed();
  return as_line({{"id", id}});
}

std::string delete_faults(Call& call) {
  const auto wanted = call.target.query.find("id");
  if (wanted == call.target.query.end()) {
    call.hub.faults().clear();
  } else {
    const std::string& text = wanted->second;
    std::uint64_t id = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), id);
    const bool is_number = problem == std::errc{} && end == text.data() + text.size();
    if (!is_number)
      refuse(400, "\"id\" must be a number, as POST /faults gave it");
    if (!call.hub.faults().remove(id))
      refuse(404, fmt::format("there is no fault {}", id));
  }
  call.on_faults_changed();
  return as_line(kDone);
}

/// Over pieces, since the file may be larger than the memory.
std::string sha256_of(const StoredFile& file) {
  constexpr std::int64_t kPiece = 1024 * 1024;
  crypto::Sha256Stream hash;
  for (std::int64_t at = 0; at < file.size; at += kPiece)
    hash.add(file.read(at, kPiece));
  return to_hex(hash.finish());
}

std::string get_truth_file(Call& call) {
  const auto chat = call.target.query.find("chat");
  const auto id = call.target.query.find("id");
  if (chat == call.target.query.end() || id == call.target.query.end())
    refuse(400, "name the message: GET /truth/file?chat=NAME&id=N");
  std::int32_t number = 0;
  const std::string& text = id->second;
  if (std::from_chars(text.data(), text.data() + text.size(), number).ptr != text.data() + text.size())
    refuse(400, "\"id\" must be a message number");
  const StoredFile file = value_or_refuse(call.hub.service().file(chat->second, number));
  return as_line({{"file", file.id}, {"size", file.size}, {"sha256", sha256_of(file)}});
}

json::object as_json(const FileSettings& settings) {
  return {{"dc", settings.home.value()},         {"cdn", settings.cdn},
          {"reupload", settings.reupload},       {"expire_after", settings.expire_after},
          {"empty_parts", settings.empty_parts}, {"false_hashes", settings.false_hashes}};
}

std::string get_files(Call& call) {
  return as_line(as_json(call.hub.service().file_settings()));
}

std::string post_files(Call& call) {
  const json::object body = parse_body(call.body);
  FileSettings settings = call.hub.service().file_settings();
  const auto flag = [&body](std::string_view name, bool& value) {
    const json::value* given = body.if_contains(name);
    if (given != nullptr && !given->is_bool())
      refuse(400, fmt::format("\"{}\" must be true or false", name));
    if (given != nullptr)
      value = given->get_bool();
  };
  const auto count = [&body](std::string_view name, std::uint64_t& value) {
    const json::value* given = body.if_contains(name);
    if (given != nullptr && (!given->is_int64() || given->get_int64() < 0))
      refuse(400, fmt::format("\"{}\" must be a whole number", name));
    if (given != nullptr)
      value = static_cast<std::uint64_t>(given->get_int64());
  };
  for (const auto& member : body) {
    if (!as_json(settings).contains(member.key()) && member.key() != "expire_references")
      refuse(400, fmt::format("there is no file setting \"{}\"; GET /files shows all", std::string_view(member.key())));
  }
  if (body.contains("dc")) {
    settings.home = DcId(number_field(body, "dc"));
    if (!call.hub.has_dc(settings.home) || settings.home == kCdnDc)
      refuse(400, fmt::format("there is no DC {}", settings.home.value()));
  }
  bool expire = false;
  flag("cdn", settings.cdn);
  flag("reupload", settings.reupload);
  flag("expire_references", expire);
  count("expire_after", settings.expire_after);
  count("empty_parts", settings.empty_parts);
  count("false_hashes", settings.false_hashes);
  if (settings.cdn) {
    if (auto on = call.hub.switch_cdn_on(); !on)
      refuse(500, std::move(on.error().message));
  }
  call.hub.service().set_file_settings(settings);
  if (expire)
    call.hub.service().expire_file_references();
  return as_line(as_json(settings));
}

struct Endpoint {
  std::string_view method;
  std::string_view path;
  std::string_view what;
  std::string (*handler)(Call&);
};

std::string get_endpoints(Call& call);

constexpr std::array<Endpoint, 24> kEndpoints{{
    {"GET", "/", "this list", get_endpoints},
    {"GET", "/status", "connections, sessions, keys, calls by method, faults", get_status},
    {"GET", "/truth", "?chat=NAME: what really is in a chat", get_truth},
    {"GET", "/truth/file", "?chat=NAME&id=N: size and SHA-256 of a message's file", get_truth_file},
    {"GET", "/files", "how the file servers behave", get_files},
    {"POST", "/files", "{dc?, cdn?, reupload?, expire_after?, ...}: make them behave otherwise", post_files},
    {"GET", "/accounts", "all accounts and bots", get_accounts},
    {"POST", "/accounts", "{phone, password?, hint?} or {bot_token, dc?}: make or change one", post_accounts},
    {"POST", "/publish", "{chat, text, ...} or {chat, messages: [...]}: new messages", post_publish},
    {"POST", "/edit", "{chat, id, text, ...}", post_edit},
    {"POST", "/delete", "{chat, id} or {chat, ids: [...]}", post_delete},
    {"POST", "/join", "{phone, chat}", post_join},
    {"POST", "/leave", "{phone, chat}", post_leave},
    {"POST", "/migrate", "{phone, dc}: move an account to another DC", post_migrate},
    {"POST", "/logout", "{phone}: end all logins of an account", post_logout},
    {"POST", "/login", "{phone, types?, resend_after?, email?, email_reset?}: how codes are sent", post_login},
    {"GET", "/qr", "QR codes that clients show now", get_qr},
    {"POST", "/qr", "{seconds}: how long the next QR codes live", post_qr},
    {"POST", "/qr/accept", "{token, phone}: let the client that shows it in", post_qr_accept},
    {"GET", "/limits", "limits of one account and day, 0 for none", get_limits},
    {"POST", "/limits", "{codes?, wrong_passwords?, names?, names_wait?}", post_limits},
    {"GET", "/faults", "the standing faults", get_faults},
    {"POST", "/faults", "{kind, ...}: make something go wrong", post_faults},
    {"DELETE", "/faults", "?id=N, or all", delete_faults},
}};

std::string get_endpoints(Call&) {
  json::array list;
  for (const Endpoint& endpoint : kEndpoints) {
    list.push_back({{"method", endpoint.method}, {"path", endpoint.path}, {"what", endpoint.what}});
  }
  return as_line({{"endpoints", std::move(list)}});
}

std::string error_line(std::string_view message) {
  return as_line({{"error", message}});
}

}  // namespace

ControlApi::ControlApi(Hub& hub, std::function<void()> on_faults_changed)
    : hub_(hub), on_faults_changed_(std::move(on_faults_changed)) {}

ControlResponse ControlApi::handle(const ControlRequest& request) {
  const Target target = parse_target(request.target);
  const bool path_exists = std::ranges::any_of(kEndpoints, [&](const Endpoint& e) { return e.path == target.path; });
  const auto found = std::ranges::find_if(
      kEndpoints, [&](const Endpoint& e) { return e.path == target.path && e.method == request.method; });
  if (target.path.empty() || !path_exists)
    return {404, error_line("no such path; GET / lists all")};
  if (found == kEndpoints.end())
    return {405, error_line(fmt::format("{} is not for {}", target.path, request.method))};
  Call call{hub_, on_faults_changed_, target, request.body};
  try {
    return {200, found->handler(call)};
  } catch (const Refusal& refusal) {
    return {refusal.status, error_line(refusal.message)};
  } catch (const std::exception& failure) {
    log::error("sim", "control request {} {}: {}", request.method, target.path, failure.what());
    return {500, error_line(failure.what())};
  }
}

}  // namespace ledgram::sim
