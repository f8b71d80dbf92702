#include "ledgram/api/account_access.hpp"
#include "ledgram/api/account_values.hpp"
#include "ledgram/api/answers.hpp"
#include "ledgram/api/telegram_routes.hpp"
#include "ledgram/ledger/ownership.hpp"
#include "ledgram/telegram/proxy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

namespace ledgram::api {

namespace {

constexpr std::string_view kTag = "accounts";

/// What people write for "no proxy, whatever the configuration says".
constexpr std::string_view kNoProxy = "none";

std::optional<follow::AccountStatus> status_of(ApiContext& context, AccountId id) {
  return context.telegram != nullptr ? context.telegram->service().status(id) : std::nullopt;
}

/// Where a page of a list by number begins.
std::int64_t after_cursor(const Call& call) {
  const auto position = position_of(call);
  if (!position)
    return 0;
  std::int64_t after = 0;
  const auto end = std::from_chars(position->data(), position->data() + position->size(), after);
  if (end.ec != std::errc() || end.ptr != position->data() + position->size())
    throw invalid_parameter("cursor", "is not one of this list");
  return after;
}

asio::awaitable<http::Reply> list_accounts(ApiContext& context, Call& call) {
  const std::vector<ledger::Account> accounts = co_await accounts_of(context, call);
  const auto limit = static_cast<std::size_t>(call.number("limit"));
  json::array items;
  json::value next = nullptr;
  const std::int64_t after = after_cursor(call);
  for (const ledger::Account& account : accounts) {
    if (account.id.value() <= after)
      continue;
    if (items.size() == limit) {
      next = make_cursor(std::to_string(items.back().at("id").as_int64()));
      break;
    }
    items.push_back(account_json(account, status_of(context, account.id)));
  }
  co_return with_etag(call, json_response(json::object{{"items", std::move(items)}, {"next", std::move(next)}}));
}

/// A name that nobody has: "account-1", "account-2" and so on.
std::string free_name(const std::vector<ledger::Account>& accounts) {
  std::set<std::string> taken;
  for (const ledger::Account& account : accounts)
    taken.insert(account.name);
  for (std::size_t number = 1;; ++number) {
    std::string name = fmt::format("account-{}", number);
    if (!taken.contains(name))
      return name;
  }
}

ledger::LedgerResult<ledger::Account> store_account(ledger::Ledger& ledger, OwnerId owner, ledger::Account account,
                                                    const std::optional<SecretText>& proxy) {
  auto known = ledger.accounts();
  if (!known)
    return std::unexpected(known.error());
  if (account.name.empty())
    account.name = free_name(*known);
  auto id = ledger.add_account(account);
  if (!id)
    return std::unexpected(id.error());
  account.id = *id;
  if (auto given = ledger.ownership().give_account(*id, owner); !given)
    return std::unexpected(given.error());
  if (proxy) {
    if (auto stored = ledger.set_account_proxy(*id, proxy); !stored)
      return std::unexpected(stored.error());
  }
  return account;
}

asio::awaitable<http::Reply> make_account(ApiContext& context, Call& call) {
  ledger::Account account;
  account.name = body_text(call, "name");
  account.kind = ledger::AccountKind::User;
  account.state = ledger::AccountState::LoggedOut;
  account.created = context.now();
  const std::string proxy = body_text(call, "proxy");
  std::optional<SecretText> stored_proxy;
  if (!proxy.empty()) {
    if (!call.caller().is_admin())
      throw ApiFailure(ProblemCode::Forbidden, "only admins choose the proxy of an account");
    if (proxy != kNoProxy)
      value_or_throw(telegram::parse_proxy(proxy));
    stored_proxy = SecretText(proxy);
  }
  auto store = [owner = call.caller().user, account, stored_proxy](ledger::Ledger& ledger) {
    return store_account(ledger, owner, account, stored_proxy);
  };
  const ledger::Account made = co_await context.ledger.run(std::move(store));
  call.audit(fmt::format("account {}", made.id.value()));
  http::Response response = json_response(account_json(made, std::nullopt), 201);
  response.headers.set("Location", fmt::format("/api/v1/accounts/{}", made.id.value()));
  co_return response;
}

asio::awaitable<http::Reply> get_account(ApiContext& context, Call& call) {
  const ledger::Account account = co_await account_of(context, call);
  co_return with_etag(call, json_response(account_json(account, status_of(context, account.id))));
}

asio::awaitable<http::Reply> get_state(ApiContext& context, Call& call) {
  const ledger::Account account = co_await account_of(context, call);
  co_return json_response(account_state_json(account, status_of(context, account.id)));
}

bool is_live(ApiContext& context, AccountId id) {
  const auto status = status_of(context, id);
  return status && status->link.link != follow::Link::NeedsLogin;
}

asio::awaitable<http::Reply> log_out(ApiContext& context, Call& call) {
  const ledger::Account account = co_await account_of(context, call);
  call.audit(fmt::format("account {}", account.id.value()));
  co_await end_login(context, account.id);
  co_return empty_response();
}

asio::awaitable<http::Reply> remove_account(ApiContext& context, Call& call) {
  const ledger::Account account = co_await account_of(context, call);
  call.audit(fmt::format("account {}", account.id.value()));
  TelegramGate& gate = gate_of(context);
  if (call.flag("log_out") && is_live(context, account.id))
    co_await end_login(context, account.id);
  co_await gate.desk().drop(account.id);
  co_await gate.service().remove_account(account.id);
  co_return empty_response();
}

void add_reading(RouteTable& table, ApiContext& context) {
  Route list = new_route(http::Method::Get, "/api/v1/accounts", "list_accounts", kTag, "The caller's Telegram accounts",
                         kMayRead);
  list.description = "By number. Admins see those of all users.";
  list.parameters = {limit_parameter(), cursor_parameter()};
  list.answers = {{200,
                   "A page of them.",
                   Schema::object({{"items", Schema::array(account_schema())}, {"next", Schema::text().nullable()}}),
                   {{"items", json::array{account_example()}}, {"next", nullptr}}},
                  unchanged_answer()};
  list.handle = [&context](Call& call) { return list_accounts(context, call); };
  table.add(std::move(list));

  Route one = new_route(http::Method::Get, "/api/v1/accounts/{account}", "get_account", kTag, "One account", kMayRead);
  one.parameters = {account_parameter()};
  one.answers = {{200, "The account.", account_schema(), account_example()}, unchanged_answer()};
  one.problems = {ProblemCode::NotFound};
  one.handle = [&context](Call& call) { return get_account(context, call); };
  table.add(std::move(one));

  Route state = new_route(http::Method::Get, "/api/v1/accounts/{account}/state", "get_account_state", kTag,
                          "How an account stands to Telegram", kMayRead);
  state.parameters = {account_parameter()};
  state.answers = {{200, "At this moment.", account_state_schema(), account_state_example()}};
  state.problems = {ProblemCode::NotFound};
  state.handle = [&context](Call& call) { return get_state(context, call); };
  table.add(std::move(state));
}

}  // namespace

void add_account_routes(RouteTable& table, ApiContext& context) {
  add_reading(table, context);

  Route make = new_route(http::Method::Post, "/api/v1/accounts", "make_account", kTag, "Make an account", kMayWrite);
  make.description =
      "It needs a login then: by phone, QR code or bot token. `proxy` is for admins: `none`, or an address as "
      "`socks5://host:port`; without it the account goes the way of the configuration.";
  make.body = {Schema::object({{"name", Schema::text().length(1, 64).pattern("^[A-Za-z0-9_.+-]+$"), Presence::Optional},
                               {"proxy", Schema::text().length(1, 500).write_only(), Presence::Optional}}),
               {{"name", "news"}}};
  json::object fresh = account_example();
  for (const auto* member : {"telegram_id", "first_name", "username", "phone"})
    fresh[member] = nullptr;
  fresh["state"] = {
      {"status", "needs_login"}, {"since", nullptr}, {"last_error", nullptr}, {"caught_up", false}, {"channels", 0}};
  make.answers = {{201, "The account, without a login.", account_schema(), fresh}};
  make.problems = {ProblemCode::AlreadyExists, ProblemCode::Forbidden};
  make.handle = [&context](Call& call) { return make_account(context, call); };
  table.add(std::move(make));

  Route out = new_route(http::Method::Post, "/api/v1/accounts/{account}/logout", "log_out_account", kTag,
                        "End the account's login at Telegram", kMayWrite);
  out.description = "The account stays and needs a login; its channels go on with another account that can read them.";
  out.parameters = {account_parameter()};
  out.answers = {{204, "It is logged out."}};
  out.problems = telegram_problems();
  out.handle = [&context](Call& call) { return log_out(context, call); };
  table.add(std::move(out));

  Route remove = new_route(http::Method::Delete, "/api/v1/accounts/{account}", "remove_account", kTag,
                           "Remove an account", kMayWrite);
  remove.description = "What it collected stays in the ledger. Its login at Telegram ends, unless `log_out` is false.";
  remove.parameters = {account_parameter(),
                       query_parameter("log_out", Schema::boolean().with_default(true), "Also end its login.")};
  remove.answers = {{204, "It is gone."}};
  remove.problems = telegram_problems();
  remove.handle = [&context](Call& call) { return remove_account(context, call); };
  table.add(std::move(remove));
}

}  // namespace ledgram::api
