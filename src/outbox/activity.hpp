#pragma once

/// That something happened in a chat of an account: a hint to look again, for who shows chats of which nothing is
/// stored. Unlike an event it has no number, is not stored, and may tell of many changes at once.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/ledger/rows.hpp"

#include <chrono>
#include <compare>
#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::outbox {

/// What docs/events.md calls it.
inline constexpr std::string_view kActivityType = "chat.activity";

struct Activity {
  AccountId account;
  std::optional<ledger::PeerKey> chat{};  ///< nothing: any chat of the account

  friend auto operator<=>(const Activity&, const Activity&) = default;
};

/// A JSON object in one line, without the line's end.
std::string activity_json(const Activity& what);

struct ActivityLimits {
  /// After a chat was told of, it rests for so long; what happens meanwhile is told at the end of that.
  nanoseconds rest = std::chrono::milliseconds(500);
  /// Chats that rest at a time. Beyond that their accounts are told of as a whole.
  std::size_t most_chats = 256;
};

/// Makes few signals of many changes: the first of a chat at once, then one for each rest. Time comes in.
class ActivityGather {
 public:
  explicit ActivityGather(ActivityLimits limits = {}) : limits_(limits) {}

  void note(Activity what, nanoseconds now);

  /// What is to be told now.
  std::vector<Activity> take(nanoseconds now);

  /// take() would give something, however early.
  [[nodiscard]] bool is_ready() const { return !ready_.empty(); }

  /// When take() is wanted next; nothing: after the next note().
  [[nodiscard]] std::optional<nanoseconds> deadline() const;

 private:
  void tell(const Activity& what, nanoseconds now);

  ActivityLimits limits_;
  std::map<Activity, bool> resting_;                        ///< and whether something has happened since
  std::deque<std::pair<nanoseconds, Activity>> rests_end_;  ///< of all that rest, the earliest first
  std::vector<Activity> ready_;
};

}  // namespace ledgram::outbox
