#pragma once

/// What can be asked of the ledger about messages and completeness.

#include "ledgram/ledger/events.hpp"
#include "ledgram/ledger/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::ledger {

enum class Include : std::uint8_t { Posts, PostsAndService };
enum class IncludeDeleted : std::uint8_t { No, Yes };

/// Which messages; the order is always newest first.
struct PostFilter {
  std::optional<ChannelId> channel;           ///< all channels if absent, ordered by date
  std::optional<UnixSeconds> since;           ///< this moment and later
  std::optional<MessageNumber> below_number;  ///< only with `channel`: numbers less than this, for the next page
  std::optional<std::int64_t> limit;          ///< at least 0; no limit if absent
  Include include{Include::Posts};
  IncludeDeleted include_deleted{IncludeDeleted::No};  ///< held deletions are not deleted
};

/// A stored message with what its reader needs to know about its channel.
struct Post {
  Message message;
  std::string channel_username;
  std::string channel_title;
  UnixSeconds first_seen{};
  std::optional<DeletionMark> deletion;  ///< in any state; Applied ones only with IncludeDeleted::Yes
  std::int64_t row{};                    ///< its own number among all posts; only in pages of PostStore
};

/// What a message was before an edit.
struct MessageVersion {
  UnixSeconds edit_date{};  ///< of this content; 0 for the first one
  std::string text;
  std::string entities;
  std::string media_kind;
  std::string media;
  std::int32_t layer{};
  Bytes raw;
  std::int32_t as_of{};
  UnixSeconds replaced_at{};  ///< when the next content was stored
};

/// A stored message of a private chat or basic group.
struct PrivatePost {
  PrivateMessage message;
  UnixSeconds first_seen{};
  std::optional<DeletionMark> deletion;
};

/// What Telegram will never tell of an account's private chats and basic groups, and was not read again yet.
struct OpenPrivateGap {
  std::int32_t as_of{};   ///< the account's pts after it
  std::int32_t newest{};  ///< the highest number that updates had brought before it; 0 for none
  UnixSeconds since{};    ///< the date of the account's state before it; 0 for none
};

/// A stored message whose content is from before a gap.
struct UncheckedMessage {
  MessageNumber number;
  PeerKey peer;
};

/// Which events; the order is always by number.
struct EventFilter {
  std::int64_t from{1};           ///< the first number to give
  std::int64_t limit{1000};       ///< at most so many
  std::optional<EventType> type;  ///< all if absent
};

/// How complete a channel is. `newest_id` is the highest number ever seen; ids above it are not known to exist.
struct ChannelReport {
  Channel channel;
  std::int64_t known_ids{};  ///< numbers known to be complete, deleted ones included
  std::int64_t messages{};   ///< stored messages, service messages and deleted ones included
  std::int32_t newest_id{};
  std::vector<IdRange> holes;  ///< between 1 and newest_id, in rising order; rechecks included
  std::int64_t recheck_ids{};  ///< of the numbers in holes: were complete, and have to be read again
  std::int64_t deleted{};      ///< stored messages that are gone
  std::int64_t held{};         ///< stored messages whose deletion is held back

  [[nodiscard]] bool never_collected() const { return channel.last_collect == 0 && known_ids == 0; }
  [[nodiscard]] bool complete() const { return holes.empty() && !never_collected(); }
};

}  // namespace ledgram::ledger
