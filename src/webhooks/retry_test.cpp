#include "ledgram/webhooks/retry.hpp"

#include <gtest/gtest.h>

namespace ledgram::webhooks {
namespace {

using namespace std::chrono_literals;

class RetryTest : public testing::Test {
 protected:
  std::optional<nanoseconds> delay(const FailedAttempt& attempt) { return next_delay(policy_, attempt, random_); }

  /// Whether the delay is the wanted one, less a quarter at most.
  void expect_about(const FailedAttempt& attempt, nanoseconds wanted) {
    for (int i = 0; i < 100; ++i) {
      const auto got = delay(attempt);
      ASSERT_TRUE(got);
      EXPECT_LE(*got, wanted);
      EXPECT_GT(*got, wanted - wanted / 4);
    }
  }

  RetryPolicy policy_;
  SeededRandom random_{3};
};

TEST_F(RetryTest, DoublesUpToTheLongest) {
  expect_about({.failures = 1}, 5s);
  expect_about({.failures = 2}, 10s);
  expect_about({.failures = 3}, 20s);
  expect_about({.failures = 10}, 2560s);
  expect_about({.failures = 11}, 1h);
  expect_about({.failures = 1'000'000}, 1h);
}

TEST_F(RetryTest, SpreadsWhatFailsTogether) {
  const auto first = delay({.failures = 5});
  int differing = 0;
  for (int i = 0; i < 20; ++i)
    differing += delay({.failures = 5}) != first ? 1 : 0;
  EXPECT_GT(differing, 15);
}

TEST_F(RetryTest, GivesUpAfterDays) {
  EXPECT_TRUE(delay({.failures = 70, .failing_for = 72h - 1ns}));
  EXPECT_FALSE(delay({.failures = 70, .failing_for = 72h}));
}

TEST_F(RetryTest, WaitsAsLongAsTheReceiverAsksForWithinBounds) {
  EXPECT_EQ(delay({.failures = 1, .status = 429, .asked_wait = 90s}), 90s);
  EXPECT_EQ(delay({.failures = 1, .status = 503, .asked_wait = 48h}), 1h);
  expect_about({.failures = 3, .status = 503, .asked_wait = 1s}, 20s);
}

TEST_F(RetryTest, AReceiverThatIsGoneIsGivenUpAtOnce) {
  EXPECT_FALSE(delay({.failures = 1, .status = 410}));
  EXPECT_TRUE(delay({.failures = 1, .status = 404}));
}

}  // namespace
}  // namespace ledgram::webhooks
