#include "ledgram/api/access_control.hpp"
#include "ledgram/api/answers.hpp"
#include "ledgram/api/feed_document.hpp"
#include "ledgram/api/json_values.hpp"
#include "ledgram/api/reading_routes.hpp"
#include "ledgram/api/search_answers.hpp"
#include "ledgram/api/visible_channels.hpp"
#include "ledgram/base/iso_time.hpp"
#include "ledgram/ledger/feeds.hpp"
#include "ledgram/ledger/post_store.hpp"
#include "ledgram/ledger/users.hpp"
#include "ledgram/search/highlight.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <string>
#include <utility>

/// Feeds: made and listed by their users, read by anybody who has the secret address.

namespace ledgram::api {
namespace {

constexpr std::string_view kTag = "feeds";
constexpr std::string_view kTokenPrefix = "feed_";
constexpr std::size_t kFeedPosts = 50;

using FoundFeed = std::optional<ledger::Feed>;

std::string path_of(std::string_view token, std::string_view format) {
  return fmt::format("/feeds/{}/{}", token, format);
}

json::object feed_json(const ledger::Feed& feed) {
  json::object object;
  object["id"] = std::to_string(feed.id);
  object["title"] = feed.title;
  object["channel_id"] = feed.channel ? json::value(std::to_string(feed.channel->value())) : json::value(nullptr);
  object["search"] = text_or_null(feed.search);
  object["created"] = iso8601(feed.created);
  return object;
}

std::vector<Member> feed_members() {
  return {{"id", Schema::id()},
          {"title", Schema::text()},
          {"channel_id", Schema::id().nullable().described("Of one channel; null: of all that you follow.")},
          {"search", Schema::text().nullable().described("Only posts that this search finds.")},
          {"created", Schema::time()}};
}

json::object feed_example() {
  return {{"id", "3"},
          {"title", "Bridges"},
          {"channel_id", nullptr},
          {"search", "bridge -rail"},
          {"created", "2026-01-31T12:30:00Z"}};
}

Route list_route(ApiContext& context) {
  Route route;
  route.path = "/api/v1/feeds";
  route.id = "list_feeds";
  route.tag = kTag;
  route.summary = "Your feeds";
  route.answers = {{200,
                    "All of them.",
                    Schema::object({{"items", Schema::array(Schema::named("Feed", Schema::object(feed_members())))},
                                    {"next", Schema::null()}}),
                    {{"items", json::array{feed_example()}}, {"next", nullptr}}},
                   unchanged_answer()};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    auto read = [user = call.caller().user](ledger::Ledger& ledger) { return ledger.feeds().of_user(user); };
    const std::vector<ledger::Feed> feeds = co_await context.readers.run(read, call.deadline());
    json::array items;
    for (const ledger::Feed& feed : feeds)
      items.push_back(feed_json(feed));
    json::object list;
    list["items"] = std::move(items);
    list["next"] = nullptr;
    co_return with_etag(call, json_response(list));
  };
  return route;
}

std::string text_or_empty(const json::object& body, std::string_view name) {
  const json::value* value = body.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

ledger::Feed wanted_feed(const Call& call) {
  const json::object& body = call.body().as_object();
  ledger::Feed feed;
  feed.user = call.caller().user;
  feed.search = text_or_empty(body, "search");
  feed.title = text_or_empty(body, "title");
  const std::string channel = text_or_empty(body, "channel");
  if (!channel.empty()) {
    std::int64_t number = 0;
    std::from_chars(channel.data(), channel.data() + channel.size(), number);
    feed.channel = ChannelId(number);
  }
  if (!feed.search.empty()) {
    const search::Query query = search::searchable(search::Tokenizer(), parsed_search(feed.search, "search"));
    if (search::fts5_expression(query).empty())
      throw invalid_parameter("search", "it names no word that is to be found");
  }
  return feed;
}

/// Whether the user may have it; completes its title.
ledger::LedgerResult<bool> check_feed(ledger::Ledger& ledger, ledger::Feed& feed, std::optional<OwnerId> user) {
  if (feed.channel) {
    const auto may = may_see(ledger, user, *feed.channel);
    if (!may || !*may)
      return may;
  }
  if (!feed.title.empty())
    return true;
  feed.title = feed.search.empty() ? "Ledgram" : feed.search;
  if (feed.channel && feed.search.empty()) {
    const auto channel = ledger.find_channel(*feed.channel);
    if (!channel)
      return std::unexpected(channel.error());
    if (*channel)
      feed.title = (*channel)->title;
  }
  return true;
}

Route create_route(ApiContext& context) {
  std::vector<Member> members = feed_members();
  members.push_back({"token", Schema::text().described("Shown once; it is in the addresses as well.")});
  members.push_back({"rss", Schema::text().described("Path of the feed as RSS.")});
  members.push_back({"atom", Schema::text().described("Path of the feed as Atom.")});
  json::object example = feed_example();
  example["token"] = "feed_Zm9v";
  example["rss"] = "/feeds/feed_Zm9v/rss";
  example["atom"] = "/feeds/feed_Zm9v/atom";
  Route route;
  route.method = http::Method::Post;
  route.path = "/api/v1/feeds";
  route.id = "create_feed";
  route.tag = kTag;
  route.summary = "Make a feed";
  route.description =
      "Of a channel, of a search, of both, or of everything that you follow. Whoever knows its address can read it.";
  route.access = kMayWrite;
  const Schema body = Schema::object({{"channel", Schema::id(), Presence::Optional},
                                      {"search", Schema::text().length(1, search::kMostQueryBytes), Presence::Optional},
                                      {"title", Schema::text().length(1, 200), Presence::Optional}});
  route.body = Body{body, {{"search", "bridge -rail"}, {"title", "Bridges"}}};
  route.answers = {
      {201, "The feed with its secret addresses.", Schema::named("NewFeed", Schema::object(members)), example}};
  route.problems = {ProblemCode::NotFound};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    ledger::Feed feed = wanted_feed(call);
    feed.created = context.now();
    auto check = [&feed, user = call.caller().sees()](ledger::Ledger& ledger) {
      return check_feed(ledger, feed, user);
    };
    if (!co_await context.readers.run(check, call.deadline()))
      throw not_found("you follow no such channel");
    const NewToken token = make_token(kTokenPrefix, context.random);
    auto add = [&feed, hash = token.hash](ledger::Ledger& ledger) { return ledger.feeds().add(feed, hash); };
    feed.id = co_await context.ledger.run(add);
    call.audit(fmt::format("feed {}", feed.id));
    json::object made = feed_json(feed);
    made["token"] = token.text.reveal();
    made["rss"] = path_of(token.text.reveal(), "rss");
    made["atom"] = path_of(token.text.reveal(), "atom");
    co_return json_response(made, 201);
  };
  return route;
}

Route remove_route(ApiContext& context) {
  Route route;
  route.method = http::Method::Delete;
  route.path = "/api/v1/feeds/{feed}";
  route.id = "delete_feed";
  route.tag = kTag;
  route.summary = "End a feed";
  route.access = kMayWrite;
  route.parameters = {path_parameter("feed", Schema::id(), "Number of the feed.")};
  route.answers = {{204, "Its addresses lead nowhere now."}};
  route.problems = {ProblemCode::NotFound};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    const std::int64_t feed = call.id("feed");
    call.audit(fmt::format("feed {}", feed));
    auto remove = [feed, user = call.caller().user](ledger::Ledger& ledger) {
      return ledger.feeds().remove(user, feed);
    };
    co_await context.ledger.run(remove);
    co_return empty_response();
  };
  return route;
}

