#pragma once

/// What can be asked of the ledger about messages and completeness.

#include "ledgram/ledger/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::ledger {

enum class Include : std::uint8_t { Posts, PostsAndService };

/// Which messages; the order is always newest first.
struct PostFilter {
  std::optional<ChannelId> channel;           ///< all channels if absent, ordered by date
  std::optional<UnixSeconds> since;           ///< this moment and later
  std::optional<MessageNumber> below_number;  ///< only with `channel`: numbers less than this, for the next page
  std::optional<std::int64_t> limit;          ///< at least 0; no limit if absent
  Include include{Include::Posts};
};

/// A stored message with what its reader needs to know about its channel.
struct Post {
  Message message;
  std::string channel_username;
  std::string channel_title;
  UnixSeconds first_seen{};
};

/// How complete a channel is. `newest_id` is the highest number ever seen; ids above it are not known to exist.
struct ChannelReport {
  Channel channel;
  std::int64_t known_ids{};  ///< numbers known to be complete, deleted ones included
  std::int64_t messages{};   ///< stored messages, service messages included
  std::int32_t newest_id{};
  std::vector<IdRange> holes;  ///< between 1 and newest_id, in rising order

  [[nodiscard]] bool never_collected() const { return channel.last_collect == 0 && known_ids == 0; }
  [[nodiscard]] bool complete() const { return holes.empty() && !never_collected(); }
};

}  // namespace ledgram::ledger
