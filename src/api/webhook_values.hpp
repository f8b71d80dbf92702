#pragma once

/// Webhooks as JSON, and what people may set of them. For webhook_routes.cpp.

#include "ledgram/api/route.hpp"
#include "ledgram/ledger/webhooks.hpp"
#include "ledgram/webhooks/address_guard.hpp"

#include <cstdint>

namespace ledgram::api {

/// The component Webhook.
Schema webhook_schema();
/// The same with its secret, as it is shown once.
Schema new_webhook_schema();
json::object webhook_example();

/// `last_event`: the newest number in the outbox.
json::object webhook_json(const ledger::Webhook& webhook, std::int64_t last_event);

/// Members of the bodies that make and change a webhook; `url` is the only one that may have to be there.
std::vector<Member> settings_members(Presence url);
json::object settings_example();

/// `settings` with the members of the body in their places. Throws InvalidBody for URLs that webhooks may not have.
ledger::WebhookSettings changed_settings(ledger::WebhookSettings settings, const json::object& body,
                                         const webhooks::AddressGuard& guard);

}  // namespace ledgram::api
