#pragma once

/// Searches as end points carry them out: what may be seen, the index, and the posts out of the ledger.

#include "ledgram/api/call.hpp"
#include "ledgram/api/context.hpp"
#include "ledgram/ledger/queries.hpp"
#include "ledgram/search/service.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace ledgram::api {

struct FoundPosts {
  std::vector<ledger::Post> posts;   ///< newest first
  std::optional<std::int64_t> next;  ///< SearchRequest::after of the next page
};

/// Throws InvalidParameter, naming `parameter`, for what cannot be looked for.
search::Query parsed_search(std::string_view text, std::string_view parameter);

/// `wanted` empty: in all channels that the user may see. Throws InvalidParameter, DeadlineExceeded, Unavailable.
asio::awaitable<FoundPosts> find_posts(ApiContext& context, search::SearchService& search,
                                       search::SearchRequest request, std::vector<ChannelId> wanted,
                                       std::optional<OwnerId> user, net::Deadline deadline, std::string_view parameter);

}  // namespace ledgram::api
