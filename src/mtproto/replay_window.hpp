#pragma once

/// Remembers the newest message ids of the other side, so that none is processed twice
/// (core.telegram.org/mtproto/security_guidelines#checking-msg-id). Grows on demand: an idle session costs nothing.

#include "ledgram/base/strong_id.hpp"

#include <cstddef>
#include <vector>

namespace ledgram::mtproto {

class ReplayWindow {
 public:
  /// What official clients keep. A server repeats what is not acknowledged for a minute or two, which is far less.
  static constexpr std::size_t kDefaultCapacity = 1000;

  enum class Verdict : unsigned char {
    New,       ///< was not here and is now remembered
    Repeated,  ///< was here
    TooOld,    ///< lower than all that are still remembered while others were forgotten: nobody can tell
  };

  explicit ReplayWindow(std::size_t capacity = kDefaultCapacity) : capacity_(capacity) {}

  Verdict insert(MsgId id);

  [[nodiscard]] bool contains(MsgId id) const;

  /// True if ids up to this one may have been forgotten.
  [[nodiscard]] bool is_too_old(MsgId id) const { return forgot_ && id <= highest_forgotten_; }

  /// The highest id seen; 0 before the first.
  [[nodiscard]] MsgId newest() const { return ids_.empty() ? MsgId() : ids_.back(); }

  [[nodiscard]] std::size_t size() const { return ids_.size(); }

 private:
  void forget_oldest();

  std::size_t capacity_;
  std::vector<MsgId> ids_;  ///< ascending, because ids come nearly so: an insert is nearly always at the end
  MsgId highest_forgotten_;
  bool forgot_ = false;
};

}  // namespace ledgram::mtproto
