#include "ledgram/api/answers.hpp"

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/fingerprint.hpp"
#include "ledgram/http/text.hpp"

#include <boost/json/serialize.hpp>

#include <algorithm>
#include <charconv>

namespace ledgram::api {
namespace {

std::string_view opaque(std::string_view tag) {
  std::string_view text = http::trim(tag);
  if (text.starts_with("W/"))
    text.remove_prefix(2);
  return text;
}

bool names(std::string_view header, std::string_view tag) {
  return std::ranges::any_of(http::split(header, ','), [tag](std::string_view one) {
    return http::trim(one) == "*" || opaque(one) == opaque(tag);
  });
}

}  // namespace

http::Response json_response(const boost::json::value& value, unsigned status) {
  return json_text_response(boost::json::serialize(value), status);
}

http::Response json_text_response(std::string text, unsigned status) {
  http::Response response;
  response.status = status;
  response.content_type = "application/json";
  response.body = std::move(text);
  return response;
}

http::Response empty_response() {
  http::Response response;
  response.status = 204;
  return response;
}

http::Response with_etag(const Call& call, http::Response response) {
  const std::string tag = "W/\"" + to_hex(fingerprint(response.body)) + "\"";
  if (auto same = unchanged(call, tag))
    return std::move(*same);
  add_tag(response, tag);
  return response;
}

void add_tag(http::Response& response, const std::string& tag) {
  response.headers.set("ETag", tag);
  response.headers.set("Cache-Control", "private, no-cache");
}

std::optional<http::Response> unchanged(const Call& call, const std::string& tag) {
  if (!names(call.request().headers.joined("If-None-Match"), tag))
    return std::nullopt;
  http::Response response;
  response.status = 304;
  add_tag(response, tag);
  return response;
}

std::string make_cursor(std::string_view position) {
  std::string text = to_base64(as_bytes(position));
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  text.erase(std::min(text.find('='), text.size()));
  return text;
}

std::optional<std::string> position_of(const Call& call) {
  const auto cursor = call.optional_text("cursor");
  if (!cursor)
    return std::nullopt;
  const auto bytes = from_base64(*cursor);
  if (!bytes)
    throw invalid_parameter("cursor", "is not one that this server gave out");
  return std::string(as_text(*bytes));
}

std::optional<std::int64_t> number_in_cursor(const Call& call) {
  const auto position = position_of(call);
  if (!position)
    return std::nullopt;
  std::int64_t number = 0;
  const char* const last = position->data() + position->size();
  const auto [end, error] = std::from_chars(position->data(), last, number);
  if (error != std::errc() || end != last)
    throw invalid_parameter("cursor", "is not one that this server gave out");
  return number;
}

}  // namespace ledgram::api
