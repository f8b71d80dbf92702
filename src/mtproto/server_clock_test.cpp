#include "ledgram/mtproto/server_clock.hpp"

#include "ledgram/mtproto/session_testing.hpp"

namespace ledgram::mtproto {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HandClock;

MsgId id_at(nanoseconds time) {
  return MsgId(msg_id_at(time).value() | 1);
}

TEST(ServerClock, AddsTheOffset) {
  HandClock clock;
  ServerClock server(hours(1));
  server.observe(clock.now);
  EXPECT_EQ(server.at(clock.now), clock.now.unix_time + hours(1));
  EXPECT_EQ(server.offset(clock.now), hours(1));
}

TEST(ServerClock, SettingTheWallClockMovesNothing) {
  HandClock clock;
  ServerClock server(seconds(0));
  server.observe(clock.now);
  const nanoseconds before = server.at(clock.now);
  clock.now.unix_time -= hours(1);
  clock.pass(seconds(2));
  server.observe(clock.now);
  EXPECT_EQ(server.at(clock.now), before + seconds(2));
  EXPECT_EQ(server.offset(clock.now), hours(1)) << "what is stored is relative to the wall clock as it is now";
}

TEST(ServerClock, RejectsByAgeOnlyWhenConfirmed) {
  HandClock clock;
  ServerClock server(seconds(0));
  server.observe(clock.now);
  const nanoseconds time = clock.now.unix_time;
  EXPECT_FALSE(server.rejects(id_at(time - seconds(4000)), clock.now));
  server.confirm(id_at(time), clock.now.monotonic, clock.now);
  EXPECT_TRUE(server.rejects(id_at(time - seconds(301)), clock.now));
  EXPECT_FALSE(server.rejects(id_at(time - seconds(299)), clock.now));
  EXPECT_TRUE(server.rejects(id_at(time + seconds(31)), clock.now));
  EXPECT_FALSE(server.rejects(id_at(time + seconds(29)), clock.now));
  server.doubt();
  EXPECT_FALSE(server.rejects(id_at(time + seconds(31)), clock.now));
}

TEST(ServerClock, AJumpBetweenTheClocksTakesTheTrustAway) {
  HandClock clock;
  ServerClock server(seconds(0));
  server.observe(clock.now);
  server.confirm(id_at(clock.now.unix_time), clock.now.monotonic, clock.now);
  EXPECT_TRUE(server.trusted());
  clock.pass(seconds(100));
  clock.now.unix_time += milliseconds(300);  // time synchronisation
  server.observe(clock.now);
  EXPECT_TRUE(server.trusted());
  clock.now.unix_time += seconds(40);  // the machine slept
  server.observe(clock.now);
  EXPECT_FALSE(server.trusted());
}

TEST(ServerClock, ConfirmationCorrectsBothWaysButNotByTheRoundTrip) {
  HandClock clock;
  ServerClock server(seconds(20));
  server.observe(clock.now);
  server.confirm(id_at(clock.now.unix_time), clock.now.monotonic, clock.now);
  EXPECT_LT(std::chrono::abs(server.offset(clock.now)), milliseconds(1)) << "20 s ahead is corrected";

  const nanoseconds before = server.at(clock.now);
  server.confirm(id_at(before - milliseconds(1500)), clock.now.monotonic - seconds(1), clock.now);
  EXPECT_EQ(server.at(clock.now), before) << "an answer made 1.5 s ago after a round trip of 1 s proves nothing";

  server.confirm(id_at(before + seconds(3)), clock.now.monotonic, clock.now);
  EXPECT_LT(std::chrono::abs(server.at(clock.now) - before - seconds(3)), milliseconds(1));
}

TEST(ServerClock, AcceptedMessagesOnlyRaiseIt) {
  HandClock clock;
  ServerClock server(seconds(0));
  server.observe(clock.now);
  server.raise_to(id_at(clock.now.unix_time + seconds(9)), clock.now);
  EXPECT_EQ(server.at(clock.now), clock.now.unix_time) << "not trusted yet";
  server.confirm(id_at(clock.now.unix_time), clock.now.monotonic, clock.now);
  server.raise_to(id_at(clock.now.unix_time - seconds(100)), clock.now);
  EXPECT_LT(std::chrono::abs(server.offset(clock.now)), milliseconds(1));
  server.raise_to(id_at(clock.now.unix_time + seconds(9)), clock.now);
  EXPECT_LT(std::chrono::abs(server.offset(clock.now) - seconds(9)), milliseconds(1));
}

}  // namespace
}  // namespace ledgram::mtproto
