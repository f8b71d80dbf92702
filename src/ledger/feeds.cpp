#include "ledgram/ledger/feeds.hpp"

#include "ledgram/ledger/ledger_impl.hpp"

namespace ledgram::ledger {
namespace {

#define LEDGRAM_FEED_COLUMNS "f.id, f.user, f.channel, f.search, f.title, f.created"

Feed read_feed(const sqlite::Statement& row) {
  Feed feed;
  feed.id = row.integer(0);
  feed.user = OwnerId(row.integer(1));
  if (const auto channel = row.optional64(2))
    feed.channel = ChannelId(*channel);
  feed.search = row.text(3);
  feed.title = row.text(4);
  feed.created = row.integer(5);
  return feed;
}

}  // namespace

FeedStore Ledger::feeds() {
  return FeedStore(*impl_);
}

LedgerResult<std::int64_t> FeedStore::add(const Feed& feed, const TokenHash& hash) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    auto insert = impl_->db.query(
        "INSERT INTO feeds (user, hash, channel, search, title, created) VALUES (?1, ?2, ?3, ?4, ?5, ?6)");
    insert->bind(1, feed.user.value());
    insert->bind(2, ByteView(hash));
    if (feed.channel)
      insert->bind(3, feed.channel->value());
    insert->bind_or_null(4, feed.search);
    insert->bind(5, std::string_view(feed.title));
    insert->bind(6, feed.created);
    insert->run();
    const std::int64_t id = impl_->db.last_rowid();
    transaction.commit();
    return id;
  });
}

LedgerResult<std::vector<Feed>> FeedStore::of_user(OwnerId user) {
  return sqlite::guarded([&] {
    std::vector<Feed> result;
    auto query = impl_->db.query("SELECT " LEDGRAM_FEED_COLUMNS " FROM feeds f WHERE f.user = ?1 ORDER BY f.id");
    query->bind(1, user.value());
    while (query->step())
      result.push_back(read_feed(*query));
    return result;
  });
}

LedgerResult<std::optional<Feed>> FeedStore::find(const TokenHash& hash) {
  return sqlite::guarded([&]() -> std::optional<Feed> {
    auto query = impl_->db.query("SELECT " LEDGRAM_FEED_COLUMNS
                                 " FROM feeds f JOIN users u ON u.id = f.user WHERE f.hash = ?1 AND u.disabled = 0");
    query->bind(1, ByteView(hash));
    if (!query->step())
      return std::nullopt;
    return read_feed(*query);
  });
}

LedgerResult<void> FeedStore::remove(OwnerId user, std::int64_t feed) {
  return sqlite::guarded([&] {
    auto removal = impl_->db.query("DELETE FROM feeds WHERE id = ?1 AND user = ?2");
    removal->bind(1, feed);
    removal->bind(2, user.value());
    removal->run();
    impl_->expect_change("feed");
  });
}

LedgerResult<std::int64_t> FeedStore::ownership_changes() {
  return sqlite::guarded([&] {
    auto query = impl_->db.query("SELECT number FROM ownership_changes");
    return query->step() ? query->integer(0) : 0;
  });
}

}  // namespace ledgram::ledger
