#include "ledgram/follow/private_repair.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/collect/history_walker.hpp"
#include "ledgram/collect/message_row.hpp"
#include "ledgram/collect/patient_call.hpp"
#include "ledgram/follow/dialog_walker.hpp"
#include "ledgram/follow/pauses.hpp"
#include "ledgram/tl/api.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace ledgram::follow {

namespace api = tl::api;

namespace {

constexpr std::string_view kModule = "follow";

/// Numbers of one messages.getMessages.
constexpr std::int64_t kNumbersAtOnce = 100;

/// Below the highest, so that the number after it is one as well.
constexpr std::int32_t kHighest = std::numeric_limits<std::int32_t>::max() - 1;

/// The parts that the forms of messages.Messages have in common.
struct Page {
  const std::vector<api::Message>* messages = nullptr;
  const std::vector<api::Chat>* chats = nullptr;
  const std::vector<api::User>* users = nullptr;
};

Page open_page(const api::messages_Messages& answer) {
  const auto parts = [](const auto& form) { return Page{&form.messages, &form.chats, &form.users}; };
  if (const auto* whole = answer.as<api::messages_messages>())
    return parts(*whole);
  if (const auto* slice = answer.as<api::messages_messagesSlice>())
    return parts(*slice);
  throw collect::CollectFailure(
      {collect::CollectErrc::BadAnswer, "Telegram's answer to a page of a private chat has no messages; try again"});
}

std::int32_t date_of(const api::Message& message) {
  if (const auto* plain = message.as<api::message>())
    return plain->date;
  const auto* service = message.as<api::messageService>();
  return service == nullptr ? 0 : service->date;
}

/// This chat cannot be read, and asking again will not change that.
bool is_refused(const telegram::TelegramError& error) {
  constexpr int kClientErrors = 400;
  constexpr int kServerErrors = 500;
  return error.code == telegram::TelegramErrc::Rpc && error.rpc && error.rpc->code >= kClientErrors &&
         error.rpc->code < kServerErrors;
}

}  // namespace

PrivateRepair::PrivateRepair(const asio::any_io_executor& executor, collect::ApiCaller& caller,
                             collect::LedgerWorker& ledger, Committer& committer, const Clock& clock,
                             ledger::Account account, FollowPolicy policy, collect::CollectOptions options,
                             PrivateRepairHooks hooks)
    : caller_(caller),
      ledger_(ledger),
      committer_(committer),
      clock_(clock),
      account_(std::move(account)),
      policy_(policy),
      options_(options),
      hooks_(std::move(hooks)),
      wake_(executor) {}

void PrivateRepair::ask() {
  asked_ = true;
  wake_.set();
}

void PrivateRepair::stop() {
  stopping_ = true;
  wake_.set();
}

asio::awaitable<void> PrivateRepair::run() {
  while (!stopping_) {
    const bool is_due = asked_ && clock_.now().monotonic >= not_before_;
    if (is_due) {
      asked_ = false;
      // The gap is in a batch that was added before this was asked for.
      const bool committed = co_await committer_.flush();
      if (!committed)
        co_return;
      co_await work();
      continue;
    }
    net::Deadline next = net::kNoDeadline;
    if (asked_)
      next = net::deadline_at(not_before_);
    co_await wake_.wait(next);
  }
}

/// Once; what could not be done is asked for again later.
asio::awaitable<void> PrivateRepair::work() {
  nanoseconds pause = pause_after(failures_);
  bool done = false;
  try {
    auto load = [id = account_.id](ledger::Ledger& ledger) { return ledger.private_gap(id); };
    const std::optional<ledger::OpenPrivateGap> gap = co_await ledger_.run(load);
    if (gap)
      co_await fill(*gap);
    done = true;
  } catch (const collect::CollectFailure& failure) {
    log::warning(kModule, "{}: private chats: {}", account_.name, failure.what());
  } catch (const telegram::TelegramFailure& failure) {
    if (failure.error().retry_after)
      pause = std::max<nanoseconds>(pause, *failure.error().retry_after);
    hooks_.on_account_error(failure.error());
  } catch (const collect::LedgerFailure& failure) {
    // A full disk passes; the page comes again.
    if (!failure.error().retryable())
      throw;
  }
  if (done) {
    failures_ = 0;
    co_return;
  }
  not_before_ = clock_.now().monotonic + pause;
  ++failures_;
  asked_ = true;
}

