#include "ledgram/webhooks/delivery.hpp"

#include "ledgram/base/json_text.hpp"
#include "ledgram/outbox/event_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ledgram::webhooks {
namespace {

/// Events that are read at a time, and those that one selection looks at: some ten milliseconds of the reader's thread.
constexpr std::int64_t kChunk = 500;
constexpr std::int64_t kMostLookedAt = 5000;

/// What an event's JSON has besides its data.
constexpr std::size_t kFrame = 128;

JsonText begin_body(ledger::WebhookId webhook, std::string_view id) {
  JsonText out;
  out.begin_object();
  out.member("webhook", webhook.value());
  out.member("delivery", id);
  return out;
}

}  // namespace

ledger::LedgerResult<Selection> select_events(ledger::Ledger& ledger, const ledger::Webhook& webhook,
                                              const Visible& visible, std::int64_t after,
                                              std::optional<std::int64_t> up_to, const DeliveryLimits& limits) {
  Selection selection{.events = {}, .last = after};
  std::size_t bytes = 0;
  for (std::int64_t looked_at = 0; looked_at < kMostLookedAt; looked_at += kChunk) {
    auto chunk = ledger.events({.from = selection.last + 1, .limit = kChunk});
    if (!chunk)
      return std::unexpected(std::move(chunk.error()));
    for (ledger::Event& event : *chunk) {
      if (up_to && event.number > *up_to) {
        selection.last = *up_to;
        return selection;
      }
      if (webhook.filter.admits(event) && visible.contains(event)) {
        const std::size_t size = event.data.size() + kFrame;
        const bool full = selection.events.size() >= limits.events || bytes + size > limits.bytes;
        if (!up_to && full && !selection.events.empty()) {
          selection.more = true;
          return selection;
        }
        bytes += size;
        selection.last = event.number;
        selection.events.push_back(std::move(event));
      } else {
        selection.last = event.number;
      }
    }
    if (chunk->size() < static_cast<std::size_t>(kChunk)) {
      // Events may have been removed since.
      if (up_to)
        selection.last = *up_to;
      return selection;
    }
    if (!selection.events.empty() && !up_to)
      break;
  }
  selection.more = true;
  return selection;
}

std::string delivery_id(ledger::WebhookId webhook, std::int64_t number) {
  return fmt::format("{}-{}", webhook.value(), number);
}

std::string delivery_body(ledger::WebhookId webhook, std::string_view id, const std::vector<ledger::Event>& events) {
  JsonText out = begin_body(webhook, id);
  out.key("events");
  out.begin_array();
  for (const ledger::Event& event : events)
    out.raw(outbox::event_json(event));
  out.end_array();
  out.end_object();
  return out.take();
}

std::string test_body(ledger::WebhookId webhook, std::string_view id) {
  JsonText out = begin_body(webhook, id);
  out.member("test", true);
  out.key("events");
  out.begin_array();
  out.end_array();
  out.end_object();
  return out.take();
}

}  // namespace ledgram::webhooks
