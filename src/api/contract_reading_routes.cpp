#include "ledgram/api/answers.hpp"
#include "ledgram/api/json_values.hpp"
#include "ledgram/api/post_cursor.hpp"
#include "ledgram/api/post_text.hpp"
#include "ledgram/api/reading_routes.hpp"
#include "ledgram/api/visible_channels.hpp"
#include "ledgram/base/iso_time.hpp"
#include "ledgram/ledger/account_notes.hpp"
#include "ledgram/ledger/ownership.hpp"
#include "ledgram/ledger/post_store.hpp"

#include <boost/json/parse.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

/// The reading half of the contract of the systems that Ledgram replaces. Numbers of Telegram are numbers here, as they
/// were there; a "user" is an account of Telegram.

namespace ledgram::api {
namespace {

constexpr std::string_view kTag = "contract";
constexpr std::int64_t kMostPosts = 1'000;
constexpr std::int64_t kMostHours = 24 * 366;
constexpr std::int64_t kSecondsAnHour = 3'600;
constexpr std::int64_t kSecondsADay = 24 * kSecondsAnHour;

using Accounts = std::vector<ledger::Account>;

bool is_authenticated(const ledger::Account& account) {
  return account.state == ledger::AccountState::Active && account.user.value() != 0;
}

ledger::LedgerResult<Accounts> visible_accounts(ledger::Ledger& ledger, std::optional<OwnerId> user) {
  auto accounts = ledger.accounts();
  if (!accounts || !user)
    return accounts;
  const auto own = ledger.ownership().accounts_of(*user);
  if (!own)
    return std::unexpected(own.error());
  std::erase_if(*accounts,
                [&own](const ledger::Account& account) { return std::ranges::find(*own, account.id) == own->end(); });
  return accounts;
}

ledger::LedgerResult<std::optional<ledger::Account>> find_account(ledger::Ledger& ledger, std::int64_t telegram_id,
                                                                  std::optional<OwnerId> user) {
  const auto accounts = visible_accounts(ledger, user);
  if (!accounts)
    return std::unexpected(accounts.error());
  const auto found = std::ranges::find(*accounts, UserId(telegram_id), &ledger::Account::user);
  return found == accounts->end() ? std::nullopt : std::optional(*found);
}

/// The channels that the account sees and that are followed.
ledger::LedgerResult<std::vector<ledger::Channel>> channels_of_account(ledger::Ledger& ledger, AccountId account) {
  const auto seen = ledger.account_channels(account);
  if (!seen)
    return std::unexpected(seen.error());
  std::vector<ledger::Channel> channels;
  for (const ledger::ChannelAccount& one : *seen) {
    auto channel = ledger.find_channel(one.channel);
    if (!channel)
      return std::unexpected(channel.error());
    if (*channel && (*channel)->follow == ledger::FollowState::Followed && one.membership != ledger::Membership::Lost)
      channels.push_back(std::move(**channel));
  }
  return channels;
}

json::object account_json(const ledger::Account& account) {
  json::object object;
  object["id"] = account.id.value();
  object["telegram_id"] = account.user.value();
  object["username"] = text_or_null(account.username);
  object["first_name"] = text_or_null(account.first_name);
  object["last_name"] = nullptr;
  object["created_at"] = iso8601(account.created);
  object["is_active"] = account.state == ledger::AccountState::Active;
  object["is_authenticated"] = is_authenticated(account);
  object["last_auth_check"] = time_or_null(account.state_since);
  return object;
}

Schema account_schema() {
  const Schema text = Schema::text().nullable();
  return Schema::named("ContractUser", Schema::object({{"id", Schema::integer()},
                                                       {"telegram_id", Schema::integer()},
                                                       {"username", text},
                                                       {"first_name", text},
                                                       {"last_name", text},
                                                       {"created_at", Schema::time()},
                                                       {"is_active", Schema::boolean()},
                                                       {"is_authenticated", Schema::boolean()},
                                                       {"last_auth_check", Schema::time().nullable()}}));
}

json::object account_example() {
  return {{"id", 6},
          {"telegram_id", 8124731874},
          {"username", "reader"},
          {"first_name", "Ann"},
          {"last_name", nullptr},
          {"created_at", "2026-01-31T12:30:00Z"},
          {"is_active", true},
          {"is_authenticated", true},
          {"last_auth_check", nullptr}};
}

Route users_route(ApiContext& context) {
  Route route;
  route.path = "/users";
  route.id = "contract_list_users";
  route.tag = kTag;
  route.summary = "The accounts of Telegram";
  const Schema flag = Schema::boolean().with_default(false);
  route.parameters = {query_parameter("authenticated_only", flag, "Only those that are logged in."),
                      query_parameter("active_only", flag, "Only active ones.")};
  const Schema filters =
      Schema::object({{"authenticated_only", Schema::boolean()}, {"active_only", Schema::boolean()}});
  route.answers = {
      {200,
       "The accounts.",
       Schema::object({{"total", Schema::integer()}, {"filters", filters}, {"users", Schema::array(account_schema())}}),
       {{"total", 1},
        {"filters", {{"authenticated_only", false}, {"active_only", false}}},
        {"users", json::array{account_example()}}}},
      unchanged_answer()};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    auto read = [user = call.caller().sees()](ledger::Ledger& ledger) { return visible_accounts(ledger, user); };
    const Accounts accounts = co_await context.readers.run(read, call.deadline());
    const bool authenticated_only = call.flag("authenticated_only");
    const bool active_only = call.flag("active_only");
    json::array users;
    for (const ledger::Account& account : accounts) {
      if ((!authenticated_only || is_authenticated(account)) &&
          (!active_only || account.state == ledger::AccountState::Active))
        users.push_back(account_json(account));
    }
    json::object filtered;
    filtered["authenticated_only"] = authenticated_only;
    filtered["active_only"] = active_only;
    json::object answer;
    answer["total"] = users.size();
    answer["filters"] = std::move(filtered);
    answer["users"] = std::move(users);
    co_return with_etag(call, json_response(answer));
  };
  return route;
}

Parameter telegram_id_parameter() {
  return path_parameter("telegram_id", Schema::id(), "Telegram's number of the account.");
}

Route channels_route(ApiContext& context) {
  const Schema channel =
      Schema::named("ContractChannel", Schema::object({{"id", Schema::integer()},
                                                       {"channel_username", Schema::text().nullable()},
                                                       {"channel_title", Schema::text()},
                                                       {"is_active", Schema::boolean()},
                                                       {"created_at", Schema::time()},
                                                       {"last_parsed_at", Schema::time().nullable()}}));
  Route route;
  route.path = "/users/{telegram_id}/channels";
  route.id = "contract_list_channels";
  route.tag = kTag;
  route.summary = "The channels of an account";
  route.parameters = {telegram_id_parameter()};
  route.answers = {
      {200,
       "The channels that the account sees and that are followed.",
       Schema::object(
           {{"telegram_id", Schema::integer()}, {"total", Schema::integer()}, {"channels", Schema::array(channel)}}),
       {{"telegram_id", 8124731874},
        {"total", 1},
        {"channels", json::array{{{"id", 1234567890},
                                  {"channel_username", "daily_news"},
                                  {"channel_title", "Daily News"},
                                  {"is_active", true},
                                  {"created_at", "2026-01-31T12:30:00Z"},
                                  {"last_parsed_at", nullptr}}}}}},
      unchanged_answer()};
  route.problems = {ProblemCode::NotFound};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    using Found = std::optional<std::vector<ledger::Channel>>;
    const std::int64_t telegram_id = call.id("telegram_id");
    auto read = [telegram_id, user = call.caller().sees()](ledger::Ledger& ledger) -> ledger::LedgerResult<Found> {
      const auto account = find_account(ledger, telegram_id, user);
      if (!account)
        return std::unexpected(account.error());
      if (!*account)
        return Found();
      auto channels = channels_of_account(ledger, (*account)->id);
      if (!channels)
        return std::unexpected(channels.error());
      return Found(std::move(*channels));
    };
    const Found found = co_await context.readers.run(read, call.deadline());
    if (!found)
      throw not_found("there is no such user");
    json::array channels;
    for (const ledger::Channel& one : *found) {
      json::object object;
      object["id"] = one.id.value();
      object["channel_username"] = text_or_null(one.username);
      object["channel_title"] = one.title;
      object["is_active"] = one.follow == ledger::FollowState::Followed;
      object["created_at"] = iso8601(one.created);
      object["last_parsed_at"] = time_or_null(one.last_collect);
      channels.push_back(std::move(object));
    }
    json::object answer;
    answer["telegram_id"] = telegram_id;
    answer["total"] = channels.size();
    answer["channels"] = std::move(channels);
    co_return with_etag(call, json_response(answer));
  };
  return route;
}

