#include "ledgram/ledger/ledger_impl.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <queue>
#include <utility>

/// Reading posts, counts and completeness.

namespace ledgram::ledger {
namespace {

constexpr std::string_view kSelectPosts =
    "SELECT number, date, edit_date, text, entities, views, forwards, from_type, from_id, post_author, reply_to, "
    "reply, forward, media_kind, media, grouped_id, action, action_json, flags, layer, raw, first_seen FROM messages "
    "WHERE channel = ?1 AND number < ?2 AND date >= ?3 AND (?4 OR action IS NULL) ORDER BY number DESC";

Post read_post(const sqlite::Statement& row, const Channel& channel) {
  Post post;
  post.channel_username = channel.username;
  post.channel_title = channel.title;
  Message& message = post.message;
  message.channel = channel.id;
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
  post.first_seen = row.integer(21);
  return post;
}

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

}  // namespace

IdRangeSet read_ranges(Ledger::Impl& impl, ChannelId id) {
  IdRangeSet ranges;
  auto query = impl.db.query("SELECT first, last FROM ranges WHERE channel = ?1 ORDER BY first");
  query->bind(1, id.value());
  while (query->step())
    ranges.add({query->integer32(0), query->integer32(1)});
  return ranges;
}

LedgerResult<IdRangeSet> Ledger::ranges(ChannelId channel) {
  return sqlite::guarded([&] {
    require_channel(*impl_, channel);
    return read_ranges(*impl_, channel);
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
    const IdRangeSet ranges = read_ranges(*impl_, channel);
    report.known_ids = ranges.size();
    report.messages = count_messages(*impl_, channel);
    report.newest_id =
        std::max({report.channel.newest_id, ranges.highest().value_or(0), highest_number(*impl_, channel)});
    report.holes = ranges.holes({1, report.newest_id});
    return report;
  });
}

}  // namespace ledgram::ledger
