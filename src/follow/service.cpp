#include "ledgram/follow/service.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/follow/channel_plan.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::follow {

namespace {

constexpr std::string_view kModule = "follow";

std::string display_name(const ledger::Channel& channel) {
  return channel.username.empty() ? std::to_string(channel.id.value()) : "@" + channel.username;
}

ledger::UnixSeconds seconds_of(const Clock& clock) {
  return std::chrono::duration_cast<std::chrono::seconds>(clock.now().unix_time).count();
}

}  // namespace

Service::Service(const asio::any_io_executor& executor, collect::LedgerWorker& ledger, RandomSource& random,
                 const Clock& clock, ServiceOptions options, ServiceHooks hooks)
    : executor_(executor),
      ledger_(ledger),
      random_(random),
      clock_(clock),
      options_(options),
      hooks_(std::move(hooks)),
      committer_(executor, ledger, clock, options_.committer,
                 CommitterHooks{.on_paused =
                                    [](const ledger::LedgerError& error) {
                                      log::error(kModule, "nothing can be stored: {}; waiting until it can",
                                                 error.message);
                                    },
                                .on_resumed =
                                    [](nanoseconds paused) {
                                      log::info(kModule, "storing again after {} s",
                                                std::chrono::duration_cast<std::chrono::seconds>(paused).count());
                                    }}),
      names_(executor, ledger, clock),
      progress_(clock),
      changed_(executor),
      commits_(executor,
               [this](std::string_view, std::exception_ptr error) {
                 if (!problem_ && !stopping_)
                   problem_ = std::move(error);
                 stop();
               }),
      tasks_(executor, [this](std::string_view, std::exception_ptr error) {
        if (!problem_)
          problem_ = std::move(error);
        stop();
      }) {
  progress_.when_waiting([this](ChannelId channel) { note_wait(channel); });
}

Service::~Service() = default;

void Service::stop() {
  stopping_ = true;
  // What is not accepted any more was not acknowledged to anybody: it comes again at the next start.
  committer_.close();
  for (auto& [id, member] : members_)
    member.follower->stop();
  changed_.notify_all();
}

