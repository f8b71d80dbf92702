#include "ledgram/follow/account_follower.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/follow/touched_chats.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/telegram/error.hpp"
#include "ledgram/tl/api.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace ledgram::follow {

namespace api = tl::api;

namespace {

constexpr std::string_view kModule = "follow";

bool login_is_lost(telegram::TelegramErrc code) {
  return code == telegram::TelegramErrc::LoggedOut || code == telegram::TelegramErrc::KeyDuplicated ||
         code == telegram::TelegramErrc::SessionLost || code == telegram::TelegramErrc::NotLoggedIn;
}

updates::BoxOptions box_options(const ledger::Account& account, const FollowOptions& options) {
  updates::BoxOptions box;
  box.self = account.user;
  box.silence = options.silence;
  // core.telegram.org/method/updates.getChannelDifference
  if (account.kind == ledger::AccountKind::Bot)
    box.channel_limit = 1000;
  return box;
}

}  // namespace

AccountFollower::AccountFollower(const asio::any_io_executor& executor, FollowShare share, ledger::Account account,
                                 telegram::ClientOptions client, std::unique_ptr<telegram::KeyStore> keys,
                                 FollowOptions options, FollowHooks hooks)
    : share_(share),
      account_(std::move(account)),
      options_(options),
      hooks_(std::move(hooks)),
      keys_(std::move(keys)),
      box_(box_options(account_, options_), *this),
      reader_(account_.id, options_.policy),
      client_(
          executor,
          [this, &client] {
            client.on_update = [this](Bytes update) { on_update(std::move(update)); };
            client.on_connected = [this] { on_connected(); };
            client.on_disconnected = [this](std::string_view why) { on_disconnected(why); };
            return std::move(client);
          }(),
          *keys_, share_.random, share_.clock),
      caller_(client_),
      history_caller_(executor, caller_),
      repair_(
          executor, history_caller_, share_.ledger, share_.committer, share_.names, share_.progress, share_.clock,
          options_.collect,
          RepairHooks{.on_page = [this](ChannelId channel) { on_page(channel); },
                      .on_lost = [this](ChannelId channel) { lose_channel(channel, updates::LossReason::Private); },
                      .on_account_error = [this](const telegram::TelegramError& error) { end_if_login_lost(error); }}),
      private_repair_(
          executor, history_caller_, share_.ledger, share_.committer, share_.clock, account_, options_.policy,
          options_.collect,
          PrivateRepairHooks{
              .on_migration = [this](GroupMigration migration) { hooks_.on_migration(std::move(migration)); },
              .on_account_error = [this](const telegram::TelegramError& error) { end_if_login_lost(error); }}),
      wake_(executor),
      link_{.since = share_.clock.now().unix_time, .last_error = {}},
      tasks_(executor, [this](std::string_view task, std::exception_ptr error) {
        log::debug(kModule, "{} ended", task);
        if (!problem_)
          problem_ = std::move(error);
        end(FollowEnd::Stopped, {});
      }) {}

AccountFollower::~AccountFollower() = default;

asio::awaitable<FollowResult> AccountFollower::run() {
  std::exception_ptr problem;
  try {
    co_await begin();
    tasks_.spawn(account_.name + ": repairing holes", repair_.run());
    if (options_.policy.keeps_anything_private())
      tasks_.spawn(account_.name + ": repairing private chats", private_repair_.run());
    tasks_.spawn(account_.name + ": watching the intake", watch_hold());
    co_await drive();
  } catch (const telegram::TelegramFailure& failure) {
    // The stored session cannot be used: that concerns this account alone.
    end_if_login_lost(failure.error());
    end(FollowEnd::LoginLost, failure.what());
  } catch (...) {
    problem = std::current_exception();
  }
  // Must happen even if this coroutine was cancelled; it takes about a second at most.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  box_.stop();
  repair_.stop();
  private_repair_.stop();
  tasks_.cancel();
  co_await client_.close();
  co_await tasks_.join();
  if (!problem)
    problem = problem_;
  if (problem && !net::is_cancelled(problem))
    std::rethrow_exception(problem);
  co_return result_.value_or(FollowResult{});
}

void AccountFollower::stop() {
  end(FollowEnd::Stopped, {});
}

void AccountFollower::end(FollowEnd how, std::string reason) {
  if (!result_) {
    if (how == FollowEnd::LoginLost) {
      link_.last_error = "Telegram has ended the login: " + reason;
      note_link(Link::NeedsLogin);
    }
    result_ = FollowResult{how, std::move(reason)};
  }
  wake_.set();
}

void AccountFollower::end_if_login_lost(const telegram::TelegramError& error) {
  if (login_is_lost(error.code))
    end(FollowEnd::LoginLost, error.rpc ? error.rpc->text : std::string(telegram::name_of(error.code)));
}

