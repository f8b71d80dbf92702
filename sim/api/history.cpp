#include "ledgram/sim_api/history.hpp"

#include <algorithm>

namespace ledgram::sim {

namespace {

constexpr std::int64_t kLargestPage = 100;
constexpr std::int64_t kUsualPage = 20;

/// How many messages are not older than the offset.
std::int64_t offset_position(std::span<const std::int32_t> ids, const HistoryQuery& query,
                             const std::function<std::int32_t(std::int32_t)>& date_of) {
  const auto total = static_cast<std::int64_t>(ids.size());
  if (query.offset_id > 0)
    return total - (std::ranges::lower_bound(ids, query.offset_id) - ids.begin());
  if (query.offset_date <= 0)
    return 0;
  // Dates need not rise with the ids, so this walks from the newest until one is old enough.
  std::int64_t position = 0;
  while (position < total && date_of(ids[static_cast<std::size_t>(total - 1 - position)]) >= query.offset_date)
    ++position;
  return position;
}

}  // namespace

HistoryPage history_page(std::span<const std::int32_t> ids, const HistoryQuery& query,
                         const std::function<std::int32_t(std::int32_t)>& date_of) {
  const auto total = static_cast<std::int64_t>(ids.size());
  const std::int64_t limit = query.limit <= 0 ? kUsualPage : std::min<std::int64_t>(query.limit, kLargestPage);
  HistoryPage page;
  const std::int64_t position = offset_position(ids, query, date_of);
  page.offset_position = static_cast<std::int32_t>(position);
  const std::int64_t begin = position + query.add_offset;
  const std::int64_t end = std::min(begin + limit, total);
  for (std::int64_t place = std::max<std::int64_t>(begin, 0); place < end; ++place) {
    const auto id = ids[static_cast<std::size_t>(total - 1 - place)];
    if (query.max_id > 0 && id >= query.max_id)
      continue;
    if (query.min_id > 0 && id <= query.min_id)
      break;
    page.ids.push_back(id);
  }
  return page;
}

std::int64_t history_hash(std::span<const std::int32_t> ids) {
  std::uint64_t hash = 0;
  for (const auto id : ids) {
    hash ^= hash >> 21U;
    hash ^= hash << 35U;
    hash ^= hash >> 4U;
    hash += static_cast<std::uint64_t>(id);
  }
  return static_cast<std::int64_t>(hash);
}

}  // namespace ledgram::sim
