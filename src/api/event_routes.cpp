#include "ledgram/api/answers.hpp"
#include "ledgram/api/caller_check.hpp"
#include "ledgram/api/reading_routes.hpp"
#include "ledgram/api/visible_channels.hpp"
#include "ledgram/net/task_group.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The stream of events, as server-sent events and as WebSocket.

namespace ledgram::api {
namespace {

/// Between two signs of life, which come whatever else is told: with each it is looked whether the caller still may
/// listen. Proxies give up after a minute or so.
constexpr std::chrono::seconds kHeartbeat{15};

/// What a stream keeps of its call.
struct Listener {
  Caller caller;
  outbox::EventSelector selector;
  std::optional<std::int64_t> from;  ///< nothing: from now on
  std::chrono::seconds heartbeat;
};

/// Activity names chats, and those are for who may read them.
void check_may_hear_activity(const Caller& caller) {
  if (caller.role < Role::Member)
    throw ApiFailure(ProblemCode::Forbidden, "`activity` is for members: a viewer has no accounts");
  if (!caller.scopes.has(Scope::Telegram))
    throw ApiFailure(ProblemCode::InsufficientScope, "the token lacks the scope telegram, which `activity` needs");
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
  return whole && number >= 0 ? std::optional(number) : std::nullopt;
}

Listener listener_of(const Call& call) {
  Listener listener;
  listener.caller = call.caller();
  listener.heartbeat = std::chrono::seconds(call.number("heartbeat"));
  listener.from = call.optional_number("from");
  // What a browser sends when it connects again counts more than the address that it was given first.
  if (const auto last = call.request().headers.get("Last-Event-ID")) {
    const auto number = number_in(*last);
    if (!number)
      throw invalid_parameter("Last-Event-ID", "it is the number of an event");
    listener.from = *number + 1;
  }
  for (const std::string& name : call.list("type")) {
    if (const auto type = ledger::event_type_named(name))
      listener.selector.types.push_back(*type);
  }
  listener.selector.channels = channels_of(call, "channel");
  for (const ChannelId account : channels_of(call, "account"))
    listener.selector.accounts.emplace_back(account.value());
  listener.selector.activity = call.flag("activity");
  if (listener.selector.activity)
    check_may_hear_activity(listener.caller);
  return listener;
}

asio::awaitable<std::unique_ptr<outbox::EventHub::Subscription>> subscribe(outbox::EventHub& events,
                                                                           const Listener& listener) {
  std::int64_t from = 0;
  if (listener.from) {
    from = *listener.from;
  } else {
    from = co_await events.last_event() + 1;
  }
  co_return std::make_unique<outbox::EventHub::Subscription>(events, listener.caller.sees(), listener.selector, from);
}

/// Ends when the caller may listen no more.
asio::awaitable<void> send_events(ApiContext& context, outbox::EventHub& events, const Listener& listener,
                                  http::BodyWriter& writer) {
  const auto stream = co_await subscribe(events, listener);
  // The number first: who is cut before the first event goes on from here.
  std::string text = fmt::format("retry: 2000\nid: {}\n: from {}\n\n", stream->place() - 1, stream->place());
  net::Deadline beat = net::deadline_after(listener.heartbeat);
  while (true) {
    if (!text.empty())
      co_await writer.write(text);
    text = {};
    const auto found = co_await stream->next(beat);
    for (const auto& event : found) {
      text += fmt::format("id: {}\nevent: {}\ndata: {}\n\n", event->event.number, ledger::name_of(event->event.type),
                          event->json);
    }
    // Without an id: who is cut goes on behind the last event.
    for (const outbox::Activity& what : stream->take_activity())
      text += fmt::format("event: {}\ndata: {}\n\n", outbox::kActivityType, outbox::activity_json(what));
    if (std::chrono::steady_clock::now() < beat)
      continue;
    if (!co_await still_may(context, listener.caller))
      co_return;
    text += fmt::format("id: {}\n: alive\n\n", stream->place() - 1);
    beat = net::deadline_after(listener.heartbeat);
  }
}

asio::awaitable<void> send_messages(ApiContext& context, outbox::EventHub& events, const Listener& listener,
                                    http::WebSocket& socket) {
  const auto stream = co_await subscribe(events, listener);
  net::Deadline beat = net::deadline_after(listener.heartbeat);
  while (true) {
    const auto found = co_await stream->next(beat);
    for (const auto& event : found)
      co_await socket.write(event->json);
    const std::vector<outbox::Activity> active = stream->take_activity();
    for (const outbox::Activity& what : active)
      co_await socket.write(outbox::activity_json(what));
    if (std::chrono::steady_clock::now() < beat)
      continue;
    if (!co_await still_may(context, listener.caller)) {
      // Policy violation: the login has ended.
      constexpr std::uint16_t kPolicy = 1008;
      co_await socket.close(kPolicy, "the login has ended");
      co_return;
    }
    co_await socket.write(fmt::format(R"({{"type":"heartbeat","next":{}}})", stream->place()));
    beat = net::deadline_after(listener.heartbeat);
  }
}

/// Until the peer closes, or there is nothing more to send.
asio::awaitable<void> converse(ApiContext& context, outbox::EventHub& events, const Listener& listener,
                               http::WebSocket& socket) {
  net::TaskGroup tasks(context.executor);
  tasks.spawn("events", [&]() -> asio::awaitable<void> { co_await send_messages(context, events, listener, socket); });
  std::exception_ptr problem;
  try {
    // What a client says here means nothing; it is read so that its close is seen.
    while (co_await socket.read()) {
    }
  } catch (...) {
    problem = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  tasks.cancel();
  try {
    co_await tasks.join();
  } catch (const boost::system::system_error&) {
    // The peer went away while something was written to it.
  }
  if (problem)
    std::rethrow_exception(problem);
}

std::vector<Parameter> parameters() {
  const Schema type = Schema::one_of({"message.new", "message.edited", "message.deleted", "channel.updated",
                                      "account.state", "hole.opened", "hole.closed"});
  Parameter last;
  last.name = "Last-Event-ID";
  last.in = Parameter::In::Header;
  last.schema = Schema::text().pattern("^[0-9]{1,18}$");
  last.description = "The last event that was received; browsers send it by themselves. Counts more than `from`.";
  constexpr std::int64_t kHighest = 999'999'999'999'999;
  return {
      query_parameter("from", Schema::integer().range(0, kHighest),
                      "The first number to send; without it, what happens from now on."),
      query_parameter("type", Schema::array(type).length(1, 20), "Only these types."),
      query_parameter("channel", Schema::array(Schema::id()).length(1, 200), "Only events of these channels."),
      query_parameter("account", Schema::array(Schema::id()).length(1, 200),
                      "Only events of these accounts, by `account_id`."),
      query_parameter("heartbeat", Schema::integer().range(1, 60).with_default(kHeartbeat.count()),
                      "Seconds between two signs of life."),
      query_parameter(
          "activity", Schema::boolean().with_default(false),
          "Signals of activity in chats of your accounts as well, also of those of which nothing is stored. "
          "For members; tokens need the scope `telegram`. `type` and `channel` are not about them."),
      last,
  };
}

}  // namespace

void add_event_routes(RouteTable& table, ApiContext& context, outbox::EventHub& events) {
  Route route;
  route.path = "/api/v1/events";
  route.id = "stream_events";
  route.tag = "events";
  route.summary = "What happens, as it happens";
  route.description =
      "Server-sent events, or a WebSocket with one JSON object a message if the request asks for one. Events are those "
      "of channels that you follow and of your accounts. Numbers rise: who goes on after the last number that it saw "
      "misses nothing and gets nothing twice. With `activity` there are signals as well, `chat.activity`, which say "
      "that a chat is worth another look. They have no number and are not repeated. The types are described in "
      "docs/events.md.";
  route.parameters = parameters();
  Answer stream;
  stream.status = 200;
  stream.description = "Server-sent events: `id` is the number, `event` the type, `data` the JSON object.";
  stream.schema = Schema::text();
  stream.example = "id: 1042\nevent: message.new\ndata: {\"number\":1042,\"type\":\"message.new\",\"data\":{}}\n\n";
  stream.content_type = "text/event-stream";
  Answer socket;
  socket.status = 101;
  socket.description = "A WebSocket (RFC 6455).";
  route.answers = {stream, socket};
  route.problems = {ProblemCode::Forbidden};
  route.handle = [&context, &events](Call& call) -> asio::awaitable<http::Reply> {
    const auto listener = std::make_shared<const Listener>(listener_of(call));
    if (call.request().wants_upgrade) {
      http::Upgrade upgrade;
      upgrade.run = [&context, &events, listener](http::WebSocket& peer) {
        return converse(context, events, *listener, peer);
      };
      co_return upgrade;
    }
    http::Stream reply;
    reply.head.content_type = "text/event-stream";
    reply.head.headers.set("Cache-Control", "no-store");
    // Nginx would keep what it gets until it has a lot of it.
    reply.head.headers.set("X-Accel-Buffering", "no");
    reply.write = [&context, &events, listener](http::BodyWriter& writer) {
      return send_events(context, events, *listener, writer);
    };
    co_return reply;
  };
  table.add(std::move(route));
}

}  // namespace ledgram::api
