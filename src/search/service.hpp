#pragma once

/// Keeps the index of a running service up to date and answers searches.
///
/// Lives on one event loop. The index has a thread of its own at low priority, with its own connection to the ledger,
/// so that whatever it costs, storing messages does not wait for it. Searches have threads of their own as well.

#include "ledgram/ledger/ledger.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/worker.hpp"
#include "ledgram/search/index.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace ledgram::search {

struct SearchOptions {
  std::filesystem::path index;   ///< usually DIR/search.db; made if it is missing
  std::filesystem::path ledger;  ///< of this version, and followed by notify()
  std::size_t readers = 2;
  std::int64_t batch = 1'000;  ///< messages of one transaction of the index
  /// How long changes gather before they are indexed: one transaction for many commits of the ledger.
  std::chrono::milliseconds gather{200};
  /// Until the next attempt when the disk is full or the file is busy.
  std::chrono::milliseconds retry_interval{5'000};
};

struct SearchState {
  std::int64_t posts = 0;
  std::int64_t behind = 0;  ///< messages of the ledger that the index has not read, as of its last look
  bool working = true;      ///< false: the index has failed and stays as it is
};

class SearchService {
 public:
  /// Opens nothing yet.
  SearchService(asio::any_io_executor executor, SearchOptions options);
  SearchService(const SearchService&) = delete;
  SearchService& operator=(const SearchService&) = delete;
  ~SearchService();

  /// Begins to index. What cannot be opened is told in the log, and searches fail.
  void start();

  /// The ledger has changed. On the loop's thread.
  void notify();

  /// Throws SearchFailure, Failure<LedgerError>.
  asio::awaitable<HitPage> find(SearchRequest request, net::Deadline deadline);

  /// Returns when everything that the ledger held at this moment is indexed, or at the deadline.
  asio::awaitable<void> caught_up(net::Deadline deadline);

  [[nodiscard]] const SearchState& state() const { return state_; }

  /// Before the end; searches that run are waited for.
  asio::awaitable<void> stop();

  [[nodiscard]] std::vector<std::string> pending_tasks() const { return tasks_.pending_names(); }

 private:
  struct Writer;
  struct Reader;

  struct Progress {
    SearchState state;
    bool more = false;
  };

  asio::awaitable<void> keep_up();
  asio::awaitable<bool> try_step();

  SearchOptions options_;
  std::unique_ptr<Writer> writer_;
  std::vector<std::unique_ptr<Reader>> readers_;
  SearchState state_;
  std::uint64_t changes_ = 0;  ///< how often notify() was called
  std::uint64_t indexed_ = 0;  ///< of these, those that were dealt with
  net::Condition changed_;
  net::TaskGroup tasks_;
};

}  // namespace ledgram::search
