#pragma once

/// What is in a delivery: which events a webhook gets next, and the request's body. Described for users in
/// docs/webhooks.md.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/webhooks.hpp"
#include "ledgram/outbox/selector.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::webhooks {

using outbox::Visible;

/// What a user may see. Asked anew for each delivery, on the reading ledger's thread.
using VisibleTo = std::function<ledger::LedgerResult<Visible>(ledger::Ledger&, ledger::OwnerId)>;

struct DeliveryLimits {
  std::size_t events = 100;
  /// Of the body, roughly; a single event may be longer.
  std::size_t bytes = std::size_t{512} * 1024;
};

/// Events of one delivery.
struct Selection {
  std::vector<ledger::Event> events;
  std::int64_t last{};  ///< everything up to this number has been looked at
  bool more = false;    ///< there may be events after it already
};

/// The next events for the webhook after the number `after`, within the limits. With `up_to` those up to that number,
/// which an earlier selection gave as its last: the limits were kept then. Looks at a bounded number of events, so a
/// selection may be empty while there are more.
ledger::LedgerResult<Selection> select_events(ledger::Ledger& ledger, const ledger::Webhook& webhook,
                                              const Visible& visible, std::int64_t after,
                                              std::optional<std::int64_t> up_to, const DeliveryLimits& limits);

/// What receivers know a delivery by: the same whenever it is tried again, and never given twice.
std::string delivery_id(ledger::WebhookId webhook, std::int64_t number);

/// {"webhook":3,"delivery":"3-17","events":[...]}
std::string delivery_body(ledger::WebhookId webhook, std::string_view id, const std::vector<ledger::Event>& events);

/// The same without events and with "test":true.
std::string test_body(ledger::WebhookId webhook, std::string_view id);

}  // namespace ledgram::webhooks
