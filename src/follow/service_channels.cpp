// Service: channels that come and go while it runs, and collections that somebody asks for.

#include "ledgram/base/log.hpp"
#include "ledgram/collect/error.hpp"
#include "ledgram/collect/resolve.hpp"
#include "ledgram/follow/channel_plan.hpp"
#include "ledgram/follow/service.hpp"
#include "ledgram/net/owned_call.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <string>
#include <tuple>
#include <utility>

namespace ledgram::follow {

namespace {

constexpr std::string_view kModule = "follow";

/// For the look-up of a name: whoever asked may have gone, and the answer is worth keeping all the same.
constexpr std::chrono::seconds kLookUpTime{60};

FollowFailure unknown_channel(ChannelId channel) {
  return FollowFailure({FollowErrc::UnknownChannel, fmt::format("channel {} is not followed", channel.value())});
}

/// How somebody who asks through an account begins to see a channel: as one who has not joined, until Telegram says
/// more. One that is known to see it stays as it is.
ledger::LedgerResult<void> see_through(ledger::Ledger& ledger, ChannelId channel, AccountId account,
                                       ledger::UnixSeconds now) {
  auto known = ledger.channel_accounts(channel);
  if (!known)
    return std::unexpected(known.error());
  const auto found = std::ranges::find(*known, account, &ledger::ChannelAccount::account);
  if (found != known->end() && found->membership != ledger::Membership::Lost)
    return {};
  ledger::Batch batch;
  batch.seen_at = now;
  batch.channel_accounts.push_back({channel, account, ledger::Membership::NotJoined, now});
  if (auto committed = ledger.commit(batch); !committed)
    return std::unexpected(committed.error());
  return {};
}

}  // namespace

const Service::Member* Service::owner_of(ChannelId channel) const {
  for (const auto& [id, member] : members_) {
    if (member.follower->follows(channel))
      return &member;
  }
  return nullptr;
}

std::optional<AccountId> Service::follower_of(ChannelId channel) const {
  const Member* owner = owner_of(channel);
  if (owner == nullptr)
    return std::nullopt;
  return owner->follower->account().id;
}

asio::awaitable<ledger::Channel> Service::follow_channel(AccountId id, ChannelName name, net::Deadline deadline) {
  throw_if_stopping();
  std::ignore = live_follower(id);  // throws
  if (auto* username = std::get_if<std::string>(&name))
    *username = value_or_throw(collect::parse_username(*username));
  std::function<asio::awaitable<ledger::Channel>()> work = [this, id, name = std::move(name)] {
    return begin_to_follow(id, name);
  };
  co_return co_await net::run_in<ledger::Channel>(tasks_, "following a channel", std::move(work), deadline);
}

asio::awaitable<ledger::Channel> Service::begin_to_follow(AccountId id, ChannelName name) {
  ledger::Channel row;
  if (const auto* username = std::get_if<std::string>(&name)) {
    telegram::CallOptions options;
    options.deadline = net::deadline_after(kLookUpTime);
    options.flood.longest_wait = std::chrono::seconds(0);
    const std::shared_ptr<AccountFollower> follower = live_follower(id);
    std::string wanted = *username;
    row = co_await follower->find_channel(std::move(wanted), std::move(options));
  } else {
    row = co_await find_by_number(id, std::get<ChannelId>(name));
  }
  const ChannelId channel = row.id;
  const std::optional<AccountId> owner = follower_of(channel);
  auto store = [&row, id, owner](ledger::Ledger& ledger) -> ledger::LedgerResult<void> {
    row.account = owner.value_or(id);
    if (auto followed = ledger.follow_channel(row); !followed)
      return std::unexpected(followed.error());
    return see_through(ledger, row.id, id, row.created);
  };
  co_await ledger_.run(store);
  if (const auto refused = refused_.find(channel); refused != refused_.end())
    refused->second.erase(id);
  if (owner_of(channel) == nullptr)
    co_await hand_over(channel);
  auto load = [channel](ledger::Ledger& ledger) { return ledger.find_channel(channel); };
  std::optional<ledger::Channel> stored = co_await ledger_.run(load);
  if (!stored)
    throw unknown_channel(channel);
  co_return std::move(*stored);
}

asio::awaitable<ledger::Channel> Service::find_by_number(AccountId id, ChannelId channel) {
  const ledger::PeerKey key{ledger::PeerType::Channel, channel.value()};
  auto load = [id, key](ledger::Ledger& ledger) { return ledger.find_peer(id, key); };
  const std::optional<ledger::Peer> peer = co_await ledger_.run(load);
  const bool usable = peer && peer->access_hash && peer->completeness == ledger::PeerCompleteness::Full;
  if (!usable) {
    throw collect::CollectFailure({collect::CollectErrc::NoAccess,
                                   fmt::format("the account has not met channel {} yet; list its chats first, or give "
                                               "the channel's @name",
                                               channel.value())});
  }
  ledger::Channel row;
  row.id = channel;
  row.username = peer->username;
  row.title = peer->title;
  row.account = id;
  row.follow = ledger::FollowState::Followed;
  row.created = std::chrono::duration_cast<std::chrono::seconds>(clock_.now().unix_time).count();
  co_return row;
}

asio::awaitable<void> Service::unfollow_channel(ChannelId channel) {
  throw_if_stopping();
  std::function<asio::awaitable<void>()> work = [this, channel] { return end_to_follow(channel); };
  co_await net::run_in<void>(tasks_, "giving a channel up", std::move(work));
}

asio::awaitable<void> Service::end_to_follow(ChannelId channel) {
  auto store = [channel](ledger::Ledger& ledger) -> ledger::LedgerResult<bool> {
    auto known = ledger.find_channel(channel);
    if (!known)
      return std::unexpected(known.error());
    if (!*known || (*known)->follow != ledger::FollowState::Followed)
      return false;
    if (auto unfollowed = ledger.unfollow_channel(channel); !unfollowed)
      return std::unexpected(unfollowed.error());
    return true;
  };
  const bool was_followed = co_await ledger_.run(store);
  for (auto& [id, member] : members_) {
    if (member.follower->follows(channel))
      member.follower->remove_channel(channel);
  }
  orphans_.erase(channel);
  refused_.erase(channel);
  if (!was_followed)
    throw unknown_channel(channel);
}

std::shared_ptr<Service::Asked> Service::ask_to_collect(ChannelId channel) {
  throw_if_stopping();
  std::shared_ptr<Asked>& asked = asked_[channel];
  if (!asked) {
    asked = std::make_shared<Asked>(executor_);
    // Who looks for it from now on finds it running.
    progress_.begin(channel);
    tasks_.spawn("collecting a channel", collect_asked(channel, asked));
  }
  return asked;
}

bool Service::waits_beyond(ChannelId channel, net::Deadline deadline) const {
  const auto progress = progress_.find(channel);
  return progress && progress->waits_until > nanoseconds(0) &&
         net::deadline_after(progress->waits_until - clock_.now().unix_time) > deadline;
}

void Service::note_wait(ChannelId channel) {
  if (const auto found = asked_.find(channel); found != asked_.end())
    found->second->changed.notify_all();
}

asio::awaitable<std::optional<collect::CollectStats>> Service::collect_now(ChannelId channel, net::Deadline deadline) {
  const std::shared_ptr<Asked> asked = ask_to_collect(channel);
  const auto is_settled = [this, channel, deadline, &asked] { return asked->ended || waits_beyond(channel, deadline); };
  co_await asked->changed.wait_until(is_settled, deadline);
  if (!asked->ended)
    co_return std::nullopt;
  if (asked->problem)
    std::rethrow_exception(asked->problem);
  co_return asked->stats;
}

void Service::collect_all(std::vector<ChannelId> channels) {
  throw_if_stopping();
  tasks_.spawn("collecting channels", collect_each(std::move(channels)));
}

asio::awaitable<void> Service::collect_each(std::vector<ChannelId> channels) {
  for (const ChannelId channel : channels) {
    if (stopping_)
      co_return;
    const std::shared_ptr<Asked> asked = ask_to_collect(channel);
    co_await asked->changed.wait_until([&asked] { return asked->ended; });
    if (asked->problem)
      log::info(kModule, "channel {} could not be collected: {}", channel.value(),
                progress_.find(channel).value_or(CollectionProgress()).problem);
  }
}

asio::awaitable<void> Service::collect_asked(ChannelId channel, std::shared_ptr<Asked> asked) {
  std::string problem;
  try {
    asked->stats = co_await collect_through_owner(channel);
  } catch (const std::exception& failure) {
    asked->problem = std::current_exception();
    problem = failure.what();
  }
  progress_.end(channel, std::move(problem));
  asked_.erase(channel);
  asked->ended = true;
  asked->changed.notify_all();
}

asio::awaitable<collect::CollectStats> Service::collect_through_owner(ChannelId channel) {
  if (owner_of(channel) == nullptr) {
    // Somebody may be able to read it by now.
    refused_.erase(channel);
    co_await hand_over(channel);
  }
  auto load = [channel](ledger::Ledger& ledger) { return plan_one(ledger, channel); };
  const std::optional<ChannelPlan> plan = co_await ledger_.run(load);
  if (!plan)
    throw unknown_channel(channel);
  const Member* owner = owner_of(channel);
  if (owner == nullptr) {
    const std::string& name = plan->channel.row.username;
    throw FollowFailure(
        {FollowErrc::NobodyCanRead, fmt::format("no account that is logged in can read {}; log in one "
                                                "that can",
                                                name.empty() ? std::to_string(channel.value()) : "@" + name)});
  }
  const AccountId id = owner->follower->account().id;
  const std::shared_ptr<AccountFollower> follower = live_follower(id);
  std::optional<collect::CollectStats> stats = co_await follower->collect(channel);
  if (!stats)
    throw unknown_channel(channel);
  co_return *stats;
}

}  // namespace ledgram::follow
