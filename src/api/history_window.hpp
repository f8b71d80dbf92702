#pragma once

/// Pages of a chat's history in either direction: what messages.getHistory is asked, and what of its answer belongs to
/// the list (core.telegram.org/api/offsets). Pure. For the inside of this floor.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ledgram::api {

enum class HistoryOrder : std::uint8_t { NewestFirst, OldestFirst };

/// Which messages a list is of, and how far it was read. Times are unix seconds.
struct HistoryRange {
  HistoryOrder order = HistoryOrder::NewestFirst;
  std::optional<std::int64_t> after{};   ///< higher numbers only
  std::optional<std::int64_t> before{};  ///< lower numbers only
  std::optional<std::int64_t> since{};   ///< of this moment and later
  std::optional<std::int64_t> until{};   ///< before this moment
  std::optional<std::int64_t> place{};   ///< the last number that the page before this one has looked at
};

/// The parameters of messages.getHistory.
struct HistoryOffset {
  std::int32_t id = 0;
  std::int32_t date = 0;
  std::int32_t add = 0;

  friend bool operator==(const HistoryOffset&, const HistoryOffset&) = default;
};

/// Nothing: no message can be in the list, and Telegram need not be asked.
std::optional<HistoryOffset> history_offset(const HistoryRange& range, std::int32_t limit);

/// A message of an answer.
struct HistoryEntry {
  std::int32_t number = 0;
  std::optional<std::int64_t> date{};  ///< nothing: a number without a message
};

/// What an answer means for the list.
struct HistoryCut {
  std::vector<std::size_t> items;       ///< places in the answer, in the order of the list
  std::optional<std::int32_t> place{};  ///< where the next page goes on; nothing: this was the last one
};

/// Fewer messages than were asked for are no end, since a page may have lost some: the end is an answer that leads no
/// further, or one that has reached the far bound of the range. Dates rise with the numbers.
HistoryCut cut_history(const HistoryRange& range, std::span<const HistoryEntry> answer);

}  // namespace ledgram::api
