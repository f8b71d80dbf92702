#include "ledgram/ledger/commit.hpp"

#include <algorithm>

/// Deletion marks: told by updates, proven by completed ranges, held back when they come in a wave.

namespace ledgram::ledger {
namespace {

// Of a channel of the batch, sorted.
std::vector<std::int32_t> numbers_of(const Batch& batch, ChannelId channel) {
  std::vector<std::int32_t> numbers;
  numbers.reserve(batch.messages.size());
  for (const Message& message : batch.messages) {
    if (message.channel == channel)
      numbers.push_back(message.number.value());
  }
  std::ranges::sort(numbers);
  return numbers;
}

}  // namespace

// Before the messages are stored: in a back-fill there is nothing in the range yet, so that this reads one entry of
// the index a page.
void Commit::find_proven_deletions() {
  for (const CompletedRange& completed : batch_.completed) {
    if (completed.as_of == 0 || completed.range.empty())
      continue;
    auto query =
        impl_.db.query("SELECT number FROM messages WHERE channel = ?1 AND number BETWEEN ?2 AND ?3 AND as_of < ?4");
    query->bind(1, completed.channel.value());
    query->bind(2, std::int64_t{completed.range.first});
    query->bind(3, std::int64_t{completed.range.last});
    query->bind(4, std::int64_t{completed.as_of});
    std::vector<std::int32_t> present;
    bool is_listed = false;
    while (query->step()) {
      if (!is_listed) {
        present = numbers_of(batch_, completed.channel);
        is_listed = true;
      }
      if (!std::ranges::binary_search(present, query->integer32(0)))
        proven_.push_back({completed.channel, MessageNumber(query->integer32(0)), completed.as_of});
    }
  }
}

void Commit::apply_deletions() {
  for (const Deletion& deletion : batch_.deletions)
    apply_deletion(deletion);
  for (const Deletion& deletion : proven_)
    apply_deletion(deletion);
}

void Commit::apply_deletion(const Deletion& deletion) {
  if (deletion.number.value() < 1)
    return;
  ChannelWork& work = channel(deletion.channel);
  const std::int64_t owner = deletion.channel.value();
  if (work.marks == Marks::Possible) {
    if (const auto mark = find_mark(impl_.db, kChannelTables, owner, deletion.number)) {
      if (is_older(mark->as_of, deletion.as_of))
        raise_mark(impl_.db, kChannelTables, owner, deletion.number, deletion.as_of);
      return;
    }
  }
  const auto as_of = stored_as_of(impl_.db, kChannelTables, owner, deletion.number);
  if (as_of && is_older(deletion.as_of, *as_of))
    return;
  const DeletionState state = as_of ? count_in_wave(work) : DeletionState::Applied;
  set_mark(impl_.db, kChannelTables, owner, {deletion.number, deletion.as_of, batch_.seen_at, state});
  work.marks = Marks::Possible;
  if (!as_of)
    return;
  ++stats_.deleted;
  if (state == DeletionState::Held)
    ++stats_.held;
  events_.message_deleted(work.now, deletion.number, state);
}

// A minute begins with the first deletion after the last minute. It is stored with the channel, so that a restart in
// the middle of a wave does not begin a new one.
DeletionState Commit::count_in_wave(ChannelWork& work) {
  if (impl_.wave_limit == 0)
    return DeletionState::Applied;
  constexpr UnixSeconds kMinute = 60;
  const UnixSeconds age = batch_.seen_at - work.wave_start;
  if (age < 0 || age >= kMinute) {
    work.wave_start = batch_.seen_at;
    work.wave_count = 0;
  }
  ++work.wave_count;
  work.wave_changed = true;
  return work.wave_count > impl_.wave_limit ? DeletionState::Held : DeletionState::Applied;
}

}  // namespace ledgram::ledger
