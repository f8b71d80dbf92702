#include "ledgram/ledger/commit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

/// What a batch says about channels themselves.

namespace ledgram::ledger {
namespace {

// What people and consumers see of a channel.
auto visible(const Channel& channel) {
  return std::tie(channel.username, channel.title, channel.kind, channel.follow, channel.account);
}

// What nearly every batch changes.
auto position(const Channel& channel) {
  return std::tie(channel.pts, channel.tail_id, channel.news_after, channel.newest_id, channel.server_count,
                  channel.last_collect);
}

}  // namespace

ChannelWork& Commit::channel(ChannelId id) {
  if (last_channel_ != nullptr && last_channel_->now.id == id)
    return *last_channel_;
  const auto [entry, is_new] = channels_.try_emplace(id.value());
  ChannelWork& work = entry->second;
  if (is_new) {
    auto query = impl_.db.query("SELECT " LEDGRAM_CHANNEL_COLUMNS
                                ", wave_start, wave_count, "
                                "EXISTS (SELECT 1 FROM deletions WHERE channel = ?1) FROM channels WHERE id = ?1");
    query->bind(1, id.value());
    if (!query->step()) {
      channels_.erase(entry);
      fail_unknown_channel(impl_, id);
    }
    work.before = read_channel(*query);
    work.now = work.before;
    work.wave_start = query->integer(LEDGRAM_CHANNEL_COLUMN_COUNT);
    work.wave_count = query->integer(LEDGRAM_CHANNEL_COLUMN_COUNT + 1);
    work.marks = query->integer(LEDGRAM_CHANNEL_COLUMN_COUNT + 2) != 0 ? Marks::Possible : Marks::None;
  }
  last_channel_ = &work;
  return work;
}

void Commit::take_news() {
  for (const ChannelNews& news : batch_.channels)
    apply(news, channel(news.channel));
  for (auto& [id, work] : channels_) {
    if (visible(work.now) != visible(work.before))
      events_.channel_updated(work.now);
  }
}

void Commit::apply(const ChannelNews& news, ChannelWork& work) {
  Channel& now = work.now;
  if (news.username && *news.username != now.username) {
    now.username = *news.username;
    if (!now.username.empty())
      take_username_from_others(work);
  }
  if (news.title)
    now.title = *news.title;
  if (news.kind)
    now.kind = *news.kind;
  if (news.follow)
    now.follow = *news.follow;
  if (news.account)
    now.account = news.account->value() != 0 ? news.account : std::nullopt;
  if (news.newest_id)
    work.raise_newest(*news.newest_id);
  if (news.pts_if_unset && now.pts == 0) {
    now.pts = *news.pts_if_unset;
    if (news.tail_if_unset && now.pts != 0)
      now.tail_id = news.tail_if_unset;
  }
  if (news.pts)
    now.pts = *news.pts;
  if (news.tail_id)
    now.tail_id = news.tail_id;
  if (news.tail_grows_to && now.tail_id && *news.tail_grows_to > *now.tail_id) {
    grow(work, {*now.tail_id + 1, *news.tail_grows_to});
    now.tail_id = news.tail_grows_to;
  }
  if (news.news_after_if_unset && !now.news_after)
    now.news_after = news.news_after_if_unset;
  if (news.server_count)
    now.server_count = *news.server_count;
  if (news.last_collect)
    now.last_collect = *news.last_collect;
}

// Live messages come one by one; what they complete together is stored once.
void Commit::grow(ChannelWork& work, IdRange range) {
  if (work.last_grown && grown_[*work.last_grown].range.last + 1 == range.first) {
    grown_[*work.last_grown].range.last = range.last;
    return;
  }
  work.last_grown = grown_.size();
  grown_.push_back({.channel = work.now.id, .range = range});
}

// Usernames move: whoever had it before has it no more.
void Commit::take_username_from_others(const ChannelWork& work) {
  std::vector<ChannelId> others;
  {
    auto query = impl_.db.query("SELECT id FROM channels WHERE username = ?1 AND id <> ?2");
    query->bind(1, work.now.username);
    query->bind(2, work.now.id.value());
    while (query->step())
      others.emplace_back(query->integer(0));
  }
  for (const ChannelId other : others)
    channel(other).now.username.clear();
}

void Commit::write_channels_back() {
  for (const auto& [id, work] : channels_) {
    if (work.wave_changed || position(work.now) != position(work.before))
      write_position(work);
    // Apart, because these columns are in indices, which SQLite writes anew with each update that names them.
    if (visible(work.now) != visible(work.before))
      write_visible(work.now);
  }
}

void Commit::write_position(const ChannelWork& work) {
  const Channel& now = work.now;
  auto update = impl_.db.query(
      "UPDATE channels SET pts = ?2, newest_id = ?3, server_count = ?4, last_collect = ?5, tail_id = ?6, "
      "news_after = ?7, wave_start = ?8, wave_count = ?9 WHERE id = ?1");
  update->bind(1, now.id.value());
  update->bind(2, std::int64_t{now.pts});
  update->bind(3, std::int64_t{now.newest_id});
  update->bind(4, now.server_count);
  update->bind(5, now.last_collect);
  update->bind_or_null(6, now.tail_id);
  update->bind_or_null(7, now.news_after);
  update->bind(8, work.wave_start);
  update->bind(9, work.wave_count);
  update->run();
}

void Commit::write_visible(const Channel& now) {
  auto update = impl_.db.query(
      "UPDATE channels SET username = ?2, title = ?3, account = ?4, followed = ?5, kind = ?6 WHERE id = ?1");
  update->bind(1, now.id.value());
  update->bind_or_null(2, now.username);
  update->bind_or_null(3, now.title);
  if (now.account)
    update->bind(4, now.account->value());
  update->bind(5, std::int64_t{now.follow == FollowState::Followed ? 1 : 0});
  update->bind(6, static_cast<std::int64_t>(now.kind));
  update->run();
}

}  // namespace ledgram::ledger
