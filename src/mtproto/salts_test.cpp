#include "ledgram/mtproto/salt_book.hpp"
#include "ledgram/mtproto/server_salts.hpp"
#include "ledgram/mtproto/session_testing.hpp"

namespace ledgram::mtproto {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HandClock;

/// now, then (since, until, salt) for each.
Bytes future_salts(std::int32_t now, const std::vector<std::pair<std::int32_t, std::int64_t>>& salts) {
  tl::Writer writer;
  writer.i32(now);
  writer.u32(static_cast<std::uint32_t>(salts.size()));
  for (const auto& [since, salt] : salts) {
    writer.i32(since);
    writer.i32(since + 3600);
    writer.i64(salt);
  }
  return writer.take();
}

TEST(SaltBook, ChangesToAnnouncedSaltsInTime) {
  SaltBook book(Salt(1));
  EXPECT_TRUE(book.wants_more());
  book.read_future_salts(future_salts(1000, {{4600, 3}, {900, 1}, {2800, 2}}));
  EXPECT_FALSE(book.wants_more());
  EXPECT_EQ(book.at(seconds(1000)), Salt(1));
  EXPECT_EQ(book.at(seconds(2801)), Salt(1)) << "a clock that is a little ahead must not use it too early";
  EXPECT_EQ(book.at(seconds(2900)), Salt(2));
  EXPECT_EQ(book.at(seconds(2000)), Salt(2)) << "never back";
  EXPECT_EQ(book.at(seconds(9000)), Salt(3));
  EXPECT_TRUE(book.wants_more());
}

TEST(SaltBook, ACorrectionForgetsWhatWasAnnounced) {
  SaltBook book(Salt(1));
  book.read_future_salts(future_salts(1000, {{2800, 2}}));
  book.replace(Salt(9));
  EXPECT_EQ(book.at(seconds(5000)), Salt(9));
}

TEST(SaltBook, UnreadableAnnouncementsChangeNothing) {
  SaltBook book(Salt(1));
  Bytes bytes = future_salts(1000, {{2800, 2}, {4600, 3}});
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    book.read_future_salts(ByteView(bytes).first(size));
    EXPECT_TRUE(book.wants_more()) << size;
  }
  store_le32(MutableByteView(bytes).subspan(4, 4), 0xffffffff);
  book.read_future_salts(bytes);
  EXPECT_TRUE(book.wants_more());
}

class ServerSaltsTest : public ::testing::Test {
 protected:
  HandClock clock;
  SeededRandom random{5};
  ServerSalts salts{Salt(77), clock.now, random};
};

TEST_F(ServerSaltsTest, EachIsCurrentForHalfAnHourAndValidForAnHour) {
  EXPECT_EQ(salts.current(clock.now), Salt(77));
  clock.pass(minutes(29));
  EXPECT_EQ(salts.current(clock.now), Salt(77));
  clock.pass(minutes(2));
  const Salt second = salts.current(clock.now);
  EXPECT_NE(second, Salt(77));
  EXPECT_TRUE(salts.accepts(Salt(77), clock.now));
  EXPECT_TRUE(salts.accepts(second, clock.now));
  clock.pass(minutes(30));
  EXPECT_FALSE(salts.accepts(Salt(77), clock.now));
  EXPECT_TRUE(salts.accepts(second, clock.now));
  EXPECT_FALSE(salts.accepts(Salt(78), clock.now));
}

TEST_F(ServerSaltsTest, ScheduleIsKept) {
  const auto schedule = salts.schedule(5, clock.now);
  ASSERT_EQ(schedule.size(), 5U);
  EXPECT_EQ(schedule[0].salt, Salt(77));
  for (std::size_t i = 1; i < 5; ++i) {
    EXPECT_FALSE(salts.accepts(schedule[i].salt, clock.now)) << "not yet";
    EXPECT_EQ(schedule[i].valid_since - schedule[i - 1].valid_since, minutes(30));
  }
  for (std::size_t i = 1; i < 5; ++i) {
    clock.pass(minutes(30));
    EXPECT_EQ(salts.current(clock.now), schedule[i].salt);
  }
  EXPECT_EQ(salts.schedule(1000, clock.now).size(), 64U);
  EXPECT_EQ(salts.schedule(0, clock.now).size(), 1U);
}

TEST_F(ServerSaltsTest, DaysOfSilenceCostNothing) {
  clock.pass(hours(24 * 365));
  EXPECT_NE(salts.current(clock.now), Salt(77));
  EXPECT_TRUE(salts.accepts(salts.current(clock.now), clock.now));
  clock.now.unix_time -= hours(24 * 365);
  EXPECT_TRUE(salts.accepts(salts.current(clock.now), clock.now)) << "the clock was set back";
}

TEST_F(ServerSaltsTest, RotationForgetsAll) {
  const auto schedule = salts.schedule(3, clock.now);
  salts.rotate_now(clock.now);
  EXPECT_FALSE(salts.accepts(Salt(77), clock.now));
  clock.pass(minutes(31));
  EXPECT_FALSE(salts.accepts(schedule[1].salt, clock.now));
}

}  // namespace
}  // namespace ledgram::mtproto