telegram::CallOptions AccountFollower::call_options() const {
  telegram::CallOptions options;
  options.deadline = net::deadline_after(options_.call_time);
  // The box has its own order of waiting; a call that sleeps here would only hold its place.
  options.flood.longest_wait = std::chrono::seconds(0);
  return options;
}

bool AccountFollower::knows(updates::PeerRef peer) const {
  // A channel's posts are stored whoever wrote them; only people of private chats have to be known by name.
  return peer.kind != updates::PeerKind::User || options_.policy.private_chats == Keep::No ||
         known_users_.contains(peer.id);
}

asio::awaitable<void> AccountFollower::begin() {
  auto load = [id = account_.id](ledger::Ledger& ledger) { return ledger.update_state(id); };
  const std::optional<ledger::UpdateState> state = co_await share_.ledger.run(load);
  // A gap that was not filled before the process ended.
  if (state && options_.policy.keeps_anything_private())
    private_repair_.ask();
  std::optional<updates::CommonState> common;
  if (state) {
    common = updates::CommonState{Pts(state->pts), Qts(state->qts), Seq(state->seq), state->date};
  }
  // The channels first: an account without a state of its own asks for each of them at its start.
  started_ = true;
  for (auto& [id, followed] : channels_)
    box_channel(followed);
  box_.start(common, share_.clock.now());
  box_started_ = true;
  co_await client_.start();
  if (client_.login_state() == telegram::LoginState::LoggedOut)
    end(FollowEnd::LoginLost, "there is no stored session");
}

/// The one place where the box is driven: what has come is put in order, what is in order is committed, what is missing
/// is asked for.
asio::awaitable<void> AccountFollower::drive() {
  while (!result_) {
    take_inbox();
    box_.tick(share_.clock.now());
    co_await commit_steps();
    send_requests();
    if (!to_look_at_.empty() && !looking_ && connected_before_) {
      looking_ = true;
      tasks_.spawn(account_.name + ": looking at channels", look_at_channels());
    }
    if (!caught_up_ && connected_before_ && idle()) {
      caught_up_ = true;
      hooks_.on_caught_up();
    }
    regulate_intake();
    if (!inbox_.empty())
      continue;
    const std::optional<nanoseconds> due = box_.deadline();
    co_await wake_.wait(due ? net::deadline_at(*due) : net::kNoDeadline);
  }
}

bool AccountFollower::idle() const {
  return inbox_.empty() && box_.idle() && to_look_at_.empty() && !looking_;
}

void AccountFollower::on_connected() {
  note_link(Link::Connected);
  if (std::exchange(connected_before_, true))
    box_.connection_renewed(share_.clock.now());
  // Whatever was pushed before was perhaps not heard.
  if (wants_activity())
    hooks_.on_activity(std::nullopt);
  wake_.set();
}

void AccountFollower::on_update(Bytes update) {
  if (shedding_)
    return;
  inbox_bytes_ += update.size();
  inbox_.push_back(std::move(update));
  regulate_intake();
  wake_.set();
}

/// Back-pressure: first the socket waits; if that lasts, updates are dropped and asked for when there is room again.
void AccountFollower::regulate_intake() {
  const bool too_much = inbox_bytes_ > options_.most_inbox_bytes;
  const nanoseconds now = share_.clock.now().monotonic;
  if (shedding_) {
    if (inbox_bytes_ > 0)
      return;
    shedding_ = false;
    box_.connection_renewed(share_.clock.now());
    if (wants_activity())
      hooks_.on_activity(std::nullopt);
    return;
  }
  if (too_much && !held_since_) {
    held_since_ = now;
    client_.set_intake(telegram::Intake::Held);
  } else if (!too_much && held_since_) {
    held_since_.reset();
    client_.set_intake(telegram::Intake::Open);
  }
}

/// The commits of what came before may take long: this runs beside them.
asio::awaitable<void> AccountFollower::watch_hold() {
  while (true) {
    co_await net::sleep_for(std::chrono::seconds(1));
    if (!held_since_ || share_.clock.now().monotonic - *held_since_ < options_.longest_hold)
      continue;
    held_since_.reset();
    shedding_ = true;
    client_.set_intake(telegram::Intake::Open);
  }
}

void AccountFollower::take_inbox() {
  // A few at a time, so that steps are committed while more are read.
  constexpr std::size_t kAtOnce = 64;
  for (std::size_t taken = 0; taken < kAtOnce && !inbox_.empty(); ++taken) {
    const Bytes bytes = std::move(inbox_.front());
    inbox_.pop_front();
    inbox_bytes_ -= bytes.size();
    auto parsed = tl::parse<api::Updates>(bytes);
    if (!parsed) {
      // What cannot be read is asked for again in a difference (S23).
      log::debug(kModule, "{}: an update could not be read: {}", account_.name, parsed.error().message);
      parsed = api::updatesTooLong{};
    }
    if (wants_activity())
      tell_touched(*parsed, hooks_.on_activity);
    box_.take(std::move(*parsed), share_.clock.now());
  }
}

