#pragma once

/// The readable reference at /docs: a page of our own around swagger-ui, which was built into the program.

#include "ledgram/api/route.hpp"

namespace ledgram::api {

/// Adds nothing if the build had no swagger-ui (tools/fetch_reference_page.sh).
void add_docs_routes(RouteTable& table);

}  // namespace ledgram::api
