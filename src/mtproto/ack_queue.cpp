#include "ledgram/mtproto/ack_queue.hpp"

#include "ledgram/mtproto/service_ids.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::mtproto {

void AckQueue::add(MsgId id, Instant now) {
  if (ids_.empty())
    due_at_ = now.monotonic + delay_;
  ids_.push_back(id);
}

void AckQueue::restore(std::span<const MsgId> ids, Instant now) {
  for (const MsgId id : ids)
    add(id, now);
}

void AckQueue::remove(MsgId id) {
  std::erase(ids_, id);
}

bool AckQueue::due(Instant now) const {
  return !ids_.empty() && (ids_.size() >= many_ || now.monotonic >= due_at_);
}

std::optional<nanoseconds> AckQueue::deadline() const {
  if (ids_.empty())
    return std::nullopt;
  return due_at_;
}

std::vector<MsgId> AckQueue::take(Instant now) {
  if (ids_.size() <= kMaxIdsInService)
    return std::exchange(ids_, {});
  const auto first_left = ids_.begin() + static_cast<std::ptrdiff_t>(kMaxIdsInService);
  std::vector<MsgId> taken(ids_.begin(), first_left);
  ids_.erase(ids_.begin(), first_left);
  due_at_ = now.monotonic;
  return taken;
}

}  // namespace ledgram::mtproto
