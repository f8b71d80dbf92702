#include "ledgram/mtproto/replay_window.hpp"

#include <algorithm>

namespace ledgram::mtproto {
namespace {

// The front of the vector is cut off in pieces of this size: moving 8 kB for each message would cost more than it
// saves.
constexpr std::size_t kSlack = 256;

}  // namespace

ReplayWindow::Verdict ReplayWindow::insert(MsgId id) {
  if (is_too_old(id))
    return Verdict::TooOld;
  if (ids_.empty() || id > ids_.back()) {
    ids_.push_back(id);
  } else {
    const auto place = std::ranges::lower_bound(ids_, id);
    if (*place == id)
      return Verdict::Repeated;
    ids_.insert(place, id);
  }
  if (ids_.size() >= capacity_ + kSlack)
    forget_oldest();
  return Verdict::New;
}

bool ReplayWindow::contains(MsgId id) const {
  return std::ranges::binary_search(ids_, id);
}

void ReplayWindow::forget_oldest() {
  const auto first_kept = ids_.end() - static_cast<std::ptrdiff_t>(capacity_);
  highest_forgotten_ = *(first_kept - 1);
  forgot_ = true;
  ids_.erase(ids_.begin(), first_kept);
}

}  // namespace ledgram::mtproto
