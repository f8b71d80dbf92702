#include "ledgram/ledger/post_store.hpp"

#include "ledgram/base/case_fold.hpp"
#include "ledgram/ledger/ledger_impl.hpp"
#include "ledgram/ledger/post_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <set>
#include <utility>

namespace ledgram::ledger {
namespace {

constexpr std::int64_t kAboveAll = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kBelowAll = std::numeric_limits<std::int64_t>::min();

// By rowid. The state of the mark is read beside and not used as a condition: the rows were chosen already.
constexpr std::string_view kPostByRow =
    "SELECT " LEDGRAM_POST_COLUMNS_WITH("NULL") " FROM messages m LEFT JOIN deletions d ON d.channel = m.channel AND "
    "d.number = m.number WHERE m.rowid = ?1";

constexpr std::string_view kPostByNumber =
    "SELECT " LEDGRAM_POST_COLUMNS_WITH("NULL") " FROM messages m LEFT JOIN deletions d ON d.channel = m.channel AND "
    "d.number = m.number WHERE m.channel = ?1 AND m.number = ?2";

// From the index alone.
constexpr std::string_view kKeysFalling =
    "SELECT date, number, rowid FROM messages INDEXED BY messages_by_date WHERE channel = ?1 AND date >= ?2 AND "
    "(date, number) < (?3, ?4) ORDER BY date DESC, number DESC LIMIT ?5";
constexpr std::string_view kKeysRising =
    "SELECT date, number, rowid FROM messages INDEXED BY messages_by_date WHERE channel = ?1 AND date < ?2 AND "
    "(date, number) > (?3, ?4) ORDER BY date, number LIMIT ?5";

// From the index alone as well: a range of it is walked and nothing is sorted.
constexpr std::string_view kMessagesBetween =
    "SELECT count(*) FROM messages INDEXED BY messages_by_date WHERE channel = ?1 AND date >= ?2 AND date < ?3";

struct Key {
  PostPlace place;
  std::int64_t row = 0;
};

/// The keys of one channel behind a place, the nearest first, fetched a few at a time: among many channels most give
/// one or none.
class ChannelKeys {
 public:
  ChannelKeys(ChannelId channel, const PostPageFilter& filter)
      : channel_(channel),
        is_falling_(filter.order == PostOrder::NewestFirst),
        border_(is_falling_ ? filter.since.value_or(kBelowAll) : filter.until.value_or(kAboveAll)),
        behind_date_(is_falling_ ? kAboveAll : kBelowAll),
        behind_number_(behind_date_),
        first_(filter.channels.size() == 1 ? static_cast<std::size_t>(filter.limit) + 1 : kFirstOfMany) {
    // Nothing of the moment `until`, and all of the moment `since`.
    const std::optional<UnixSeconds>& from = is_falling_ ? filter.until : filter.since;
    if (from)
      go_behind(*from, kBelowAll);
    if (!filter.after)
      return;
    const PostPlace& after = *filter.after;
    // At the date of the place some channels were given before, all their numbers, and others come after it.
    if (channel == after.channel) {
      go_behind(after.date, after.number.value());
    } else {
      go_behind(after.date, channel < after.channel ? kAboveAll : kBelowAll);
    }
  }

  /// False: there is no more.
  bool advance(sqlite::Connection& db) {
    ++at_;
    if (at_ < keys_.size())
      return true;
    if (ended_)
      return false;
    fetch(db);
    return !keys_.empty();
  }

  [[nodiscard]] const Key& key() const { return keys_[at_]; }

 private:
  void go_behind(std::int64_t date, std::int64_t number) {
    const std::pair place(date, number);
    const std::pair now(behind_date_, behind_number_);
    if (is_falling_ ? place < now : place > now) {
      behind_date_ = date;
      behind_number_ = number;
    }
  }

