#include "ledgram/api/answers.hpp"
#include "ledgram/api/post_text.hpp"
#include "ledgram/api/reading_routes.hpp"
#include "ledgram/api/search_answers.hpp"
#include "ledgram/api/visible_channels.hpp"
#include "ledgram/ledger/post_store.hpp"
#include "ledgram/search/highlight.hpp"

#include <charconv>
#include <optional>
#include <string>
#include <utility>

/// Full-text search over the channels that the caller follows.

namespace ledgram::api {
namespace {

constexpr std::int64_t kMostHits = 200;
constexpr std::int64_t kUsualHits = 50;

void write_highlights(JsonText& out, const std::vector<search::Highlight>& highlights) {
  out.key("highlights");
  out.begin_array();
  for (const search::Highlight& highlight : highlights) {
    out.begin_object();
    out.member("offset", highlight.offset);
    out.member("length", highlight.length);
    out.end_object();
  }
  out.end_array();
}

std::optional<std::int64_t> place_of(const std::string& position) {
  std::int64_t place = 0;
  const char* const end = position.data() + position.size();
  const auto parsed = std::from_chars(position.data(), end, place);
  return parsed.ec == std::errc{} && parsed.ptr == end ? std::optional(place) : std::nullopt;
}

/// The items of one page, read and marked on a reader's thread.
std::string items_text(const std::vector<ledger::Post>& posts, const search::Query& query) {
  // Each thread has its own: a tokenizer belongs to one.
  thread_local const search::Tokenizer tokenizer;
  JsonText out;
  out.begin_array();
  for (const ledger::Post& post : posts) {
    out.begin_object();
    write_post_members(out, post);
    write_highlights(out, search::highlights(tokenizer, query, post.message.text));
    out.end_object();
  }
  out.end_array();
  return out.take();
}

search::SearchRequest request_of(const Call& call) {
  search::SearchRequest request;
  request.query = parsed_search(call.text("q"), "q");
  request.since = call.time("since");
  request.until = call.time("until");
  request.author = call.optional_text("author").value_or("");
  request.limit = static_cast<std::size_t>(call.number("limit"));
  if (const auto position = position_of(call)) {
    request.after = place_of(*position);
    if (!request.after)
      throw invalid_parameter("cursor", "it is none of this list");
  }
  return request;
}

std::vector<Parameter> parameters() {
  return {
      query_parameter(
          "q", Schema::text().length(1, search::kMostQueryBytes).example("bridge \"open again\" -rail"),
          "Words that a post must have, \"phrases\", beginnings of words with * (three letters at least), and "
          "-words that it must not have.",
          Presence::Required),
      query_parameter("channel", Schema::array(Schema::id()).length(1, 200), "Only these channels."),
      query_parameter("since", Schema::time(), "This moment and later."),
      query_parameter("until", Schema::time(), "Before this moment."),
      query_parameter("author", Schema::text().length(1, 200),
                      "Words of the signature, or the number of the sender in a group."),
      limit_parameter(kMostHits, kUsualHits),
      cursor_parameter(),
  };
}

Schema answer_schema() {
  std::vector<Member> members = post_members();
  members.push_back(
      {"highlights", Schema::array(Schema::object({{"offset", Schema::integer()}, {"length", Schema::integer()}}))
                         .described("Where the words stand in the text, in UTF-16 code units.")});
  return Schema::named(
      "SearchPage",
      Schema::object({{"items", Schema::array(Schema::named("FoundPost", Schema::object(members)))},
                      {"next", Schema::text().nullable()},
                      {"behind", Schema::integer().described("Messages that are stored and not yet indexed.")}}));
}

}  // namespace

void add_search_routes(RouteTable& table, ApiContext& context, search::SearchService& search) {
  json::object example = post_example();
  example["highlights"] = json::array{{{"offset", 4}, {"length", 6}}};
  Route route;
  route.path = "/api/v1/search";
  route.id = "search_posts";
  route.tag = "posts";
  route.summary = "Full-text search over all channels that you follow";
  route.description = "Newest first. Case and accents do not matter. See docs/api-reading.md for what a word is.";
  route.parameters = parameters();
  route.answers = {{200,
                    "A page of posts. It may hold fewer than `limit`, even none; `next` is null after the last.",
                    answer_schema(),
                    {{"items", json::array{example}}, {"next", nullptr}, {"behind", 0}}},
                   unchanged_answer()};
  route.handle = [&context, &search](Call& call) -> asio::awaitable<http::Reply> {
    search::SearchRequest request = request_of(call);
    const search::Query query = request.query;
    const FoundPosts found = co_await find_posts(context, search, std::move(request), channels_of(call, "channel"),
                                                 call.caller().sees(), call.deadline(), "q");
    // Marked here would hold up the loop.
    auto mark = [&found, &query](ledger::Ledger&) -> ledger::LedgerResult<std::string> {
      return items_text(found.posts, query);
    };
    const std::string items = co_await context.readers.run(mark, call.deadline());
    JsonText out;
    out.reserve(items.size() + 100);
    out.begin_object();
    out.key("items");
    out.raw(items);
    out.key("next");
    if (found.next) {
      out.value(make_cursor(std::to_string(*found.next)));
    } else {
      out.raw("null");
    }
    out.member("behind", search.state().behind);
    out.end_object();
    co_return with_etag(call, json_text_response(out.take()));
  };
  table.add(std::move(route));
}

}  // namespace ledgram::api
