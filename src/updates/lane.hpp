#pragma once

/// One numbered sequence of updates: common pts, qts, seq, or the pts of a channel. All follow the same rule (U2).

#include "ledgram/updates/api_handles.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace ledgram::updates {

/// Why an update cannot be applied although its turn has come.
enum class Need : std::uint8_t {
  Nothing,
  Peers,    ///< it names somebody that nobody has introduced; after a difference it is applied all the same
  Content,  ///< only its number is known (updateShortSentMessage); the difference brings the rest
};

/// One update with its place in a lane. For the lane of seq: what is left of a container when its numbered updates went
/// to their own lanes.
struct LaneItem {
  std::int32_t number = 0;  ///< the lane's value after it
  std::int32_t count = 0;   ///< the steps that it takes
  Need need = Need::Nothing;
  std::int32_t date = 0;                 ///< of the container; lane of seq only
  tl::api::Update update;                ///< empty if only the number counts
  std::vector<tl::api::Update> updates;  ///< lane of seq only
  std::size_t bytes = 0;                 ///< on the wire; filled in when it is kept

  /// The lane's value before it. Wide, since a peer can send any numbers.
  [[nodiscard]] std::int64_t start() const { return std::int64_t{number} - count; }
};

/// Updates that wait for something before them, by start. At the same start what takes no step goes first.
class KeptItems {
 public:
  void add(LaneItem item) {
    bytes_ += item.bytes;
    const std::pair key(item.start(), item.number);
    items_.emplace(key, std::move(item));
  }

  /// An item with the same place is kept and complete. Several items can share a place if they take no step.
  [[nodiscard]] bool has(const LaneItem& item) const {
    const auto [first, last] = items_.equal_range({item.start(), item.number});
    return item.count != 0 &&
           std::any_of(first, last, [](const auto& kept) { return kept.second.need == Need::Nothing; });
  }

  [[nodiscard]] bool empty() const { return items_.empty(); }
  [[nodiscard]] std::size_t size() const { return items_.size(); }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

  /// There must be one.
  [[nodiscard]] const LaneItem& front() const { return items_.begin()->second; }

  LaneItem pop() {
    LaneItem item = std::move(items_.begin()->second);
    items_.erase(items_.begin());
    bytes_ -= item.bytes;
    return item;
  }

  /// Nobody waits for introductions any longer.
  void forget_missing_peers() {
    for (auto& [key, item] : items_) {
      if (item.need == Need::Peers)
        item.need = Need::Nothing;
    }
  }

 private:
  std::multimap<std::pair<std::int64_t, std::int32_t>, LaneItem> items_;
  std::size_t bytes_ = 0;
};

enum class LaneKind : std::uint8_t { Pts, Qts, Seq, Channel };

/// What U2 says of an item.
enum class Verdict : std::uint8_t {
  Apply,
  Covered,  ///< its effect is there already
  Ahead,    ///< something before it is missing
  Overlap,  ///< a part of it is there: no item that fits, so the difference must tell
};

struct Lane {
  explicit Lane(LaneKind which) : kind(which) {}

  LaneKind kind;
  bool known = false;
  std::int32_t value = 0;
  /// The server said that there is something up to here.
  std::int32_t seen = 0;
  /// The same, but only worth one question (updateReadChannelInbox).
  std::int32_t hint = 0;
  KeptItems kept;
  /// Differences in a row that did not fill the gap, and the value after the last of them.
  unsigned fruitless = 0;
  std::int32_t value_after_difference = -1;
  /// The value moved since the lane was last settled.
  bool moved = false;
  bool gap_timer_set = false;

  [[nodiscard]] Verdict judge(const LaneItem& item) const {
    if (item.number < value || (item.number == value && item.count != 0))
      return Verdict::Covered;
    if (item.start() == value)
      return Verdict::Apply;
    return item.start() > value ? Verdict::Ahead : Verdict::Overlap;
  }

  /// Something is known to be missing.
  [[nodiscard]] bool ahead() const { return known && (!kept.empty() || seen > value); }

  /// The turn of the first kept item has come, but it cannot be applied.
  [[nodiscard]] bool blocked() const {
    return !kept.empty() && kept.front().need != Need::Nothing && judge(kept.front()) == Verdict::Apply;
  }

  void set(std::int32_t to) {
    moved = moved || value != to || !known;
    known = true;
    value = to;
  }
};

}  // namespace ledgram::updates