asio::awaitable<void> Service::run(std::vector<ServiceAccount> accounts) {
  std::exception_ptr problem;
  try {
    commits_.spawn("committing", commit_all());
    co_await begin(std::move(accounts));
    tasks_.spawn("looking after holes", maintain());
    co_await changed_.wait_until([this] { return stopping_; });
  } catch (...) {
    problem = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await end();
  if (!problem)
    problem = problem_;
  if (problem)
    std::rethrow_exception(problem);
}

/// Every member ends by itself, since stop() was called for each; the rest is cancelled.
asio::awaitable<void> Service::end() {
  stop();
  co_await changed_.wait_until(
      [this] { return std::ranges::none_of(members_, [](const auto& item) { return item.second.running; }); });
  co_await tasks_.stop();
  co_await commits_.join();
}

asio::awaitable<void> Service::commit_all() {
  co_await committer_.run();
}

asio::awaitable<void> Service::begin(std::vector<ServiceAccount> accounts) {
  for (ServiceAccount& account : accounts)
    add_member(std::move(account));
  auto load = [](ledger::Ledger& ledger) { return plan_all(ledger); };
  std::vector<ChannelPlan> plans = co_await ledger_.run(load);
  for (ChannelPlan& plan : plans)
    assign(std::move(plan.channel), plan.candidates);
  for (auto& [id, member] : members_) {
    if (!member.running)
      start_member(id);
  }
  note_caught_up();
}

void Service::start_member(AccountId id) {
  Member& member = members_.at(id);
  member.running = true;
  tasks_.spawn(member.follower->account().name, live(id));
}

/// An account is not forgotten while such a task is under way: what it stores names the account.
void Service::spawn_for(AccountId id, std::string name, asio::awaitable<void> task) {
  ++members_.at(id).tasks;
  tasks_.spawn(std::move(name), counted(id, std::move(task)));
}

asio::awaitable<void> Service::counted(AccountId id, asio::awaitable<void> task) {
  struct Leave {
    Service& service;
    Member& member;
    ~Leave() {
      --member.tasks;
      service.changed_.notify_all();
    }
  } const leave{*this, members_.at(id)};
  co_await std::move(task);
}

void Service::add_member(ServiceAccount account) {
  const AccountId id = account.account.id;
  FollowHooks hooks;
  hooks.on_channel_lost = [this, id](ChannelId channel, updates::LossReason) {
    refused_[channel].insert(id);
    spawn_for(id, "handing a channel over", store_loss(id, channel));
  };
  hooks.on_membership = [this, id](ChannelId channel, ledger::Membership membership) {
    spawn_for(id, "storing a membership", store_membership(id, channel, membership));
  };
  hooks.on_migration = [this, id](GroupMigration migration) {
    spawn_for(id, "following a migrated group", follow_migrated(id, std::move(migration)));
  };
  hooks.on_caught_up = [this, id] {
    members_.at(id).caught_up = true;
    note_caught_up();
  };
  hooks.wants_activity = hooks_.wants_activity;
  hooks.on_activity = [this, id](std::optional<ledger::PeerKey> chat) { hooks_.on_activity(id, chat); };
  const FollowShare share{ledger_, committer_, names_, progress_, random_, clock_};
  Member& member = members_[id];
  member.follower =
      std::make_shared<AccountFollower>(executor_, share, std::move(account.account), std::move(account.client),
                                        std::move(account.keys), options_.follow, std::move(hooks));
}

asio::awaitable<void> Service::live(AccountId id) {
  Member& member = members_.at(id);
  struct Leave {
    Service& service;
    Member& member;
    ~Leave() {
      member.alive = false;
      member.running = false;
      service.changed_.notify_all();
      service.note_caught_up();
    }
  } const leave{*this, member};
  const FollowResult result = co_await member.follower->run();
  if (result.end == FollowEnd::LoginLost && !stopping_)
    co_await on_login_lost(id, result.reason);
}

asio::awaitable<void> Service::on_login_lost(AccountId id, std::string reason) {
  Member& member = members_.at(id);
  member.alive = false;
  log::warning(kModule, "{} needs login: Telegram says {}; log it in again, everything else runs on",
               member.follower->account().name, reason);
  ledger::Batch batch;
  batch.via = ledger::Via::Live;
  batch.seen_at = seconds_of(clock_);
  batch.accounts.push_back({id, ledger::AccountState::LoggedOut, std::move(reason)});
  co_await committer_.add(std::move(batch));
  for (const ChannelId channel : member.follower->channels()) {
    member.follower->remove_channel(channel);
    co_await hand_over(channel);
  }
}

asio::awaitable<void> Service::store_loss(AccountId id, ChannelId channel) {
  co_await store_membership(id, channel, ledger::Membership::Lost);
  co_await hand_over(channel);
}

asio::awaitable<void> Service::store_membership(AccountId id, ChannelId channel, ledger::Membership membership) {
  ledger::Batch batch;
  batch.via = ledger::Via::Live;
  batch.seen_at = seconds_of(clock_);
  batch.channel_accounts.push_back({channel, id, membership, batch.seen_at});
  co_await committer_.add(std::move(batch));
}

/// The channel's next account begins where the ledger is, so everything of the one before is committed first.
asio::awaitable<void> Service::hand_over(ChannelId channel) {
  if (!co_await committer_.flush())
    co_return;
  auto load = [channel](ledger::Ledger& ledger) { return plan_one(ledger, channel); };
  std::optional<ChannelPlan> plan = co_await ledger_.run(load);
  if (plan && !stopping_)
    assign(std::move(plan->channel), plan->candidates);
}

Service::Member* Service::usable(AccountId id, ChannelId channel) {
  const auto found = members_.find(id);
  if (found == members_.end() || !found->second.alive || refused_[channel].contains(id))
    return nullptr;
  return &found->second;
}

/// The account of the ledger, or else a member of the channel, or else anybody who can read it.
Service::Member* Service::choose(const ledger::Channel& channel,
                                 const std::vector<ledger::ChannelAccount>& candidates) {
  const auto lost = [&candidates](AccountId id) {
    return std::ranges::any_of(candidates, [id](const ledger::ChannelAccount& candidate) {
      return candidate.account == id && candidate.membership == ledger::Membership::Lost;
    });
  };
  if (channel.account && !lost(*channel.account)) {
    if (Member* member = usable(*channel.account, channel.id))
      return member;
  }
  for (const ledger::Membership wanted : {ledger::Membership::Joined, ledger::Membership::NotJoined}) {
    for (const ledger::ChannelAccount& candidate : candidates) {
      if (candidate.membership != wanted)
        continue;
      if (Member* member = usable(candidate.account, channel.id))
        return member;
    }
  }
  // Nobody who is known to see it: somebody may all the same. Whoever cannot is not asked again before the next
  // maintenance.
  for (auto& [id, member] : members_) {
    const bool reads_history = member.follower->account().kind == ledger::AccountKind::User;
    if (reads_history && usable(id, channel.id) != nullptr)
      return &member;
  }
  return nullptr;
}

void Service::assign(FollowedChannel channel, const std::vector<ledger::ChannelAccount>& candidates) {
  const ChannelId id = channel.row.id;
  Member* member = choose(channel.row, candidates);
  if (member == nullptr) {
    if (orphans_.insert(id).second)
      log::warning(kModule, "{} is followed by no account: none that is logged in can read it",
                   display_name(channel.row));
    return;
  }
  orphans_.erase(id);
  const AccountId account = member->follower->account().id;
  const auto known = std::ranges::find(candidates, account, &ledger::ChannelAccount::account);
  // Until Telegram says otherwise a channel counts as joined: a member's box hears of news by itself.
  channel.membership = known == candidates.end() ? ledger::Membership::Joined : known->membership;
  if (channel.row.account != account) {
    log::info(kModule, "{} is followed by {} from now on", display_name(channel.row), member->follower->account().name);
    spawn_for(account, "storing who follows a channel", store_account(account, id));
  }
  member->follower->add_channel(std::move(channel));
}

asio::awaitable<void> Service::store_account(AccountId account, ChannelId channel) {
  ledger::Batch batch;
  batch.via = ledger::Via::Live;
  batch.seen_at = seconds_of(clock_);
  ledger::ChannelNews news{.channel = channel};
  news.account = account;
  batch.channels.push_back(std::move(news));
  co_await committer_.add(std::move(batch));
}

/// The supergroup that a basic group has become is followed as the group was.
asio::awaitable<void> Service::follow_migrated(AccountId id, GroupMigration migration) {
  if (!co_await committer_.flush())
    co_return;
  ledger::Channel row;
  row.id = migration.channel;
  row.title = migration.title;
  row.account = id;
  row.follow = ledger::FollowState::Followed;
  row.kind = ledger::ChannelKind::Supergroup;
  row.created = seconds_of(clock_);
  auto store = [&row](ledger::Ledger& ledger) -> ledger::LedgerResult<bool> {
    auto known = ledger.find_channel(row.id);
    if (!known)
      return std::unexpected(known.error());
    if (*known && (*known)->follow == ledger::FollowState::Followed)
      return false;
    if (auto followed = ledger.follow_channel(row); !followed)
      return std::unexpected(followed.error());
    return true;
  };
  const bool is_new = co_await ledger_.run(store);
  if (!is_new || stopping_)
    co_return;
  log::info(kModule, "group {} has become supergroup {}, which is followed from now on", migration.chat,
            migration.channel.value());
  co_await hand_over(migration.channel);
}

asio::awaitable<void> Service::maintain() {
  while (true) {
    co_await net::sleep_for(options_.maintenance);
    auto load = [](ledger::Ledger& ledger) { return plan_all(ledger); };
    std::vector<ChannelPlan> plans = co_await ledger_.run(load);
    for (ChannelPlan& plan : plans) {
      const ChannelId id = plan.channel.row.id;
      if (orphans_.contains(id)) {
        refused_.erase(id);
        assign(std::move(plan.channel), plan.candidates);
      } else if (plan.channel.history == History::Missing) {
        for (auto& [account, member] : members_)
          member.follower->ask_history(id);
      }
    }
  }
}

void Service::note_caught_up() {
  const bool all =
      std::ranges::all_of(members_, [](const auto& item) { return item.second.caught_up || !item.second.alive; });
  if (!all || told_caught_up_ || stopping_)
    return;
  told_caught_up_ = true;
  if (hooks_.on_caught_up)
    hooks_.on_caught_up();
}

std::size_t Service::channels() const {
  std::size_t count = 0;
  for (const auto& [id, member] : members_)
    count += member.follower->channels().size();
  return count;
}

std::uint64_t Service::messages_committed() const {
  std::uint64_t count = committer_.messages_committed();
  for (const auto& [id, member] : members_)
    count += member.follower->messages_collected();
  return count;
}

std::vector<std::string> Service::pending_tasks() const {
  std::vector<std::string> names;
  for (const auto& [id, member] : members_) {
    for (std::string& name : member.follower->pending_tasks())
      names.push_back(std::move(name));
  }
  for (const net::TaskGroup* group : {&tasks_, &commits_}) {
    for (std::string& name : group->pending_names())
      names.push_back(std::move(name));
  }
  return names;
}

}  // namespace ledgram::follow