asio::awaitable<void> PrivateRepair::fill(ledger::OpenPrivateGap gap) {
  if (account_.kind == ledger::AccountKind::Bot) {
    log::warning(kModule, "{}: bots may not read history, so new private messages of that time are missing",
                 account_.name);
  } else {
    const Done found = co_await find_chats(gap);
    if (found == Done::No)
      co_return;
    auto load = [id = account_.id](ledger::Ledger& ledger) { return ledger.private_readings(id); };
    const std::vector<ledger::PrivateReading> readings = co_await ledger_.run(load);
    std::map<ledger::PeerKey, std::int32_t> down_to;
    for (const ledger::PrivateReading& reading : readings)
      down_to[reading.peer] = reading.down_to;
    std::vector<ledger::PeerKey> wanted;
    for (const auto& [chat, input] : chats_)
      wanted.push_back(chat);
    for (const ledger::PeerKey chat : wanted) {
      const auto known = down_to.find(chat);
      const std::optional<std::int32_t> from = known == down_to.end() ? std::nullopt : std::optional(known->second);
      const Done read = co_await read_chat(gap, chat, from);
      if (read == Done::No)
        co_return;
    }
  }
  const Done checked = co_await check_stored(gap);
  if (checked == Done::Yes)
    co_await end_gap(gap);
}

asio::awaitable<PrivateRepair::Done> PrivateRepair::find_chats(ledger::OpenPrivateGap gap) {
  DialogWalker walker(policy_, gap, account_.user);
  while (auto request = walker.next()) {
    const api::messages_Dialogs answer = co_await call(std::move(*request));
    if (asked_ || stopping_)
      co_return Done::No;
    ledger::Batch batch = new_batch();
    const auto keep_peers = [&](const auto& page) {
      batch.peers = collect::to_peers(page.users, page.chats, account_.id, batch.seen_at, "dialogs");
    };
    if (const auto* whole = answer.as<api::messages_dialogs>())
      keep_peers(*whole);
    else if (const auto* slice = answer.as<api::messages_dialogsSlice>())
      keep_peers(*slice);
    walker.accept(answer);
    if (!batch.empty())
      co_await commit(std::move(batch));
  }
  chats_ = walker.chats();
  // A group that has become a supergroup is not in the list any more, and what it had before is to be read all the
  // same.
  if (policy_.keeps(ledger::PeerType::Chat)) {
    auto load = [id = account_.id](ledger::Ledger& ledger) { return ledger.private_groups(id); };
    const std::vector<ledger::PeerKey> groups = co_await ledger_.run(load);
    for (const ledger::PeerKey group : groups)
      chats_.try_emplace(group, api::inputPeerChat{.chat_id = group.id});
  }
  co_return Done::Yes;
}

/// A person without an access hash in the list: the ledger may have one.
asio::awaitable<void> PrivateRepair::reach(ledger::PeerKey chat) {
  auto find = [id = account_.id, chat](ledger::Ledger& ledger) { return ledger.find_peer(id, chat); };
  const std::optional<ledger::Peer> peer = co_await ledger_.run(find);
  if (peer && peer->access_hash && peer->completeness == ledger::PeerCompleteness::Full)
    chats_[chat] = api::inputPeerUser{.user_id = chat.id, .access_hash = *peer->access_hash};
}

asio::awaitable<PrivateRepair::Done> PrivateRepair::read_chat(ledger::OpenPrivateGap gap, ledger::PeerKey chat,
                                                              std::optional<std::int32_t> down_to) {
  std::string reason;
  if (chats_[chat].empty())
    co_await reach(chat);
  if (chats_[chat].empty()) {
    reason = "no access hash";
  } else {
    try {
      co_await walk(gap, chat, down_to);
    } catch (const telegram::TelegramFailure& failure) {
      if (!is_refused(failure.error()))
        throw;
      reason = failure.error().rpc->name;
    }
  }
  if (!reason.empty()) {
    log::warning(kModule, "{}: {} {} cannot be read again ({}); new messages of that time are missing", account_.name,
                 ledger::name_of(chat.type), chat.id, reason);
  }
  co_return asked_ || stopping_ ? Done::No : Done::Yes;
}

/// From the newest message down to the gap's beginning; `down_to`: from there on it was read before.
asio::awaitable<void> PrivateRepair::walk(ledger::OpenPrivateGap gap, ledger::PeerKey chat,
                                          std::optional<std::int32_t> down_to) {
  ledger::IdRangeSet known;
  known.add({1, gap.newest});
  if (down_to)
    known.add({*down_to, kHighest});
  if (known.contains(1) && known.contains(kHighest) && known.ranges().size() == 1)
    co_return;
  collect::HistoryWalker walker(std::move(known), kHighest);
  while (const auto request = walker.next()) {
    api::messages_getHistory method;
    method.peer = chats_[chat];
    method.offset_id = request->offset_id;
    method.add_offset = request->add_offset;
    method.limit = request->limit;
    const api::messages_Messages answer = co_await call(std::move(method));
    if (asked_ || stopping_)
      co_return;
    const Page page = open_page(answer);
    ledger::Batch batch = new_batch();
    std::vector<std::int32_t> numbers;
    bool reaches_gap_start = false;
    for (const api::Message& message : *page.messages) {
      const auto of = collect::chat_of(message);
      if (of && *of != chat) {
        log::warning(kModule, "{}: a message of another chat came with a page of {} {}; left out", account_.name,
                     ledger::name_of(chat.type), chat.id);
        continue;
      }
      const std::int32_t number = collect::number_of(message);
      numbers.push_back(number);
      if (message.is<api::messageEmpty>())
        continue;
      if (may_be_of(gap, number, date_of(message)))
        add_message(message, gap.as_of, batch);
      else
        reaches_gap_start = true;
    }
    walker.accept(numbers);
    batch.peers = collect::to_peers(*page.users, *page.chats, account_.id, batch.seen_at, "history");
    const bool is_last = reaches_gap_start || walker.state() == collect::WalkState::Complete;
    const auto from_top = walker.known().find(kHighest);
    if (is_last || from_top)
      batch.private_readings.push_back({account_.id, chat, gap.as_of, is_last ? 1 : from_top->first});
    co_await commit(std::move(batch));
    if (is_last)
      co_return;
  }
  throw collect::CollectFailure(
      {collect::CollectErrc::NoProgress, "Telegram sends messages of a chat that were not asked for"});
}

