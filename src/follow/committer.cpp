#include "ledgram/follow/committer.hpp"

#include "ledgram/net/error.hpp"

#include <exception>
#include <memory>
#include <utility>

namespace ledgram::follow {

namespace {

/// What waiting can mend: the same transaction may succeed later.
bool passes(ledger::LedgerErrc code) {
  return code == ledger::LedgerErrc::Busy || code == ledger::LedgerErrc::DiskFull;
}

std::size_t rows_of(const ledger::Batch& batch) {
  return batch.messages.size() + batch.private_messages.size() + batch.deletions.size() +
         batch.private_deletions.size() + batch.peers.size() + batch.channels.size() + batch.update_states.size() + 1;
}

}  // namespace

Committer::Committer(const asio::any_io_executor& executor, collect::LedgerWorker& ledger, const Clock& clock,
                     CommitterOptions options, CommitterHooks hooks)
    : ledger_(ledger),
      clock_(clock),
      options_(options),
      hooks_(std::move(hooks)),
      changed_(executor),
      hurry_(executor) {}

asio::awaitable<void> Committer::add(ledger::Batch batch) {
  co_await changed_.wait_until([this] { return !full() || closed_ || failed_; });
  if (closed_ || failed_)
    co_return;
  waiting_rows_ += rows_of(batch);
  waiting_.push_back(std::move(batch));
  ++added_;
  changed_.notify_all();
  if (has_full_commit())
    hurry_.notify_all();
}

asio::awaitable<bool> Committer::flush() {
  const std::uint64_t goal = added_;
  struct Leave {
    std::size_t& flushes;
    ~Leave() { --flushes; }
  } const leave{flushes_};
  ++flushes_;
  hurry_.notify_all();
  co_await changed_.wait_until([this, goal] { return committed_ >= goal || failed_; });
  co_return committed_ >= goal;
}

void Committer::close() {
  closed_ = true;
  changed_.notify_all();
  hurry_.notify_all();
}

asio::awaitable<void> Committer::run() {
  std::exception_ptr problem;
  net::Deadline next{};
  try {
    while (true) {
      co_await changed_.wait_until([this] { return !waiting_.empty() || closed_; });
      if (waiting_.empty())
        co_return;
      // What is added meanwhile goes along. Whoever stops or waits for a flush does not wait for that.
      if (std::chrono::steady_clock::now() < next)
        co_await hurry_.wait_until([this] { return closed_ || flushes_ > 0 || has_full_commit(); }, next);
      next = net::deadline_after(options_.least_interval);
      Merged merged = next_merged();
      co_await store(std::move(merged.batch));
      waiting_rows_ -= merged.rows;
      committed_ += merged.batches;
      changed_.notify_all();
    }
  } catch (...) {
    problem = std::current_exception();
  }
  failed_ = true;
  waiting_.clear();
  waiting_rows_ = 0;
  changed_.notify_all();
  std::rethrow_exception(problem);
}

/// At least one batch, and more as long as they are few enough.
Committer::Merged Committer::next_merged() {
  Merged merged{.batch = std::move(waiting_.front()), .rows = 0, .batches = 1};
  waiting_.pop_front();
  merged.rows = rows_of(merged.batch);
  while (!waiting_.empty()) {
    const std::size_t more = rows_of(waiting_.front());
    if (merged.rows + more > options_.most_per_commit)
      break;
    merged.batch.append(std::move(waiting_.front()));
    waiting_.pop_front();
    merged.rows += more;
    ++merged.batches;
  }
  return merged;
}

asio::awaitable<void> Committer::store(ledger::Batch batch) {
  const auto shared = std::make_shared<const ledger::Batch>(std::move(batch));
  while (true) {
    const std::optional<ledger::LedgerError> error = co_await attempt(*shared);
    if (!error) {
      note_success();
      co_return;
    }
    if (!passes(error->code))
      throw Failure<ledger::LedgerError>(*error);
    note_failure(*error);
    // Somebody who stops does not wait for a disk that may stay full; what is dropped comes again at the next start.
    const net::Deadline next = net::deadline_after(options_.retry_interval);
    if (co_await changed_.wait_until([this] { return closed_; }, next))
      throw Failure<ledger::LedgerError>(*error);
  }
}

asio::awaitable<std::optional<ledger::LedgerError>> Committer::attempt(const ledger::Batch& batch) {
  auto commit = [&batch](ledger::Ledger& ledger) { return ledger.commit(batch); };
  try {
    const ledger::CommitStats stats = co_await ledger_.run(commit);
    messages_committed_ += static_cast<std::uint64_t>(stats.inserted);
    co_return std::nullopt;
  } catch (const Failure<ledger::LedgerError>& failure) {
    co_return failure.error();
  }
}

void Committer::note_failure(const ledger::LedgerError& error) {
  if (paused_since_)
    return;
  paused_since_ = clock_.now().monotonic;
  if (hooks_.on_paused)
    hooks_.on_paused(error);
}

void Committer::note_success() {
  if (!paused_since_)
    return;
  const nanoseconds paused = clock_.now().monotonic - *std::exchange(paused_since_, std::nullopt);
  if (hooks_.on_resumed)
    hooks_.on_resumed(paused);
}

}  // namespace ledgram::follow
