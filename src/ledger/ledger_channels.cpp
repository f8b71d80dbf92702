#include "ledgram/ledger/event_writer.hpp"
#include "ledgram/ledger/ledger_impl.hpp"

#include <fmt/format.h>

/// Channels and which of them are followed.

namespace ledgram::ledger {

Channel read_channel(const sqlite::Statement& row) {
  Channel channel;
  channel.id = ChannelId(row.integer(0));
  channel.username = row.text(1);
  channel.title = row.text(2);
  if (const auto account = row.optional64(3))
    channel.account = AccountId(*account);
  channel.follow = row.integer(4) != 0 ? FollowState::Followed : FollowState::NotFollowed;
  channel.pts = row.integer32(5);
  channel.newest_id = row.integer32(6);
  channel.server_count = row.integer(7);
  channel.created = row.integer(8);
  channel.last_collect = row.integer(9);
  channel.kind = static_cast<ChannelKind>(row.integer(10));
  channel.tail_id = row.optional32(11);
  channel.news_after = row.optional32(12);
  return channel;
}

void fail_unknown_channel(const Ledger::Impl& impl, ChannelId id) {
  sqlite::fail(LedgerErrc::NotFound, fmt::format("the ledger {} does not know channel {}; add it first with: "
                                                 "ledgram channel add",
                                                 impl.db.file().string(), id.value()));
}

Channel require_channel(Ledger::Impl& impl, ChannelId id) {
  auto query = impl.db.query("SELECT " LEDGRAM_CHANNEL_COLUMNS " FROM channels WHERE id = ?1");
  query->bind(1, id.value());
  if (!query->step())
    fail_unknown_channel(impl, id);
  return read_channel(*query);
}

namespace {

std::optional<Channel> channel_by_id(Ledger::Impl& impl, ChannelId id) {
  auto query = impl.db.query("SELECT " LEDGRAM_CHANNEL_COLUMNS " FROM channels WHERE id = ?1");
  query->bind(1, id.value());
  if (!query->step())
    return std::nullopt;
  return read_channel(*query);
}

// Tells consumers what a command of a person has changed.
void announce(Ledger::Impl& impl, const std::optional<Channel>& before, ChannelId id) {
  const Channel now = require_channel(impl, id);
  if (before && before->follow == now.follow && before->username == now.username && before->title == now.title &&
      before->account == now.account && before->kind == now.kind)
    return;
  EventWriter(impl.db).channel_updated(now);
}

void see(Ledger::Impl& impl, ChannelId channel, AccountId account, UnixSeconds now) {
  auto store = impl.db.query(
      "INSERT INTO channel_accounts (channel, account, membership, updated) VALUES (?1, ?2, ?3, ?4) "
      "ON CONFLICT (channel, account) DO UPDATE SET membership = excluded.membership, updated = excluded.updated "
      "WHERE membership = ?5");
  store->bind(1, channel.value());
  store->bind(2, account.value());
  store->bind(3, static_cast<std::int64_t>(Membership::NotJoined));
  store->bind(4, now);
  store->bind(5, static_cast<std::int64_t>(Membership::Lost));
  store->run();
}

std::vector<ChannelAccount> read_channel_accounts(sqlite::Statement& rows) {
  std::vector<ChannelAccount> result;
  while (rows.step()) {
    result.push_back({.channel = ChannelId(rows.integer(0)),
                      .account = AccountId(rows.integer(1)),
                      .membership = static_cast<Membership>(rows.integer(2)),
                      .updated = rows.integer(3)});
  }
  return result;
}

}  // namespace

LedgerResult<void> Ledger::follow_channel(const Channel& channel) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    const std::optional<Channel> before = channel_by_id(*impl_, channel.id);
    if (!channel.username.empty()) {
      auto evict = impl_->db.query("UPDATE channels SET username = NULL WHERE username = ?1 AND id <> ?2");
      evict->bind(1, channel.username);
      evict->bind(2, channel.id.value());
      evict->run();
    }
    auto follow = impl_->db.query(
        "INSERT INTO channels (id, username, title, account, followed, pts, newest_id, server_count, created, kind) "
        "VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8, ?9) ON CONFLICT (id) DO UPDATE SET "
        "username = excluded.username, title = excluded.title, account = excluded.account, followed = 1, "
        "kind = CASE WHEN excluded.kind = 0 THEN kind ELSE excluded.kind END");
    follow->bind(1, channel.id.value());
    follow->bind_or_null(2, channel.username);
    follow->bind_or_null(3, channel.title);
    if (channel.account)
      follow->bind(4, channel.account->value());
    follow->bind(5, std::int64_t{channel.pts});
    follow->bind(6, std::int64_t{channel.newest_id});
    follow->bind(7, channel.server_count);
    follow->bind(8, channel.created);
    follow->bind(9, static_cast<std::int64_t>(channel.kind));
    follow->run();
    if (channel.account)
      see(*impl_, channel.id, *channel.account, channel.created);
    announce(*impl_, before, channel.id);
    transaction.commit();
  });
}

