#include "ledgram/ledger/ledger_impl.hpp"
#include "ledgram/ledger/post_columns.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <queue>
#include <utility>

/// Reading posts, counts and completeness.

namespace ledgram::ledger {
namespace {

constexpr std::string_view kSelectPosts =
    "SELECT " LEDGRAM_POST_COLUMNS
    " FROM messages m LEFT JOIN deletions d ON d.channel = m.channel AND d.number = m.number "
    "WHERE m.channel = ?1 AND m.number < ?2 AND m.date >= ?3 AND (?4 OR m.action IS NULL) AND "
    "(?5 OR d.state IS NULL OR d.state <> 0) ORDER BY m.number DESC";

/// One channel's matches, newest first.
class PostCursor {
 public:
  PostCursor(sqlite::Connection& connection, Channel channel, const PostFilter& filter)
      : channel_(std::move(channel)), statement_(connection, kSelectPosts) {
    constexpr std::int64_t kAboveAll = std::int64_t{1} << 32;
    statement_.bind(1, channel_.id.value());
    statement_.bind(2, filter.below_number ? std::int64_t{filter.below_number->value()} : kAboveAll);
    statement_.bind(3, filter.since.value_or(INT64_MIN));
    statement_.bind(4, std::int64_t{filter.include == Include::PostsAndService ? 1 : 0});
    statement_.bind(5, std::int64_t{filter.include_deleted == IncludeDeleted::Yes ? 1 : 0});
  }

  bool advance() { return statement_.step(); }
  [[nodiscard]] std::int64_t date() const { return statement_.integer(1); }
  [[nodiscard]] Post post() const { return read_post(statement_, channel_); }