/// The part of the text that these UTF-16 code units are.
std::string utf16_part(std::string_view text, std::int64_t offset, std::int64_t length) {
  std::string part;
  std::int64_t unit = 0;
  bool inside = false;
  for (const char letter : text) {
    const auto byte = static_cast<std::uint8_t>(letter);
    if ((byte & 0xc0U) != 0x80U) {
      inside = unit >= offset && unit < offset + length;
      unit += byte >= 0xf0U ? 2 : 1;
    }
    if (inside)
      part += letter;
  }
  return part;
}

/// The hashtags of a post, without their sign.
json::array tags_of(const ledger::Message& message) {
  json::array tags;
  if (!message.entities.contains(R"("type":"hashtag")"))
    return tags;
  boost::system::error_code bad;
  const json::value entities = json::parse(message.entities, bad);
  if (bad || !entities.is_array())
    return tags;
  for (const json::value& entity : entities.as_array()) {
    const json::object& object = entity.as_object();
    if (object.at("type") != "hashtag")
      continue;
    const std::string tag = utf16_part(message.text, object.at("offset").as_int64(), object.at("length").as_int64());
    tags.emplace_back(tag.starts_with('#') ? tag.substr(1) : tag);
  }
  return tags;
}

json::object post_json(const ledger::Post& post) {
  json::object object;
  object["id"] = post.row;
  object["channel_username"] = text_or_null(post.channel_username);
  object["telegram_message_id"] = post.message.number.value();
  object["text"] = post.message.text;
  object["views"] = post.message.views ? json::value(*post.message.views) : json::value(nullptr);
  object["url"] = post_url(post);
  object["posted_at"] = iso8601(post.message.date);
  object["parsed_at"] = iso8601(post.first_seen);
  object["tags"] = tags_of(post.message);
  return object;
}

