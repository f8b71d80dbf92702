#pragma once

/// Webhooks: made, looked at, changed and tried by their owners. What sends them is webhooks::Sender.

#include "ledgram/api/context.hpp"
#include "ledgram/api/route.hpp"
#include "ledgram/webhooks/sender.hpp"

namespace ledgram::api {

/// The sender must outlive the table.
void add_webhook_routes(RouteTable& table, ApiContext& context, webhooks::Sender& sender);

}  // namespace ledgram::api
