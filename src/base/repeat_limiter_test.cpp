#include "ledgram/base/repeat_limiter.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace ledgram::log {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using Verdict = RepeatLimiter::Verdict;

RepeatKey key(std::string message) {
  return {"follow", std::move(message)};
}

struct RepeatLimiterTest : testing::Test {
  Verdict take(const RepeatKey& what, Level level = Level::Warning) { return limiter.take(what, level, now); }

  RepeatLimiter limiter;
  nanoseconds now = minutes(7);
};

TEST_F(RepeatLimiterTest, TheFirstOfEachKeyIsShownAndTheRestIsCounted) {
  EXPECT_EQ(take(key("a")), Verdict::Show);
  EXPECT_EQ(limiter.deadline(), std::nullopt);
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(take(key("a")), Verdict::Hold);
  // Another message, another module: each is another key.
  EXPECT_EQ(take(key("b")), Verdict::Show);
  EXPECT_EQ(take({"search", "a"}), Verdict::Show);
  EXPECT_EQ(limiter.totals().shown, 3U);
  EXPECT_EQ(limiter.totals().held, 5U);
}

TEST_F(RepeatLimiterTest, ASummaryComesHalfAMinuteAfterTheFirstThatWasHeldBack) {
  take(key("a"));
  take(key("b"));
  now += seconds(10);
  take(key("a"));
  now += seconds(5);
  take(key("b"), Level::Error);
  take(key("b"));
  EXPECT_EQ(limiter.deadline(), minutes(7) + seconds(40));
  now = minutes(7) + seconds(40) - nanoseconds(1);
  EXPECT_FALSE(limiter.take_summary(now));
  now += nanoseconds(1);
  const auto summary = limiter.take_summary(now);
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->over, seconds(30));
  ASSERT_EQ(summary->held.size(), 2U);
  EXPECT_EQ(summary->held[0].key, key("b"));
  EXPECT_EQ(summary->held[0].count, 2U);
  EXPECT_EQ(summary->held[0].level, Level::Error);
  EXPECT_EQ(summary->held[1].key, key("a"));
  EXPECT_EQ(summary->held[1].count, 1U);
  EXPECT_EQ(summary->held[1].level, Level::Warning);
  // It counts from zero again, and the key is still known.
  EXPECT_EQ(limiter.deadline(), std::nullopt);
  EXPECT_EQ(take(key("a")), Verdict::Hold);
  EXPECT_EQ(limiter.take_summary(now + seconds(30)).value().held.at(0).count, 1U);
}

TEST_F(RepeatLimiterTest, AKeyThatWasQuietIsNewAgain) {
  take(key("a"));
  now += minutes(10) - nanoseconds(1);
  EXPECT_EQ(take(key("a")), Verdict::Hold);
  now += minutes(10);
  EXPECT_EQ(take(key("a")), Verdict::Show);
}

TEST_F(RepeatLimiterTest, TheNumberOfKeysIsBoundedAndNothingIsUncounted) {
  limiter = RepeatLimiter({.keys = 3});
  take(key("a"));
  take(key("a"));
  take(key("b"));
  take(key("c"));
  take(key("a"));                            // now b is the one longest unseen
  EXPECT_EQ(take(key("d")), Verdict::Show);  // b is forgotten
  EXPECT_EQ(take(key("b")), Verdict::Show);  // and c
  EXPECT_EQ(take(key("e")), Verdict::Show);  // and a, with two that were held back
  const auto summary = limiter.finish(now);
  ASSERT_TRUE(summary);
  EXPECT_TRUE(summary->held.empty());
  EXPECT_EQ(summary->forgotten, 2U);
  EXPECT_FALSE(limiter.finish(now));
}

TEST_F(RepeatLimiterTest, WhateverComesEachLineIsShownOrCountedAndNoNewKeyIsHeldBack) {
  constexpr unsigned kSeed = 20260131;
  std::mt19937 random(kSeed);
  limiter = RepeatLimiter({.keys = 20});
  std::map<RepeatKey, bool> seen;
  std::uint64_t taken = 0;
  std::uint64_t shown = 0;
  std::uint64_t counted = 0;
  std::optional<nanoseconds> last_summary;
  const auto count = [&](const std::optional<RepeatLimiter::Summary>& summary) {
    if (!summary)
      return;
    counted += summary->forgotten;
    for (const RepeatLimiter::Held& held : summary->held)
      counted += held.count;
  };
  for (int i = 0; i < 20000; ++i) {
    now += std::chrono::milliseconds(random() % 200);
    const RepeatKey what = key(std::to_string(random() % 30));
    const Verdict verdict = take(what);
    ++taken;
    shown += verdict == Verdict::Show ? 1U : 0U;
    if (!std::exchange(seen[what], true)) {
      ASSERT_EQ(verdict, Verdict::Show) << "seed " << kSeed << ", step " << i;
    }
    if (const auto summary = limiter.take_summary(now)) {
      if (last_summary) {
        ASSERT_GE(now - *last_summary, seconds(30)) << "seed " << kSeed << ", step " << i;
      }
      last_summary = now;
      count(summary);
    }
  }
  count(limiter.finish(now));
  EXPECT_EQ(shown + counted, taken) << "seed " << kSeed;
  EXPECT_EQ(limiter.totals().shown, shown);
  EXPECT_EQ(limiter.totals().held, counted);
}

}  // namespace
}  // namespace ledgram::log
