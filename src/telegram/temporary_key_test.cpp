#include "ledgram/telegram/temporary_key.hpp"

#include "ledgram/mtproto/key_binding.hpp"
#include "ledgram/tl/api.hpp"
#include "ledgram/tl/codec.hpp"

#include <gtest/gtest.h>

namespace ledgram::telegram {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

RpcError invalid() {
  return parse_rpc_error(400, "ENCRYPTED_MESSAGE_INVALID");
}

TEST(TemporaryKeyTest, LivesBetween23And24HoursAtRandom) {
  SeededRandom random(7);
  seconds least = hours(24);
  seconds most{};
  for (int i = 0; i < 1000; ++i) {
    const seconds lifetime = random_key_lifetime(random);
    least = std::min(least, lifetime);
    most = std::max(most, lifetime);
  }
  EXPECT_GE(least, hours(23));
  EXPECT_LT(most, hours(24));
  EXPECT_GT(most - least, minutes(50));
}

TEST(TemporaryKeyTest, IsDueHalfAnHourBeforeItsEndAndOverdueAMinuteLater) {
  SeededRandom random(8);
  const TemporaryKey key{*crypto::AuthKey::from_bytes(random.bytes(256)), mtproto::Salt(1), seconds(1'800'000'000)};
  const seconds due = seconds(1'800'000'000) - minutes(30);
  EXPECT_FALSE(key.due(due - seconds(1)));
  EXPECT_TRUE(key.due(due));
  EXPECT_FALSE(key.overdue(due + seconds(59)));
  EXPECT_TRUE(key.overdue(due + seconds(60)));
}

TEST(TemporaryKeyTest, TheBindingNamesBothKeysSessionAndEnd) {
  SeededRandom random(9);
  const auto permanent = *crypto::AuthKey::from_bytes(random.bytes(256));
  const TemporaryKey key{*crypto::AuthKey::from_bytes(random.bytes(256)), mtproto::Salt(1), seconds(1'800'000'000)};
  const MsgId msg_id(0x6000000000000008);
  const Bytes call = bind_call(permanent, key, 55, msg_id, SessionId(3), random);
  const auto read = tl::parse<tl::api::auth_bindTempAuthKey>(call);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->nonce, 55);
  EXPECT_EQ(read->expires_at, 1'800'000'000);
  const auto opened = mtproto::open_key_binding(permanent, read->encrypted_message);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->msg_id, msg_id);
  const mtproto::KeyBinding expected{.nonce = 55,
                                     .temporary_key = key.key.id(),
                                     .permanent_key = permanent.id(),
                                     .session = SessionId(3),
                                     .expires_at = seconds(1'800'000'000)};
  EXPECT_EQ(opened->binding, expected);
}

TEST(BindingRecordTest, TheSecondRefusalOfAnOldKeyProvesItsLoss) {
  BindingRecord record;
  EXPECT_FALSE(record.on_refused(invalid(), seconds(10)));
  EXPECT_TRUE(record.on_refused(invalid(), seconds(20)));
}

TEST(BindingRecordTest, AFreshKeyIsTriedAgain) {
  BindingRecord record;
  record.on_key_made(seconds(100));
  for (int i = 0; i < 4; ++i)
    EXPECT_FALSE(record.on_refused(invalid(), seconds(101 + i))) << i;
  EXPECT_TRUE(record.on_refused(invalid(), seconds(161))) << "a minute later it is fresh no more";
}

TEST(BindingRecordTest, ASuccessOfTheLastDaySpeaksForTheKey) {
  BindingRecord record;
  record.on_bound(seconds(0));
  for (int i = 0; i < 4; ++i)
    EXPECT_FALSE(record.on_refused(invalid(), hours(23))) << i;
  EXPECT_TRUE(record.on_refused(invalid(), hours(23)));
  record.on_bound(hours(24));
  EXPECT_FALSE(record.on_refused(invalid(), hours(49)));
  EXPECT_TRUE(record.on_refused(invalid(), hours(49)));
}

TEST(BindingRecordTest, OtherErrorsSayNothingAboutThePermanentKey) {
  BindingRecord record;
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(record.on_refused(parse_rpc_error(400, "TEMP_AUTH_KEY_EMPTY"), seconds(i)));
}

}  // namespace
}  // namespace ledgram::telegram
