#pragma once

/// Read-only connections to the ledger, each on a thread of its own. A query is interrupted at its deadline, so that
/// nobody's search holds a thread for long; writing goes on meanwhile (WAL).

#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/worker.hpp"

#include <atomic>
#include <concepts>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace ledgram::api {

class ReaderPool {
 public:
  /// Opens `readers` connections. Throws Failure<LedgerError>.
  ReaderPool(const std::filesystem::path& ledger, std::size_t readers);

  /// Runs `work(Ledger&)`, which returns a LedgerResult<T> and sees the ledger at one moment, on the thread with the
  /// shortest queue. Gives the T or throws LedgerFailure (Interrupted at the deadline), NetFailure WorkerStopped after
  /// stop(). What `work` refers to must live until then; an accepted job always runs, even if the caller is cancelled.
  template <std::invocable<ledger::Ledger&> Work>
  auto run(Work work, net::Deadline deadline)
      -> asio::awaitable<typename std::invoke_result_t<Work&, ledger::Ledger&>::value_type> {
    using Outcome = std::invoke_result_t<Work&, ledger::Ledger&>;
    Reader& reader = least_busy();
    auto job = [this, &reader, deadline, work = std::move(work)]() mutable -> Outcome {
      if (abandoned_ || net::deadline_after(nanoseconds(0)) >= deadline)
        return std::unexpected(too_late());
      reader.ledger.set_query_deadline(deadline);
      const ledger::LedgerMoment moment(reader.ledger);
      return work(reader.ledger);
    };
    Outcome outcome = co_await reader.worker.run(std::move(job));
    co_return value_or_throw(std::move(outcome));
  }

  [[nodiscard]] std::size_t size() const { return readers_.size(); }
  [[nodiscard]] std::size_t pending() const;
  [[nodiscard]] std::vector<const net::Worker*> workers() const;

  /// Ends queries that run and those that wait with Interrupted: for a stop that cannot wait for their deadlines.
  void abandon();

  /// Blocks until what was accepted has run; harmless when repeated.
  void stop();

 private:
  struct Reader {
    Reader(ledger::Ledger opened, std::string name);

    ledger::Ledger ledger;
    net::Worker worker;  ///< after the ledger: its thread ends first
  };

  static ledger::LedgerError too_late();
  [[nodiscard]] Reader& least_busy();

  std::atomic<bool> abandoned_ = false;
  std::vector<std::unique_ptr<Reader>> readers_;  ///< last: its threads use the above
};

}  // namespace ledgram::api
