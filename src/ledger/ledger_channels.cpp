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
  return channel;
}

Channel require_channel(Ledger::Impl& impl, ChannelId id) {
  auto query = impl.db.query("SELECT " LEDGRAM_CHANNEL_COLUMNS " FROM channels WHERE id = ?1");
  query->bind(1, id.value());
  if (!query->step()) {
    sqlite::fail(LedgerErrc::NotFound, fmt::format("the ledger {} does not know channel {}; add it first with: "
                                                   "ledgram channel add",
                                                   impl.db.file().string(), id.value()));
  }
  return read_channel(*query);
}

LedgerResult<void> Ledger::follow_channel(const Channel& channel) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    if (!channel.username.empty()) {
      auto evict = impl_->db.query("UPDATE channels SET username = NULL WHERE username = ?1 AND id <> ?2");
      evict->bind(1, channel.username);
      evict->bind(2, channel.id.value());
      evict->run();
    }
    auto follow = impl_->db.query(
        "INSERT INTO channels (id, username, title, account, followed, pts, newest_id, server_count, created) "
        "VALUES (?1, ?2, ?3, ?4, 1, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET "
        "username = excluded.username, title = excluded.title, account = excluded.account, followed = 1");
    follow->bind(1, channel.id.value());
    follow->bind_or_null(2, channel.username);
    follow->bind_or_null(3, channel.title);
    if (channel.account)
      follow->bind(4, channel.account->value());
    follow->bind(5, std::int64_t{channel.pts});
    follow->bind(6, std::int64_t{channel.newest_id});
    follow->bind(7, channel.server_count);
    follow->bind(8, channel.created);
    follow->run();
    transaction.commit();
  });
}

LedgerResult<void> Ledger::unfollow_channel(ChannelId channel) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    auto unfollow = impl_->db.query("UPDATE channels SET followed = 0 WHERE id = ?1");
    unfollow->bind(1, channel.value());
    unfollow->run();
    impl_->expect_change("channel");
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
  return sqlite::guarded([&]() -> std::optional<Channel> {
    auto query = impl_->db.query("SELECT " LEDGRAM_CHANNEL_COLUMNS " FROM channels WHERE id = ?1");
    query->bind(1, channel.value());
    if (!query->step())
      return std::nullopt;
    return read_channel(*query);
  });
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

}  // namespace ledgram::ledger
