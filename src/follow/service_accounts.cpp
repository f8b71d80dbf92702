// Service: accounts that come and go while it runs, and calls through them.

#include "ledgram/base/log.hpp"
#include "ledgram/follow/channel_plan.hpp"
#include "ledgram/follow/service.hpp"
#include "ledgram/net/owned_call.hpp"

#include <fmt/format.h>

#include <tuple>
#include <utility>

namespace ledgram::follow {

namespace {

constexpr std::string_view kModule = "follow";

/// What stands as the reason of an account's state after a log-out that somebody asked for.
constexpr std::string_view kLoggedOutHere = "logged out";

}  // namespace

void Service::throw_if_stopping() const {
  if (stopping_)
    throw FollowFailure({FollowErrc::Stopping, "the service is being stopped; try again when it runs"});
}

asio::awaitable<void> Service::add_account(ServiceAccount account) {
  throw_if_stopping();
  auto given = std::make_shared<ServiceAccount>(std::move(account));
  std::function<asio::awaitable<void>()> work = [this, given] { return take_in(given); };
  co_await net::run_in<void>(tasks_, "taking an account in", std::move(work));
}

asio::awaitable<void> Service::take_in(std::shared_ptr<ServiceAccount> account) {
  const AccountId id = account->account.id;
  const std::vector<ChannelId> before = co_await let_go(id);
  throw_if_stopping();
  add_member(std::move(*account));
  start_member(id);
  log::info(kModule, "{} is served from now on", members_.at(id).follower->account().name);
  co_await assign_unfollowed();
}

/// Ends what runs of the account and forgets it here. The channels that it followed, which nobody follows then. What it
/// has received is committed, or will be before anything that is added from now on.
asio::awaitable<std::vector<ChannelId>> Service::let_go(AccountId id) {
  if (const auto found = members_.find(id); found != members_.end()) {
    found->second.alive = false;
    found->second.follower->stop();
  }
  // Looked for again each time: somebody else may let it go as well.
  co_await changed_.wait_until([this, id] {
    const auto found = members_.find(id);
    return found == members_.end() || (!found->second.running && found->second.tasks == 0);
  });
  const auto found = members_.find(id);
  if (found == members_.end())
    co_return std::vector<ChannelId>{};
  std::vector<ChannelId> channels = found->second.follower->channels();
  for (const ChannelId channel : channels)
    found->second.follower->remove_channel(channel);
  for (auto& [channel, accounts] : refused_)
    accounts.erase(id);
  members_.erase(found);
  note_caught_up();
  co_return channels;
}

asio::awaitable<void> Service::hand_over_all(std::vector<ChannelId> channels) {
  for (const ChannelId channel : channels)
    co_await hand_over(channel);
}

/// Channels that the ledger says are followed and nobody follows: there is somebody new who may.
asio::awaitable<void> Service::assign_unfollowed() {
  auto load = [](ledger::Ledger& ledger) { return plan_all(ledger); };
  std::vector<ChannelPlan> plans = co_await ledger_.run(load);
  for (ChannelPlan& plan : plans) {
    if (!stopping_ && owner_of(plan.channel.row.id) == nullptr)
      assign(std::move(plan.channel), plan.candidates);
  }
}

asio::awaitable<std::vector<SecretBytes>> Service::log_out(AccountId id) {
  throw_if_stopping();
  std::ignore = live_follower(id);  // throws
  std::function<asio::awaitable<std::vector<SecretBytes>>()> work = [this, id] { return end_login(id); };
  co_return co_await net::run_in<std::vector<SecretBytes>>(tasks_, "logging an account out", std::move(work));
}

asio::awaitable<std::vector<SecretBytes>> Service::end_login(AccountId id) {
  const std::shared_ptr<AccountFollower> follower = live_follower(id);
  std::vector<SecretBytes> tokens = co_await follower->log_out();
  std::vector<ChannelId> channels = co_await let_go(id);
  ledger::Batch batch;
  batch.via = ledger::Via::Live;
  batch.seen_at = std::chrono::duration_cast<std::chrono::seconds>(clock_.now().unix_time).count();
  batch.accounts.push_back({id, ledger::AccountState::LoggedOut, std::string(kLoggedOutHere)});
  co_await committer_.add(std::move(batch));
  co_await hand_over_all(std::move(channels));
  co_return tokens;
}

asio::awaitable<void> Service::remove_account(AccountId id) {
  throw_if_stopping();
  std::function<asio::awaitable<void>()> work = [this, id] { return forget(id); };
  co_await net::run_in<void>(tasks_, "removing an account", std::move(work));
}

asio::awaitable<void> Service::forget(AccountId id) {
  std::vector<ChannelId> channels = co_await let_go(id);
  // What waits names the account, and would not be stored any more after it.
  if (!co_await committer_.flush())
    throw_if_stopping();
  auto remove = [id](ledger::Ledger& ledger) { return ledger.remove_account(id); };
  co_await ledger_.run(remove);
  co_await hand_over_all(std::move(channels));
}

AccountStatus Service::status_of(AccountId id, const Member& member) const {
  AccountStatus status;
  status.id = id;
  status.name = member.follower->account().name;
  status.link = member.follower->link();
  status.caught_up = member.caught_up;
  status.channels = member.follower->channels().size();
  return status;
}

std::optional<AccountStatus> Service::status(AccountId id) const {
  const auto found = members_.find(id);
  if (found == members_.end())
    return std::nullopt;
  return status_of(id, found->second);
}

std::shared_ptr<AccountFollower> Service::live_follower(AccountId id) const {
  const auto found = members_.find(id);
  if (found == members_.end()) {
    throw FollowFailure(
        {FollowErrc::UnknownAccount, fmt::format("account {} is not served; log it in first", id.value())});
  }
  const Member& member = found->second;
  if (!member.alive || member.follower->link().link == Link::NeedsLogin) {
    const std::string& why = member.follower->link().last_error;
    throw FollowFailure(
        {FollowErrc::NeedsLogin, fmt::format("{} must log in to Telegram again{}{}", member.follower->account().name,
                                             why.empty() ? "" : ": ", why)});
  }
  return member.follower;
}

asio::awaitable<Bytes> Service::invoke(AccountId id, Bytes method, telegram::CallOptions options) {
  throw_if_stopping();
  const std::shared_ptr<AccountFollower> follower = live_follower(id);
  co_return co_await follower->invoke(std::move(method), std::move(options));
}

}  // namespace ledgram::follow