/// What is stored from before the gap, whatever chat it is in: as it is now, or gone.
asio::awaitable<PrivateRepair::Done> PrivateRepair::check_stored(ledger::OpenPrivateGap gap) {
  MessageNumber after(0);
  while (true) {
    auto load = [id = account_.id, as_of = gap.as_of, after](ledger::Ledger& ledger) {
      return ledger.unchecked_private_messages(id, as_of, after, kNumbersAtOnce);
    };
    const std::vector<ledger::UncheckedMessage> some = co_await ledger_.run(load);
    if (some.empty())
      co_return Done::Yes;
    after = some.back().number;
    std::set<std::int32_t> wanted;
    api::messages_getMessages method;
    for (const ledger::UncheckedMessage& message : some) {
      if (!policy_.keeps(message.peer.type))
        continue;
      wanted.insert(message.number.value());
      method.id.push_back(api::inputMessageID{.id = message.number.value()});
    }
    if (wanted.empty())
      continue;
    const api::messages_Messages answer = co_await call(std::move(method));
    if (asked_ || stopping_)
      co_return Done::No;
    const Page page = open_page(answer);
    ledger::Batch batch = new_batch();
    for (const api::Message& message : *page.messages) {
      const std::int32_t number = collect::number_of(message);
      if (!wanted.contains(number))
        continue;
      if (message.is<api::messageEmpty>())
        batch.private_deletions.push_back({account_.id, MessageNumber(number), gap.as_of});
      else
        add_message(message, gap.as_of, batch);
    }
    batch.peers = collect::to_peers(*page.users, *page.chats, account_.id, batch.seen_at, "history");
    co_await commit(std::move(batch));
  }
}

asio::awaitable<void> PrivateRepair::end_gap(ledger::OpenPrivateGap gap) {
  ledger::Batch batch = new_batch();
  batch.private_gap_ends.push_back({account_.id, gap.as_of});
  co_await commit(std::move(batch));
  chats_.clear();
  log::info(kModule, "{}: private chats were read again: {} messages were missing, {} had changed, {} were gone",
            account_.name, filled_.inserted, filled_.edited, filled_.deleted);
  filled_ = {};
}

asio::awaitable<void> PrivateRepair::commit(ledger::Batch batch) {
  // An accepted job runs to its end even if this coroutine is cancelled, so it owns what it needs.
  const auto shared = std::make_shared<const ledger::Batch>(std::move(batch));
  auto store = [shared](ledger::Ledger& ledger) { return ledger.commit(*shared); };
  const ledger::CommitStats stats = co_await ledger_.run(store);
  filled_ += stats;
  messages_collected_ += static_cast<std::uint64_t>(stats.inserted);
  failures_ = 0;
}

ledger::Batch PrivateRepair::new_batch() const {
  const auto now = clock_.now().unix_time;
  ledger::Batch batch;
  batch.seen_at_ms = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
  batch.seen_at = std::chrono::duration_cast<std::chrono::seconds>(now).count();
  return batch;
}

void PrivateRepair::add_message(const api::Message& message, std::int32_t as_of, ledger::Batch& batch) const {
  std::optional<PrivateRow> row = private_row(message, as_of, account_.id, policy_);
  if (!row)
    return;
  batch.private_messages.push_back(std::move(row->message));
  if (row->migration)
    hooks_.on_migration(std::move(*row->migration));
}

template <class Method>
asio::awaitable<typename Method::Result> PrivateRepair::call(Method method) {
  auto on_wait = [this](std::chrono::seconds wait) {
    log::info(kModule, "{}: Telegram asks to wait {} s with private chats", account_.name, wait.count());
  };
  return collect::call_patiently(caller_, std::move(method), options_, std::move(on_wait));
}

}  // namespace ledgram::follow
