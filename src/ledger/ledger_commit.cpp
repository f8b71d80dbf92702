#include "ledgram/ledger/commit.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

/// Ledger::commit: the one place where messages, marks, channel news, ranges and update states are written.

namespace ledgram::ledger {
namespace {

constexpr UnixMillis kMillisPerSecond = 1000;

template <class T>
void append_all(std::vector<T>& to, std::vector<T>&& from) {
  if (to.empty()) {
    to = std::move(from);
  } else {
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
  }
}

}  // namespace

bool Batch::empty() const {
  return messages.empty() && peers.empty() && channels.empty() && completed.empty() && deletions.empty() &&
         rechecks.empty() && update_states.empty() && channel_accounts.empty() && accounts.empty() &&
         private_messages.empty() && private_deletions.empty() && private_gaps.empty() && private_readings.empty() &&
         private_gap_ends.empty() && events.empty();
}

void Batch::append(Batch&& later) {
  append_all(messages, std::move(later.messages));
  append_all(peers, std::move(later.peers));
  append_all(channels, std::move(later.channels));
  append_all(completed, std::move(later.completed));
  append_all(deletions, std::move(later.deletions));
  append_all(rechecks, std::move(later.rechecks));
  append_all(update_states, std::move(later.update_states));
  append_all(channel_accounts, std::move(later.channel_accounts));
  append_all(accounts, std::move(later.accounts));
  append_all(private_messages, std::move(later.private_messages));
  append_all(private_deletions, std::move(later.private_deletions));
  append_all(private_gaps, std::move(later.private_gaps));
  append_all(private_readings, std::move(later.private_readings));
  append_all(private_gap_ends, std::move(later.private_gap_ends));
  append_all(events, std::move(later.events));
  seen_at = std::max(seen_at, later.seen_at);
  seen_at_ms = std::max(seen_at_ms, later.seen_at_ms);
}

CommitStats& CommitStats::operator+=(const CommitStats& other) {
  inserted += other.inserted;
  inserted_service += other.inserted_service;
  updated += other.updated;
  unchanged += other.unchanged;
  edited += other.edited;
  deleted += other.deleted;
  held += other.held;
  restored += other.restored;
  events += other.events;
  last_event = std::max(last_event, other.last_event);
  return *this;
}

Commit::Commit(Ledger::Impl& impl, const Batch& batch)
    : impl_(impl),
      batch_(batch),
      events_(impl.db, batch.seen_at_ms != 0 ? batch.seen_at_ms : batch.seen_at * kMillisPerSecond) {}

// The order: what channels are now decides what is news in them; ranges prove deletions against what was stored
// before; deletions come after the messages that they may be about; holes show when all ranges are in; and a gap of
// private chats begins at what was stored before, messages and state.
CommitStats Commit::run() {
  store_peers();
  store_accounts();
  store_channel_accounts();
  take_news();
  find_proven_deletions();
  store_messages();
  apply_deletions();
  store_rechecks();
  store_ranges();
  announce_new_holes();
  open_private_gaps();
  store_private_messages();
  delete_private_messages();
  raise_private_tails();
  note_private_readings();
  store_update_states();
  write_channels_back();
  for (const Event& event : batch_.events)
    events_.write(event);
  stats_.events = events_.count();
  stats_.last_event = events_.last();
  return stats_;
}

LedgerResult<CommitStats> Ledger::commit(const Batch& batch) {
  return sqlite::guarded([&] {
    sqlite::Transaction transaction(impl_->db);
    const CommitStats stats = Commit(*impl_, batch).run();
    transaction.commit();
    return stats;
  });
}

}  // namespace ledgram::ledger
