#pragma once

/// Decides which page of a channel's history to ask for next, and what each answer proves. Sans-IO: ids go in, requests
/// come out (core.telegram.org/api/offsets, core.telegram.org/method/messages.getHistory).
///
/// It walks from the newest message to number 1 and jumps over what is known, so back-fill, filling holes and asking
/// for what is new are one and the same walk. What a page proves is a range of numbers: those in it have a message in
/// the page or have none. Pages may be short, ids have gaps, new messages arrive while it walks; none of that matters,
/// since positions are message numbers and the end is an empty page or number 1, never a short page.

#include "ledgram/ledger/id_ranges.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace ledgram::collect {

/// The variable part of messages.getHistory; offset_date, max_id, min_id and hash are 0.
struct HistoryRequest {
  std::int32_t offset_id{};   ///< messages below this number; 0: from the newest on
  std::int32_t add_offset{};  ///< always 0: positions by count shift when messages come and go
  std::int32_t limit{};

  friend bool operator==(const HistoryRequest&, const HistoryRequest&) = default;
};

enum class WalkState : std::uint8_t {
  Walking,   ///< next() has a request
  Complete,  ///< every number up to the newest is known
  Stuck,     ///< the server twice sent no message below the offset, yet not an empty page
};

class HistoryWalker {
 public:
  /// Telegram's upper limit for getHistory.
  static constexpr std::int32_t kPageSize = 100;

  /// `known`: what the ledger has. `newest_known`: the highest number ever seen in the channel, 0 if none; if the page
  /// of the newest messages ends below it, the numbers above are known to be gone.
  HistoryWalker(ledger::IdRangeSet known, std::int32_t newest_known);

  /// What to ask for; the same until accept(). Nothing unless Walking.
  [[nodiscard]] std::optional<HistoryRequest> next() const;

  /// Takes the message numbers of the answer to next(), messageEmpty included, in any order. Returns the range that is
  /// complete once the page's messages are stored; empty if the page proves nothing.
  ledger::IdRange accept(std::span<const std::int32_t> ids);

  [[nodiscard]] WalkState state() const { return state_; }

  /// What is complete once all accepted pages are stored.
  [[nodiscard]] const ledger::IdRangeSet& known() const { return known_; }

  /// Highest number seen, before or in this walk; 0 if the channel is empty.
  [[nodiscard]] std::int32_t newest_id() const { return newest_; }

  /// How many numbers below the walk's position are not yet known; an upper bound of the messages to come.
  [[nodiscard]] std::int64_t remaining_ids() const;

 private:
  ledger::IdRangeSet known_;
  std::int32_t newest_;
  std::int32_t offset_id_ = 0;  ///< 0 before the first page, then the bottom of what is complete from the top on
  WalkState state_ = WalkState::Walking;
  bool retrying_ = false;  ///< the last page made no progress
};

}  // namespace ledgram::collect
