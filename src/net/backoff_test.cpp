#include "ledgram/net/backoff.hpp"

#include <gtest/gtest.h>

namespace ledgram::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

BackoffPolicy without_limits() {
  BackoffPolicy policy;
  policy.first_delay = milliseconds(1000);
  policy.max_delay = seconds(60);
  policy.limits.clear();
  return policy;
}

TEST(Backoff, StartsAtOnceAndDoublesWithJitterUpToTheBound) {
  SeededRandom random(1);
  Backoff backoff(without_limits(), random);
  nanoseconds now = seconds(1000);
  EXPECT_EQ(backoff.delay(now), nanoseconds::zero());
  for (const int expected : {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
    backoff.on_attempt(now);
    backoff.on_failure(now);
    const nanoseconds delay = backoff.delay(now);
    EXPECT_LE(delay, seconds(expected));
    EXPECT_GT(delay, seconds(expected) * 3 / 4 - nanoseconds(1));
    now += delay;
    EXPECT_EQ(backoff.delay(now), nanoseconds::zero());
  }
  EXPECT_EQ(backoff.failures(), 9U);
}

TEST(Backoff, JitterDiffersBetweenClients) {
  SeededRandom one(1);
  SeededRandom two(2);
  Backoff first(without_limits(), one);
  Backoff second(without_limits(), two);
  first.on_failure(seconds(1));
  second.on_failure(seconds(1));
  EXPECT_NE(first.delay(seconds(1)), second.delay(seconds(1)));
}

TEST(Backoff, OnlyAUsefulAnswerResetsTheDelay) {
  SeededRandom random(3);
  Backoff backoff(without_limits(), random);
  for (int i = 0; i < 5; ++i) {
    backoff.on_attempt(seconds(100));
    backoff.on_failure(seconds(100));
  }
  backoff.on_attempt(seconds(200));  // a connection that brought nothing
  backoff.on_failure(seconds(200));
  EXPECT_GT(backoff.delay(seconds(200)), seconds(20));
  backoff.on_useful_answer();
  EXPECT_EQ(backoff.delay(seconds(200)), nanoseconds::zero());
  backoff.on_failure(seconds(200));
  EXPECT_LE(backoff.delay(seconds(200)), seconds(1));
}

TEST(Backoff, AttemptsPerTimeAreLimitedEvenIfEachSucceeds) {
  SeededRandom random(4);
  Backoff backoff(BackoffPolicy{}, random);
  nanoseconds now = seconds(1000);
  std::vector<nanoseconds> attempts;
  while (attempts.size() < 60) {
    now += backoff.delay(now);
    ASSERT_EQ(backoff.delay(now), nanoseconds::zero());
    backoff.on_attempt(now);
    backoff.on_useful_answer();
    attempts.push_back(now);
  }
  for (const AttemptLimit& limit : BackoffPolicy{}.limits) {
    for (std::size_t i = limit.attempts; i < attempts.size(); ++i) {
      EXPECT_GE(attempts[i] - attempts[i - limit.attempts], limit.window) << "attempt " << i;
    }
  }
  // The limits bind and do not overshoot: twelve a minute is what is left in the long run.
  EXPECT_LE(attempts.back() - attempts.front(), seconds(5 * 60));
}

TEST(Backoff, TooManyConnectionsWaitsLongerAndGrows) {
  SeededRandom random(5);
  Backoff backoff(without_limits(), random);
  backoff.on_failure(seconds(10), Backoff::Reason::TooManyConnections);
  const nanoseconds first = backoff.delay(seconds(10));
  EXPECT_GT(first, milliseconds(3749));
  EXPECT_LE(first, seconds(5));
  backoff.on_failure(seconds(20), Backoff::Reason::TooManyConnections);
  EXPECT_GT(backoff.delay(seconds(20)), first);
}

}  // namespace
}  // namespace ledgram::net