/// A feed and whose things it may show.
struct OpenFeed {
  ledger::Feed feed;
  std::optional<OwnerId> user;
};

ledger::LedgerResult<std::optional<OpenFeed>> open_feed(ledger::Ledger& ledger, const ledger::TokenHash& hash) {
  const auto feed = ledger.feeds().find(hash);
  if (!feed)
    return std::unexpected(feed.error());
  if (!*feed)
    return std::optional<OpenFeed>();
  const auto user = ledger.users().find((*feed)->user);
  if (!user)
    return std::unexpected(user.error());
  if (!*user)
    return std::optional<OpenFeed>();
  const bool sees_all = (*user)->role == Role::Admin;
  return std::optional(OpenFeed{**feed, sees_all ? std::nullopt : std::optional((*feed)->user)});
}

ledger::LedgerResult<std::vector<ledger::Post>> newest_posts(ledger::Ledger& ledger, const OpenFeed& feed) {
  std::vector<ChannelId> wanted;
  if (feed.feed.channel)
    wanted.push_back(*feed.feed.channel);
  auto channels = visible_of(ledger, feed.user, wanted);
  if (!channels)
    return std::unexpected(channels.error());
  ledger::PostPageFilter filter;
  filter.channels = std::move(*channels);
  filter.limit = kFeedPosts;
  auto page = ledger.post_store().page(filter);
  if (!page)
    return std::unexpected(page.error());
  return std::move(page->posts);
}

