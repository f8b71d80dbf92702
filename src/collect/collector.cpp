#include "ledgram/collect/collector.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/collect/history_walker.hpp"
#include "ledgram/collect/message_row.hpp"
#include "ledgram/collect/patient_call.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"

#include <fmt/format.h>

#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace ledgram::collect {
namespace {

namespace api = tl::api;

/// Pages that were received and are not yet committed. Two keep the disk busy while a third is asked for; more would
/// only take memory.
constexpr std::size_t kPagesAhead = 2;

[[noreturn]] void fail(CollectErrc code, std::string message) {
  throw CollectFailure(CollectError{code, std::move(message)});
}

/// The parts of messages.Messages that its four forms have in common.
struct Page {
  std::vector<api::Message>* messages = nullptr;
  std::vector<api::Chat>* chats = nullptr;
  std::vector<api::User>* users = nullptr;
  std::optional<std::int64_t> count;
  std::optional<std::int32_t> pts;
};

// messagesNotModified is an answer to a hash, and none was sent.
Page open_page(api::messages_Messages& answer, std::string_view name) {
  Page page;
  const auto take = [&page](auto& part) {
    page.messages = &part.messages;
    page.chats = &part.chats;
    page.users = &part.users;
  };
  if (auto* channel = answer.as<api::messages_channelMessages>()) {
    take(*channel);
    page.count = channel->count;
    page.pts = channel->pts;
  } else if (auto* slice = answer.as<api::messages_messagesSlice>()) {
    take(*slice);
    page.count = slice->count;
  } else if (auto* whole = answer.as<api::messages_messages>()) {
    take(*whole);
    page.count = static_cast<std::int64_t>(whole->messages.size());
  } else {
    fail(CollectErrc::BadAnswer, fmt::format("Telegram's answer to a page of {} has no messages; try again", name));
  }
  return page;
}

std::exception_ptr make_failure(CollectErrc code, std::string message) {
  return std::make_exception_ptr(CollectFailure(CollectError{code, std::move(message)}));
}

// What an rpc_error of getHistory means for somebody who collects a channel.
std::exception_ptr explain(const telegram::TelegramFailure& failure, const std::string& name) {
  const auto& rpc = failure.error().rpc;
  if (!rpc)
    return std::make_exception_ptr(failure);
  if (rpc->is("CHANNEL_PRIVATE") || rpc->is("CHANNEL_PUBLIC_GROUP_NA")) {
    return make_failure(CollectErrc::Private,
                        fmt::format("{} is closed to this account; join it in a Telegram app, or add it with another "
                                    "account. What was collected stays",
                                    name));
  }
  if (rpc->is("CHANNEL_INVALID") || rpc->is("PEER_ID_INVALID")) {
    return make_failure(CollectErrc::NoAccess,
                        fmt::format("Telegram does not accept this account's access to {}; renew it with: ledgram "
                                    "channel add",
                                    name));
  }
  if (rpc->is("BOT_METHOD_INVALID")) {
    return make_failure(CollectErrc::BotCannotRead,
                        fmt::format("bots may not read the history of {}; add it with a user account", name));
  }
  return std::make_exception_ptr(failure);
}

class Collector {
 public:
  Collector(ApiCaller& caller, LedgerWorker& ledger, const Clock& clock, ChannelTarget target, CollectOptions options,
            ProgressListener& listener, const asio::any_io_executor& executor)
      : caller_(caller),
        ledger_(ledger),
        clock_(clock),
        target_(std::move(target)),
        options_(options),
        listener_(listener),
        committed_(executor),
        commits_(executor, [this](std::string_view, std::exception_ptr error) {
          if (!commit_failure_)
            commit_failure_ = std::move(error);
        }) {}

  asio::awaitable<CollectStats> run() {
    const nanoseconds started = clock_.now().monotonic;
    std::exception_ptr failure;
    try {
      co_await walk();
    } catch (...) {
      failure = std::current_exception();
    }
    // Pages that were received are committed in any case, and the tasks refer to this object: so they are waited for
    // even if this coroutine was cancelled.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await commits_.join();
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (commit_failure_)
      std::rethrow_exception(commit_failure_);
    if (failure)
      std::rethrow_exception(failure);
    stats_.seconds = std::chrono::duration<double>(clock_.now().monotonic - started).count();
    co_return stats_;
  }

 private:
  struct Known {
    ledger::IdRangeSet ranges;
    std::int32_t newest_id = 0;
    std::int64_t stored = 0;
  };

