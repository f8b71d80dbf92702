#include "ledgram/api/answers.hpp"
#include "ledgram/api/channel_values.hpp"
#include "ledgram/api/peer_values.hpp"
#include "ledgram/api/telegram_routes.hpp"
#include "ledgram/collect/resolve.hpp"
#include "ledgram/ledger/ownership.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace ledgram::api {

namespace {

constexpr std::string_view kTag = "channels";

asio::awaitable<ChannelFacts> facts_of(ApiContext& context, const Call& call, ledger::Channel channel) {
  std::vector<ledger::Channel> one{std::move(channel)};
  std::vector<ChannelFacts> facts = co_await facts_of(context, std::move(one), call.deadline());
  co_return std::move(facts.front());
}

asio::awaitable<http::Reply> list_channels(ApiContext& context, Call& call) {
  std::vector<ledger::Channel> channels = co_await channels_of(context, call);
  if (const auto position = position_of(call)) {
    std::int64_t after = 0;
    const auto end = std::from_chars(position->data(), position->data() + position->size(), after);
    if (end.ec != std::errc() || end.ptr != position->data() + position->size())
      throw invalid_parameter("cursor", "is not one of this list");
    std::erase_if(channels, [after](const ledger::Channel& channel) { return channel.id.value() <= after; });
  }
  json::value next = nullptr;
  const auto limit = static_cast<std::size_t>(call.number("limit"));
  if (channels.size() > limit) {
    channels.resize(limit);
    next = make_cursor(std::to_string(channels.back().id.value()));
  }
  const std::vector<ChannelFacts> facts = co_await facts_of(context, std::move(channels), call.deadline());
  json::array items;
  for (const ChannelFacts& one : facts)
    items.push_back(followed_channel_json(context, one));
  co_return with_etag(call, json_response(json::object{{"items", std::move(items)}, {"next", std::move(next)}}));
}

asio::awaitable<http::Reply> get_channel(ApiContext& context, Call& call) {
  ledger::Channel channel = co_await channel_of(context, call);
  const ChannelFacts facts = co_await facts_of(context, call, std::move(channel));
  co_return with_etag(call, json_response(followed_channel_json(context, facts)));
}

/// The account that was named, or the caller's only one that can read history.
asio::awaitable<AccountId> following_account(ApiContext& context, const Call& call) {
  const json::object& body = call.body().as_object();
  const json::value* named = body.if_contains("account");
  if (named != nullptr && !named->is_null()) {
    const ledger::Account account = co_await account_of(context, call, AccountId(named->as_int64()));
    co_return account.id;
  }
  std::vector<ledger::Account> accounts = co_await accounts_of(context, call);
  std::erase_if(accounts, [](const ledger::Account& account) {
    return account.kind == ledger::AccountKind::Bot || account.state != ledger::AccountState::Active;
  });
  if (accounts.empty())
    throw ApiFailure(ProblemCode::TelegramAuthRequired, "no account of yours is logged in; log one in first");
  if (accounts.size() > 1)
    throw ApiFailure(ProblemCode::InvalidBody, "you have several accounts; say by `account` which one shall follow");
  co_return accounts.front().id;
}

follow::ChannelName channel_name(const std::string& text) {
  if (const auto key = key_named(text); key && key->type == ledger::PeerType::Channel)
    return ChannelId(key->id);
  return value_or_throw(collect::parse_username(text));
}

asio::awaitable<http::Reply> follow(ApiContext& context, Call& call) {
  follow::ChannelName name = channel_name(body_text(call, "channel"));
  const AccountId account = co_await following_account(context, call);
  ledger::Channel channel =
      co_await gate_of(context).service().follow_channel(account, std::move(name), call.deadline());
  call.audit(fmt::format("channel {}", channel.id.value()));
  auto subscribe = [user = call.caller().user, id = channel.id, now = context.now()](ledger::Ledger& ledger) {
    return ledger.ownership().subscribe(user, id, now);
  };
  const bool is_new = co_await context.ledger.run(std::move(subscribe));
  const ChannelId id = channel.id;
  const ChannelFacts facts = co_await facts_of(context, call, std::move(channel));
  http::Response response = json_response(followed_channel_json(context, facts), is_new ? 201 : 200);
  response.headers.set("Location", fmt::format("/api/v1/channels/{}", id.value()));
  co_return response;
}

/// True if nobody follows it any more.
ledger::LedgerResult<bool> give_up(ledger::Ledger& ledger, OwnerId user, bool for_all, ChannelId channel) {
  ledger::OwnershipStore ownership = ledger.ownership();
  auto subscribers = ownership.subscribers(channel);
  if (!subscribers)
    return std::unexpected(subscribers.error());
  const bool own = std::ranges::find(*subscribers, user) != subscribers->end();
  for (const OwnerId subscriber : *subscribers) {
    if (subscriber != user && (own || !for_all))
      continue;
    if (auto gone = ownership.unsubscribe(subscriber, channel); !gone)
      return std::unexpected(gone.error());
  }
  auto left = ownership.subscribers(channel);
  if (!left)
    return std::unexpected(left.error());
  return left->empty();
}

asio::awaitable<http::Reply> unfollow(ApiContext& context, Call& call) {
  const ledger::Channel channel = co_await channel_of(context, call);
  call.audit(fmt::format("channel {}", channel.id.value()));
  auto leave = [user = call.caller().user, all = call.caller().is_admin(), id = channel.id](ledger::Ledger& ledger) {
    return give_up(ledger, user, all, id);
  };
  const bool last = co_await context.ledger.run(std::move(leave));
  if (last)
    co_await gate_of(context).service().unfollow_channel(channel.id);
  co_return empty_response();
}

asio::awaitable<http::Reply> collect(ApiContext& context, Call& call) {
  ledger::Channel channel = co_await channel_of(context, call);
  call.audit(fmt::format("channel {}", channel.id.value()));
  follow::Service& service = gate_of(context).service();
  const ChannelId id = channel.id;
  const net::Deadline limit = call.deadline() - std::chrono::seconds(2);
  const net::Deadline deadline = net::deadline_after(std::chrono::seconds(call.number("wait")), limit);
  const std::optional<collect::CollectStats> stats = co_await service.collect_now(id, deadline);
  const ChannelFacts facts = co_await facts_of(context, call, std::move(channel));
  json::object answer = collection_json(facts, service.progress(id));
  if (stats) {
    answer["running"] = false;
    answer["posts_added"] = stats->posts_added;
  }
  co_return json_response(answer, stats ? 200 : 202);
}

asio::awaitable<http::Reply> get_progress(ApiContext& context, Call& call) {
  ledger::Channel channel = co_await channel_of(context, call);
  const ChannelId id = channel.id;
  const ChannelFacts facts = co_await facts_of(context, call, std::move(channel));
  co_return json_response(collection_json(facts, gate_of(context).service().progress(id)));
}

void add_collecting(RouteTable& table, ApiContext& context) {
  Route now = new_route(http::Method::Post, "/api/v1/channels/{channel}/collect", "collect_channel", kTag,
                        "Read now what is missing", kMayWrite);
  now.description =
      "Answers when all is read, or after `wait` seconds with 202, and goes on then. Live posts come by themselves and "
      "are not counted in `posts_added`.";
  now.parameters = {channel_parameter(), query_parameter("wait", Schema::integer().range(0, 25).with_default(20),
                                                         "Seconds to wait for it.")};
  json::object running = collection_example();
  running["running"] = true;
  running["ended"] = nullptr;
  now.answers = {{200, "All is read.", collection_schema(), collection_example()},
                 {202, "It goes on.", collection_schema(), running}};
  now.problems = telegram_problems();
  now.handle = [&context](Call& call) { return collect(context, call); };
  table.add(std::move(now));

  Route progress = new_route(http::Method::Get, "/api/v1/channels/{channel}/collect", "get_collection", kTag,
                             "How far the reading of history is", kMayRead);
  progress.description = "Of the collection that runs, back-fills included, or of the last one since the start.";
  progress.parameters = {channel_parameter()};
  progress.answers = {{200, "At this moment.", collection_schema(), collection_example()}};
  progress.problems = {ProblemCode::NotFound};
  progress.handle = [&context](Call& call) { return get_progress(context, call); };
  table.add(std::move(progress));
}

}  // namespace

