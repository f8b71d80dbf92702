#include "ledgram/follow/progress_book.hpp"

#include <gtest/gtest.h>

namespace ledgram::follow {
namespace {

using std::chrono::seconds;

struct HandSetClock final : Clock {
  [[nodiscard]] Instant now() const override { return at; }
  Instant at{seconds(100), seconds(1'700'000'000)};
};

collect::Progress page(std::int64_t added) {
  collect::Progress progress;
  progress.posts_added = added;
  progress.pages = added / 100;
  progress.stored = 1000 + added;
  progress.total = 5000;
  progress.remaining_ids = 4000 - added;
  return progress;
}

constexpr ChannelId kChannel{7};

TEST(ProgressBook, TellsHowFarARunIsAndHowFast) {
  HandSetClock clock;
  ProgressBook book(clock);
  EXPECT_FALSE(book.find(kChannel));
  book.begin(kChannel);
  clock.at = clock.at.after(seconds(4));
  book.on_page(kChannel, page(200));
  const auto running = book.find(kChannel);
  ASSERT_TRUE(running);
  EXPECT_EQ(running->running, 1U);
  EXPECT_EQ(running->posts_added, 200);
  EXPECT_EQ(running->stored, 1200);
  EXPECT_EQ(running->remaining_ids, 3800);
  EXPECT_DOUBLE_EQ(running->posts_per_second(), 50);
  EXPECT_EQ(running->ended, nanoseconds(0));

  book.end(kChannel, {});
  clock.at = clock.at.after(seconds(100));
  const auto ended = book.find(kChannel);
  ASSERT_TRUE(ended);
  EXPECT_EQ(ended->running, 0U);
  EXPECT_DOUBLE_EQ(ended->posts_per_second(), 50) << "the time after the end does not count";
  EXPECT_EQ(ended->ended, seconds(1'700'000'004));
  EXPECT_EQ(ended->problem, "");
}

TEST(ProgressBook, ARunBegunBesideAnotherEndsWithTheLast) {
  HandSetClock clock;
  ProgressBook book(clock);
  book.begin(kChannel);
  book.begin(kChannel);
  book.end(kChannel, {});
  EXPECT_EQ(book.find(kChannel)->running, 1U);
  book.end(kChannel, "it was broken off");
  EXPECT_EQ(book.find(kChannel)->running, 0U);
  EXPECT_EQ(book.find(kChannel)->problem, "it was broken off");
}

TEST(ProgressBook, TheNextRunCountsItsOwnPosts) {
  HandSetClock clock;
  ProgressBook book(clock);
  book.begin(kChannel);
  book.on_page(kChannel, page(300));
  book.end(kChannel, "no connection");
  book.begin(kChannel);
  const auto again = book.find(kChannel);
  EXPECT_EQ(again->posts_added, 0);
  EXPECT_EQ(again->problem, "");
  EXPECT_EQ(again->stored, 1300) << "what is known of the channel stays";
}

TEST(ProgressBook, TellsUntilWhenTelegramWantsAPause) {
  HandSetClock clock;
  ProgressBook book(clock);
  int told = 0;
  book.when_waiting([&told](ChannelId channel) {
    EXPECT_EQ(channel, kChannel);
    ++told;
  });
  book.on_flood_wait(kChannel, seconds(30));
  EXPECT_EQ(told, 0) << "nothing of this channel runs";
  book.begin(kChannel);
  book.on_flood_wait(kChannel, seconds(30));
  EXPECT_EQ(told, 1);
  EXPECT_EQ(book.find(kChannel)->waits_until, seconds(1'700'000'030));
  clock.at = clock.at.after(seconds(29));
  EXPECT_EQ(book.find(kChannel)->waits_until, seconds(1'700'000'030));
  clock.at = clock.at.after(seconds(1));
  EXPECT_EQ(book.find(kChannel)->waits_until, nanoseconds(0)) << "the pause is over";

  book.on_flood_wait(kChannel, seconds(30));
  book.on_page(kChannel, page(100));
  EXPECT_EQ(book.find(kChannel)->waits_until, nanoseconds(0)) << "another collection of the channel goes on";
  book.on_flood_wait(kChannel, seconds(30));
  book.end(kChannel, "it was broken off");
  EXPECT_EQ(book.find(kChannel)->waits_until, nanoseconds(0)) << "nothing waits any more";
}

}  // namespace
}  // namespace ledgram::follow
