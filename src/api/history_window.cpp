#include "ledgram/api/history_window.hpp"

#include <algorithm>
#include <limits>

namespace ledgram::api {
namespace {

constexpr std::int64_t kHighest = std::numeric_limits<std::int32_t>::max();

bool is_oldest_first(const HistoryRange& range) {
  return range.order == HistoryOrder::OldestFirst;
}

/// Below it the list goes on. Above the highest number: from the newest message.
std::int64_t upper_bound(const HistoryRange& range) {
  return std::min({range.before.value_or(kHighest + 1), range.place.value_or(kHighest + 1), kHighest + 1});
}

/// Above it the list goes on.
std::int64_t lower_bound(const HistoryRange& range) {
  return std::max({range.after.value_or(0), range.place.value_or(0), std::int64_t{0}});
}

/// The first page begins at a moment; those behind it at a number.
bool begins_at_time(const HistoryRange& range) {
  return !range.place && (is_oldest_first(range) ? range.since && !range.after : range.until && !range.before);
}

/// True if the list may begin with it or go on with it, seen from where the page begins.
bool is_beyond_start(const HistoryRange& range, const HistoryEntry& entry) {
  const bool by_time = begins_at_time(range) && entry.date;
  if (is_oldest_first(range))
    return entry.number > lower_bound(range) && (!by_time || *entry.date >= *range.since);
  return entry.number < upper_bound(range) && (!by_time || *entry.date < *range.until);
}

/// True if nothing behind it belongs to the list.
bool is_at_far_end(const HistoryRange& range, const HistoryEntry& entry) {
  if (is_oldest_first(range))
    return entry.number + std::int64_t{1} >= range.before.value_or(kHighest + 1) ||
           (range.until && entry.date && *entry.date >= *range.until);
  return entry.number - std::int64_t{1} <= range.after.value_or(0) ||
         (range.since && entry.date && *entry.date < *range.since);
}

bool belongs(const HistoryRange& range, const HistoryEntry& entry) {
  return entry.date && entry.number > range.after.value_or(0) && entry.number < range.before.value_or(kHighest + 1) &&
         *entry.date >= range.since.value_or(*entry.date) && (!range.until || *entry.date < *range.until);
}

std::optional<HistoryOffset> newest_first_offset(const HistoryRange& range) {
  HistoryOffset offset;
  if (begins_at_time(range)) {
    if (*range.until <= 0)
      return std::nullopt;
    // A later moment than Telegram can write is after every message.
    offset.date = *range.until > kHighest ? 0 : static_cast<std::int32_t>(*range.until);
    return offset;
  }
  const std::int64_t bound = upper_bound(range);
  if (bound <= range.after.value_or(0) + 1)
    return std::nullopt;
  offset.id = bound > kHighest ? 0 : static_cast<std::int32_t>(bound);
  return offset;
}

/// The window ends with the first message that is not older than the offset.
std::optional<HistoryOffset> oldest_first_offset(const HistoryRange& range, std::int32_t limit) {
  HistoryOffset offset{.add = -limit};
  // An offset of 0 would mean none.
  if (begins_at_time(range) && *range.since > 0) {
    if (*range.since > kHighest)
      return std::nullopt;
    offset.date = static_cast<std::int32_t>(*range.since);
    return offset;
  }
  const std::int64_t first = lower_bound(range) + 1;
  if (first > kHighest || first >= range.before.value_or(kHighest + 1))
    return std::nullopt;
  offset.id = static_cast<std::int32_t>(first);
  return offset;
}

}  // namespace

std::optional<HistoryOffset> history_offset(const HistoryRange& range, std::int32_t limit) {
  return is_oldest_first(range) ? oldest_first_offset(range, limit) : newest_first_offset(range);
}

HistoryCut cut_history(const HistoryRange& range, std::span<const HistoryEntry> answer) {
  HistoryCut cut;
  bool is_done = false;
  for (std::size_t index = 0; index < answer.size(); ++index) {
    const HistoryEntry& entry = answer[index];
    if (entry.number < 1 || !is_beyond_start(range, entry))
      continue;
    const std::int32_t place = cut.place.value_or(entry.number);
    cut.place = is_oldest_first(range) ? std::max(place, entry.number) : std::min(place, entry.number);
    is_done = is_done || is_at_far_end(range, entry);
    if (belongs(range, entry))
      cut.items.push_back(index);
  }
  std::ranges::sort(cut.items, [&](std::size_t left, std::size_t right) {
    const bool rises = answer[left].number < answer[right].number;
    return is_oldest_first(range) ? rises : !rises && answer[left].number != answer[right].number;
  });
  if (is_done)
    cut.place.reset();
  return cut;
}

}  // namespace ledgram::api
