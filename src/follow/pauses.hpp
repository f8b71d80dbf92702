#pragma once

/// How long whoever reads history waits after a failure that says nothing of the chat.

#include <algorithm>
#include <chrono>

namespace ledgram::follow {

/// 5 s, doubled with each failure in a row up to ten minutes.
inline std::chrono::seconds pause_after(int failures) {
  constexpr std::chrono::seconds kFirstPause{5};
  constexpr std::chrono::seconds kLongestPause{600};
  constexpr int kMostDoublings = 8;
  return std::min<std::chrono::seconds>(kFirstPause * (1 << std::min(failures, kMostDoublings)), kLongestPause);
}

}  // namespace ledgram::follow
