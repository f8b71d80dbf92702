#include "ledgram/sim_server/control/request.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace ledgram::sim::control {

namespace json = boost::json;

namespace {

/// How deep a request may be nested; ours need few levels, but an Updates object has some.
constexpr std::size_t kMaxDepth = 16;

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

}  // namespace

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

void refuse(int status, std::string message) {
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

std::string optional_text(const json::object& body, std::string_view name) {
  return body.contains(name) ? text_field(body, name) : std::string();
}

void read_number(const json::object& body, std::string_view name, std::int32_t& into) {
  const json::value* value = body.if_contains(name);
  if (value == nullptr)
    return;
  const std::int64_t* number = value->if_int64();
  if (number == nullptr || *number < 0 || *number > INT32_MAX)
    refuse(400, fmt::format("\"{}\" must be a whole number from 0 to {}", name, INT32_MAX));
  into = static_cast<std::int32_t>(*number);
}

std::vector<std::int32_t> ids_field(const json::object& body) {
  const json::value* listed = body.if_contains("ids");
  if (listed == nullptr)
    return {number_field(body, "id")};
  const json::array* list = listed->if_array();
  if (list == nullptr || list->empty())
    refuse(400, "\"ids\" must be a list of message ids");
  if (list->size() > kMaxAtOnce)
    refuse(400, fmt::format("at most {} ids in one request", kMaxAtOnce));
  std::vector<std::int32_t> ids;
  for (const json::value& id : *list)
    ids.push_back(to_int32(id, "ids"));
  return ids;
}

std::int64_t query_number(const Target& target, std::string_view name) {
  const auto found = target.query.find(name);
  std::int64_t number = 0;
  const std::string_view text = found == target.query.end() ? std::string_view{} : found->second;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc{} || end != text.data() + text.size())
    refuse(400, fmt::format("\"{}\" must be a number", name));
  return number;
}

std::string as_line(json::object object) {
  return json::serialize(object) + "\n";
}

json::object done() {
  return {{"ok", true}};
}

}  // namespace ledgram::sim::control
