#pragma once

/// The ledger on its own thread. Coroutines of any shard give it work and resume with the result; a full queue makes
/// them wait, so that a slow disk slows the network instead of filling the memory.

#include "ledgram/ledger/error.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/worker.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>

namespace ledgram::collect {

using LedgerFailure = Failure<ledger::LedgerError>;

class LedgerWorker {
 public:
  /// Jobs accepted and not yet finished, over all accounts: enough to keep the thread busy, few enough to bound memory
  /// (a job is a page of some 200 KB).
  static constexpr std::size_t kCapacity = 8;

  /// `name` is that of the thread.
  explicit LedgerWorker(ledger::Ledger ledger, std::string name = "ledger")
      : ledger_(std::move(ledger)), worker_(std::move(name), kCapacity) {}

  /// Runs `work(Ledger&)`, which returns a LedgerResult<T>, on the ledger's thread. Gives the T or throws
  /// LedgerFailure. What `work` refers to must live until then. An accepted job always runs, even if the caller is
  /// cancelled.
  template <std::invocable<ledger::Ledger&> Work>
  auto run(Work work) -> asio::awaitable<typename std::invoke_result_t<Work&, ledger::Ledger&>::value_type> {
    using Outcome = std::invoke_result_t<Work&, ledger::Ledger&>;
    auto job = [this, work = std::move(work)]() mutable {
      const std::int64_t before = ledger_.changes();
      auto outcome = work(ledger_);
      if (on_change_ && ledger_.changes() != before)
        on_change_();
      return outcome;
    };
    Outcome outcome = co_await worker_.run(std::move(job));
    co_return value_or_throw(std::move(outcome));
  }

  /// Called on the ledger's thread after each job that has written something; must not block or throw. To be set before
  /// the first job.
  void on_change(std::function<void()> hook) { on_change_ = std::move(hook); }

  /// For whoever names what hangs.
  [[nodiscard]] const net::Worker& worker() const { return worker_; }

  /// Takes no more work, finishes what was accepted and ends the thread. Blocks; harmless when repeated.
  void stop() { worker_.stop(); }

 private:
  ledger::Ledger ledger_;
  std::function<void()> on_change_;
  net::Worker worker_;  ///< after the ledger: its thread ends first
};

}  // namespace ledgram::collect