Schema contract_post_schema() {
  return Schema::named("ContractPost", Schema::object({{"id", Schema::integer()},
                                                       {"channel_username", Schema::text().nullable()},
                                                       {"telegram_message_id", Schema::integer()},
                                                       {"text", Schema::text()},
                                                       {"views", Schema::integer().nullable()},
                                                       {"url", Schema::text()},
                                                       {"posted_at", Schema::time()},
                                                       {"parsed_at", Schema::time()},
                                                       {"tags", Schema::array(Schema::text())}}));
}

Route posts_route(ApiContext& context) {
  Route route;
  route.path = "/users/{telegram_id}/posts";
  route.id = "contract_list_posts";
  route.tag = kTag;
  route.summary = "New posts of an account's channels";
  route.description = "Newest first. `next` is null after the last page; give it as `cursor` to go on.";
  route.parameters = {
      telegram_id_parameter(),
      query_parameter("hours_back", Schema::integer().range(1, kMostHours).with_default(24), "Posts of so many hours."),
      limit_parameter(kMostPosts, 100), cursor_parameter()};
  route.answers = {
      {200,
       "A page of posts.",
       Schema::object({{"posts", Schema::array(contract_post_schema())}, {"next", Schema::text().nullable()}}),
       {{"posts", json::array{{{"id", 90210},
                               {"channel_username", "daily_news"},
                               {"telegram_message_id", 1042},
                               {"text", "The bridge is open again. #bridge"},
                               {"views", 1200},
                               {"url", "https://t.me/daily_news/1042"},
                               {"posted_at", "2026-01-31T12:30:00Z"},
                               {"parsed_at", "2026-01-31T12:30:01Z"},
                               {"tags", json::array{"bridge"}}}}},
        {"next", nullptr}}},
      unchanged_answer()};
  route.problems = {ProblemCode::NotFound};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    using Found = std::optional<ledger::PostPage>;
    ledger::PostPageFilter filter;
    const std::int64_t now = context.now();
    filter.since = now - call.number("hours_back") * kSecondsAnHour;
    filter.limit = call.number("limit");
    filter.after = place_in_cursor(call);
    auto read = [filter, now, telegram_id = call.id("telegram_id"),
                 user = call.caller().sees()](ledger::Ledger& ledger) mutable -> ledger::LedgerResult<Found> {
      const auto account = find_account(ledger, telegram_id, user);
      if (!account)
        return std::unexpected(account.error());
      if (!*account)
        return Found();
      const auto channels = channels_of_account(ledger, (*account)->id);
      if (!channels)
        return std::unexpected(channels.error());
      for (const ledger::Channel& channel : *channels)
        filter.channels.push_back(channel.id);
      const auto days = ledger.account_notes().retention_days((*account)->id);
      if (!days)
        return std::unexpected(days.error());
      if (*days)
        filter.since = std::max(*filter.since, now - **days * kSecondsADay);
      auto page = ledger.post_store().page(filter);
      if (!page)
        return std::unexpected(page.error());
      return Found(std::move(*page));
    };
    const Found page = co_await context.readers.run(std::move(read), call.deadline());
    if (!page)
      throw not_found("there is no such user");
    json::array posts;
    for (const ledger::Post& post : page->posts)
      posts.push_back(post_json(post));
    json::object answer;
    answer["posts"] = std::move(posts);
    answer["next"] = page->next ? json::value(cursor_at(*page->next)) : json::value(nullptr);
    co_return with_etag(call, json_response(answer));
  };
  return route;
}

}  // namespace

void add_contract_reading_routes(RouteTable& table, ApiContext& context) {
  table.add(users_route(context));
  table.add(channels_route(context));
  table.add(posts_route(context));
}

}  // namespace ledgram::api
