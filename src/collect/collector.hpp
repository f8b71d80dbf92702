#pragma once

/// Collects the history of one channel: asks page after page, newest first, and commits each with the range that it
/// completes. It stops and resumes anywhere, since what is known is in the ledger and nowhere else.

#include "ledgram/base/clock.hpp"
#include "ledgram/collect/api_caller.hpp"
#include "ledgram/collect/error.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/ledger/rows.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace ledgram::collect {

/// Which channel, and through which account. The access hash is that account's.
struct ChannelTarget {
  AccountId account;
  ChannelId channel;
  std::int64_t access_hash{};
  std::string name;  ///< for messages to people: "@username", or the title
};

struct CollectOptions {
  /// FLOOD_WAIT up to this long is waited for; a longer one ends the collection with TelegramErrc::FloodWait. Telegram
  /// asks for at most a few minutes when history is read steadily.
  std::chrono::seconds longest_flood_wait{std::chrono::hours(1)};
  /// For one page, waits not included.
  std::chrono::seconds page_time{300};
};

/// Where a collection stands; `stored` and `total` make a percentage, both are estimates while it runs.
struct Progress {
  std::string_view name;         ///< of the target
  std::int64_t posts_added{};    ///< new in this run, service messages not counted
  std::int64_t updated{};        ///< known before and changed
  std::int64_t stored{};         ///< messages of the channel in the ledger, service messages included
  std::int64_t total{};          ///< what Telegram says the channel has; inexact, 0 before the first page
  std::int64_t pages{};          ///< committed in this run
  std::int64_t remaining_ids{};  ///< message numbers not yet known, at least as many as messages to come
};

/// Called on the loop's thread; must not block or throw.
class ProgressListener {
 public:
  virtual ~ProgressListener() = default;

  /// After each committed page.
  virtual void on_progress(const Progress& progress) = 0;

  /// Telegram wants a pause; the collection goes on by itself afterwards.
  virtual void on_flood_wait(std::string_view name, std::chrono::seconds wait) = 0;
};

struct CollectStats {
  std::int64_t posts_added{};     ///< new messages, service messages not counted
  std::int64_t messages_added{};  ///< new messages of any kind
  std::int64_t updated{};
  std::int64_t pages{};
  double seconds{};
};

/// How a channel is reached: its account and the access hash from the ledger. Throws CollectFailure NoAccess,
/// LedgerFailure.
asio::awaitable<ChannelTarget> find_target(LedgerWorker& ledger, ledger::Channel channel);

/// Runs until everything up to the newest message is known. At most two pages are on their way to the disk while the
/// next one is asked for. Throws CollectFailure (Private, NoAccess, BotCannotRead, NoProgress, BadAnswer),
/// TelegramFailure, LedgerFailure, or operation_aborted when cancelled; in each case the pages that were received
/// before are committed when it returns, and the next run goes on from there. All references must outlive the call.
asio::awaitable<CollectStats> collect_channel(ApiCaller& caller, LedgerWorker& ledger, const Clock& clock,
                                              ChannelTarget target, CollectOptions options, ProgressListener& listener);

}  // namespace ledgram::collect
