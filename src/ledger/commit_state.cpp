#include "ledgram/ledger/commit.hpp"

#include <fmt/format.h>

#include <string>

/// Peers, accounts and where their updates stand.

namespace ledgram::ledger {
namespace {

// A min peer never covers what a full one told, and a peer that says nothing new writes nothing: the channel itself
// comes with every page of history.
constexpr std::string_view kStorePeer =
    "INSERT INTO peers (account, type, id, access_hash, min, username, title, source, updated) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (account, type, id) DO UPDATE SET "
    "access_hash = coalesce(excluded.access_hash, access_hash), min = excluded.min, username = excluded.username, "
    "title = excluded.title, source = excluded.source, updated = excluded.updated "
    "WHERE excluded.min <= min AND (coalesce(excluded.access_hash, access_hash) IS NOT access_hash OR "
    "excluded.min <> min OR excluded.username IS NOT username OR excluded.title IS NOT title)";

}  // namespace

void Commit::store_peers() {
  for (const Peer& peer : batch_.peers) {
    auto store = impl_.db.query(kStorePeer);
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
    if (impl_.db.changes() == 0 || peer.username.empty())
      continue;
    // Usernames move: whoever had it before has it no more.
    auto evict = impl_.db.query(
        "UPDATE peers SET username = NULL WHERE account = ?1 AND username = ?2 AND NOT (type = ?3 AND id = ?4)");
    evict->bind(1, peer.account.value());
    evict->bind(2, peer.username);
    evict->bind(3, static_cast<std::int64_t>(peer.key.type));
    evict->bind(4, peer.key.id);
    evict->run();
  }
}

void change_account_state(sqlite::Connection& db, EventWriter& events, const AccountNews& news) {
  std::string name;
  bool changed = false;
  {
    auto query = db.query("SELECT name, state FROM accounts WHERE id = ?1");
    query->bind(1, news.account.value());
    if (!query->step())
      sqlite::fail(LedgerErrc::NotFound, fmt::format("the ledger {} has no such account", db.file().string()));
    name = query->text(0);
    changed = query->integer(1) != static_cast<std::int64_t>(news.state);
  }
  if (!changed)
    return;
  constexpr UnixMillis kMillisPerSecond = 1000;
  auto update = db.query("UPDATE accounts SET state = ?2, state_reason = ?3, state_since = ?4 WHERE id = ?1");
  update->bind(1, news.account.value());
  update->bind(2, static_cast<std::int64_t>(news.state));
  update->bind_or_null(3, news.reason);
  update->bind(4, events.at() / kMillisPerSecond);
  update->run();
  events.account_state(news.account, name, news.state, news.reason);
}

void Commit::store_accounts() {
  for (const AccountNews& news : batch_.accounts)
    change_account_state(impl_.db, events_, news);
}

void Commit::store_channel_accounts() {
  for (const ChannelAccount& row : batch_.channel_accounts) {
    auto store = impl_.db.query(
        "INSERT INTO channel_accounts (channel, account, membership, updated) VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (channel, account) DO UPDATE SET membership = excluded.membership, updated = excluded.updated "
        "WHERE excluded.membership <> membership");
    store->bind(1, row.channel.value());
    store->bind(2, row.account.value());
    store->bind(3, static_cast<std::int64_t>(row.membership));
    store->bind(4, row.updated != 0 ? row.updated : batch_.seen_at);
    store->run();
  }
}

void Commit::store_update_states() {
  for (const UpdateState& state : batch_.update_states) {
    auto store = impl_.db.query(
        "INSERT INTO update_states (account, pts, qts, date, seq) VALUES (?1, ?2, ?3, ?4, ?5) "
        "ON CONFLICT (account) DO UPDATE SET pts = excluded.pts, qts = excluded.qts, date = excluded.date, "
        "seq = excluded.seq");
    store->bind(1, state.account.value());
    store->bind(2, std::int64_t{state.pts});
    store->bind(3, std::int64_t{state.qts});
    store->bind(4, std::int64_t{state.date});
    store->bind(5, std::int64_t{state.seq});
    store->run();
  }
}

}  // namespace ledgram::ledger
