#pragma once

/// One call of Ledger::commit: what it has loaded, and its steps. For the inside of this floor.

#include "ledgram/ledger/event_writer.hpp"
#include "ledgram/ledger/ledger_impl.hpp"
#include "ledgram/ledger/message_store.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace ledgram::ledger {

/// A channel as it was before the batch and as the batch makes it; written back once, at the end.
struct ChannelWork {
  /// Above all numbers: where nothing is news yet.
  static constexpr std::int32_t kNoNews = std::numeric_limits<std::int32_t>::max();

  Channel before;
  Channel now;
  std::int64_t wave_start = 0;
  std::int64_t wave_count = 0;
  bool wave_changed = false;
  Marks marks = Marks::None;
  std::optional<std::size_t> last_grown;  ///< in Commit::grown_

  [[nodiscard]] std::int32_t news_after() const { return now.news_after.value_or(kNoNews); }
  void raise_newest(std::int32_t number) { now.newest_id = std::max(now.newest_id, number); }
};

class Commit {
 public:
  Commit(Ledger::Impl& impl, const Batch& batch);

  /// Inside of a transaction, which the caller commits.
  CommitStats run();

 private:
  /// Fails with NotFound for a channel that was never followed. The reference stays valid.
  ChannelWork& channel(ChannelId id);

  // commit_state.cpp
  void store_peers();
  void store_accounts();
  void store_channel_accounts();
  void store_update_states();

  // commit_channels.cpp
  void take_news();
  void apply(const ChannelNews& news, ChannelWork& work);
  void grow(ChannelWork& work, IdRange range);
  void take_username_from_others(const ChannelWork& work);
  void write_channels_back();
  void write_position(const ChannelWork& work);
  void write_visible(const Channel& now);

  // commit_ranges.cpp
  void store_rechecks();
  void store_ranges();
  void store_range(const CompletedRange& completed);
  void announce_closed(const ChannelWork& work, const IdRangeSet& completed_before, IdRange range);
  void announce_new_holes();

  // commit_messages.cpp
  void store_messages();
  void store_message(const Message& message);
  /// What became of a message, of a channel or private.
  void count(const StoredMessage& stored, const Message& message);

  // commit_private.cpp
  void open_private_gaps();
  void raise_private_tails();
  void store_private_messages();
  void delete_private_messages();
  void note_private_readings();

  // commit_deletions.cpp
  /// Before the messages are stored: which stored ones the completed ranges prove to be gone.
  void find_proven_deletions();
  void apply_deletions();
  void apply_deletion(const Deletion& deletion);
  DeletionState count_in_wave(ChannelWork& work);

  Ledger::Impl& impl_;
  const Batch& batch_;
  EventWriter events_;
  CommitStats stats_;
  std::unordered_map<std::int64_t, ChannelWork> channels_;
  ChannelWork* last_channel_ = nullptr;  ///< of channels_, since messages of one channel follow each other
  std::vector<CompletedRange> grown_;    ///< by tail_grows_to
  std::vector<Deletion> proven_;
};

/// Writes the state if it is another one, and its event.
void change_account_state(sqlite::Connection& db, EventWriter& events, const AccountNews& news);

/// Stored completed ranges that overlap `bounds`, clipped to them, in rising order.
std::vector<IdRange> completed_within(sqlite::Connection& db, ChannelId channel, IdRange bounds);

/// What is complete within `bounds`: completed ranges without rechecks.
IdRangeSet known_within(sqlite::Connection& db, ChannelId channel, IdRange bounds);

}  // namespace ledgram::ledger
