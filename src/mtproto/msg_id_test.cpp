#include "ledgram/mtproto/msg_id.hpp"

#include <gtest/gtest.h>

namespace ledgram::mtproto {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

constexpr nanoseconds kNow = seconds(1'373'993'675) + nanoseconds(500'000'000);

TEST(MsgId, IsTimeTimesTwoToThe32) {
  MsgIdGenerator client(crypto::Direction::ToServer);
  EXPECT_EQ(client.next(kNow).value(), std::int64_t{1'373'993'675} << 32 | 0x80000000);
  // From the published sample exchange (core.telegram.org/mtproto/samples-auth_key): 2013-07-16 16:54:44 UTC.
  EXPECT_EQ(std::chrono::floor<seconds>(unix_time_of(MsgId(0x51e57ac42770964a))).count(), 0x51e57ac4);
}

TEST(MsgId, RisesWhileTheClockStandsStillOrGoesBack) {
  MsgIdGenerator client(crypto::Direction::ToServer);
  MsgId last = client.next(kNow);
  for (int i = 0; i < 200; ++i) {
    const MsgId id = client.next(i < 100 ? kNow : kNow - hours(1));
    EXPECT_GT(id, last);
    EXPECT_TRUE(is_client_msg_id(id));
    last = id;
  }
  EXPECT_LT(unix_time_of(last) - kNow, seconds(1));
  EXPECT_EQ(client.last(), last);
}

TEST(MsgId, ServerIdsAreOddAndTellAnswersFromTheRest) {
  MsgIdGenerator server(crypto::Direction::ToClient);
  const MsgId reply = server.next_reply(kNow);
  const MsgId notice = server.next(kNow);
  const MsgId second_reply = server.next_reply(kNow);
  EXPECT_EQ(reply.value() % 4, 1);
  EXPECT_EQ(notice.value() % 4, 3);
  EXPECT_EQ(second_reply.value() % 4, 1);
  EXPECT_LT(reply, notice);
  EXPECT_LT(notice, second_reply);
  EXPECT_TRUE(is_server_msg_id(reply));
  EXPECT_FALSE(is_client_msg_id(reply));
}

TEST(MsgId, TheFractionIsNeverZero) {
  MsgIdGenerator client(crypto::Direction::ToServer);
  EXPECT_NE(client.next(seconds(1'373'993'675)).value() & 0xffffffff, 0);
}

TEST(MsgId, TimeAndBack) {
  const nanoseconds back = unix_time_of(msg_id_at(kNow + nanoseconds(123'456'789)));
  EXPECT_NEAR(static_cast<double>((back - kNow).count()), 123'456'789.0, 2.0);
  EXPECT_LT(unix_time_of(MsgId(-1)), nanoseconds(0));  // whatever a peer sends
  static_cast<void>(unix_time_of(MsgId(INT64_MIN)));
  static_cast<void>(unix_time_of(MsgId(INT64_MAX)));
}

}  // namespace
}  // namespace ledgram::mtproto
