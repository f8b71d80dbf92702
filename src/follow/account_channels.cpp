// AccountFollower: its channels, from the rows of the ledger to boxes, and what the account may do with them.

#include "ledgram/base/log.hpp"
#include "ledgram/collect/message_row.hpp"
#include "ledgram/follow/account_follower.hpp"
#include "ledgram/tl/api.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::follow {

namespace api = tl::api;

namespace {

constexpr std::string_view kModule = "follow";

/// Channels of one channels.getChannels.
constexpr std::size_t kChannelsAtOnce = 100;

/// After a look at channels that got no answer.
constexpr std::chrono::seconds kLookAgainAfter{10};

using Access = std::pair<ChannelId, std::int64_t>;

ledger::LedgerResult<std::vector<Access>> read_access(ledger::Ledger& ledger, AccountId account,
                                                      const std::vector<ChannelId>& channels) {
  std::vector<Access> hashes;
  for (const ChannelId id : channels) {
    auto peer = ledger.find_peer(account, {ledger::PeerType::Channel, id.value()});
    if (!peer)
      return std::unexpected(peer.error());
    if (*peer && (*peer)->access_hash && (*peer)->completeness == ledger::PeerCompleteness::Full)
      hashes.emplace_back(id, *(*peer)->access_hash);
  }
  return hashes;
}

}  // namespace

void AccountFollower::add_channel(FollowedChannel channel) {
  const ChannelId id = channel.row.id;
  Followed& followed = channels_[id];
  followed.row = std::move(channel.row);
  followed.row.account = account_.id;
  followed.membership = channel.membership;
  to_look_at_.insert(id);
  if (started_)
    box_channel(followed);
  const bool anchored = followed.row.pts > 0 && followed.row.tail_id;
  if (!anchored || channel.history == History::Missing)
    repair_.ask(followed.row, anchored ? Urgency::Background : Urgency::Now);
  wake_.set();
}

void AccountFollower::ask_history(ChannelId channel) {
  const auto found = channels_.find(channel);
  if (found != channels_.end())
    repair_.ask(found->second.row, Urgency::Background);
}

void AccountFollower::remove_channel(ChannelId channel) {
  channels_.erase(channel);
  to_look_at_.erase(channel);
  repair_.forget(channel);
  box_.unfollow(channel);
}

std::vector<ChannelId> AccountFollower::channels() const {
  std::vector<ChannelId> ids;
  ids.reserve(channels_.size());
  for (const auto& [id, followed] : channels_)
    ids.push_back(id);
  return ids;
}

std::int64_t AccountFollower::access_hash_of(ChannelId channel) const {
  const auto found = channels_.find(channel);
  return found == channels_.end() ? 0 : found->second.access_hash.value_or(0);
}

/// The box begins where the ledger's pts is, and only if the ledger knows what that pts covers; before, the first page
/// of history says both.
void AccountFollower::box_channel(Followed& followed) {
  const ledger::Channel& row = followed.row;
  if (row.pts <= 0 || !row.tail_id)
    return;
  const updates::Delivery delivery =
      followed.membership == ledger::Membership::Joined ? updates::Delivery::Member : updates::Delivery::Polled;
  const Instant now = share_.clock.now();
  const bool fresh = !std::exchange(followed.boxed, true);
  box_.follow({row.id, Pts(row.pts)}, delivery, now);
  // At the start the common difference names the channels with news (U27); whoever comes later may have missed that.
  if (fresh && box_started_)
    box_.catch_up(row.id, now);
  wake_.set();
}

void AccountFollower::on_page(ChannelId channel) {
  const auto found = channels_.find(channel);
  if (found != channels_.end() && !found->second.boxed)
    tasks_.spawn(account_.name + ": beginning to follow a channel", anchor(channel));
}

asio::awaitable<void> AccountFollower::anchor(ChannelId channel) {
  auto load = [channel](ledger::Ledger& ledger) { return ledger.find_channel(channel); };
  std::optional<ledger::Channel> row = co_await share_.ledger.run(load);
  const auto found = channels_.find(channel);
  if (!row || found == channels_.end() || found->second.boxed)
    co_return;
  row->account = account_.id;
  found->second.row = std::move(*row);
  box_channel(found->second);
  // What happened between the page and now.
  if (found->second.boxed)
    box_.catch_up(channel, share_.clock.now());
}

void AccountFollower::lose_channel(ChannelId channel, updates::LossReason reason) {
  if (!channels_.contains(channel))
    return;
  remove_channel(channel);
  hooks_.on_channel_lost(channel, reason);
}

void AccountFollower::set_membership(ChannelId channel, ledger::Membership membership) {
  const auto found = channels_.find(channel);
  if (found == channels_.end())
    return;
  const bool changed = std::exchange(found->second.membership, membership) != membership;
  if (!changed)
    return;
  box_channel(found->second);
  hooks_.on_membership(channel, membership);
}