asio::awaitable<void> AccountFollower::commit_steps() {
  while (std::optional<updates::Step> step = box_.next_step()) {
    if (options_.policy.private_chats == Keep::Yes) {
      for (const api::User& user : step->users) {
        if (const auto* full = user.as<api::user>(); full != nullptr && !full->min)
          known_users_.insert(full->id);
      }
    }
    StepRows rows = reader_.read(std::move(*step), share_.clock.now());
    ledger::Batch batch = std::move(rows.batch);
    if (!batch.empty())
      co_await share_.committer.add(std::move(batch));
    act_on(rows);
  }
}

void AccountFollower::act_on(StepRows& rows) {
  for (const updates::ChannelLost& lost : rows.lost)
    lose_channel(lost.channel, lost.reason);
  for (const ChannelId channel : rows.holes) {
    log::info(kModule, "{}: Telegram does not tell what happened in channel {}; its history is read again",
              account_.name, channel.value());
    const auto found = channels_.find(channel);
    if (found != channels_.end())
      repair_.ask(found->second.row, Urgency::Now);
  }
  for (const ChannelId channel : rows.refetch) {
    if (channels_.contains(channel))
      to_look_at_.insert(channel);
  }
  for (GroupMigration& migration : rows.migrations)
    hooks_.on_migration(std::move(migration));
  if (rows.private_gap) {
    log::info(kModule, "{}: Telegram does not tell what happened in private chats; they are read again", account_.name);
    private_repair_.ask();
  }
}

void AccountFollower::send_requests() {
  if (!connected_before_)
    return;
  while (std::optional<updates::Request> request = box_.next_request(share_.clock.now()))
    spawn_request(std::move(*request));
}

void AccountFollower::spawn_request(updates::Request request) {
  const updates::RequestId id = request.id;
  if (std::holds_alternative<updates::AskState>(request.what)) {
    tasks_.spawn(account_.name + ": asking for the state", ask(id, api::updates_getState{}));
  } else if (const auto* common = std::get_if<updates::AskDifference>(&request.what)) {
    api::updates_getDifference method;
    method.pts = common->from.pts.value();
    method.date = std::max(common->from.date, 1);
    method.qts = common->from.qts.value();
    tasks_.spawn(account_.name + ": asking for the difference", ask(id, std::move(method)));
  } else if (const auto* channel = std::get_if<updates::AskChannelDifference>(&request.what)) {
    tasks_.spawn(account_.name + ": asking for a channel's difference", ask_channel(id, *channel));
  }
}

template <class Method>
asio::awaitable<void> AccountFollower::ask(updates::RequestId id, Method method) {
  try {
    telegram::CallOptions options = call_options();
    auto answer = co_await client_.invoke(std::move(method), std::move(options));
    if (wants_activity())
      tell_touched(answer, hooks_.on_activity);
    box_.answer(id, std::move(answer), share_.clock.now());
  } catch (const telegram::TelegramFailure& failure) {
    on_request_failed(id, failure.error());
  }
  wake_.set();
}

asio::awaitable<void> AccountFollower::ask_channel(updates::RequestId id, updates::AskChannelDifference what) {
  const auto found = channels_.find(what.channel);
  if (found != channels_.end() && !found->second.access_hash) {
    std::vector<ChannelId> alone{what.channel};
    const std::vector<ChannelId> reachable = co_await load_access(std::move(alone));
    if (reachable.empty())
      co_await reach_by_name(what.channel);
    if (access_hash_of(what.channel) == 0) {
      // Lost, and then the box does not wait for it any more; or to be asked again when Telegram answers.
      box_.fail(id, updates::RequestFailure(), share_.clock.now());
      wake_.set();
      co_return;
    }
  }
  api::updates_getChannelDifference method;
  method.channel = api::inputChannel{.channel_id = what.channel.value(), .access_hash = access_hash_of(what.channel)};
  method.filter = api::channelMessagesFilterEmpty{};
  method.pts = what.pts.value();
  method.limit = what.limit;
  co_await ask(id, std::move(method));
}

void AccountFollower::on_request_failed(updates::RequestId id, const telegram::TelegramError& error) {
  end_if_login_lost(error);
  updates::RequestFailure failure;
  if (error.rpc)
    failure.name = error.rpc->name;
  if (error.retry_after)
    failure.wait = *error.retry_after;
  log::debug(kModule, "{}: a difference was not answered: {}", account_.name, error.message);
  box_.fail(id, failure, share_.clock.now());
}

std::vector<std::string> AccountFollower::pending_tasks() const {
  std::vector<std::string> names = tasks_.pending_names();
  for (std::string& name : client_.pending_tasks())
    names.push_back(std::move(name));
  return names;
}

}  // namespace ledgram::follow
