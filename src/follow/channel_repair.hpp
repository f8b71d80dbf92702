#pragma once

/// Fetches what updates cannot bring: the history of channels with holes, one channel after the other. A hole that was
/// just opened comes first, back-fill of what nobody waits for later.

#include "ledgram/collect/collector.hpp"
#include "ledgram/collect/username_book.hpp"
#include "ledgram/follow/committer.hpp"
#include "ledgram/follow/progress_book.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/net/condition.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <set>

namespace ledgram::follow {

enum class Urgency : std::uint8_t { Background, Now };

struct RepairHooks {
  /// A page of the channel is in the ledger.
  std::function<void(ChannelId)> on_page;
  /// The account cannot read the channel any more.
  std::function<void(ChannelId)> on_lost;
  /// The login is gone, or something else that concerns the account as a whole.
  std::function<void(const telegram::TelegramError&)> on_account_error;
};

class ChannelRepair : private collect::ProgressListener {
 public:
  ChannelRepair(const asio::any_io_executor& executor, collect::ApiCaller& caller, collect::LedgerWorker& ledger,
                Committer& committer, collect::UsernameBook& names, ProgressBook& progress, const Clock& clock,
                collect::CollectOptions options, RepairHooks hooks);

  /// What there is to read is in the ledger, or in a batch that was added to the committer before. Harmless when
  /// repeated.
  void ask(ledger::Channel channel, Urgency urgency);
  void forget(ChannelId channel);

  /// Works until stop() or until cancelled. Throws LedgerFailure.
  asio::awaitable<void> run();

  /// run() ends when the call that is open has ended. Beside cancelling it, since a collection that is cancelled while
  /// it commits its last page ends like any other.
  void stop();

  [[nodiscard]] std::uint64_t messages_collected() const { return messages_collected_; }
  [[nodiscard]] bool idle() const { return queue_.empty() && !current_; }

 private:
  struct Task {
    ledger::Channel channel;
    nanoseconds not_before{};  ///< monotonic
    int failures = 0;
  };

  void on_progress(const collect::Progress& progress) override;
  void on_flood_wait(std::string_view name, std::chrono::seconds wait) override;
  asio::awaitable<void> work_on(Task task);
  asio::awaitable<void> collect(const ledger::Channel& channel);

  collect::ApiCaller& caller_;
  collect::LedgerWorker& ledger_;
  Committer& committer_;
  collect::UsernameBook& names_;
  ProgressBook& progress_;
  const Clock& clock_;
  collect::CollectOptions options_;
  RepairHooks hooks_;
  net::Event wake_;
  std::deque<Task> queue_;
  std::optional<ChannelId> current_;
  bool current_forgotten_ = false;
  bool stopping_ = false;
  std::uint64_t messages_collected_ = 0;
  std::int64_t counted_ = 0;  ///< of the current run, those in messages_collected_
};

}  // namespace ledgram::follow
