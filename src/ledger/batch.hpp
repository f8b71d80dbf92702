#pragma once

/// The unit of commitment: everything in a Batch is stored, or nothing of it. A history page and the range that it
/// completes travel together, so after any crash the stored ranges say exactly what is there.

#include "ledgram/ledger/rows.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::ledger {

/// Numbers of one channel that are complete once the batch is stored. A number in it without a message is a known hole.
struct CompletedRange {
  ChannelId channel;
  IdRange range;
};

/// News about a channel itself. What is absent stays as it is.
struct ChannelNews {
  ChannelId channel;
  std::optional<std::string> username;
  std::optional<std::string> title;
  std::optional<std::int32_t> newest_id;     ///< only ever raises the stored one
  std::optional<std::int32_t> pts_if_unset;  ///< a history reply may set an unknown pts, never raise a known one
  std::optional<std::int64_t> server_count;
  std::optional<UnixSeconds> last_collect;
};

struct Batch {
  std::vector<Message> messages;
  std::vector<Peer> peers;
  std::vector<ChannelNews> channels;
  std::vector<CompletedRange> completed;
  UnixSeconds seen_at{};  ///< becomes first_seen of new messages

  [[nodiscard]] bool empty() const {
    return messages.empty() && peers.empty() && channels.empty() && completed.empty();
  }
};

struct CommitStats {
  std::int64_t inserted{};
  std::int64_t inserted_service{};  ///< of those inserted: service messages
  std::int64_t updated{};           ///< were there with other content (text, views, media...)
  std::int64_t unchanged{};         ///< were there with the same content, or in a later edit

  CommitStats& operator+=(const CommitStats& other) {
    inserted += other.inserted;
    inserted_service += other.inserted_service;
    updated += other.updated;
    unchanged += other.unchanged;
    return *this;
  }
};

}  // namespace ledgram::ledger