  asio::awaitable<void> walk() {
    const Known known = co_await load_known();
    stored_ = known.stored;
    HistoryWalker walker(known.ranges, known.newest_id);
    while (const auto request = walker.next()) {
      api::messages_Messages answer = co_await ask(*request);
      ledger::Batch batch = accept(answer, walker);
      answer = {};
      co_await committed_.wait_until([this] { return in_flight_ < kPagesAhead || commit_failure_; });
      if (commit_failure_)
        co_return;
      start_commit(std::move(batch), walker.remaining_ids());
    }
    if (walker.state() == WalkState::Stuck) {
      fail(CollectErrc::NoProgress,
           fmt::format("Telegram sends no older messages of {}, yet does not say that there are none; run it again "
                       "later, what was collected stays",
                       target_.name));
    }
  }

  asio::awaitable<Known> load_known() {
    const ChannelId channel = target_.channel;
    auto load = [channel](ledger::Ledger& ledger) -> ledger::LedgerResult<Known> {
      auto report = ledger.report(channel);
      if (!report)
        return std::unexpected(report.error());
      auto ranges = ledger.ranges(channel);
      if (!ranges)
        return std::unexpected(ranges.error());
      return Known{std::move(*ranges), report->newest_id, report->messages};
    };
    co_return co_await ledger_.run(std::move(load));
  }

  asio::awaitable<api::messages_Messages> ask(HistoryRequest request) {
    api::messages_getHistory method;
    method.peer = api::inputPeerChannel{.channel_id = target_.channel.value(), .access_hash = target_.access_hash};
    method.offset_id = request.offset_id;
    method.add_offset = request.add_offset;
    method.limit = request.limit;
    std::exception_ptr failure;
    api::messages_Messages answer;
    try {
      auto on_wait = [this](std::chrono::seconds wait) { listener_.on_flood_wait(target_.name, wait); };
      answer = co_await call_patiently(caller_, std::move(method), options_, std::move(on_wait));
    } catch (const telegram::TelegramFailure& error) {
      failure = explain(error, target_.name);
    }
    if (failure)
      std::rethrow_exception(failure);
    co_return answer;
  }

  /// What of the answer is stored, with the range that it proves.
  ledger::Batch accept(api::messages_Messages& answer, HistoryWalker& walker) {
    Page page = open_page(answer, target_.name);
    const bool is_newest_page = walker.next() && walker.next()->offset_id == 0;
    const std::int32_t as_of = page.pts.value_or(0);
    const ledger::UnixSeconds now = std::chrono::duration_cast<std::chrono::seconds>(clock_.now().unix_time).count();
    ledger::Batch batch;
    batch.seen_at = now;
    batch.messages.reserve(page.messages->size());
    std::vector<std::int32_t> ids;
    ids.reserve(page.messages->size());
    for (const api::Message& message : *page.messages) {
      std::optional<ledger::Message> row = to_row(message, target_.channel);
      if (!row && !message.is<api::messageEmpty>()) {
        log::warning("collect", "a message of another chat came with a page of channel {}; left out",
                     target_.channel.value());
        continue;
      }
      const std::int32_t id = number_of(message);
      ids.push_back(id);
      // The ledger knows numbers from 1 on only.
      if (row && id >= 1) {
        row->as_of = as_of;
        batch.messages.push_back(std::move(*row));
      }
    }
    const ledger::IdRange completed = walker.accept(ids);
    if (!completed.empty())
      batch.completed.push_back({.channel = target_.channel, .range = completed, .as_of = as_of});
    batch.peers = to_peers(*page.users, *page.chats, target_.account, now, "history");
    if (page.count)
      total_ = *page.count;

    ledger::ChannelNews news{.channel = target_.channel};
    if (walker.newest_id() > 0)
      news.newest_id = walker.newest_id();
    if (is_newest_page) {
      // Only this page tells which numbers its pts covers; updates from there on bring the others.
      news.pts_if_unset = page.pts;
      news.tail_if_unset = walker.newest_id();
      news.news_after_if_unset = walker.newest_id();
    }
    news.server_count = page.count;
    if (walker.state() == WalkState::Complete)
      news.last_collect = now;
    describe_channel(*page.chats, news, is_newest_page ? &batch.channel_accounts : nullptr);
    batch.channels.push_back(std::move(news));
    return batch;
  }