asio::awaitable<FeedDocument> read_feed(ApiContext& context, search::SearchService& search, const std::string& token,
                                        net::Deadline deadline) {
  auto open = [hash = hash_of(token)](ledger::Ledger& ledger) { return open_feed(ledger, hash); };
  const std::optional<OpenFeed> feed = co_await context.readers.run(open, deadline);
  if (!feed)
    throw not_found("there is no such feed, or it was ended");
  FeedDocument document;
  document.title = feed->feed.title;
  document.id = fmt::format("urn:ledgram:feed:{}", feed->feed.id);
  document.created = feed->feed.created;
  if (feed->feed.search.empty()) {
    auto read = [&feed](ledger::Ledger& ledger) { return newest_posts(ledger, *feed); };
    document.posts = co_await context.readers.run(read, deadline);
    co_return document;
  }
  search::SearchRequest request;
  request.query = parsed_search(feed->feed.search, "search");
  request.limit = kFeedPosts;
  std::vector<ChannelId> wanted;
  if (feed->feed.channel)
    wanted.push_back(*feed->feed.channel);
  FoundPosts found =
      co_await find_posts(context, search, std::move(request), std::move(wanted), feed->user, deadline, "search");
  document.posts = std::move(found.posts);
  co_return document;
}

struct FeedFormat {
  std::string_view name;
  std::string_view content_type;
  std::string (*text)(const FeedDocument&);
};

Route document_route(ApiContext& context, search::SearchService& search, const FeedFormat& format) {
  Route route;
  route.path = fmt::format("/feeds/{{token}}/{}", format.name);
  route.id = fmt::format("read_feed_{}", format.name);
  route.tag = kTag;
  route.summary = fmt::format("A feed as {}", format.name == "rss" ? "RSS 2.0" : "Atom");
  route.description = "The newest 50 posts. The secret in the address is the access; no login is needed.";
  route.access = kPublic;
  route.parameters = {path_parameter("token", Schema::text().length(1, 100), "The feed's secret.")};
  Answer answer;
  answer.description = "The feed.";
  answer.schema = Schema::text();
  answer.example = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
  answer.content_type = format.content_type;
  route.answers = {answer, unchanged_answer()};
  route.problems = {ProblemCode::NotFound};
  route.handle = [&context, &search, format](Call& call) -> asio::awaitable<http::Reply> {
    const std::string token = call.text("token");
    FeedDocument document = co_await read_feed(context, search, token, call.deadline());
    document.link = fmt::format("{}://{}{}", call.request().secure ? "https" : "http", call.request().host,
                                path_of(token, format.name));
    http::Response response;
    response.content_type = format.content_type;
    response.body = format.text(document);
    co_return with_etag(call, std::move(response));
  };
  return route;
}

}  // namespace

void add_feed_routes(RouteTable& table, ApiContext& context, search::SearchService& search) {
  table.add(list_route(context));
  table.add(create_route(context));
  table.add(remove_route(context));
  table.add(document_route(context, search, {"rss", "application/rss+xml", rss_text}));
  table.add(document_route(context, search, {"atom", "application/atom+xml", atom_text}));
}

}  // namespace ledgram::api
