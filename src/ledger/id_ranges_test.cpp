#include "ledgram/ledger/id_ranges.hpp"

#include "ledgram/base/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bitset>
#include <limits>
#include <vector>

namespace ledgram::ledger {
namespace {

using Ranges = std::vector<IdRange>;

Ranges list(const IdRangeSet& set) {
  return {set.ranges().begin(), set.ranges().end()};
}

TEST(IdRangeSet, StartsEmpty) {
  const IdRangeSet set;
  EXPECT_TRUE(set.empty());
  EXPECT_EQ(set.size(), 0);
  EXPECT_EQ(set.highest(), std::nullopt);
  EXPECT_EQ(set.holes({1, 10}), (Ranges{{1, 10}}));
}

TEST(IdRangeSet, JoinsRangesThatTouch) {
  IdRangeSet set;
  set.add({1, 3});
  set.add({7, 9});
  EXPECT_EQ(set.add({4, 6}), (IdRange{1, 9}));
  EXPECT_EQ(list(set), (Ranges{{1, 9}}));
}

TEST(IdRangeSet, KeepsRangesApartThatDoNotTouch) {
  IdRangeSet set;
  set.add({7, 9});
  set.add({1, 5});
  EXPECT_EQ(list(set), (Ranges{{1, 5}, {7, 9}}));
  EXPECT_EQ(set.holes({1, 12}), (Ranges{{6, 6}, {10, 12}}));
}

TEST(IdRangeSet, SwallowsManyRangesAtOnce) {
  IdRangeSet set;
  for (std::int32_t id = 10; id < 100; id += 10)
    set.add({id, id + 1});
  EXPECT_EQ(set.add({15, 75}), (IdRange{15, 75}));
  EXPECT_EQ(list(set), (Ranges{{10, 11}, {15, 75}, {80, 81}, {90, 91}}));
}

TEST(IdRangeSet, IgnoresAnEmptyRange) {
  IdRangeSet set;
  set.add({5, 4});
  EXPECT_TRUE(set.empty());
}

TEST(IdRangeSet, FindsTheRangeBelow) {
  const std::array ranges{IdRange{1, 3}, IdRange{10, 20}};
  const IdRangeSet set(ranges);
  EXPECT_EQ(set.find_below(1), std::nullopt);
  EXPECT_EQ(set.find_below(4), (IdRange{1, 3}));
  EXPECT_EQ(set.find_below(15), (IdRange{1, 3}));
  EXPECT_EQ(set.find_below(21), (IdRange{10, 20}));
  EXPECT_EQ(set.find(15), (IdRange{10, 20}));
  EXPECT_EQ(set.find(4), std::nullopt);
}

TEST(IdRangeSet, HoldsTheWholeRangeOfTheType) {
  constexpr auto kMin = std::numeric_limits<std::int32_t>::min();
  constexpr auto kMax = std::numeric_limits<std::int32_t>::max();
  IdRangeSet set;
  set.add({kMax, kMax});
  set.add({kMin, kMin});
  EXPECT_EQ(set.holes({kMin, kMax}), (Ranges{{kMin + 1, kMax - 1}}));
  set.add({kMin, kMax});
  EXPECT_EQ(list(set), (Ranges{{kMin, kMax}}));
  EXPECT_EQ(set.size(), std::int64_t{1} << 32);
  set.remove({0, kMax});
  EXPECT_EQ(list(set), (Ranges{{kMin, -1}}));
  set.remove({kMin, kMax});
  EXPECT_TRUE(set.empty());
}

// Against a bitmap: whatever is added and removed in whatever order, the set says the same as one bit a number.
TEST(IdRangeSet, AgreesWithABitmap) {
  constexpr std::int32_t kSize = 120;
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    IdRangeSet set;
    std::bitset<kSize> bits;
    for (int step = 0; step < 30; ++step) {
      const auto first = static_cast<std::int32_t>(random.below(kSize));
      const auto last = std::min<std::int32_t>(kSize - 1, first - 1 + static_cast<std::int32_t>(random.below(12)));
      if (step % 4 == 3) {
        set.remove({first, last});
        for (std::int32_t id = first; id <= last; ++id)
          bits.reset(static_cast<std::size_t>(id));
        continue;
      }
      const IdRange holder = set.add({first, last});
      for (std::int32_t id = first; id <= last; ++id)
        bits.set(static_cast<std::size_t>(id));
      if (first <= last) {
        ASSERT_LE(holder.first, first);
        ASSERT_GE(holder.last, last);
      }
    }
    ASSERT_EQ(set.size(), static_cast<std::int64_t>(bits.count()));
    IdRangeSet holes(set.holes({0, kSize - 1}));
    for (std::int32_t id = 0; id < kSize; ++id) {
      ASSERT_EQ(set.contains(id), bits.test(static_cast<std::size_t>(id))) << id;
      ASSERT_NE(set.contains(id), holes.contains(id)) << id;
    }
    for (std::size_t i = 1; i < set.ranges().size(); ++i) {
      ASSERT_LT(set.ranges()[i - 1].last + 1, set.ranges()[i].first) << "ranges overlap or touch";
    }
    ASSERT_EQ(IdRangeSet(set.ranges()), set);
  }
}

}  // namespace
}  // namespace ledgram::ledger
