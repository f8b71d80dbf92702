#include "ledgram/api/answers.hpp"
#include "ledgram/api/post_cursor.hpp"
#include "ledgram/api/post_text.hpp"
#include "ledgram/api/reading_routes.hpp"
#include "ledgram/api/visible_channels.hpp"
#include "ledgram/ledger/post_store.hpp"

#include <optional>
#include <string>
#include <utility>

/// Posts of the channels that the caller follows.

namespace ledgram::api {
namespace {

constexpr std::string_view kTag = "posts";

/// Posts of about a kilobyte.
constexpr std::int64_t kMostPosts = 500;
constexpr std::int64_t kUsualPosts = 50;

ledger::PostPageFilter filter_of(const Call& call) {
  ledger::PostPageFilter filter;
  filter.since = call.time("since");
  filter.until = call.time("until");
  filter.text = call.optional_text("text").value_or("");
  filter.author = call.optional_text("author").value_or("");
  filter.has_link = call.optional_flag("has_link");
  filter.has_media = call.optional_flag("has_media");
  if (call.optional_flag("deleted").value_or(false))
    filter.include_deleted = ledger::IncludeDeleted::Yes;
  if (call.optional_flag("service").value_or(false))
    filter.include = ledger::Include::PostsAndService;
  if (call.text("order") == "oldest_first")
    filter.order = ledger::PostOrder::OldestFirst;
  filter.limit = call.number("limit");
  filter.after = place_in_cursor(call);
  return filter;
}

std::string page_text(const ledger::PostPage& page) {
  constexpr std::size_t kUsualPost = 1'200;
  JsonText out;
  out.reserve(page.posts.size() * kUsualPost + 100);
  out.begin_object();
  out.key("items");
  out.begin_array();
  for (const ledger::Post& post : page.posts) {
    out.begin_object();
    write_post_members(out, post);
    out.end_object();
  }
  out.end_array();
  out.key("next");
  if (page.next) {
    out.value(cursor_at(*page.next));
  } else {
    out.raw("null");
  }
  out.end_object();
  return out.take();
}

std::vector<Parameter> list_parameters() {
  return {
      query_parameter("since", Schema::time(), "This moment and later."),
      query_parameter("until", Schema::time(), "Before this moment."),
      query_parameter("text", Schema::text().length(1, 200),
                      "Part of the text, whatever the case. For words in many posts /api/v1/search is faster."),
      query_parameter("has_link", Schema::boolean(), "With or without a link."),
      query_parameter("has_media", Schema::boolean(),
                      "With or without a photo, video or file; a link's preview is none."),
      query_parameter("author", Schema::text().length(1, 200),
                      "The signature, or the number of the sender in a group."),
      query_parameter("deleted", Schema::boolean().with_default(false), "Posts that were deleted as well."),
      query_parameter("service", Schema::boolean().with_default(false), "Service messages as well."),
      query_parameter("order", Schema::one_of({"newest_first", "oldest_first"}).with_default("newest_first"),
                      "The same with every cursor of a list."),
      limit_parameter(kMostPosts, kUsualPosts),
      cursor_parameter(),
  };
}

Answer list_answer() {
  const Schema schema = Schema::named(
      "PostList", Schema::object({{"items", Schema::array(post_schema())}, {"next", Schema::text().nullable()}}));
  return {200,
          "A page of posts in the order that was asked for. It may hold fewer than `limit`, even none; `next` is null "
          "after the last.",
          schema,
          {{"items", json::array{post_example()}}, {"next", nullptr}}};
}

using Found = std::optional<std::string>;

Route list_route(ApiContext& context) {
  Route route;
  route.path = "/api/v1/posts";
  route.id = "list_posts";
  route.tag = kTag;
  route.summary = "Posts of all channels that you follow";
  route.description = "In one order over all channels.";
  route.parameters = list_parameters();
  route.parameters.push_back(query_parameter("channel", Schema::array(Schema::id()).length(1, 200),
                                             "Only these channels; those that you do not follow have no posts."));
  route.answers = {list_answer(), unchanged_answer()};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    auto read = [filter = filter_of(call), wanted = channels_of(call, "channel"),
                 user = call.caller().sees()](ledger::Ledger& ledger) mutable -> ledger::LedgerResult<std::string> {
      auto channels = visible_of(ledger, user, wanted);
      if (!channels)
        return std::unexpected(channels.error());
      filter.channels = std::move(*channels);
      const auto page = ledger.post_store().page(filter);
      if (!page)
        return std::unexpected(page.error());
      return page_text(*page);
    };
    std::string text = co_await context.readers.run(std::move(read), call.deadline());
    co_return with_etag(call, json_text_response(std::move(text)));
  };
  return route;
}

Route channel_list_route(ApiContext& context) {
  Route route;
  route.path = "/api/v1/channels/{channel}/posts";
  route.id = "list_channel_posts";
  route.tag = kTag;
  route.summary = "Posts of a channel";
  route.parameters = list_parameters();
  route.parameters.push_back(path_parameter("channel", Schema::id(), "Telegram's number of the channel."));
  route.answers = {list_answer(), unchanged_answer()};
  route.problems = {ProblemCode::NotFound};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    auto read = [filter = filter_of(call), channel = ChannelId(call.id("channel")),
                 user = call.caller().sees()](ledger::Ledger& ledger) mutable -> ledger::LedgerResult<Found> {
      const auto may = may_see(ledger, user, channel);
      if (!may)
        return std::unexpected(may.error());
      if (!*may)
        return Found();
      filter.channels.push_back(channel);
      const auto page = ledger.post_store().page(filter);
      if (!page)
        return std::unexpected(page.error());
      return Found(page_text(*page));
    };
    Found text = co_await context.readers.run(std::move(read), call.deadline());
    if (!text)
      throw not_found("you follow no such channel");
    co_return with_etag(call, json_text_response(std::move(*text)));
  };
  return route;
}

