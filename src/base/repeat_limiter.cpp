#include "ledgram/base/repeat_limiter.hpp"

#include <algorithm>

namespace ledgram::log {

RepeatLimiter::Verdict RepeatLimiter::take(const RepeatKey& key, Level level, nanoseconds now) {
  auto found = by_key_.find(key);
  if (found == by_key_.end()) {
    if (!entries_.empty() && entries_.size() >= limits_.keys)
      forget_one();
    entries_.push_back({});
    found = by_key_.emplace(key, std::prev(entries_.end())).first;
    entries_.back().key = &found->first;
  } else {
    entries_.splice(entries_.end(), entries_, found->second);
    if (now - found->second->seen < limits_.quiet) {
      Entry& entry = *found->second;
      entry.level = entry.held == 0 ? level : std::max(entry.level, level);
      entry.seen = now;
      hold(entry, now);
      return Verdict::Hold;
    }
  }
  Entry& entry = *found->second;
  entry.seen = now;
  ++totals_.shown;
  return Verdict::Show;
}

void RepeatLimiter::hold(Entry& entry, nanoseconds now) {
  ++entry.held;
  ++totals_.held;
  if (!first_held_)
    first_held_ = now;
}

void RepeatLimiter::forget_one() {
  forgotten_ += entries_.front().held;
  const auto found = by_key_.find(*entries_.front().key);
  entries_.pop_front();
  by_key_.erase(found);
}

std::optional<nanoseconds> RepeatLimiter::deadline() const {
  if (!first_held_)
    return std::nullopt;
  return *first_held_ + limits_.interval;
}

std::optional<RepeatLimiter::Summary> RepeatLimiter::take_summary(nanoseconds now) {
  const std::optional<nanoseconds> due = deadline();
  if (!due || now < *due)
    return std::nullopt;
  return finish(now);
}

std::optional<RepeatLimiter::Summary> RepeatLimiter::finish(nanoseconds now) {
  if (!first_held_)
    return std::nullopt;
  Summary summary;
  summary.over = now - *std::exchange(first_held_, std::nullopt);
  summary.forgotten = std::exchange(forgotten_, 0);
  for (Entry& entry : entries_) {
    if (entry.held > 0)
      summary.held.push_back({*entry.key, entry.level, std::exchange(entry.held, 0)});
  }
  std::ranges::stable_sort(summary.held, std::greater(), &Held::count);
  return summary;
}

}  // namespace ledgram::log
