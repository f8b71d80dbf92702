#include "ledgram/api/webhook_routes.hpp"

#include "ledgram/api/answers.hpp"
#include "ledgram/api/webhook_values.hpp"
#include "ledgram/ledger/webhooks.hpp"
#include "ledgram/net/with_deadline.hpp"
#include "ledgram/webhooks/signature.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::api {
namespace {

using ledger::Webhook;
using ledger::WebhookId;
using ledger::WebhookStore;

constexpr std::string_view kTag = "webhooks";

/// Each reads all events; a user with more wants one receiver that sorts them.
constexpr std::size_t kMostOfAUser = 50;

/// Event numbers beyond this are never reached, and JSON holds them exactly.
constexpr std::int64_t kHighestEvent = std::int64_t{1} << 53;

/// What the handlers share.
struct Desk {
  ApiContext& context;
  webhooks::Sender& sender;
};

/// A webhook as it is shown, or nothing if the caller may not know of it.
struct Shown {
  Webhook webhook;
  std::int64_t last_event = 0;
};
using MaybeShown = std::optional<Shown>;

ledger::LedgerResult<MaybeShown> look_up(ledger::Ledger& ledger, WebhookId id, std::optional<OwnerId> sees) {
  auto found = ledger.webhooks().find(id);
  if (!found)
    return std::unexpected(std::move(found.error()));
  if (!*found || (sees && (*found)->owner != *sees))
    return MaybeShown();
  const auto last = ledger.last_event();
  if (!last)
    return std::unexpected(last.error());
  return MaybeShown(Shown{.webhook = std::move(**found), .last_event = *last});
}

WebhookId asked_for(const Call& call) {
  return WebhookId(call.number("webhook"));
}

Shown require(const Call& call, MaybeShown found) {
  if (!found)
    throw not_found(fmt::format("there is no webhook {}", asked_for(call).value()));
  return std::move(*found);
}

http::Response show(const Shown& shown, unsigned status = 200) {
  return json_response(webhook_json(shown.webhook, shown.last_event), status);
}

asio::awaitable<http::Reply> list_webhooks(Desk desk, Call& call) {
  struct Listed {
    std::vector<Webhook> webhooks;
    std::int64_t last_event = 0;
  };
  auto read = [sees = call.caller().sees()](ledger::Ledger& ledger) -> ledger::LedgerResult<Listed> {
    auto webhooks = ledger.webhooks().list(sees);
    if (!webhooks)
      return std::unexpected(std::move(webhooks.error()));
    const auto last = ledger.last_event();
    if (!last)
      return std::unexpected(last.error());
    return Listed{std::move(*webhooks), *last};
  };
  const std::int64_t after = number_in_cursor(call).value_or(0);
  const Listed listed = co_await desk.context.readers.run(std::move(read), call.deadline());
  const auto limit = static_cast<std::size_t>(call.number("limit"));
  json::array items;
  json::value next = nullptr;
  std::int64_t last_id = 0;
  for (const Webhook& webhook : listed.webhooks) {
    if (webhook.id.value() <= after)
      continue;
    if (items.size() == limit) {
      next = make_cursor(std::to_string(last_id));
      break;
    }
    last_id = webhook.id.value();
    items.push_back(webhook_json(webhook, listed.last_event));
  }
  co_return with_etag(call, json_response({{"items", std::move(items)}, {"next", std::move(next)}}));
}

asio::awaitable<http::Reply> show_webhook(Desk desk, Call& call) {
  auto read = [id = asked_for(call), sees = call.caller().sees()](ledger::Ledger& ledger) {
    return look_up(ledger, id, sees);
  };
  MaybeShown found = co_await desk.context.readers.run(std::move(read), call.deadline());
  co_return show(require(call, std::move(found)));
}

asio::awaitable<http::Reply> create_webhook(Desk desk, Call& call) {
  const json::object& body = call.body().as_object();
  const ledger::WebhookSettings settings = changed_settings({}, body, desk.sender.guard());
  std::optional<std::int64_t> from;
  if (const json::value* given = body.if_contains("from"))
    from = given->to_number<std::int64_t>();
  const SecretText secret = webhooks::make_secret(desk.context.random);
  const ledger::UnixMillis now =
      std::chrono::duration_cast<std::chrono::milliseconds>(desk.context.clock.now().unix_time).count();
  auto store = [&](ledger::Ledger& ledger) -> ledger::LedgerResult<MaybeShown> {
    const auto last = ledger.last_event();
    if (!last)
      return std::unexpected(last.error());
    const auto known = ledger.webhooks().list(call.caller().user);
    if (!known)
      return std::unexpected(known.error());
    if (known->size() >= kMostOfAUser)
      return MaybeShown();
    const auto id = ledger.webhooks().add(call.caller().user, settings, secret, from ? *from - 1 : *last, now);
    if (!id)
      return std::unexpected(id.error());
    return look_up(ledger, *id, std::nullopt);
  };
  const MaybeShown made = co_await desk.context.ledger.run(std::move(store));
  if (!made) {
    throw ApiFailure(ProblemCode::Conflict,
                     fmt::format("you have {} webhooks, which is the most; delete one first", kMostOfAUser));
  }
  call.audit(fmt::format("webhook {}", made->webhook.id.value()));
  desk.sender.changed(made->webhook.id);
  json::object answer = webhook_json(made->webhook, made->last_event);
  answer["secret"] = secret.reveal();
  co_return json_response(answer, 201);
}

/// Runs `change(store, webhook)` on the caller's webhook, on the ledger's thread, and gives the webhook as it is then.
template <class Change>
asio::awaitable<Shown> change_webhook(Desk desk, Call& call, Change change) {
  const WebhookId id = asked_for(call);
  call.audit(fmt::format("webhook {}", id.value()));
  auto work = [id, sees = call.caller().sees(),
               change = std::move(change)](ledger::Ledger& ledger) -> ledger::LedgerResult<MaybeShown> {
    auto before = look_up(ledger, id, sees);
    if (!before || !*before)
      return before;
    WebhookStore store = ledger.webhooks();
    const ledger::LedgerResult<void> changed = change(store, (*before)->webhook);
    if (!changed)
      return std::unexpected(changed.error());
    return look_up(ledger, id, sees);
  };
  MaybeShown found = co_await desk.context.ledger.run(std::move(work));
  Shown shown = require(call, std::move(found));
  desk.sender.changed(id);
  co_return shown;
}

asio::awaitable<http::Reply> update_webhook(Desk desk, Call& call) {
  const json::object& body = call.body().as_object();
  // Checked before anything is looked up: what is wrong with it does not depend on the webhook.
  static_cast<void>(changed_settings({}, body, desk.sender.guard()));
  auto change = [&body, &desk](WebhookStore& store, const Webhook& webhook) {
    const ledger::WebhookSettings before{webhook.name, webhook.url, webhook.filter};
    return store.change(webhook.id, changed_settings(before, body, desk.sender.guard()));
  };
  const Shown shown = co_await change_webhook(desk, call, std::move(change));
  co_return show(shown);
}

asio::awaitable<http::Reply> pause_webhook(Desk desk, Call& call) {
  auto change = [](WebhookStore& store, const Webhook& webhook) { return store.pause(webhook.id); };
  const Shown shown = co_await change_webhook(desk, call, std::move(change));
  co_return show(shown);
}

asio::awaitable<http::Reply> resume_webhook(Desk desk, Call& call) {
  auto change = [](WebhookStore& store, const Webhook& webhook) { return store.resume(webhook.id); };
  const Shown shown = co_await change_webhook(desk, call, std::move(change));
  co_return show(shown);
}

asio::awaitable<http::Reply> replay_webhook(Desk desk, Call& call) {
  const auto from = call.body().as_object().at("from").to_number<std::int64_t>();
  auto change = [from](WebhookStore& store, const Webhook& webhook) { return store.replay(webhook.id, from); };
  const Shown shown = co_await change_webhook(desk, call, std::move(change));
  co_return show(shown);
}

asio::awaitable<http::Reply> renew_secret(Desk desk, Call& call) {
  const SecretText secret = webhooks::make_secret(desk.context.random);
  auto change = [&secret](WebhookStore& store, const Webhook& webhook) { return store.set_secret(webhook.id, secret); };
  co_await change_webhook(desk, call, std::move(change));
  co_return json_response({{"secret", secret.reveal()}});
}

asio::awaitable<http::Reply> delete_webhook(Desk desk, Call& call) {
  const WebhookId id = asked_for(call);
  call.audit(fmt::format("webhook {}", id.value()));
  auto work = [id, sees = call.caller().sees()](ledger::Ledger& ledger) -> ledger::LedgerResult<MaybeShown> {
    auto before = look_up(ledger, id, sees);
    if (!before || !*before)
      return before;
    const auto removed = ledger.webhooks().remove(id);
    if (!removed)
      return std::unexpected(removed.error());
    return before;
  };
  MaybeShown found = co_await desk.context.ledger.run(std::move(work));
  static_cast<void>(require(call, std::move(found)));
  desk.sender.changed(id);
  co_return empty_response();
}

asio::awaitable<http::Reply> test_webhook(Desk desk, Call& call) {
  auto read = [id = asked_for(call), sees = call.caller().sees()](ledger::Ledger& ledger) {
    return look_up(ledger, id, sees);
  };
  call.audit(fmt::format("webhook {}", asked_for(call).value()));
  MaybeShown found = co_await desk.context.readers.run(std::move(read), call.deadline());
  const Shown shown = require(call, std::move(found));
  asio::awaitable<webhooks::HttpAnswer> testing = desk.sender.test(shown.webhook);
  std::string what = "a test of the webhook";
  const webhooks::HttpAnswer answer = co_await net::with_deadline(std::move(testing), call.deadline(), std::move(what));
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(answer.took).count();
  co_return json_response({{"accepted", answer.accepted()},
                           {"status", answer.status == 0 ? json::value(nullptr) : json::value(answer.status)},
                           {"error", answer.accepted() ? json::value(nullptr) : json::value(answer.error)},
                           {"took_ms", took}});
}

Route route_of(http::Method method, std::string_view path, std::string id, std::string summary) {
  Route route = new_route(method, fmt::format("/api/v1/webhooks{}", path), std::move(id), kTag, std::move(summary),
                          method == http::Method::Get ? kMayRead : kMayWrite);
  if (!path.empty()) {
    route.parameters = {
        path_parameter("webhook", Schema::integer().range(1, kHighestEvent), "The number of the webhook.")};
    route.problems = {ProblemCode::NotFound};
  }
  return route;
}

Answer shown_answer(std::string description) {
  return {200, std::move(description), webhook_schema(), webhook_example()};
}

void add_reading(RouteTable& table, Desk desk) {
  Route list = route_of(http::Method::Get, "", "list_webhooks", "The caller's webhooks");
  list.description = "Admins see those of all users.";
  list.parameters = {limit_parameter(), cursor_parameter()};
  list.answers = {{200,
                   "By number.",
                   Schema::object({{"items", Schema::array(webhook_schema())}, {"next", Schema::text().nullable()}}),
                   {{"items", json::array{webhook_example()}}, {"next", nullptr}}},
                  unchanged_answer()};
  list.handle = [desk](Call& call) { return list_webhooks(desk, call); };
  table.add(std::move(list));

  Route show = route_of(http::Method::Get, "/{webhook}", "get_webhook", "A webhook with its state");
  show.answers = {shown_answer("The webhook.")};
  show.handle = [desk](Call& call) { return show_webhook(desk, call); };
  table.add(std::move(show));
}

void add_making(RouteTable& table, Desk desk) {
  const Schema event_number = Schema::integer().range(1, kHighestEvent);
  std::vector<Member> members = settings_members(Presence::Required);
  members.push_back(
      {"from", event_number.described("The first event; without it the next one that happens."), Presence::Optional});
  json::object example = webhook_example();
  example["secret"] = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD0nDHyCxOsSw=";
  Route create = route_of(http::Method::Post, "", "create_webhook", "Make a webhook");
  create.description =
      "Events that its filter admits and its owner may see are sent to the URL by POST, in order, signed, and again "
      "until "
      "they are accepted. The format is in docs/webhooks.md.";
  create.body = {Schema::object(members), settings_example()};
  create.answers = {{201, "The webhook with its secret, which is not shown again.", new_webhook_schema(), example}};
  create.problems = {ProblemCode::Conflict};
  create.handle = [desk](Call& call) { return create_webhook(desk, call); };
  table.add(std::move(create));

  Route update = route_of(http::Method::Patch, "/{webhook}", "update_webhook", "Change a webhook");
  update.description =
      "What is left out stays. Its position stays, too: the change counts for what was not delivered yet.";
  update.body = {Schema::object(settings_members(Presence::Optional)), {{"types", json::array{"message.new"}}}};
  update.answers = {shown_answer("The webhook as it is now.")};
  update.handle = [desk](Call& call) { return update_webhook(desk, call); };
  table.add(std::move(update));

  Route remove = route_of(http::Method::Delete, "/{webhook}", "delete_webhook", "Delete a webhook");
  remove.answers = {{204, "It is gone."}};
  remove.handle = [desk](Call& call) { return delete_webhook(desk, call); };
  table.add(std::move(remove));

  Route replay = route_of(http::Method::Post, "/{webhook}/replay", "replay_webhook", "Deliver again from an event on");
  replay.description = "A webhook that was given up is active again; a paused one stays paused.";
  replay.body = {Schema::object({{"from", event_number}}), {{"from", 1000}}};
  replay.answers = {shown_answer("The webhook with its new position.")};
  replay.handle = [desk](Call& call) { return replay_webhook(desk, call); };
  table.add(std::move(replay));
}

void add_running(RouteTable& table, Desk desk) {
  Route pause = route_of(http::Method::Post, "/{webhook}/pause", "pause_webhook", "Stop delivering for a while");
  pause.description = "Events wait for it. A request that is under way may still arrive.";
  pause.answers = {shown_answer("The webhook, paused.")};
  pause.handle = [desk](Call& call) { return pause_webhook(desk, call); };
  table.add(std::move(pause));

  Route resume = route_of(http::Method::Post, "/{webhook}/resume", "resume_webhook", "Deliver again, at once");
  resume.description = "Also ends the wait for the next attempt of one that fails.";
  resume.answers = {shown_answer("The webhook, active.")};
  resume.handle = [desk](Call& call) { return resume_webhook(desk, call); };
  table.add(std::move(resume));

  Route secret =
      route_of(http::Method::Post, "/{webhook}/secret", "renew_webhook_secret", "Give a webhook a new secret");
  secret.description = "The old one signs nothing from then on.";
  secret.answers = {{200,
                     "The secret, which is not shown again.",
                     Schema::object({{"secret", Schema::text()}}),
                     {{"secret", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD0nDHyCxOsSw="}}}};
  secret.handle = [desk](Call& call) { return renew_secret(desk, call); };
  table.add(std::move(secret));

  Route test = route_of(http::Method::Post, "/{webhook}/test", "test_webhook", "Send a delivery without events");
  test.description = "Whatever its state. Nothing about the webhook changes.";
  test.answers = {{200,
                   "What came of it.",
                   Schema::named("WebhookTest", Schema::object({{"accepted", Schema::boolean()},
                                                                {"status", Schema::integer().nullable()},
                                                                {"error", Schema::text().nullable()},
                                                                {"took_ms", Schema::integer()}})),
                   {{"accepted", false}, {"status", 404}, {"error", "the receiver answered 404"}, {"took_ms", 41}}}};
  test.handle = [desk](Call& call) { return test_webhook(desk, call); };
  table.add(std::move(test));
}

}  // namespace

void add_webhook_routes(RouteTable& table, ApiContext& context, webhooks::Sender& sender) {
  const Desk desk{context, sender};
  add_reading(table, desk);
  add_making(table, desk);
  add_running(table, desk);
}

}  // namespace ledgram::api
