#include "ledgram/sim_api/history.hpp"

#include "ledgram/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace ledgram::sim {
namespace {

std::int32_t date_of(std::int32_t id) {
  return 1000 + id * 10;
}

/// The documentation's words, one message at a time (core.telegram.org/api/offsets).
std::vector<std::int32_t> model(const std::vector<std::int32_t>& ids, const HistoryQuery& query) {
  std::vector<std::int32_t> newest_first(ids.rbegin(), ids.rend());
  std::int64_t begin = 0;
  for (const auto id : newest_first) {
    const bool not_older =
        query.offset_id > 0 ? id >= query.offset_id : (query.offset_date > 0 && date_of(id) >= query.offset_date);
    if (not_older)
      ++begin;
  }
  begin += query.add_offset;
  const std::int64_t limit = query.limit <= 0 ? 20 : std::min(query.limit, 100);
  std::vector<std::int32_t> page;
  for (std::int64_t place = begin; place < begin + limit; ++place) {
    if (place < 0 || place >= static_cast<std::int64_t>(newest_first.size()))
      continue;
    const auto id = newest_first[static_cast<std::size_t>(place)];
    if (query.max_id > 0 && id >= query.max_id)
      continue;
    if (query.min_id > 0 && id <= query.min_id)
      continue;
    page.push_back(id);
  }
  return page;
}

struct Case {
  const char* what;
  HistoryQuery query;
  std::vector<std::int32_t> ids;
};

class HistoryPages : public testing::TestWithParam<Case> {};

TEST_P(HistoryPages, HoldTheRightMessages) {
  const std::vector<std::int32_t> ids{1, 2, 3, 5, 8, 9, 10};
  EXPECT_EQ(history_page(ids, GetParam().query, date_of).ids, GetParam().ids) << GetParam().what;
}

INSTANTIATE_TEST_SUITE_P(
    Documentation, HistoryPages,
    testing::Values(Case{"newest", {.limit = 3}, {10, 9, 8}},
                    Case{"older, offset excluded", {.offset_id = 8, .limit = 3}, {5, 3, 2}},
                    Case{"offset of a gap", {.offset_id = 7, .limit = 3}, {5, 3, 2}},
                    Case{"newer page includes the offset", {.offset_id = 3, .add_offset = -3, .limit = 3}, {8, 5, 3}},
                    Case{"around", {.offset_id = 5, .add_offset = -2, .limit = 4}, {8, 5, 3, 2}},
                    Case{"beyond the newest", {.offset_id = 10, .add_offset = -3, .limit = 4}, {10, 9}},
                    Case{"nothing is newer", {.offset_id = 0, .add_offset = -3, .limit = 3}, {}},
                    Case{"the end", {.offset_id = 3, .limit = 100}, {2, 1}},
                    Case{"past the end", {.offset_id = 1, .limit = 100}, {}},
                    Case{"skipped", {.add_offset = 2, .limit = 2}, {8, 5}},
                    Case{"by date, exclusive", {.offset_date = 1080, .limit = 2}, {5, 3}},
                    Case{"by date, between", {.offset_date = 1081, .limit = 2}, {8, 5}},
                    Case{"an id wins over a date", {.offset_id = 3, .offset_date = 1080, .limit = 1}, {2}},
                    Case{"min_id cuts, exclusive", {.limit = 5, .min_id = 5}, {10, 9, 8}},
                    Case{"max_id cuts after the slice", {.limit = 3, .max_id = 9}, {8}},
                    Case{"both", {.limit = 100, .max_id = 9, .min_id = 2}, {8, 5, 3}}));

TEST(History, AgreesWithTheModelOnRandomQueries) {
  const std::uint64_t seed = 31337;
  SeededRandom random(seed);
  const auto number = [&random](std::int32_t low, std::int32_t high) {
    return low + static_cast<std::int32_t>(random.below(static_cast<std::uint64_t>(high - low + 1)));
  };
  for (int round = 0; round < 5'000; ++round) {
    std::vector<std::int32_t> ids;
    const auto last = number(0, 300);
    for (std::int32_t id = 1; id <= last; ++id) {
      if (random.below(4) != 0)
        ids.push_back(id);
    }
    HistoryQuery query;
    if (random.below(3) != 0)
      query.offset_id = number(0, last + 5);
    if (random.below(3) == 0)
      query.offset_date = number(900, date_of(last) + 100);
    if (random.below(2) == 0)
      query.add_offset = number(-120, 120);
    query.limit = number(0, 130);
    if (random.below(3) == 0)
      query.max_id = number(0, last + 5);
    if (random.below(3) == 0)
      query.min_id = number(0, last + 5);
    ASSERT_EQ(history_page(ids, query, date_of).ids, model(ids, query))
        << "seed " << seed << " round " << round << ": offset_id " << query.offset_id << " offset_date "
        << query.offset_date << " add_offset " << query.add_offset << " limit " << query.limit << " max_id "
        << query.max_id << " min_id " << query.min_id;
  }
}

TEST(History, ExtremeNumbersAreHarmless) {
  const std::vector<std::int32_t> ids{1, 2, 3};
  const auto most = std::numeric_limits<std::int32_t>::max();
  const auto least = std::numeric_limits<std::int32_t>::min();
  EXPECT_TRUE(history_page(ids, {.offset_id = most, .add_offset = most, .limit = most}, date_of).ids.empty());
  EXPECT_TRUE(history_page(ids, {.offset_id = 1, .add_offset = least, .limit = most}, date_of).ids.empty());
  EXPECT_EQ(history_page(ids, {.offset_id = least, .limit = least}, date_of).ids.size(), 3U);
}

TEST(History, HashFollowsTheDocumentation) {
  EXPECT_EQ(history_hash({}), 0);
  // One id: zero stays zero through the shifts, then the id is added.
  const std::vector<std::int32_t> one{7};
  EXPECT_EQ(history_hash(one), 7);
  // Two: 7 ^ (7 >> 21) = 7; 7 ^ (7 << 35) = 240518168583; that ^ (240518168583 >> 4) = 255550554119; and 5 more.
  const std::vector<std::int32_t> two{7, 5};
  EXPECT_EQ(history_hash(two), 255550554124);
}

}  // namespace
}  // namespace ledgram::sim
