#pragma once

/// Tells an event loop that the ledger's thread has committed. Many commits may make one call.

#include "ledgram/net/asio.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <vector>

namespace ledgram::outbox {

/// Lives on the loop. `ringer()` may outlive it.
class CommitBell {
 public:
  explicit CommitBell(asio::any_io_executor executor);
  CommitBell(const CommitBell&) = delete;
  CommitBell& operator=(const CommitBell&) = delete;
  ~CommitBell();

  /// To be called after a commit, on any thread; for LedgerWorker::on_change.
  [[nodiscard]] std::function<void()> ringer() const;

  /// `listener` is called on the loop after each commit; it stays until the bell ends.
  void listen(std::function<void()> listener);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace ledgram::outbox