/// Asks Telegram how the account stands to channels: at the start for all, later for those that something happened to.
asio::awaitable<void> AccountFollower::look_at_channels() {
  while (!to_look_at_.empty() && !result_) {
    std::vector<ChannelId> some;
    while (!to_look_at_.empty() && some.size() < kChannelsAtOnce)
      some.push_back(to_look_at_.extract(to_look_at_.begin()).value());
    std::vector<ChannelId> reachable = co_await load_access(some);
    for (const ChannelId id : some) {
      if (std::ranges::find(reachable, id) != reachable.end())
        continue;
      co_await reach_by_name(id);
      // Whoever takes a channel over may not be a member, and then has to poll.
      if (access_hash_of(id) != 0)
        reachable.push_back(id);
    }
    if (!reachable.empty())
      co_await look_at(std::move(reachable));
  }
  looking_ = false;
  wake_.set();
}

/// Reads access hashes from the ledger. Which of the channels have one.
asio::awaitable<std::vector<ChannelId>> AccountFollower::load_access(std::vector<ChannelId> some) {
  auto load = [&some, account = account_.id](ledger::Ledger& ledger) { return read_access(ledger, account, some); };
  const std::vector<Access> hashes = co_await share_.ledger.run(load);
  std::vector<ChannelId> reachable;
  for (const auto& [id, hash] : hashes) {
    const auto followed = channels_.find(id);
    if (followed == channels_.end())
      continue;
    followed->second.access_hash = hash;
    reachable.push_back(id);
  }
  co_return reachable;
}

asio::awaitable<void> AccountFollower::look_at(std::vector<ChannelId> some) {
  api::channels_getChannels method;
  for (const ChannelId id : some)
    method.id.push_back(api::inputChannel{.channel_id = id.value(), .access_hash = access_hash_of(id)});
  std::optional<telegram::TelegramError> error;
  api::messages_Chats answer;
  try {
    telegram::CallOptions options = call_options();
    answer = co_await client_.invoke(std::move(method), std::move(options));
  } catch (const telegram::TelegramFailure& failure) {
    error = failure.error();
  }
  if (!error) {
    if (const auto* all = answer.as<api::messages_chats>()) {
      for (const api::Chat& chat : all->chats)
        take_description(chat);
    } else if (const auto* slice = answer.as<api::messages_chatsSlice>()) {
      for (const api::Chat& chat : slice->chats)
        take_description(chat);
    }
    co_return;
  }
  end_if_login_lost(*error);
  if (result_)
    co_return;
  if (error->code == telegram::TelegramErrc::Rpc && error->rpc) {
    co_await look_again_alone(std::move(some), error->rpc->name);
    co_return;
  }
  // No answer, or a wait: later.
  const nanoseconds pause =
      std::max<nanoseconds>(kLookAgainAfter, error->retry_after.value_or(std::chrono::seconds(0)));
  co_await net::sleep_for(pause);
  to_look_at_.insert(some.begin(), some.end());
}

/// One channel among many can make Telegram refuse the question for all.
asio::awaitable<void> AccountFollower::look_again_alone(std::vector<ChannelId> some, std::string error) {
  if (some.size() > 1) {
    for (const ChannelId id : some) {
      std::vector<ChannelId> alone{id};
      co_await look_at(std::move(alone));
    }
    co_return;
  }
  if (error == "CHANNEL_PRIVATE" || error == "CHANNEL_PUBLIC_GROUP_NA") {
    lose_channel(some.front(), updates::LossReason::Private);
  } else if (error == "CHANNEL_INVALID") {
    co_await reach_by_name(some.front());
  } else {
    log::warning(kModule, "{}: Telegram says {} of channel {}", account_.name, error, some.front().value());
  }
}

/// Without an access hash of this account, or with one that is refused: the name is looked up, once.
asio::awaitable<void> AccountFollower::reach_by_name(ChannelId channel) {
  const auto found = channels_.find(channel);
  if (found == channels_.end())
    co_return;
  bool lost = false;
  try {
    telegram::CallOptions options = call_options();
    ledger::Channel row = found->second.row;
    const collect::ChannelTarget target =
        co_await share_.names.reach_again(caller_, std::move(row), std::move(options));
    const auto still = channels_.find(channel);
    if (still != channels_.end())
      still->second.access_hash = target.access_hash;
  } catch (const collect::CollectFailure& failure) {
    log::info(kModule, "{}: channel {}: {}", account_.name, channel.value(), failure.what());
    lost = true;
  } catch (const telegram::TelegramFailure& failure) {
    end_if_login_lost(failure.error());
    log::info(kModule, "{}: channel {}: {}", account_.name, channel.value(), failure.what());
    lost = failure.error().code == telegram::TelegramErrc::Rpc;
  }
  if (lost)
    lose_channel(channel, updates::LossReason::Invalid);
}

void AccountFollower::take_description(const api::Chat& chat) {
  if (const auto* channel = chat.as<api::channel>()) {
    const ChannelId id(channel->id);
    set_membership(id, channel->left ? ledger::Membership::NotJoined : ledger::Membership::Joined);
  } else if (const auto* closed = chat.as<api::channelForbidden>()) {
    lose_channel(ChannelId(closed->id), updates::LossReason::Private);
  }
}

}  // namespace ledgram::follow