  void fetch(sqlite::Connection& db) {
    constexpr std::size_t kMost = 128;
    const std::size_t count = keys_.empty() ? first_ : std::min(keys_.size() * 4, kMost);
    keys_.clear();
    at_ = 0;
    auto query = db.query(is_falling_ ? kKeysFalling : kKeysRising);
    query->bind(1, channel_.value());
    query->bind(2, border_);
    query->bind(3, behind_date_);
    query->bind(4, behind_number_);
    query->bind(5, static_cast<std::int64_t>(count));
    while (query->step())
      keys_.push_back({{query->integer(0), channel_, MessageNumber(query->integer32(1))}, query->integer(2)});
    ended_ = keys_.size() < count;
    if (!keys_.empty())
      go_behind(keys_.back().place.date, keys_.back().place.number.value());
  }

  static constexpr std::size_t kFirstOfMany = 4;

  ChannelId channel_;
  bool is_falling_;
  std::int64_t border_;  ///< the date at which it ends
  std::int64_t behind_date_;
  std::int64_t behind_number_;
  std::size_t first_;  ///< how many are fetched first
  std::vector<Key> keys_;
  std::size_t at_ = std::numeric_limits<std::size_t>::max();  ///< before the first
  bool ended_ = false;
};

bool has_link(const Message& message) {
  return message.media_kind == "webpage" || message.entities.contains(R"("type":"link")") ||
         message.entities.contains(R"("type":"text_link")");
}

bool has_media(const Message& message) {
  return !message.media_kind.empty() && message.media_kind != "webpage";
}

/// The conditions that no index knows.
class PostCondition {
 public:
  explicit PostCondition(const PostPageFilter& filter)
      : filter_(filter), text_(fold_case(filter.text)), author_(fold_case(filter.author)) {}

  [[nodiscard]] bool holds(const Post& post) const {
    const Message& message = post.message;
    if (filter_.include == Include::Posts && !message.action.empty())
      return false;
    if (filter_.include_deleted == IncludeDeleted::No && post.deletion &&
        post.deletion->state == DeletionState::Applied)
      return false;
    if (filter_.has_link && *filter_.has_link != has_link(message))
      return false;
    if (filter_.has_media && *filter_.has_media != has_media(message))
      return false;
    return is_author(message) && (text_.empty() || fold_case(message.text).contains(text_));
  }

 private:
  [[nodiscard]] bool is_author(const Message& message) const {
    if (author_.empty())
      return true;
    if (message.from && std::to_string(message.from->id) == author_)
      return true;
    return !message.post_author.empty() && fold_case(message.post_author) == author_;
  }

  const PostPageFilter& filter_;
  std::string text_;
  std::string author_;
};

/// Channels of a page, each read once.
class ChannelNames {
 public:
  explicit ChannelNames(Ledger::Impl& impl) : impl_(impl) {}

  const Channel& find(ChannelId id) {
    const auto known = channels_.find(id);
    if (known != channels_.end())
      return known->second;
    return channels_.emplace(id, require_channel(impl_, id)).first->second;
  }

