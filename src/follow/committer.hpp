#pragma once

/// The one way of live updates into the ledger. Accounts add batches; a single coroutine merges what waits into one
/// transaction after the other, so a thousand accounts share the cost of a commit and one slow disk slows them all.
///
/// A Committer lives on one shard, as long as its accounts. The batches of one account are committed in the order in
/// which they were added, each whole or not at all. A full disk or a busy file is waited for with everything kept; what
/// cannot be stored for another reason ends run().

#include "ledgram/base/clock.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/ledger/batch.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/condition.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>

namespace ledgram::follow {

struct CommitterOptions {
  /// Rows that may wait: what memory may run ahead of the disk, 20 to 40 MB of messages.
  std::size_t most_waiting = 20'000;
  /// Rows of one transaction; a larger one would make latency worse and gain nothing.
  std::size_t most_per_commit = 1'000;
  /// Between the beginnings of two transactions, unless a full one waits: what comes in that time goes together. A
  /// transaction costs as much as ten messages (docs/decisions/0041-as-of.md); a message waits for half of this time,
  /// which leaves half of the 10 ms that it may take.
  std::chrono::milliseconds least_interval{8};
  /// Between two attempts while the disk is full or the file is busy.
  std::chrono::milliseconds retry_interval{1'000};
};

/// What people should hear of. Called on the shard; must not block or throw.
struct CommitterHooks {
  std::function<void(const ledger::LedgerError&)> on_paused{};  ///< once, when storing begins to fail
  std::function<void(nanoseconds paused)> on_resumed{};
};

class Committer {
 public:
  /// Ledger and clock must outlive it.
  Committer(const asio::any_io_executor& executor, collect::LedgerWorker& ledger, const Clock& clock,
            CommitterOptions options = {}, CommitterHooks hooks = {});

  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  /// Waits for room only. After close(), and once run() has failed, the batch is dropped: nothing of it is committed,
  /// its update state neither.
  asio::awaitable<void> add(ledger::Batch batch);

  /// Returns when everything added before is committed; false if it never will be.
  asio::awaitable<bool> flush();

  /// Commits until close() was called and nothing waits. Throws Failure<LedgerError> for what no waiting can mend. Not
  /// to be cancelled while close() is an option: what waits would be dropped (it comes again at the next start).
  asio::awaitable<void> run();

  /// No more batches; run() ends when those that wait are committed.
  void close();

  [[nodiscard]] bool full() const { return waiting_rows_ >= options_.most_waiting; }
  [[nodiscard]] std::size_t waiting_rows() const { return waiting_rows_; }
  /// Messages that the ledger did not have before.
  [[nodiscard]] std::uint64_t messages_committed() const { return messages_committed_; }

 private:
  /// Batches on their way into one transaction.
  struct Merged {
    ledger::Batch batch;
    std::size_t rows = 0;  ///< as they were counted when they were added
    std::size_t batches = 0;
  };

  [[nodiscard]] bool has_full_commit() const { return waiting_rows_ >= options_.most_per_commit; }
  Merged next_merged();
  asio::awaitable<void> store(ledger::Batch batch);
  asio::awaitable<std::optional<ledger::LedgerError>> attempt(const ledger::Batch& batch);
  void note_failure(const ledger::LedgerError& error);
  void note_success();

  collect::LedgerWorker& ledger_;
  const Clock& clock_;
  CommitterOptions options_;
  CommitterHooks hooks_;
  net::Condition changed_;
  net::Condition hurry_;  ///< the next transaction shall begin before its time
  std::deque<ledger::Batch> waiting_;
  std::size_t waiting_rows_ = 0;
  std::uint64_t added_ = 0;      ///< batches, ever
  std::uint64_t committed_ = 0;  ///< batches, ever
  std::size_t flushes_ = 0;      ///< that wait
  std::uint64_t messages_committed_ = 0;
  std::optional<nanoseconds> paused_since_;  ///< monotonic
  bool closed_ = false;
  bool failed_ = false;
};

}  // namespace ledgram::follow
