#include "ledgram/ledger/ledger_impl.hpp"

#include <fmt/format.h>

#include <algorithm>

/// Ledger::commit: the one place where messages, peers, channel news and ranges are written.

namespace ledgram::ledger {
namespace {

// The parameter numbers are the same in the three statements about messages, so that one function binds them.
constexpr std::string_view kInsertMessage =
    "INSERT INTO messages (channel, number, date, edit_date, text, entities, views, forwards, from_type, from_id, "
    "post_author, reply_to, reply, forward, media_kind, media, grouped_id, action, action_json, flags, layer, raw, "
    "first_seen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, "
    "?21, ?22, ?23) ON CONFLICT (channel, number) DO NOTHING";

// An earlier edit never replaces a later one: two accounts may bring the same message in any order. `flags` are not
// compared, since out and mentioned depend on the account; nor is `raw`, since file references change at each look.
constexpr std::string_view kUpdateMessage =
    "UPDATE messages SET date = ?3, edit_date = ?4, text = ?5, entities = ?6, views = ?7, forwards = ?8, "
    "from_type = ?9, from_id = ?10, post_author = ?11, reply_to = ?12, reply = ?13, forward = ?14, media_kind = ?15, "
    "media = ?16, grouped_id = ?17, action = ?18, action_json = ?19, flags = ?20, layer = ?21, raw = ?22 "
    "WHERE channel = ?1 AND number = ?2 AND edit_date <= ?4 AND (date <> ?3 OR edit_date <> ?4 OR text <> ?5 OR "
    "entities IS NOT ?6 OR views IS NOT ?7 OR forwards IS NOT ?8 OR from_type IS NOT ?9 OR from_id IS NOT ?10 OR "
    "post_author IS NOT ?11 OR reply_to IS NOT ?12 OR reply IS NOT ?13 OR forward IS NOT ?14 OR "
    "media_kind IS NOT ?15 OR media IS NOT ?16 OR grouped_id IS NOT ?17 OR action IS NOT ?18 OR "
    "action_json IS NOT ?19)";

constexpr std::string_view kRefreshRaw =
    "UPDATE messages SET raw = ?22, layer = ?21, flags = ?20 "
    "WHERE channel = ?1 AND number = ?2 AND edit_date <= ?4 AND raw <> ?22";

enum class With : std::uint8_t { AllColumns, FirstSeen, RawOnly };

void bind_message(sqlite::Statement& statement, const Message& message, With with, UnixSeconds seen_at) {
  statement.bind(1, message.channel.value());
  statement.bind(2, std::int64_t{message.number.value()});
  statement.bind(4, message.edit_date);
  statement.bind(20, std::int64_t{message.flags});
  statement.bind(21, std::int64_t{message.layer});
  statement.bind(22, ByteView(message.raw));
  if (with == With::RawOnly)
    return;
  statement.bind(3, message.date);
  statement.bind(5, std::string_view(message.text));
  statement.bind_or_null(6, message.entities);
  statement.bind_or_null(7, message.views);
  statement.bind_or_null(8, message.forwards);
  if (message.from) {
    statement.bind(9, static_cast<std::int64_t>(message.from->type));
    statement.bind(10, message.from->id);
  } else {
    statement.bind_null(9);
    statement.bind_null(10);
  }
  statement.bind_or_null(11, message.post_author);
  statement.bind_or_null(12, message.reply_to);
  statement.bind_or_null(13, message.reply);
  statement.bind_or_null(14, message.forward);
  statement.bind_or_null(15, message.media_kind);
  statement.bind_or_null(16, message.media);
  statement.bind_or_null(17, message.grouped_id);
  statement.bind_or_null(18, message.action);
  statement.bind_or_null(19, message.action_json);
  if (with == With::FirstSeen)
    statement.bind(23, seen_at);
}

// All messages go through one insert first: in a back-fill nearly all of them are new.
CommitStats store_messages(Ledger::Impl& impl, const Batch& batch) {
  CommitStats stats;
  if (batch.messages.empty())
    return stats;
  auto insert = impl.db.query(kInsertMessage);
  for (const Message& message : batch.messages) {
    bind_message(*insert, message, With::FirstSeen, batch.seen_at);
    insert->run();
    if (impl.db.changes() != 0) {
      ++stats.inserted;
      if (!message.action.empty())
        ++stats.inserted_service;
      continue;
    }
    auto update = impl.db.query(kUpdateMessage);
    bind_message(*update, message, With::AllColumns, 0);
    update->run();
    if (impl.db.changes() != 0) {
      ++stats.updated;
      continue;
    }
    ++stats.unchanged;
    auto refresh = impl.db.query(kRefreshRaw);
    bind_message(*refresh, message, With::RawOnly, 0);
    refresh->run();
  }
  return stats;
}

// A min peer never covers what a full one told, and a peer that says nothing new writes nothing: the channel itself
// comes with every page of history.
constexpr std::string_view kStorePeer =
    "INSERT INTO peers (account, type, id, access_hash, min, username, title, source, updated) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (account, type, id) DO UPDATE SET "
    "access_hash = coalesce(excluded.access_hash, access_hash), min = excluded.min, username = excluded.username, "
    "title = excluded.title, source = excluded.source, updated = excluded.updated "
    "WHERE excluded.min <= min AND (coalesce(excluded.access_hash, access_hash) IS NOT access_hash OR "
    "excluded.min <> min OR excluded.username IS NOT username OR excluded.title IS NOT title)";

void store_peers(Ledger::Impl& impl, const Batch& batch) {
  for (const Peer& peer : batch.peers) {
    auto store = impl.db.query(kStorePeer);
    store->bind(1, peer.account.value());
    store->bind(2, static_cast<std::int64_t>(peer.key.type));
    store->bind(3, peer.key.id);
    store->bind_or_null(4, peer.access_hash);
    store->bind(5, std::int64_t{peer.completeness == PeerCompleteness::Min ? 1 : 0});
    store->bind_or_null(6, peer.username);
    store->bind_or_null(7, peer.title);
    store->bind_or_null(8, peer.source);
    store->bind(9, peer.updated);
    store->run();
    if (impl.db.changes() == 0 || peer.username.empty())
      continue;
    // Usernames move: whoever had it before has it no more.
    auto evict = impl.db.query(
        "UPDATE peers SET username = NULL WHERE account = ?1 AND username = ?2 AND NOT (type = ?3 AND id = ?4)");
    evict->bind(1, peer.account.value());
    evict->bind(2, peer.username);
    evict->bind(3, static_cast<std::int64_t>(peer.key.type));
    evict->bind(4, peer.key.id);
    evict->run();
  }
}

void store_news(Ledger::Impl& impl, const Batch& batch) {
  for (const ChannelNews& news : batch.channels) {
    if (news.username && !news.username->empty()) {
      auto evict = impl.db.query("UPDATE channels SET username = NULL WHERE username = ?1 AND id <> ?2");
      evict->bind(1, *news.username);
      evict->bind(2, news.channel.value());
      evict->run();
    }
    // Two kinds of absence: ?n IS NULL keeps the old value, an empty username is stored as NULL.
    auto update = impl.db.query(
        "UPDATE channels SET username = CASE WHEN ?2 IS NULL THEN username ELSE nullif(?2, '') END, "
        "title = coalesce(?3, title), newest_id = max(newest_id, coalesce(?4, 0)), "
        "pts = CASE WHEN pts = 0 THEN coalesce(?5, 0) ELSE pts END, server_count = coalesce(?6, server_count), "
        "last_collect = coalesce(?7, last_collect) WHERE id = ?1");
    update->bind(1, news.channel.value());
    if (news.username)
      update->bind(2, std::string_view(*news.username));
    if (news.title)
      update->bind(3, std::string_view(*news.title));
    update->bind_or_null(4, news.newest_id);
    update->bind_or_null(5, news.pts_if_unset);
    update->bind_or_null(6, news.server_count);
    update->bind_or_null(7, news.last_collect);
    update->run();
    impl.expect_change("channel");
  }
}

// Reads only the ranges that the new one overlaps or touches, so a channel with many holes costs no more.
void store_range(Ledger::Impl& impl, const CompletedRange& completed) {
  const IdRange range = completed.range;
  if (range.empty())
    return;
  IdRange merged = range;
  {
    auto query = impl.db.query(
        "SELECT min(first), max(last) FROM ranges WHERE channel = ?1 AND first <= ?3 + 1 AND last >= ?2 - 1");
    query->bind(1, completed.channel.value());
    query->bind(2, std::int64_t{range.first});
    query->bind(3, std::int64_t{range.last});
    if (query->step() && !query->is_null(0)) {
      merged.first = std::min(merged.first, query->integer32(0));
      merged.last = std::max(merged.last, query->integer32(1));
    }
  }
  auto clear = impl.db.query("DELETE FROM ranges WHERE channel = ?1 AND first BETWEEN ?2 AND ?3");
  clear->bind(1, completed.channel.value());
  clear->bind(2, std::int64_t{merged.first});
  clear->bind(3, std::int64_t{merged.last});
  clear->run();
  auto insert = impl.db.query("INSERT INTO ranges (channel, first, last) VALUES (?1, ?2, ?3)");
  insert->bind(1, completed.channel.value());
  insert->bind(2, std::int64_t{merged.first});
  insert->bind(3, std::int64_t{merged.last});
  insert->run();
}

}  // namespace

LedgerResult<CommitStats> Ledger::commit(const Batch& batch) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    const CommitStats stats = store_messages(*impl_, batch);
    store_peers(*impl_, batch);
    store_news(*impl_, batch);
    for (const CompletedRange& completed : batch.completed)
      store_range(*impl_, completed);
    transaction.commit();
    return stats;
  });
}

}  // namespace ledgram::ledger