void add_channel_routes(RouteTable& table, ApiContext& context) {
  Route list = new_route(http::Method::Get, "/api/v1/channels", "list_channels", kTag,
                         "The channels that the caller follows", kMayRead);
  list.description = "By number. Admins see those of all users.";
  list.parameters = {limit_parameter(), cursor_parameter()};
  list.answers = {
      {200,
       "A page of them.",
       Schema::object({{"items", Schema::array(followed_channel_schema())}, {"next", Schema::text().nullable()}}),
       {{"items", json::array{followed_channel_example()}}, {"next", nullptr}}},
      unchanged_answer()};
  list.handle = [&context](Call& call) { return list_channels(context, call); };
  table.add(std::move(list));

  Route one = new_route(http::Method::Get, "/api/v1/channels/{channel}", "get_channel", kTag, "One channel", kMayRead);
  one.parameters = {channel_parameter()};
  one.answers = {{200, "The channel.", followed_channel_schema(), followed_channel_example()}, unchanged_answer()};
  one.problems = {ProblemCode::NotFound};
  one.handle = [&context](Call& call) { return get_channel(context, call); };
  table.add(std::move(one));

  Route make = new_route(http::Method::Post, "/api/v1/channels", "follow_channel", kTag, "Follow a channel", kMayWrite);
  make.description =
      "Its history is read and it is live from then on. A channel that several users follow is stored once. `account` "
      "may be left out by whoever has one account.";
  make.body = {Schema::object(
                   {{"channel", Schema::text().length(1, 100).described(
                                    "`@name`, a link to it, or `channel:123` of a channel that the account has met.")},
                    {"account", Schema::integer().at_least(1).nullable(), Presence::Optional}}),
               {{"channel", "@book_lantern"}, {"account", 6}}};
  make.answers = {{200, "You followed it before.", followed_channel_schema(), followed_channel_example()},
                  {201, "You follow it now.", followed_channel_schema(), followed_channel_example()}};
  make.problems = telegram_problems({ProblemCode::InvalidBody});
  make.handle = [&context](Call& call) { return follow(context, call); };
  table.add(std::move(make));

  Route remove = new_route(http::Method::Delete, "/api/v1/channels/{channel}", "unfollow_channel", kTag,
                           "Stop following a channel", kMayWrite);
  remove.description = "Its posts stay in the ledger. It is given up when nobody follows it any more.";
  remove.parameters = {channel_parameter()};
  remove.answers = {{204, "You do not follow it any more."}};
  remove.problems = {ProblemCode::NotFound};
  remove.handle = [&context](Call& call) { return unfollow(context, call); };
  table.add(std::move(remove));
  add_collecting(table, context);
}

}  // namespace ledgram::api
