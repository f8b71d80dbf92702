#include "ledgram/follow/channel_repair.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/follow/followed_history.hpp"
#include "ledgram/follow/pauses.hpp"
#include "ledgram/net/error.hpp"

#include <algorithm>
#include <exception>
#include <stdexcept>
#include <utility>

namespace ledgram::follow {

namespace {

constexpr std::string_view kModule = "follow";

}  // namespace

ChannelRepair::ChannelRepair(const asio::any_io_executor& executor, collect::ApiCaller& caller,
                             collect::LedgerWorker& ledger, Committer& committer, collect::UsernameBook& names,
                             ProgressBook& progress, const Clock& clock, collect::CollectOptions options,
                             RepairHooks hooks)
    : caller_(caller),
      ledger_(ledger),
      committer_(committer),
      names_(names),
      progress_(progress),
      clock_(clock),
      options_(options),
      hooks_(std::move(hooks)),
      wake_(executor) {}

void ChannelRepair::ask(ledger::Channel channel, Urgency urgency) {
  const auto found = std::ranges::find(queue_, channel.id, [](const Task& task) { return task.channel.id; });
  if (found != queue_.end()) {
    if (urgency == Urgency::Background)
      return;
    queue_.erase(found);
  }
  Task task{.channel = std::move(channel)};
  if (urgency == Urgency::Now) {
    queue_.push_front(std::move(task));
  } else {
    queue_.push_back(std::move(task));
  }
  wake_.set();
}

void ChannelRepair::forget(ChannelId channel) {
  std::erase_if(queue_, [channel](const Task& task) { return task.channel.id == channel; });
  if (current_ == channel)
    current_forgotten_ = true;
}

void ChannelRepair::stop() {
  stopping_ = true;
  wake_.set();
}

asio::awaitable<void> ChannelRepair::run() {
  while (!stopping_) {
    const nanoseconds now = clock_.now().monotonic;
    const auto due = std::ranges::find_if(queue_, [now](const Task& task) { return task.not_before <= now; });
    if (due != queue_.end()) {
      Task task = std::move(*due);
      queue_.erase(due);
      current_ = task.channel.id;
      current_forgotten_ = false;
      co_await work_on(std::move(task));
      current_.reset();
      continue;
    }
    net::Deadline next = net::kNoDeadline;
    for (const Task& task : queue_)
      next = std::min(next, net::deadline_at(task.not_before));
    co_await wake_.wait(next);
  }
}

asio::awaitable<void> ChannelRepair::work_on(Task task) {
  bool again = false;
  nanoseconds pause = pause_after(task.failures);
  try {
    co_await collect(task.channel);
  } catch (const collect::CollectFailure& failure) {
    const collect::CollectErrc code = failure.error().code;
    if (code == collect::CollectErrc::Private || code == collect::CollectErrc::NoAccess) {
      log::info(kModule, "channel {}: {}", task.channel.id.value(), failure.what());
      hooks_.on_lost(task.channel.id);
    } else if (code != collect::CollectErrc::BotCannotRead) {
      log::warning(kModule, "channel {}: {}", task.channel.id.value(), failure.what());
      again = true;
    }
  } catch (const telegram::TelegramFailure& failure) {
    again = true;
    if (failure.error().retry_after)
      pause = std::max<nanoseconds>(pause, *failure.error().retry_after);
    hooks_.on_account_error(failure.error());
  } catch (const collect::LedgerFailure& failure) {
    // A full disk passes; the page comes again.
    if (!failure.error().retryable())
      throw;
    again = true;
  }
  if (!again || current_forgotten_)
    co_return;
  task.not_before = clock_.now().monotonic + pause;
  ++task.failures;
  const bool asked_again =
      std::ranges::any_of(queue_, [&task](const Task& other) { return other.channel.id == task.channel.id; });
  if (!asked_again)
    queue_.push_back(std::move(task));
}

asio::awaitable<void> ChannelRepair::collect(const ledger::Channel& channel) {
  counted_ = 0;
  // The hole that this was asked for may be in a batch that waits: read now, it would not be seen.
  const bool committed = co_await committer_.flush();
  if (!committed)
    co_return;
  progress_.begin(channel.id);
  std::string problem = "it was broken off";
  struct Leave {
    ProgressBook& book;
    ChannelId channel;
    std::string& problem;
    ~Leave() { book.end(channel, std::move(problem)); }
  } const leave{progress_, channel.id, problem};
  try {
    co_await collect_history(caller_, ledger_, names_, clock_, channel, options_, *this);
    problem.clear();
  } catch (const std::runtime_error& failure) {
    if (!net::is_cancelled(std::current_exception()))
      problem = failure.what();
    throw;
  }
}

void ChannelRepair::on_progress(const collect::Progress& progress) {
  // A second attempt of the same run counts from the beginning.
  if (progress.posts_added < counted_)
    counted_ = 0;
  messages_collected_ +=
      static_cast<std::uint64_t>(progress.posts_added - std::exchange(counted_, progress.posts_added));
  if (!current_)
    return;
  progress_.on_page(*current_, progress);
  if (!current_forgotten_)
    hooks_.on_page(*current_);
}

void ChannelRepair::on_flood_wait(std::string_view /*name*/, std::chrono::seconds wait) {
  log::info(kModule, "channel {}: Telegram asks to wait {} s with its history", current_ ? current_->value() : 0,
            wait.count());
  if (current_)
    progress_.on_flood_wait(*current_, wait);
}

}  // namespace ledgram::follow
