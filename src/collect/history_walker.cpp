#include "ledgram/collect/history_walker.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace ledgram::collect {

using ledger::IdRange;

HistoryWalker::HistoryWalker(ledger::IdRangeSet known, std::int32_t newest_known)
    : known_(std::move(known)), newest_(std::max(newest_known, known_.highest().value_or(0))) {}

std::optional<HistoryRequest> HistoryWalker::next() const {
  if (state_ != WalkState::Walking)
    return std::nullopt;
  HistoryRequest request{.offset_id = offset_id_, .add_offset = 0, .limit = kPageSize};
  // A hole of k numbers holds at most k messages, so a smaller page reaches across it. Not when retrying: should the
  // server count the offset message itself against the limit, a full page still gets below it.
  if (offset_id_ != 0 && !retrying_) {
    const auto below = known_.find_below(offset_id_);
    const std::int32_t hole_bottom = below ? below->last + 1 : 1;
    request.limit = std::min(request.limit, offset_id_ - hole_bottom);
  }
  return request;
}

IdRange HistoryWalker::accept(std::span<const std::int32_t> ids) {
  constexpr IdRange kNothing{1, 0};
  if (state_ != WalkState::Walking)
    return kNothing;

  // Numbers at or above the offset were not asked for, and numbers below 1 do not exist: neither proves anything.
  const std::int32_t above = offset_id_ == 0 ? std::numeric_limits<std::int32_t>::max() : offset_id_;
  std::int32_t lowest = above;
  std::int32_t highest = 0;
  for (const std::int32_t id : ids) {
    if (id < 1 || id >= above)
      continue;
    lowest = std::min(lowest, id);
    highest = std::max(highest, id);
  }
  const bool has_progress = highest != 0;
  if (!has_progress && !ids.empty()) {
    if (std::exchange(retrying_, true))
      state_ = WalkState::Stuck;
    return kNothing;
  }
  retrying_ = false;

  // The newest page says that nothing is above it, so what was known to exist there is gone.
  newest_ = std::max(newest_, highest);
  const IdRange proven{has_progress ? lowest : 1, offset_id_ == 0 ? newest_ : offset_id_ - 1};
  if (proven.empty()) {
    state_ = WalkState::Complete;
    return kNothing;
  }
  offset_id_ = known_.add(proven).first;
  if (offset_id_ <= 1)
    state_ = WalkState::Complete;
  return proven;
}

std::int64_t HistoryWalker::remaining_ids() const {
  const std::int32_t top = offset_id_ == 0 ? newest_ : offset_id_ - 1;
  std::int64_t total = 0;
  for (const IdRange& hole : known_.holes({1, top}))
    total += hole.size();
  return total;
}

}  // namespace ledgram::collect
