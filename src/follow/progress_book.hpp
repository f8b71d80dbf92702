#pragma once

/// Where the collections of history stand, for whoever looks: back-fills that run by themselves, and those that
/// somebody asked for.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/collect/collector.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace ledgram::follow {

/// The present or the last collection of one channel in this process.
struct CollectionProgress {
  std::size_t running = 0;       ///< collections of the channel at this moment
  nanoseconds began{};           ///< wall clock
  nanoseconds ended{};           ///< wall clock; 0 while it runs
  nanoseconds spent{};           ///< so far, or in all
  std::int64_t posts_added{};    ///< new in it, service messages not counted
  std::int64_t pages{};          ///< committed
  std::int64_t stored{};         ///< messages of the channel in the ledger
  std::int64_t total{};          ///< what Telegram says the channel has; 0 before the first page
  std::int64_t remaining_ids{};  ///< message numbers not yet known
  nanoseconds waits_until{};     ///< wall clock: Telegram wants a pause until then; 0 if there is none
  std::string problem;           ///< why the last one ended early; empty if it did not

  /// 0 before the first moment has passed.
  [[nodiscard]] double posts_per_second() const;
};

/// Of one service, on its executor. The clock must outlive it.
class ProgressBook {
 public:
  explicit ProgressBook(const Clock& clock) : clock_(clock) {}

  void begin(ChannelId channel);
  void on_page(ChannelId channel, const collect::Progress& progress);
  /// Telegram wants a pause; the collection goes on by itself afterwards.
  void on_flood_wait(ChannelId channel, std::chrono::seconds wait);
  /// `problem` is empty if it came to its end.
  void end(ChannelId channel, std::string problem);
  void forget(ChannelId channel) { entries_.erase(channel); }

  /// `told` is called at the beginning of each pause; must not block or throw.
  void when_waiting(std::function<void(ChannelId)> told) { told_of_wait_ = std::move(told); }

  /// Nothing if no collection of the channel began since the start.
  [[nodiscard]] std::optional<CollectionProgress> find(ChannelId channel) const;

 private:
  struct Entry {
    CollectionProgress progress;
    nanoseconds began{};  ///< monotonic
  };

  const Clock& clock_;
  std::map<ChannelId, Entry> entries_;
  std::function<void(ChannelId)> told_of_wait_;
};

}  // namespace ledgram::follow
