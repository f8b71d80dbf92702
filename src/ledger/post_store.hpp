#pragma once

/// Posts as an interface asks for them: pages over several channels with filters, one post, and what has changed since
/// an index looked last.
///
/// Reached by Ledger::post_store(); lives no longer than that ledger and follows its thread rules. Reads only. Posts
/// come without their TL bytes.

#include "ledgram/ledger/error.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/queries.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ledgram::ledger {

/// Posts are ordered by date, then channel, then number: all falling, or all rising.
enum class PostOrder : std::uint8_t { NewestFirst, OldestFirst };

/// Where a page ended.
struct PostPlace {
  UnixSeconds date{};
  ChannelId channel;
  MessageNumber number;

  friend auto operator<=>(const PostPlace&, const PostPlace&) = default;
};

/// Which posts a page holds; every condition that is set must hold.
struct PostPageFilter {
  std::vector<ChannelId> channels;   ///< none: no posts. Unknown ones have no posts
  std::optional<PostPlace> after;    ///< where the page before ended
  std::optional<UnixSeconds> since;  ///< this moment and later
  std::optional<UnixSeconds> until;  ///< before this moment
  std::string text;                  ///< is part of the text, whatever the case
  std::optional<bool> has_link;      ///< a link in the text
  std::optional<bool> has_media;     ///< anything but a preview of a link
  std::string author;                ///< the signature, whatever the case, or the number of the sender
  Include include{Include::Posts};
  IncludeDeleted include_deleted{IncludeDeleted::No};
  PostOrder order{PostOrder::NewestFirst};  ///< of all pages, the one before `after` as well
  std::int64_t limit{50};                   ///< at least 1
  /// Rows looked at for one page: where few match, a page ends before it is full, so that no question takes long.
  std::int64_t most_rows{10'000};
};

struct PostPage {
  std::vector<Post> posts;
  /// To go on from; nothing if there are no more. A page may be short, even empty, and still have it.
  std::optional<PostPlace> next;
};

/// How far an index has read. The last three tell another ledger, and one that was taken back to an earlier state.
struct IndexMark {
  std::int64_t row{};    ///< rows of messages up to this one
  std::int64_t event{};  ///< events up to this one
  ChannelId row_channel;
  MessageNumber row_number;
  UnixMillis event_at{};
};

/// The present state of a message for an index.
struct IndexedMessage {
  ChannelId channel;
  MessageNumber number;
  UnixSeconds date{};
  std::optional<PeerKey> from;
  std::string post_author;
  std::string text;
  bool gone{};  ///< deleted, not only held
};

struct IndexChanges {
  std::vector<IndexedMessage> messages;  ///< each once
  IndexMark mark;                        ///< after these changes
  bool more{};                           ///< there is more already
};

/// Equal stretches of time, one after the other: days, as a time zone with a fixed difference to UTC has them.
struct DayRange {
  UnixSeconds begin{};  ///< of the first day
  std::int64_t days{};
};

class PostStore {
 public:
  explicit PostStore(Ledger::Impl& impl) : impl_(&impl) {}

  [[nodiscard]] LedgerResult<PostPage> page(const PostPageFilter& filter);

  /// In any state; nothing if it is not stored.
  [[nodiscard]] LedgerResult<std::optional<Post>> post(ChannelId channel, MessageNumber number);

  /// How many messages of a channel were written on each day of the range, by their dates; as many numbers as days.
  /// Counts all that are stored, service messages and deleted ones too, as ChannelReport::messages does. Takes a time
  /// that grows with the messages in the range; some 40 ms a million.
  [[nodiscard]] LedgerResult<std::vector<std::int64_t>> messages_a_day(ChannelId channel, const DayRange& range);

  /// What is new or has changed since `mark`, from one moment of the ledger: at most `limit` new messages and those
  /// that `limit` events speak of. Begins with an empty mark; history counts as well as news. Errors: NotFound if the
  /// mark is none of this ledger.
  [[nodiscard]] LedgerResult<IndexChanges> changes_since(const IndexMark& mark, std::int64_t limit);

  /// Messages that changes_since() has not given yet; what an index is behind.
  [[nodiscard]] LedgerResult<std::int64_t> rows_after(std::int64_t row);

 private:
  Ledger::Impl* impl_;
};

}  // namespace ledgram::ledger
