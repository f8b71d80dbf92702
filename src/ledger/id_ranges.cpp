#include "ledgram/ledger/id_ranges.hpp"

#include <algorithm>

namespace ledgram::ledger {
namespace {

// In 64 bits, so that the numbers next to the ends of the 32-bit range need no special case.
bool touches_or_overlaps(const IdRange& a, const IdRange& b) {
  return std::int64_t{a.first} <= std::int64_t{b.last} + 1 && std::int64_t{b.first} <= std::int64_t{a.last} + 1;
}

bool ends_before(const IdRange& range, std::int32_t id) {
  return range.last < id;
}

}  // namespace

IdRangeSet::IdRangeSet(std::span<const IdRange> ranges) {
  for (const IdRange& range : ranges)
    add(range);
}

IdRange IdRangeSet::add(IdRange range) {
  if (range.empty())
    return range;
  auto first = std::lower_bound(ranges_.begin(), ranges_.end(), range.first, ends_before);
  if (first != ranges_.begin() && touches_or_overlaps(*(first - 1), range))
    --first;
  auto last = first;
  for (; last != ranges_.end() && touches_or_overlaps(*last, range); ++last) {
    range.first = std::min(range.first, last->first);
    range.last = std::max(range.last, last->last);
  }
  if (first == last) {
    ranges_.insert(first, range);
  } else {
    *first = range;
    ranges_.erase(first + 1, last);
  }
  return range;
}

void IdRangeSet::remove(IdRange range) {
  if (range.empty())
    return;
  const auto first = std::lower_bound(ranges_.begin(), ranges_.end(), range.first, ends_before);
  auto last = first;
  std::vector<IdRange> rest;
  for (; last != ranges_.end() && last->first <= range.last; ++last) {
    if (last->first < range.first)
      rest.push_back({last->first, range.first - 1});
    if (last->last > range.last)
      rest.push_back({range.last + 1, last->last});
  }
  ranges_.insert(ranges_.erase(first, last), rest.begin(), rest.end());
}

std::optional<IdRange> IdRangeSet::find(std::int32_t id) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), id, ends_before);
  if (at == ranges_.end() || !at->contains(id))
    return std::nullopt;
  return *at;
}

std::optional<IdRange> IdRangeSet::find_below(std::int32_t id) const {
  const auto at = std::lower_bound(ranges_.begin(), ranges_.end(), id, ends_before);
  if (at == ranges_.begin())
    return std::nullopt;
  return *(at - 1);
}

std::vector<IdRange> IdRangeSet::holes(IdRange bounds) const {
  std::vector<IdRange> result;
  if (bounds.empty())
    return result;
  std::int64_t next = bounds.first;
  auto at = std::lower_bound(ranges_.begin(), ranges_.end(), bounds.first, ends_before);
  for (; at != ranges_.end() && at->first <= bounds.last; ++at) {
    if (at->first > next)
      result.push_back({static_cast<std::int32_t>(next), at->first - 1});
    next = std::int64_t{at->last} + 1;
  }
  if (next <= bounds.last)
    result.push_back({static_cast<std::int32_t>(next), bounds.last});
  return result;
}

std::int64_t IdRangeSet::size() const {
  std::int64_t total = 0;
  for (const IdRange& range : ranges_)
    total += range.size();
  return total;
}

std::optional<std::int32_t> IdRangeSet::highest() const {
  if (ranges_.empty())
    return std::nullopt;
  return ranges_.back().last;
}

}  // namespace ledgram::ledger
