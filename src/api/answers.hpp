#pragma once

/// What most handlers answer: JSON, lists with ETag and cursor, nothing.

#include "ledgram/api/call.hpp"
#include "ledgram/http/message.hpp"

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::api {

http::Response json_response(const boost::json::value& value, unsigned status = 200);

/// JSON text that was written straight into a string.
http::Response json_text_response(std::string text, unsigned status = 200);

/// 204.
http::Response empty_response();

/// Adds a weak ETag over the body; 304 without body if the request's If-None-Match names it. For every list.
http::Response with_etag(const Call& call, http::Response response);

/// 304 if the request's If-None-Match names `tag`, for what has a tag that is cheaper than its body; else nothing.
std::optional<http::Response> unchanged(const Call& call, const std::string& tag);
/// Such a tag for an answer with its body.
void add_tag(http::Response& response, const std::string& tag);

/// An opaque cursor around `position`, which is the handler's own.
std::string make_cursor(std::string_view position);

/// The position in the parameter `cursor`; nothing if none was given. Throws InvalidParameter for what make_cursor()
/// has not made.
std::optional<std::string> position_of(const Call& call);

/// For positions that are one number.
std::optional<std::int64_t> number_in_cursor(const Call& call);

}  // namespace ledgram::api
