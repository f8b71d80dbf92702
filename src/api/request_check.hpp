#pragma once

/// Parameters and body of a request against the schemas of its route. For the inside of this floor.

#include "ledgram/api/route.hpp"

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <utility>
#include <vector>

namespace ledgram::api {

/// The values by name, typed, with defaults. Throws InvalidParameter. Path values that break their schema are NotFound:
/// there is no such thing.
json::object checked_parameters(const Route& route, const http::Request& request,
                                const std::vector<std::pair<std::string, std::string>>& in_path);

/// Null if the route has no body. Throws InvalidBody, UnsupportedMediaType.
json::value checked_body(const Route& route, const http::Request& request);

/// Throws NotAcceptable.
void check_accept(const Route& route, const http::Request& request);

}  // namespace ledgram::api
