#pragma once

/// Messages of the other side that are to be acknowledged (core.telegram.org/mtproto/service_messages_about_messages
/// #acknowledgment-of-receipt). They ride along with whatever goes out, and go alone when they have waited long enough
/// or have become many.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace ledgram::mtproto {

class AckQueue {
 public:
  /// `delay`: the longest wait of an id. `many`: so many ids do not wait. Official clients use 15 to 30 s and 20 to
  /// 100.
  AckQueue(nanoseconds delay, std::size_t many) : delay_(delay), many_(many) {}

  void add(MsgId id, Instant now);

  /// Puts ids back that were sent but may not have arrived.
  void restore(std::span<const MsgId> ids, Instant now);

  /// Takes one id out, for example because an answer was the acknowledgement.
  void remove(MsgId id);

  [[nodiscard]] bool empty() const { return ids_.empty(); }
  [[nodiscard]] std::size_t size() const { return ids_.size(); }

  /// True if the ids should go out now even if nothing else does.
  [[nodiscard]] bool due(Instant now) const;

  /// Monotonic time at which due() becomes true by itself.
  [[nodiscard]] std::optional<nanoseconds> deadline() const;

  /// What waits is due now.
  void hurry(Instant now) { due_at_ = now.monotonic; }

  /// The ids for one msgs_ack, oldest first; the rest stays.
  std::vector<MsgId> take(Instant now);

  void clear() { ids_.clear(); }

 private:
  nanoseconds delay_;
  std::size_t many_;
  std::vector<MsgId> ids_;
  nanoseconds due_at_{};
};

}  // namespace ledgram::mtproto