  // Title, username and membership may have changed since the channel was added.
  void describe_channel(const std::vector<api::Chat>& chats, ledger::ChannelNews& news,
                        std::vector<ledger::ChannelAccount>* memberships) const {
    for (const api::Chat& chat : chats) {
      const auto* channel = chat.as<api::channel>();
      if (channel == nullptr || channel->id != target_.channel.value() || channel->min)
        continue;
      news.title = channel->title;
      news.username = username_of(*channel);
      news.kind = kind_of(*channel);
      if (memberships == nullptr)
        continue;
      memberships->push_back(
          {.channel = target_.channel,
           .account = target_.account,
           .membership = channel->left ? ledger::Membership::NotJoined : ledger::Membership::Joined});
    }
  }

  void start_commit(ledger::Batch batch, std::int64_t remaining_ids) {
    ++in_flight_;
    auto shared = std::make_shared<const ledger::Batch>(std::move(batch));
    commits_.spawn("commit a page", [this, shared, remaining_ids] { return commit(shared, remaining_ids); });
  }

  asio::awaitable<void> commit(std::shared_ptr<const ledger::Batch> batch, std::int64_t remaining_ids) {
    // Also leaves when the commit fails, so that the walk sees it.
    const auto leave = [this](void*) {
      --in_flight_;
      committed_.notify_all();
    };
    const std::unique_ptr<void, decltype(leave)> on_exit(this, leave);
    auto store = [batch](ledger::Ledger& ledger) { return ledger.commit(*batch); };
    const ledger::CommitStats stored = co_await ledger_.run(std::move(store));
    stats_.messages_added += stored.inserted;
    stats_.posts_added += stored.inserted - stored.inserted_service;
    stats_.updated += stored.updated;
    ++stats_.pages;
    stored_ += stored.inserted;
    listener_.on_progress({.name = target_.name,
                           .posts_added = stats_.posts_added,
                           .updated = stats_.updated,
                           .stored = stored_,
                           .total = total_,
                           .pages = stats_.pages,
                           .remaining_ids = remaining_ids});
  }

  ApiCaller& caller_;
  LedgerWorker& ledger_;
  const Clock& clock_;
  ChannelTarget target_;
  CollectOptions options_;
  ProgressListener& listener_;

  CollectStats stats_;
  std::int64_t stored_ = 0;
  std::int64_t total_ = 0;
  std::size_t in_flight_ = 0;
  std::exception_ptr commit_failure_;
  net::Condition committed_;  ///< a commit ended
  net::TaskGroup commits_;
};

}  // namespace

void ApiCaller::throw_bad_answer(std::string_view method, std::string_view reason) {
  fail(CollectErrc::BadAnswer,
       fmt::format("Telegram's answer to {} cannot be read ({}); a newer ledgram may be needed", method, reason));
}

std::optional<std::chrono::seconds> wait_before_repeating(const telegram::TelegramFailure& failure,
                                                          const CollectOptions& options) {
  const telegram::TelegramError& error = failure.error();
  if (error.code != telegram::TelegramErrc::FloodWait || !error.retry_after)
    return std::nullopt;
  if (*error.retry_after > options.longest_flood_wait)
    return std::nullopt;
  return error.retry_after;
}

asio::awaitable<ChannelTarget> find_target(LedgerWorker& ledger, ledger::Channel channel) {
  const std::string name = channel.username.empty() ? channel.title : "@" + channel.username;
  if (!channel.account) {
    fail(CollectErrc::NoAccess,
         fmt::format("no account collects {} any more; choose one with: ledgram channel add {}", name, name));
  }
  const AccountId account = *channel.account;
  const ledger::PeerKey key{ledger::PeerType::Channel, channel.id.value()};
  auto find = [account, key](ledger::Ledger& store) { return store.find_peer(account, key); };
  const std::optional<ledger::Peer> peer = co_await ledger.run(std::move(find));
  if (!peer || !peer->access_hash || peer->completeness == ledger::PeerCompleteness::Min) {
    fail(CollectErrc::NoAccess,
         fmt::format("the account has no access to {} yet; look it up with: ledgram channel add {}", name, name));
  }
  co_return ChannelTarget{account, channel.id, *peer->access_hash, name};
}

asio::awaitable<CollectStats> collect_channel(ApiCaller& caller, LedgerWorker& ledger, const Clock& clock,
                                              ChannelTarget target, CollectOptions options,
                                              ProgressListener& listener) {
  const auto executor = co_await asio::this_coro::executor;
  Collector collector(caller, ledger, clock, std::move(target), options, listener, executor);
  co_return co_await collector.run();
}

}  // namespace ledgram::collect
