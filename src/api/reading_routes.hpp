#pragma once

/// End points that only read: posts, search, events, feeds, and the reading half of the contract of the replaced
/// systems.

#include "ledgram/api/context.hpp"
#include "ledgram/api/route.hpp"
#include "ledgram/outbox/event_hub.hpp"
#include "ledgram/search/service.hpp"

namespace ledgram::api {

void add_post_routes(RouteTable& table, ApiContext& context);
void add_activity_routes(RouteTable& table, ApiContext& context);
void add_search_routes(RouteTable& table, ApiContext& context, search::SearchService& search);
void add_event_routes(RouteTable& table, ApiContext& context, outbox::EventHub& events);
void add_feed_routes(RouteTable& table, ApiContext& context, search::SearchService& search);
/// GET /users, /users/{telegram_id}/channels, /users/{telegram_id}/posts.
void add_contract_reading_routes(RouteTable& table, ApiContext& context);

}  // namespace ledgram::api