ledger::LedgerResult<Found> read_post(ledger::Ledger& ledger, ChannelId channel, MessageNumber number,
                                      std::optional<OwnerId> user) {
  const auto may = may_see(ledger, user, channel);
  if (!may)
    return std::unexpected(may.error());
  if (!*may)
    return Found();
  const auto post = ledger.post_store().post(channel, number);
  if (!post)
    return std::unexpected(post.error());
  if (!*post)
    return Found();
  const auto versions = ledger.message_versions(channel, number);
  if (!versions)
    return std::unexpected(versions.error());
  JsonText out;
  out.begin_object();
  write_post_members(out, **post);
  out.key("versions");
  out.begin_array();
  for (const ledger::MessageVersion& version : *versions) {
    out.begin_object();
    write_version_members(out, version);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return Found(out.take());
}

Route post_route(ApiContext& context) {
  std::vector<Member> members = post_members();
  members.push_back(
      {"versions", Schema::array(version_schema())
                       .described("What it was before its edits, oldest first; not its present content.")});
  json::object example = post_example();
  example["versions"] = json::array{{{"edit_date", nullptr},
                                     {"replaced_at", "2026-01-31T12:45:00Z"},
                                     {"text", "The bridge is open."},
                                     {"entities", json::array{}},
                                     {"media", nullptr}}};
  Route route;
  route.path = "/api/v1/channels/{channel}/posts/{post}";
  route.id = "get_post";
  route.tag = kTag;
  route.summary = "A post with its versions";
  route.description = "Also if it was deleted; then `deleted` is true.";
  constexpr std::int64_t kHighest = 2'147'483'647;
  route.parameters = {path_parameter("channel", Schema::id(), "Telegram's number of the channel."),
                      path_parameter("post", Schema::integer().range(1, kHighest), "Number of the message in it.")};
  route.answers = {{200, "The post.", Schema::named("PostWithVersions", Schema::object(members)), example},
                   unchanged_answer()};
  route.problems = {ProblemCode::NotFound};
  route.handle = [&context](Call& call) -> asio::awaitable<http::Reply> {
    const ChannelId channel(call.id("channel"));
    const MessageNumber number(static_cast<std::int32_t>(call.number("post")));
    auto read = [channel, number, user = call.caller().sees()](ledger::Ledger& ledger) {
      return read_post(ledger, channel, number, user);
    };
    Found text = co_await context.readers.run(read, call.deadline());
    if (!text)
      throw not_found("there is no such post in a channel that you follow");
    co_return with_etag(call, json_text_response(std::move(*text)));
  };
  return route;
}

}  // namespace

void add_post_routes(RouteTable& table, ApiContext& context) {
  table.add(list_route(context));
  table.add(channel_list_route(context));
  table.add(post_route(context));
}

}  // namespace ledgram::api