 private:
  Channel channel_;
  sqlite::Statement statement_;
};

// Merges the channels' cursors by date. Each of them walks its index, so nothing is sorted and no index by date is
// needed, which would cost every insert a fifth of its time.
void merge(std::vector<std::unique_ptr<PostCursor>> cursors, std::int64_t limit,
           const std::function<Visit(const Post&)>& visit) {
  const auto older = [](const PostCursor* a, const PostCursor* b) { return a->date() < b->date(); };
  std::priority_queue<PostCursor*, std::vector<PostCursor*>, decltype(older)> heads(older);
  for (const auto& cursor : cursors) {
    if (cursor->advance())
      heads.push(cursor.get());
  }
  while (limit > 0 && !heads.empty()) {
    PostCursor* newest = heads.top();
    heads.pop();
    --limit;
    if (visit(newest->post()) == Visit::Stop)
      return;
    if (newest->advance())
      heads.push(newest);
  }
}

std::int32_t highest_number(Ledger::Impl& impl, ChannelId channel) {
  auto query = impl.db.query("SELECT number FROM messages WHERE channel = ?1 ORDER BY number DESC LIMIT 1");
  query->bind(1, channel.value());
  return query->step() ? query->integer32(0) : 0;
}

std::int64_t count_messages(Ledger::Impl& impl, ChannelId channel) {
  auto query = impl.db.query("SELECT count(*) FROM messages WHERE channel = ?1");
  query->bind(1, channel.value());
  return query->step() ? query->integer(0) : 0;
}

// Of stored messages.
std::int64_t count_marked(Ledger::Impl& impl, ChannelId channel, DeletionState state) {
  auto query = impl.db.query(
      "SELECT count(*) FROM deletions d WHERE d.channel = ?1 AND d.state = ?2 AND EXISTS "
      "(SELECT 1 FROM messages m WHERE m.channel = d.channel AND m.number = d.number)");
  query->bind(1, channel.value());
  query->bind(2, static_cast<std::int64_t>(state));
  return query->step() ? query->integer(0) : 0;
}

IdRangeSet known_ranges(Ledger::Impl& impl, ChannelId channel) {
  IdRangeSet ranges = read_ranges(impl, channel);
  const IdRangeSet rechecks = read_rechecks(impl, channel);
  for (const IdRange& recheck : rechecks.ranges())
    ranges.remove(recheck);
  return ranges;
}

}  // namespace

Message read_message(const sqlite::Statement& row) {
  Message message;
  message.number = MessageNumber(row.integer32(0));
  message.date = row.integer(1);
  message.edit_date = row.integer(2);
  message.text = row.text(3);
  message.entities = row.text(4);
  message.views = row.optional32(5);
  message.forwards = row.optional32(6);
  if (!row.is_null(7))
    message.from = PeerKey{static_cast<PeerType>(row.integer(7)), row.integer(8)};
  message.post_author = row.text(9);
  message.reply_to = row.optional32(10);
  message.reply = row.text(11);
  message.forward = row.text(12);
  message.media_kind = row.text(13);
  message.media = row.text(14);
  message.grouped_id = row.optional64(15);
  message.action = row.text(16);
  message.action_json = row.text(17);
  message.flags = static_cast<std::uint32_t>(row.integer(18));
  message.layer = row.integer32(19);
  const ByteView raw = row.blob(20);
  message.raw.assign(raw.begin(), raw.end());
  message.as_of = row.integer32(21);
  return message;
}

std::optional<DeletionMark> read_mark(const sqlite::Statement& row, MessageNumber number) {
  if (row.is_null(25))
    return std::nullopt;
  return DeletionMark{number, row.integer32(23), row.integer(24), static_cast<DeletionState>(row.integer(25))};
}

Post read_post(const sqlite::Statement& row, const Channel& channel) {
  Post post;
  post.channel_username = channel.username;
  post.channel_title = channel.title;
  post.message = read_message(row);
  post.message.channel = channel.id;
  post.first_seen = row.integer(22);
  post.deletion = read_mark(row, post.message.number);
  return post;
}

IdRangeSet read_ranges(Ledger::Impl& impl, ChannelId id) {
  IdRangeSet ranges;
  auto query = impl.db.query("SELECT first, last FROM ranges WHERE channel = ?1 ORDER BY first");
  query->bind(1, id.value());
  while (query->step())
    ranges.add({query->integer32(0), query->integer32(1)});
  return ranges;
}

IdRangeSet read_rechecks(Ledger::Impl& impl, ChannelId id) {
  IdRangeSet ranges;
  auto query = impl.db.query("SELECT first, last FROM rechecks WHERE channel = ?1 ORDER BY first");
  query->bind(1, id.value());
  while (query->step())
    ranges.add({query->integer32(0), query->integer32(1)});
  return ranges;
}

LedgerResult<IdRangeSet> Ledger::ranges(ChannelId channel) {
  return sqlite::guarded([&] {
    require_channel(*impl_, channel);
    return known_ranges(*impl_, channel);
  });
}

LedgerResult<IdRangeSet> Ledger::rechecks(ChannelId channel) {
  return sqlite::guarded([&] {
    require_channel(*impl_, channel);
    return read_rechecks(*impl_, channel);
  });
}

LedgerResult<void> Ledger::posts(const PostFilter& filter, const std::function<Visit(const Post&)>& visit) {
  return sqlite::guarded([&] {
    std::vector<Channel> channels;
    if (filter.channel) {
      channels.push_back(require_channel(*impl_, *filter.channel));
    } else {
      auto query = impl_->db.query("SELECT " LEDGRAM_CHANNEL_COLUMNS " FROM channels ORDER BY id");
      while (query->step())
        channels.push_back(read_channel(*query));
    }
    std::vector<std::unique_ptr<PostCursor>> cursors;
    cursors.reserve(channels.size());
    for (Channel& channel : channels) {
      cursors.push_back(std::make_unique<PostCursor>(impl_->db, std::move(channel), filter));
    }
    merge(std::move(cursors), filter.limit.value_or(INT64_MAX), visit);
  });
}

LedgerResult<std::vector<Post>> Ledger::posts(const PostFilter& filter) {
  std::vector<Post> result;
  auto done = posts(filter, [&](const Post& post) {
    result.push_back(post);
    return Visit::Continue;
  });
  if (!done)
    return std::unexpected(done.error());
  return result;
}

LedgerResult<std::int64_t> Ledger::message_count(ChannelId channel) {
  return sqlite::guarded([&] { return count_messages(*impl_, channel); });
}

LedgerResult<std::int64_t> Ledger::message_count() {
  return sqlite::guarded([&] { return impl_->db.number("SELECT count(*) FROM messages"); });
}

LedgerResult<ChannelReport> Ledger::report(ChannelId channel) {
  return sqlite::guarded([&] {
    ChannelReport report;
    report.channel = require_channel(*impl_, channel);
    const IdRangeSet completed = read_ranges(*impl_, channel);
    const IdRangeSet ranges = known_ranges(*impl_, channel);
    report.known_ids = ranges.size();
    report.recheck_ids = completed.size() - ranges.size();
    report.messages = count_messages(*impl_, channel);
    report.deleted = count_marked(*impl_, channel, DeletionState::Applied);
    report.held = count_marked(*impl_, channel, DeletionState::Held);
    report.newest_id =
        std::max({report.channel.newest_id, completed.highest().value_or(0), highest_number(*impl_, channel)});
    report.holes = ranges.holes({1, report.newest_id});
    return report;
  });
}

LedgerResult<std::vector<PrivatePost>> Ledger::private_messages(AccountId account, std::optional<PeerKey> peer,
                                                                std::int64_t limit) {
  return sqlite::guarded([&] {
    std::vector<PrivatePost> result;
    auto query = impl_->db.query(
        "SELECT " LEDGRAM_POST_COLUMNS
        ", m.peer_type, m.peer_id FROM private_messages m LEFT JOIN private_deletions d ON d.account = m.account AND "
        "d.number = m.number WHERE m.account = ?1 AND (?2 IS NULL OR (m.peer_type = ?2 AND m.peer_id = ?3)) "
        "ORDER BY m.number DESC LIMIT ?4");
    query->bind(1, account.value());
    if (peer) {
      query->bind(2, static_cast<std::int64_t>(peer->type));
      query->bind(3, peer->id);
    }
    query->bind(4, limit);
    while (query->step()) {
      PrivatePost& post = result.emplace_back();
      post.message.account = account;
      post.message.message = read_message(*query);
      post.first_seen = query->integer(22);
      post.deletion = read_mark(*query, post.message.message.number);
      post.message.peer = {static_cast<PeerType>(query->integer(26)), query->integer(27)};
    }
    return result;
  });
}

}  // namespace ledgram::ledger
