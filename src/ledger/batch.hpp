#pragma once

/// The unit of commitment: everything in a Batch is stored, or nothing of it. A history page and the range that it
/// completes travel together, so after any crash the stored ranges say exactly what is there.

#include "ledgram/ledger/events.hpp"
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
  /// The pts of the answer that proves it. Messages in the range that are stored with a lower as_of and are not in the
  /// batch were deleted, and get the mark. 0: proves no deletions.
  std::int32_t as_of{};
};

/// A number of a channel that is gone. Messages that are not stored are remembered as deleted, too.
struct Deletion {
  ChannelId channel;
  MessageNumber number;
  std::int32_t as_of{};  ///< the channel's pts after the deletion; 0 if not known: the message is gone for good
};

/// Numbers whose edits and deletions may have been missed, as after updates.channelDifferenceTooLong. They count as
/// holes until a CompletedRange that is at least as new covers them.
struct Recheck {
  ChannelId channel;
  IdRange range;
  std::int32_t as_of{};  ///< the pts after the gap: older answers do not end the recheck; 0: any answer does
};

/// News about a channel itself. What is absent stays as it is. Several of one channel are carried out in order.
struct ChannelNews {
  ChannelId channel;
  std::optional<std::string> username;
  std::optional<std::string> title;
  std::optional<std::int32_t>
      newest_id;  ///< only ever raises the stored one; messages and ranges raise it by themselves
  std::optional<std::int32_t> pts_if_unset;  ///< a history reply may set an unknown pts, never raise a known one
  std::optional<std::int64_t> server_count;
  std::optional<UnixSeconds> last_collect;
  std::optional<std::int32_t> pts;            ///< sets it: the update box stands here once the batch is stored
  std::optional<std::int32_t> tail_id;        ///< sets it, with `pts`: after a gap or at the start of following
  std::optional<std::int32_t> tail_if_unset;  ///< goes with `pts_if_unset`, and counts only where that one does
  /// The highest message that updates brought without a gap: the numbers above the tail up to it become complete, and
  /// it becomes the tail. Nothing happens while the tail is not known or where it is higher already.
  std::optional<std::int32_t> tail_grows_to;
  std::optional<std::int32_t> news_after_if_unset;  ///< counts for the messages of the same batch
  std::optional<ChannelKind> kind;
  std::optional<FollowState> follow;
  std::optional<AccountId> account;  ///< which account follows it from now on; AccountId(0): none
};

/// An account's state changed; makes an account.state event if it really did.
struct AccountNews {
  AccountId account;
  AccountState state{};
  std::string reason;  ///< Telegram's error, for example "AUTH_KEY_DUPLICATED"; empty for none
};

/// A message of a private chat or basic group is gone; Telegram names no chat.
struct PrivateDeletion {
  AccountId account;
  MessageNumber number;
  std::int32_t as_of{};  ///< the account's pts after it
};

/// Changes of an account's private chats and basic groups that will never be told (updates.differenceTooLong). They
/// begin after the highest number that batches with Via::Live have brought, and stay to be read again until a
/// PrivateGapEnd; a second gap makes one with the first, and what was read for it is void.
struct PrivateGap {
  AccountId account;
  std::int32_t as_of{};  ///< the account's pts after the gap
};

/// A private chat or basic group was read again for the gap that ends at `as_of`: its messages from `down_to` on. Says
/// nothing when the account's gap is another one by now.
struct PrivateReading {
  AccountId account;
  PeerKey peer;
  std::int32_t as_of{};
  std::int32_t down_to{};
};

/// The gap that ends at `as_of` is filled. Says nothing when the account's gap is another one by now.
struct PrivateGapEnd {
  AccountId account;
  std::int32_t as_of{};
};

/// How the messages of a batch came; told in their events.
enum class Via : std::uint8_t { History, Live };

struct Batch {
  std::vector<Message> messages;  ///< the same number may come again, in the order of its changes
  std::vector<Peer> peers;
  std::vector<ChannelNews> channels;
  std::vector<CompletedRange> completed;
  UnixSeconds seen_at{};  ///< becomes first_seen of new messages, and the time of marks, versions and events

  std::vector<Deletion> deletions;
  std::vector<Recheck> rechecks;
  std::vector<UpdateState> update_states;  ///< the last one of an account counts
  std::vector<ChannelAccount> channel_accounts;
  std::vector<AccountNews> accounts;
  std::vector<PrivateMessage> private_messages;
  std::vector<PrivateDeletion> private_deletions;
  std::vector<PrivateGap> private_gaps;  ///< count from what is stored before the batch
  std::vector<PrivateReading> private_readings;
  std::vector<PrivateGapEnd> private_gap_ends;
  std::vector<Event> events;  ///< what the ledger cannot know by itself; all others it makes
  Via via{Via::History};
  UnixMillis seen_at_ms{};  ///< `seen_at` more exactly, for events; 0: from seen_at

  [[nodiscard]] bool empty() const;

  /// Adds what comes after this batch. Both must have come the same way; the later time counts.
  void append(Batch&& later);
};

struct CommitStats {
  std::int64_t inserted{};
  std::int64_t inserted_service{};  ///< of those inserted: service messages
  std::int64_t updated{};           ///< were there with other content (text, views, media...)
  std::int64_t unchanged{};         ///< were there with the same content, or in a newer one
  std::int64_t edited{};            ///< of those updated: the old content went to the versions
  std::int64_t deleted{};           ///< stored messages that got a mark, held ones included
  std::int64_t held{};              ///< of those deleted: beyond the wave limit, still shown
  std::int64_t restored{};          ///< had a mark that newer content disproved
  std::int64_t events{};
  std::int64_t last_event{};  ///< number of the last event; 0 if there was none

  CommitStats& operator+=(const CommitStats& other);
};

}  // namespace ledgram::ledger
