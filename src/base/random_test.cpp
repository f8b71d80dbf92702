#include "ledgram/base/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ledgram {
namespace {

// First output of SplitMix64 for seed 1234567, from the reference values published with the algorithm.
TEST(SeededRandom, MatchesSplitMix64) {
  SeededRandom random(1234567);
  EXPECT_EQ(random.next_u64(), 6457827717110365317U);
  EXPECT_EQ(random.next_u64(), 3203168211198807973U);
}

TEST(SeededRandom, BelowReachesEveryResultAndNoOther) {
  SeededRandom random(7);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 200; ++i)
    seen.insert(random.below(5));
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4}));
}

TEST(SeededRandom, FillsOddSizes) {
  SeededRandom random(9);
  EXPECT_EQ(random.bytes(13).size(), 13U);
}

}  // namespace
}  // namespace ledgram
