#include "ledgram/api/search_answers.hpp"

#include "ledgram/api/visible_channels.hpp"
#include "ledgram/ledger/post_store.hpp"

#include <utility>

namespace ledgram::api {
namespace {

ApiFailure failure_of(const search::SearchError& error, std::string_view parameter) {
  if (error.code == search::SearchErrc::Stopped)
    return {ProblemCode::DeadlineExceeded, error.message};
  return invalid_parameter(parameter, error.message);
}

/// In the order of the hits, without those that are gone by now.
ledger::LedgerResult<std::vector<ledger::Post>> read_hits(ledger::Ledger& ledger,
                                                          const std::vector<search::Hit>& hits) {
  std::vector<ledger::Post> posts;
  ledger::PostStore store = ledger.post_store();
  for (const search::Hit& hit : hits) {
    auto post = store.post(hit.channel, hit.number);
    if (!post)
      return std::unexpected(post.error());
    const bool gone = !*post || ((*post)->deletion && (*post)->deletion->state == ledger::DeletionState::Applied);
    if (!gone)
      posts.push_back(std::move(**post));
  }
  return posts;
}

}  // namespace

search::Query parsed_search(std::string_view text, std::string_view parameter) {
  auto query = search::parse_query(text);
  if (!query)
    throw failure_of(query.error(), parameter);
  return std::move(*query);
}

asio::awaitable<FoundPosts> find_posts(ApiContext& context, search::SearchService& search,
                                       search::SearchRequest request, std::vector<ChannelId> wanted,
                                       std::optional<OwnerId> user, net::Deadline deadline,
                                       std::string_view parameter) {
  if (!search.state().working)
    throw ApiFailure(ProblemCode::Unavailable, "the search index cannot be used; the log says why");
  auto see = [user, wanted = std::move(wanted)](ledger::Ledger& ledger) { return visible_of(ledger, user, wanted); };
  request.channels = co_await context.readers.run(std::move(see), deadline);
  std::optional<search::SearchError> refused;
  search::HitPage hits;
  try {
    hits = co_await search.find(std::move(request), deadline);
  } catch (const search::SearchFailure& failure) {
    refused = failure.error();
  }
  if (refused)
    throw failure_of(*refused, parameter);
  auto read = [&hits](ledger::Ledger& ledger) { return read_hits(ledger, hits.hits); };
  FoundPosts found;
  found.posts = co_await context.readers.run(read, deadline);
  found.next = hits.next;
  co_return found;
}

}  // namespace ledgram::api