LedgerResult<void> Ledger::unfollow_channel(ChannelId channel) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    const std::optional<Channel> before = channel_by_id(*impl_, channel);
    auto unfollow = impl_->db.query("UPDATE channels SET followed = 0 WHERE id = ?1");
    unfollow->bind(1, channel.value());
    unfollow->run();
    impl_->expect_change("channel");
    announce(*impl_, before, channel);
    transaction.commit();
  });
}

LedgerResult<std::vector<Channel>> Ledger::channels() {
  return sqlite::guarded([&] {
    std::vector<Channel> result;
    auto query = impl_->db.query("SELECT " LEDGRAM_CHANNEL_COLUMNS " FROM channels ORDER BY username, id");
    while (query->step())
      result.push_back(read_channel(*query));
    return result;
  });
}

LedgerResult<std::optional<Channel>> Ledger::find_channel(ChannelId channel) {
  return sqlite::guarded([&] { return channel_by_id(*impl_, channel); });
}

LedgerResult<std::optional<Channel>> Ledger::find_channel(std::string_view username) {
  return sqlite::guarded([&]() -> std::optional<Channel> {
    auto query = impl_->db.query("SELECT " LEDGRAM_CHANNEL_COLUMNS " FROM channels WHERE username = ?1");
    query->bind(1, username);
    if (!query->step())
      return std::nullopt;
    return read_channel(*query);
  });
}

LedgerResult<std::vector<ChannelAccount>> Ledger::channel_accounts(ChannelId channel) {
  return sqlite::guarded([&] {
    auto query = impl_->db.query(
        "SELECT channel, account, membership, updated FROM channel_accounts WHERE channel = ?1 ORDER BY rowid");
    query->bind(1, channel.value());
    return read_channel_accounts(*query);
  });
}

LedgerResult<std::vector<ChannelAccount>> Ledger::account_channels(AccountId account) {
  return sqlite::guarded([&] {
    auto query = impl_->db.query(
        "SELECT channel, account, membership, updated FROM channel_accounts WHERE account = ?1 ORDER BY rowid");
    query->bind(1, account.value());
    return read_channel_accounts(*query);
  });
}

LedgerResult<std::optional<UpdateState>> Ledger::update_state(AccountId account) {
  return sqlite::guarded([&]() -> std::optional<UpdateState> {
    auto query = impl_->db.query("SELECT pts, qts, date, seq FROM update_states WHERE account = ?1");
    query->bind(1, account.value());
    if (!query->step())
      return std::nullopt;
    return UpdateState{.account = account,
                       .pts = query->integer32(0),
                       .qts = query->integer32(1),
                       .date = query->integer32(2),
                       .seq = query->integer32(3)};
  });
}

}  // namespace ledgram::ledger
