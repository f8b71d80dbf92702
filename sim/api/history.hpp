#pragma once

/// Which messages a page of history holds: the window arithmetic of messages.getHistory and messages.search
/// (core.telegram.org/api/offsets; H1 to H4 and H7 of protocol.md).

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace ledgram::sim {

/// Parameters as the client sent them.
struct HistoryQuery {
  std::int32_t offset_id = 0;
  std::int32_t offset_date = 0;
  std::int32_t add_offset = 0;
  std::int32_t limit = 0;
  std::int32_t max_id = 0;
  std::int32_t min_id = 0;
};

struct HistoryPage {
  std::vector<std::int32_t> ids;     ///< newest first
  std::int32_t offset_position = 0;  ///< how many messages are newer than the first one after the offset
};

/// The page of a chat whose messages have `ids`, ascending. `date_of` gives unix seconds of an id and is asked only
/// if the query has a date and no id.
///
/// Counting from the newest message, the window begins at the first message older than the offset, moved by add_offset,
/// and has `limit` places; places before the newest message stay empty. min_id and max_id, both exclusive, cut what the
/// window holds and do not move it.
HistoryPage history_page(std::span<const std::int32_t> ids, const HistoryQuery& query,
                         const std::function<std::int32_t(std::int32_t)>& date_of);

/// What a client may send as `hash` to be told that nothing changed (core.telegram.org/api/offsets#hash-generation).
std::int64_t history_hash(std::span<const std::int32_t> ids);

}  // namespace ledgram::sim
