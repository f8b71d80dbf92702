#include "ledgram/mtproto/ack_queue.hpp"

#include "ledgram/mtproto/session_testing.hpp"

namespace ledgram::mtproto {
namespace {

using std::chrono::seconds;
using testing::HandClock;

TEST(AckQueue, IsDueAfterTheDelayOfTheOldest) {
  HandClock clock;
  AckQueue queue(seconds(10), 64);
  EXPECT_FALSE(queue.deadline());
  queue.add(MsgId(1), clock.now);
  const nanoseconds deadline = clock.now.monotonic + seconds(10);
  clock.pass(seconds(9));
  queue.add(MsgId(3), clock.now);
  EXPECT_EQ(queue.deadline(), deadline) << "a stream of messages must not put the timer off";
  EXPECT_FALSE(queue.due(clock.now));
  clock.pass(seconds(1));
  EXPECT_TRUE(queue.due(clock.now));
  EXPECT_EQ(queue.take(clock.now), (std::vector<MsgId>{MsgId(1), MsgId(3)}));
  EXPECT_FALSE(queue.due(clock.now));
  EXPECT_TRUE(queue.empty());
}

TEST(AckQueue, ManyDoNotWait) {
  HandClock clock;
  AckQueue queue(seconds(10), 64);
  for (int i = 0; i < 63; ++i)
    queue.add(MsgId(i), clock.now);
  EXPECT_FALSE(queue.due(clock.now));
  queue.add(MsgId(63), clock.now);
  EXPECT_TRUE(queue.due(clock.now));
}

TEST(AckQueue, OneMessageHoldsAtMost8192) {
  HandClock clock;
  AckQueue queue(seconds(10), 64);
  for (int i = 0; i < 10'000; ++i)
    queue.add(MsgId(i), clock.now);
  EXPECT_EQ(queue.take(clock.now).size(), 8192U);
  EXPECT_TRUE(queue.due(clock.now));
  EXPECT_EQ(queue.take(clock.now).size(), 10'000U - 8192U);
}

TEST(AckQueue, RestoredAndRemoved) {
  HandClock clock;
  AckQueue queue(seconds(10), 64);
  queue.add(MsgId(1), clock.now);
  const std::vector<MsgId> lost = queue.take(clock.now);
  clock.pass(seconds(5));
  queue.restore(lost, clock.now);
  queue.add(MsgId(5), clock.now);
  EXPECT_EQ(queue.deadline(), clock.now.monotonic + seconds(10));
  queue.remove(MsgId(1));
  EXPECT_EQ(queue.take(clock.now), std::vector<MsgId>{MsgId(5)});
}

}  // namespace
}  // namespace ledgram::mtproto
