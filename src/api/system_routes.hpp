#pragma once

/// End points about the server itself: /healthz, /readyz, /version, /openapi.json.

#include "ledgram/api/context.hpp"
#include "ledgram/api/route.hpp"

#include <string_view>

namespace ledgram::api {

/// The table must outlive the server; what is added to it later is in the document as well.
void add_system_routes(RouteTable& table, ApiContext& context, std::string_view version);

}  // namespace ledgram::api
