#pragma once

/// Followed channels as JSON. For the inside of this floor.

#include "ledgram/api/account_access.hpp"
#include "ledgram/api/schema.hpp"
#include "ledgram/follow/progress_book.hpp"
#include "ledgram/ledger/queries.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <vector>

namespace ledgram::api {

/// What the ledger knows of a channel.
struct ChannelFacts {
  ledger::ChannelReport report;
  ledger::UnixSeconds last_activity{};  ///< of the newest post; 0 if there is none
};

/// By their order in `channels`. The ledger looks at every channel's ranges.
asio::awaitable<std::vector<ChannelFacts>> facts_of(ApiContext& context, std::vector<ledger::Channel> channels,
                                                    net::Deadline deadline);

Schema followed_channel_schema();
json::object followed_channel_example();
json::object followed_channel_json(ApiContext& context, const ChannelFacts& facts);

Schema collection_schema();
json::object collection_example();
/// `progress` is nothing if no collection has run since the start.
json::object collection_json(const ChannelFacts& facts, const std::optional<follow::CollectionProgress>& progress);

}  // namespace ledgram::api
