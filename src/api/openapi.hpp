#pragma once

/// The OpenAPI 3.1 document of a route table.

#include "ledgram/api/route.hpp"

#include <boost/json/object.hpp>

#include <string_view>
#include <vector>

namespace ledgram::api {

boost::json::object openapi_document(const RouteTable& table, std::string_view version);

/// The problems that a call of the route can end with: its own and those of its access, parameters and body.
std::vector<ProblemCode> problems_of(const Route& route);

}  // namespace ledgram::api
