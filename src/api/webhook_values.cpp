#include "ledgram/api/webhook_values.hpp"

#include "ledgram/api/problem.hpp"
#include "ledgram/base/iso_time.hpp"
#include "ledgram/webhooks/target_url.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>

namespace ledgram::api {
namespace {

constexpr std::size_t kLongestName = 100;
/// More than anybody picks by hand; who wants more leaves the filter out.
constexpr std::size_t kMostInFilter = 200;

Schema type_schema() {
  return Schema::one_of({"message.new", "message.edited", "message.deleted", "channel.updated", "account.state",
                         "hole.opened", "hole.closed"});
}

Schema error_schema() {
  return Schema::object(
      {{"at", Schema::time()},
       {"status", Schema::integer().nullable().described("What the receiver answered; null: nothing.")},
       {"message", Schema::text()}});
}

std::vector<Member> webhook_members() {
  return {{"id", Schema::integer()},
          {"user", Schema::integer().described("The number of its owner.")},
          {"name", Schema::text()},
          {"url", Schema::text()},
          {"types", Schema::array(type_schema()).described("Types of events; empty: all.")},
          {"channels", Schema::array(Schema::id()).described("Events of these channels, or of `accounts`.")},
          {"accounts", Schema::array(Schema::integer()).described("Both empty: all that the owner may see.")},
          {"state", Schema::one_of({"active", "paused", "failed"})
                        .described("failed: given up after too long; `resume` or `replay` begins again.")},
          {"position", Schema::integer().described("Events up to this number have been dealt with.")},
          {"last_event", Schema::integer().described("The newest event of all, for comparison.")},
          {"attempts", Schema::integer().described("That failed since the last success; 0: it works.")},
          {"failing_since", Schema::time().nullable()},
          {"next_try", Schema::time().nullable()},
          {"last_error", error_schema().nullable().described("Kept after a success.")},
          {"last_success", Schema::time().nullable()},
          {"delivered", Schema::integer().described("Events that the receiver has accepted.")},
          {"created", Schema::time()}};
}

json::value time_or_null_ms(ledger::UnixMillis time) {
  return time == 0 ? json::value(nullptr) : json::value(iso8601_millis(time));
}

json::value error_json(const std::optional<ledger::WebhookError>& error) {
  if (!error)
    return nullptr;
  return json::object{{"at", iso8601_millis(error->at)},
                      {"status", error->status == 0 ? json::value(nullptr) : json::value(error->status)},
                      {"message", error->text}};
}

/// Of Schema::id(), so it fits.
std::int64_t number_of(const json::value& id) {
  const json::string& text = id.as_string();
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

Schema webhook_schema() {
  return Schema::named("Webhook", Schema::object(webhook_members()));
}

Schema new_webhook_schema() {
  std::vector<Member> members = webhook_members();
  members.push_back({"secret", Schema::text().described("What deliveries are signed with. Shown this once.")});
  return Schema::named("NewWebhook", Schema::object(members));
}

json::object webhook_example() {
  return {{"id", 3},
          {"user", 1},
          {"name", "n8n"},
          {"url", "https://n8n.example.org/webhook/4f1d"},
          {"types", json::array{"message.new"}},
          {"channels", json::array{"1234567890"}},
          {"accounts", json::array{}},
          {"state", "active"},
          {"position", 1042},
          {"last_event", 1042},
          {"attempts", 0},
          {"failing_since", nullptr},
          {"next_try", nullptr},
          {"last_error",
           json::object{{"at", "2026-01-31T12:29:00.000Z"}, {"status", 503}, {"message", "the receiver answered 503"}}},
          {"last_success", "2026-01-31T12:30:00.250Z"},
          {"delivered", 512},
          {"created", "2026-01-30T08:00:00.000Z"}};
}

json::object webhook_json(const ledger::Webhook& webhook, std::int64_t last_event) {
  json::array types;
  for (const ledger::EventType type : webhook.filter.types)
    types.emplace_back(ledger::name_of(type));
  json::array channels;
  for (const ChannelId channel : webhook.filter.channels)
    channels.emplace_back(std::to_string(channel.value()));
  json::array accounts;
  for (const AccountId account : webhook.filter.accounts)
    accounts.emplace_back(account.value());
  return {{"id", webhook.id.value()},
          {"user", webhook.owner.value()},
          {"name", webhook.name},
          {"url", webhook.url},
          {"types", std::move(types)},
          {"channels", std::move(channels)},
          {"accounts", std::move(accounts)},
          {"state", ledger::name_of(webhook.state)},
          {"position", webhook.position},
          {"last_event", last_event},
          {"attempts", webhook.attempts},
          {"failing_since", time_or_null_ms(webhook.failing_since)},
          {"next_try", time_or_null_ms(webhook.next_try)},
          {"last_error", error_json(webhook.last_error)},
          {"last_success", time_or_null_ms(webhook.last_success)},
          {"delivered", webhook.delivered},
          {"created", iso8601_millis(webhook.created)}};
}

std::vector<Member> settings_members(Presence url) {
  return {
      {"name", Schema::text().length(0, kLongestName), Presence::Optional},
      {"url",
       Schema::text().length(1, webhooks::kLongestUrl).described("Begins with https:// or http://; a public address."),
       url},
      {"types", Schema::array(type_schema()).length(0, 16).unique().described("Empty: all."), Presence::Optional},
      {"channels", Schema::array(Schema::id()).length(0, kMostInFilter).unique(), Presence::Optional},
      {"accounts", Schema::array(Schema::integer().at_least(1)).length(0, kMostInFilter).unique(), Presence::Optional}};
}

json::object settings_example() {
  return {{"name", "n8n"},
          {"url", "https://n8n.example.org/webhook/4f1d"},
          {"types", json::array{"message.new"}},
          {"channels", json::array{"1234567890"}}};
}

ledger::WebhookSettings changed_settings(ledger::WebhookSettings settings, const json::object& body,
                                         const webhooks::AddressGuard& guard) {
  if (const json::value* name = body.if_contains("name"))
    settings.name = std::string(name->as_string());
  if (const json::value* url = body.if_contains("url")) {
    settings.url = std::string(url->as_string());
    const auto target = webhooks::parse_target(settings.url, guard);
    if (!target)
      throw ApiFailure(ProblemCode::InvalidBody, "/url: " + target.error().message);
  }
  if (const json::value* types = body.if_contains("types")) {
    settings.filter.types.clear();
    for (const json::value& name : types->as_array())
      settings.filter.types.push_back(ledger::event_type_named(std::string_view(name.as_string())).value());
  }
  if (const json::value* channels = body.if_contains("channels")) {
    settings.filter.channels.clear();
    for (const json::value& channel : channels->as_array())
      settings.filter.channels.emplace_back(number_of(channel));
  }
  if (const json::value* accounts = body.if_contains("accounts")) {
    settings.filter.accounts.clear();
    for (const json::value& account : accounts->as_array())
      settings.filter.accounts.emplace_back(account.to_number<std::int64_t>());
  }
  return settings;
}

}  // namespace ledgram::api