 private:
  Ledger::Impl& impl_;
  std::map<ChannelId, Channel> channels_;
};

Post post_by_row(Ledger::Impl& impl, const Key& key, ChannelNames& channels) {
  const Channel& channel = channels.find(key.place.channel);
  auto query = impl.db.query(kPostByRow);
  query->bind(1, key.row);
  if (!query->step())
    sqlite::fail(LedgerErrc::Corrupt,
                 fmt::format("the ledger {} has an index entry without its message; restore it from a copy",
                             impl.db.file().string()));
  Post post = read_post(*query, channel);
  post.row = key.row;
  return post;
}

PostPage read_page(Ledger::Impl& impl, const PostPageFilter& filter) {
  std::vector<ChannelKeys> sources;
  sources.reserve(filter.channels.size());
  const std::set<ChannelId> channels(filter.channels.begin(), filter.channels.end());
  for (const ChannelId channel : channels)
    sources.emplace_back(channel, filter);
  const auto later = [&filter](const ChannelKeys* a, const ChannelKeys* b) {
    return filter.order == PostOrder::NewestFirst ? a->key().place < b->key().place : b->key().place < a->key().place;
  };
  std::priority_queue<ChannelKeys*, std::vector<ChannelKeys*>, decltype(later)> heads(later);
  for (ChannelKeys& source : sources) {
    if (source.advance(impl.db))
      heads.push(&source);
  }
  const PostCondition condition(filter);
  ChannelNames names(impl);
  PostPage page;
  std::int64_t rows = 0;
  std::optional<PostPlace> last;
  while (!heads.empty()) {
    if (static_cast<std::int64_t>(page.posts.size()) == filter.limit || rows == filter.most_rows) {
      page.next = last;
      break;
    }
    ChannelKeys* head = heads.top();
    heads.pop();
    ++rows;
    last = head->key().place;
    Post post = post_by_row(impl, head->key(), names);
    if (condition.holds(post))
      page.posts.push_back(std::move(post));
    if (head->advance(impl.db))
      heads.push(head);
  }
  return page;
}

#define LEDGRAM_INDEXED_COLUMNS \
  "m.channel, m.number, m.date, m.from_type, m.from_id, m.post_author, m.text, d.state, m.rowid"

IndexedMessage read_indexed(const sqlite::Statement& row) {
  IndexedMessage message;
  message.channel = ChannelId(row.integer(0));
  message.number = MessageNumber(row.integer32(1));
  message.date = row.integer(2);
  if (!row.is_null(3))
    message.from = PeerKey{static_cast<PeerType>(row.integer(3)), row.integer(4)};
  message.post_author = row.text(5);
  message.text = row.text(6);
  message.gone = !row.is_null(7) && static_cast<DeletionState>(row.integer(7)) == DeletionState::Applied;
  return message;
}

[[noreturn]] void fail_other_ledger(const Ledger::Impl& impl) {
  sqlite::fail(LedgerErrc::NotFound,
               fmt::format("the ledger {} is not the one that was indexed, or was taken back to an "
                           "earlier state; the index begins anew",
                           impl.db.file().string()));
}

void check_mark(Ledger::Impl& impl, const IndexMark& mark) {
  if (mark.row > 0) {
    auto query = impl.db.query("SELECT channel, number FROM messages WHERE rowid = ?1");
    query->bind(1, mark.row);
    if (!query->step() || query->integer(0) != mark.row_channel.value() ||
        query->integer32(1) != mark.row_number.value())
      fail_other_ledger(impl);
  }
  if (mark.event > 0) {
    auto query = impl.db.query("SELECT at FROM events WHERE number = ?1");
    query->bind(1, mark.event);
    if (!query->step() || query->integer(0) != mark.event_at)
      fail_other_ledger(impl);
  }
}

void read_new_rows(Ledger::Impl& impl, std::int64_t limit, IndexChanges& changes) {
  auto query = impl.db.query("SELECT " LEDGRAM_INDEXED_COLUMNS
                             " FROM messages m LEFT JOIN deletions d ON d.channel = m.channel AND d.number = m.number "
                             "WHERE m.rowid > ?1 ORDER BY m.rowid LIMIT ?2");
  query->bind(1, changes.mark.row);
  query->bind(2, limit);
  std::int64_t count = 0;
  while (query->step()) {
    changes.messages.push_back(read_indexed(*query));
    changes.mark.row = query->integer(8);
    changes.mark.row_channel = changes.messages.back().channel;
    changes.mark.row_number = changes.messages.back().number;
    ++count;
  }
  changes.more = changes.more || count == limit;
}

/// The messages of channels that events after the mark speak of.
std::set<std::pair<ChannelId, MessageNumber>> read_touched(Ledger::Impl& impl, std::int64_t limit,
                                                           IndexChanges& changes) {
  std::set<std::pair<ChannelId, MessageNumber>> touched;
  auto query =
      impl.db.query("SELECT number, at, type, channel, message FROM events WHERE number > ?1 ORDER BY number LIMIT ?2");
  query->bind(1, changes.mark.event);
  query->bind(2, limit);
  std::int64_t count = 0;
  while (query->step()) {
    const auto type = static_cast<EventType>(query->integer(2));
    if ((type == EventType::MessageEdited || type == EventType::MessageDeleted) && !query->is_null(3))
      touched.emplace(ChannelId(query->integer(3)), MessageNumber(query->integer32(4)));
    changes.mark.event = query->integer(0);
    changes.mark.event_at = query->integer(1);
    ++count;
  }
  changes.more = changes.more || count == limit;
  return touched;
}

void set_to_last_event(Ledger::Impl& impl, IndexMark& mark) {
  auto query = impl.db.query("SELECT number, at FROM events ORDER BY number DESC LIMIT 1");
  if (!query->step())
    return;
  mark.event = query->integer(0);
  mark.event_at = query->integer(1);
}

}  // namespace

PostStore Ledger::post_store() {
  return PostStore(*impl_);
}

LedgerResult<PostPage> PostStore::page(const PostPageFilter& filter) {
  return sqlite::guarded([&] { return read_page(*impl_, filter); });
}

LedgerResult<std::optional<Post>> PostStore::post(ChannelId channel, MessageNumber number) {
  return sqlite::guarded([&]() -> std::optional<Post> {
    auto query = impl_->db.query(kPostByNumber);
    query->bind(1, channel.value());
    query->bind(2, std::int64_t{number.value()});
    if (!query->step())
      return std::nullopt;
    return read_post(*query, require_channel(*impl_, channel));
  });
}

LedgerResult<std::vector<std::int64_t>> PostStore::messages_a_day(ChannelId channel, const DayRange& range) {
  constexpr UnixSeconds kDay = 86'400;
  return sqlite::guarded([&] {
    const sqlite::ReadMoment moment(impl_->db);
    std::vector<std::int64_t> counts;
    for (UnixSeconds begin = range.begin; std::cmp_less(counts.size(), range.days); begin += kDay) {
      auto query = impl_->db.query(kMessagesBetween);
      query->bind(1, channel.value());
      query->bind(2, begin);
      query->bind(3, begin + kDay);
      counts.push_back(query->step() ? query->integer(0) : 0);
    }
    return counts;
  });
}

// A message beyond the mark's row is left to the pass over the rows, which reads it in its state of then; so every
// message is given once in one call and an edit never comes before its message.
LedgerResult<IndexChanges> PostStore::changes_since(const IndexMark& mark, std::int64_t limit) {
  return sqlite::guarded([&] {
    const sqlite::ReadMoment moment(impl_->db);
    check_mark(*impl_, mark);
    IndexChanges changes;
    changes.mark = mark;
    const bool first_pass = mark.row == 0 && mark.event == 0;
    if (first_pass)
      set_to_last_event(*impl_, changes.mark);
    const auto touched = read_touched(*impl_, limit, changes);
    for (const auto& [channel, number] : touched) {
      auto query = impl_->db.query("SELECT " LEDGRAM_INDEXED_COLUMNS
                                   " FROM messages m LEFT JOIN deletions d ON d.channel = m.channel AND "
                                   "d.number = m.number WHERE m.channel = ?1 AND m.number = ?2");
      query->bind(1, channel.value());
      query->bind(2, std::int64_t{number.value()});
      if (query->step() && query->integer(8) <= mark.row)
        changes.messages.push_back(read_indexed(*query));
    }
    read_new_rows(*impl_, limit, changes);
    return changes;
  });
}

LedgerResult<std::int64_t> PostStore::rows_after(std::int64_t row) {
  return sqlite::guarded([&] {
    return std::max<std::int64_t>(0, impl_->db.number("SELECT coalesce(max(rowid), 0) FROM messages") - row);
  });
}

}  // namespace ledgram::ledger
