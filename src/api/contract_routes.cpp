#include "ledgram/api/account_access.hpp"
#include "ledgram/api/answers.hpp"
#include "ledgram/api/telegram_calls.hpp"
#include "ledgram/api/telegram_routes.hpp"
#include "ledgram/base/iso_time.hpp"
#include "ledgram/ledger/account_notes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <utility>

/// The contract of the systems that Ledgram replaces: what they call a user is one of our accounts, and the paths stand
/// at the root.

namespace ledgram::api {

namespace tg = tl::api;

namespace {

constexpr std::string_view kTag = "contract";

/// What is left of a request's time for counting and answering.
constexpr std::chrono::seconds kTimeToAnswer{3};

Parameter user_parameter() {
  return path_parameter("user_id", Schema::integer().at_least(1), "The number of the account.");
}

json::value telegram_id(const ledger::Account& account) {
  return account.user.value() != 0 ? json::value(account.user.value()) : json::value(nullptr);
}

json::object head_of(const ledger::Account& account) {
  return {{"user_id", account.id.value()}, {"telegram_id", telegram_id(account)}};
}

/// Logged out by its owner, or never logged in; not: its login was ended by Telegram.
bool is_out_by_choice(const ledger::Account& account) {
  return account.state == ledger::AccountState::LoggedOut &&
         (account.user.value() == 0 || account.state_reason == "logged out");
}

void require_login(const ledger::Account& account) {
  if (is_out_by_choice(account))
    throw ApiFailure(ProblemCode::NotAuthenticated, fmt::format("{} is not logged in to Telegram", account.name));
  if (account.state == ledger::AccountState::LoggedOut) {
    throw ApiFailure(
        ProblemCode::TelegramAuthRequired,
        fmt::format("Telegram has ended the login of {} ({}); log it in again", account.name, account.state_reason));
  }
}

asio::awaitable<ledger::Account> user_of(ApiContext& context, Call& call) {
  ledger::Account account = co_await account_of(context, call, "user_id");
  call.audit(fmt::format("account {}", account.id.value()));
  co_return account;
}

asio::awaitable<std::vector<ChannelId>> followed_channels(ApiContext& context, const Call& call, AccountId id) {
  auto read = [id](ledger::Ledger& ledger) { return ledger.account_notes().followed_channels(id); };
  co_return co_await context.readers.run(read, call.deadline());
}

/// Throws FloodWait if Telegram wants a pause from the channel's collection at this moment.
void require_no_pause(const ApiContext& context, const follow::Service& service, ChannelId channel) {
  const auto progress = service.progress(channel);
  if (!progress || progress->waits_until == nanoseconds(0))
    return;
  const nanoseconds left = progress->waits_until - context.clock.now().unix_time;
  throw ApiFailure(Problem{ProblemCode::FloodWait,
                           "Telegram wants a pause before it gives more posts; the reading goes on by itself then",
                           std::max(std::chrono::ceil<std::chrono::seconds>(left), std::chrono::seconds(1))});
}

/// Reads what is missing in each channel, as far as there is time; what is begun goes on by itself. What one channel
/// alone cannot do stops no other one. Throws FloodWait for a pause that goes beyond the time.
asio::awaitable<void> collect_all(ApiContext& context, const Call& call, std::vector<ChannelId> channels) {
  follow::Service& service = gate_of(context).service();
  const net::Deadline deadline = call.deadline() - kTimeToAnswer;
  for (const ChannelId channel : channels) {
    std::optional<collect::CollectStats> stats;
    try {
      stats = co_await service.collect_now(channel, deadline);
    } catch (const collect::CollectFailure&) {
      continue;
    } catch (const follow::FollowFailure&) {
      continue;
    }
    if (!stats) {
      require_no_pause(context, service, channel);
      co_return;
    }
  }
}

/// Telegram's last word on the login: a session that was revoked shows at the first call.
asio::awaitable<void> ask_telegram(ApiContext& context, const Call& call, AccountId id) {
  TelegramCalls calls(context, id, options_of(call));
  tg::updates_getState method;
  co_await calls.ask(std::move(method));
}

asio::awaitable<http::Reply> parse_channels(ApiContext& context, Call& call) {
  const ledger::Account account = co_await user_of(context, call);
  require_login(account);
  co_await ask_telegram(context, call, account.id);
  std::vector<ChannelId> channels = co_await followed_channels(context, call, account.id);
  if (account.kind == ledger::AccountKind::User)
    co_await collect_all(context, call, std::move(channels));
  auto count = [id = account.id](ledger::Ledger& ledger) { return ledger.account_notes().fresh_posts(id); };
  const ledger::AccountNotes::Fresh fresh = co_await context.readers.run(count, call.deadline());
  auto note = [id = account.id, mark = fresh.mark](ledger::Ledger& ledger) {
    return ledger.account_notes().take_note(id, mark);
  };
  co_await context.ledger.run(note);
  json::object answer = head_of(account);
  answer["posts_added"] = fresh.posts;
  answer["status"] = "success";
  co_return json_response(answer);
}

asio::awaitable<http::Reply> parse_all(ApiContext& context, Call& call) {
  const std::vector<ledger::Account> accounts = co_await accounts_of(context, call);
  std::size_t begun = 0;
  std::vector<ChannelId> channels;
  for (const ledger::Account& account : accounts) {
    if (account.state != ledger::AccountState::Active || account.kind == ledger::AccountKind::Bot)
      continue;
    ++begun;
    const std::vector<ChannelId> followed = co_await followed_channels(context, call, account.id);
    channels.insert(channels.end(), followed.begin(), followed.end());
  }
  std::ranges::sort(channels);
  const auto repeated = std::ranges::unique(channels);
  channels.erase(repeated.begin(), repeated.end());
  const std::size_t count = channels.size();
  gate_of(context).service().collect_all(std::move(channels));
  co_return json_response(json::object{{"status", "success"},
                                       {"message", fmt::format("collecting {} channel{} of {} account{}", count,
                                                               count == 1 ? "" : "s", begun, begun == 1 ? "" : "s")}});
}

asio::awaitable<http::Reply> get_auth_status(ApiContext& context, Call& call) {
  const ledger::Account account = co_await account_of(context, call, "user_id");
  const auto status = context.telegram != nullptr ? context.telegram->service().status(account.id) : std::nullopt;
  const bool lost = status && status->link.link == follow::Link::NeedsLogin;
  const bool in = account.state == ledger::AccountState::Active && !lost;
  json::object answer = head_of(account);
  answer["is_authenticated"] = in;
  answer["requires_telegram_auth"] = !in;
  answer["status"] = in ? "authenticated" : is_out_by_choice(account) ? "not_authenticated" : "session_revoked";
  answer["last_auth_check"] = iso8601(context.now());
  co_return json_response(answer);
}

asio::awaitable<http::Reply> log_out(ApiContext& context, Call& call) {
  const ledger::Account account = co_await user_of(context, call);
  require_login(account);
  co_await end_login(context, account.id);
  json::object answer = head_of(account);
  answer["status"] = "success";
  answer["message"] = "logged out of Telegram";
  co_return json_response(answer);
}

asio::awaitable<http::Reply> get_retention(ApiContext& context, Call& call) {
  const ledger::Account account = co_await account_of(context, call, "user_id");
  auto read = [id = account.id](ledger::Ledger& ledger) { return ledger.account_notes().retention_days(id); };
  const std::optional<std::int64_t> days = co_await context.readers.run(read, call.deadline());
  json::object answer = head_of(account);
  answer["retention_days"] = days ? json::value(*days) : json::value(nullptr);
  co_return json_response(answer);
}

asio::awaitable<http::Reply> put_retention(ApiContext& context, Call& call) {
  const ledger::Account account = co_await user_of(context, call);
  const json::value& given = call.body().as_object().at("retention_days");
  std::optional<std::int64_t> days;
  if (!given.is_null())
    days = given.as_int64();
  auto store = [id = account.id, days](ledger::Ledger& ledger) {
    return ledger.account_notes().set_retention_days(id, days);
  };
  co_await context.ledger.run(store);
  json::object answer = head_of(account);
  answer["retention_days"] = given;
  co_return json_response(answer);
}

std::vector<Member> head_members() {
  return {{"user_id", Schema::integer()}, {"telegram_id", Schema::integer().nullable()}};
}

Schema with_head(std::initializer_list<Member> more) {
  std::vector<Member> members = head_members();
  members.insert(members.end(), more);
  return Schema::object(members);
}

void add_retention(RouteTable& table, ApiContext& context) {
  const Schema days = Schema::integer().range(1, 36500).nullable();
  const Schema settings = with_head({{"retention_days", days}});
  const json::object example{{"user_id", 6}, {"telegram_id", 8124731874}, {"retention_days", 30}};
  Route get = new_route(http::Method::Get, "/users/{user_id}/retention_settings", "get_retention_settings", kTag,
                        "How far back posts are shown", kMayRead);
  get.description =
      "For `GET /users/{telegram_id}/posts`. null: all of them. Nothing is erased from the ledger by this.";
  get.parameters = {user_parameter()};
  get.answers = {{200, "The setting.", settings, example}};
  get.problems = {ProblemCode::NotFound};
  get.handle = [&context](Call& call) { return get_retention(context, call); };
  table.add(std::move(get));

  Route put = new_route(http::Method::Put, "/users/{user_id}/retention_settings", "put_retention_settings", kTag,
                        "Set how far back posts are shown", kMayWrite);
  put.parameters = {user_parameter()};
  put.body = {Schema::object({{"retention_days", days}}), {{"retention_days", 30}}};
  put.answers = {{200, "The setting.", settings, example}};
  put.problems = {ProblemCode::NotFound};
  put.handle = [&context](Call& call) { return put_retention(context, call); };
  table.add(std::move(put));
}

void add_parsing(RouteTable& table, ApiContext& context) {
  Route parse = new_route(http::Method::Post, "/users/{user_id}/channels/parse", "parse_channels", kTag,
                          "Read what is missing in the account's channels", kMayWrite);
  parse.description =
      "`posts_added` counts the posts that were stored since the last call for this account, live ones included, so "
      "that "
      "none is missed between two calls.";
  parse.parameters = {user_parameter()};
  parse.answers = {{200,
                    "All is read that could be in time.",
                    with_head({{"posts_added", Schema::integer()}, {"status", Schema::one_of({"success"})}}),
                    {{"user_id", 6}, {"telegram_id", 8124731874}, {"posts_added", 11}, {"status", "success"}}}};
  parse.problems = telegram_problems({ProblemCode::NotAuthenticated});
  parse.handle = [&context](Call& call) { return parse_channels(context, call); };
  table.add(std::move(parse));

  Route all = new_route(http::Method::Post, "/parse_all_channels", "parse_all_channels", kTag,
                        "Read what is missing in all channels of the caller's accounts", kMayWrite);
  all.description = "Answers at once; the work goes on.";
  all.answers = {{200,
                  "It was begun.",
                  Schema::object({{"status", Schema::one_of({"success"})}, {"message", Schema::text()}}),
                  {{"status", "success"}, {"message", "collecting 3 channels of 1 account"}}}};
  all.handle = [&context](Call& call) { return parse_all(context, call); };
  table.add(std::move(all));
}

}  // namespace

void add_contract_routes(RouteTable& table, ApiContext& context) {
  add_parsing(table, context);
  add_retention(table, context);

  Route status = new_route(http::Method::Get, "/users/{user_id}/auth_status", "get_auth_status", kTag,
                           "Whether the account is logged in to Telegram", kMayRead);
  status.parameters = {user_parameter()};
  status.answers = {{200,
                     "As far as is known.",
                     with_head({{"is_authenticated", Schema::boolean()},
                                {"requires_telegram_auth", Schema::boolean()},
                                {"status", Schema::one_of({"authenticated", "not_authenticated", "session_revoked"})},
                                {"last_auth_check", Schema::time()}}),
                     {{"user_id", 6},
                      {"telegram_id", 8124731874},
                      {"is_authenticated", true},
                      {"requires_telegram_auth", false},
                      {"status", "authenticated"},
                      {"last_auth_check", "2026-01-31T12:30:00Z"}}}};
  status.problems = {ProblemCode::NotFound};
  status.handle = [&context](Call& call) { return get_auth_status(context, call); };
  table.add(std::move(status));

  Route out = new_route(http::Method::Post, "/users/{user_id}/logout", "log_out_user", kTag,
                        "End the account's login at Telegram", kMayWrite);
  out.parameters = {user_parameter()};
  out.answers = {
      {200,
       "It is logged out.",
       with_head({{"status", Schema::one_of({"success"})}, {"message", Schema::text()}}),
       {{"user_id", 6}, {"telegram_id", 8124731874}, {"status", "success"}, {"message", "logged out of Telegram"}}}};
  out.problems = telegram_problems({ProblemCode::NotAuthenticated});
  out.handle = [&context](Call& call) { return log_out(context, call); };
  table.add(std::move(out));
}

}  // namespace ledgram::api
