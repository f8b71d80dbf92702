#include "ledgram/sim_server/key_ring.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledgram::sim {
namespace {

using namespace std::chrono_literals;

class KeyRingTest : public testing::Test {
 protected:
  crypto::AuthKey make_key() {
    ByteArray<crypto::AuthKey::kSize> bytes{};
    random_.fill(bytes);
    return crypto::AuthKey(bytes);
  }

  MemoryStateStore state_;
  SeededRandom random_{5};
  Instant now_{.monotonic = 50s, .unix_time = 1'700'000'000s};
};

TEST_F(KeyRingTest, KeysOutliveARestart) {
  const crypto::AuthKey key = make_key();
  {
    KeyRing ring(state_, random_);
    KeyEntry& entry = ring.add(key, DcId(4), mtproto::Salt(-77), std::nullopt, now_);
    ring.set_phone(entry, "9996640001");
  }
  KeyRing ring(state_, random_);
  ASSERT_TRUE(ring.restore(now_));
  KeyEntry* entry = ring.find(key.id(), now_);
  ASSERT_NE(entry, nullptr);
  EXPECT_TRUE(entry->key == key);
  EXPECT_EQ(entry->dc, DcId(4));
  EXPECT_EQ(entry->phone, "9996640001");
  EXPECT_TRUE(entry->salts.accepts(mtproto::Salt(-77), now_));
}

TEST_F(KeyRingTest, RotatedSaltsAreStored) {
  const crypto::AuthKey key = make_key();
  mtproto::Salt rotated;
  {
    KeyRing ring(state_, random_);
    KeyEntry& entry = ring.add(key, DcId(1), mtproto::Salt(5), std::nullopt, now_);
    ring.rotate_salts(now_);
    EXPECT_FALSE(entry.salts.accepts(mtproto::Salt(5), now_));
    rotated = entry.salts.current(now_);
  }
  KeyRing ring(state_, random_);
  ASSERT_TRUE(ring.restore(now_));
  EXPECT_TRUE(ring.find(key.id(), now_)->salts.accepts(rotated, now_));
}

TEST_F(KeyRingTest, TemporaryKeysExpireAndAreNotStored) {
  const crypto::AuthKey key = make_key();
  KeyRing ring(state_, random_);
  ring.add(key, DcId(1), mtproto::Salt(5), now_.unix_time + 10s, now_);
  EXPECT_NE(ring.find(key.id(), now_.after(9s)), nullptr);
  EXPECT_EQ(ring.find(key.id(), now_.after(10s)), nullptr);
  EXPECT_TRUE(state_.load_all("auth_key").empty());
}

TEST_F(KeyRingTest, AForgottenKeyIsGoneFromTheStoreToo) {
  const crypto::AuthKey key = make_key();
  KeyRing ring(state_, random_);
  ring.add(key, DcId(1), mtproto::Salt(5), std::nullopt, now_);
  ASSERT_EQ(state_.load_all("auth_key").size(), 1U);
  ring.forget(key.id());
  EXPECT_EQ(ring.find(key.id(), now_), nullptr);
  EXPECT_TRUE(state_.load_all("auth_key").empty());
}

TEST_F(KeyRingTest, ADamagedRowIsAnError) {
  state_.put("auth_key", "0000000000000001", R"({"key":"abcd","dc":1,"salt":1})");
  KeyRing ring(state_, random_);
  const auto restored = ring.restore(now_);
  ASSERT_FALSE(restored);
  EXPECT_THAT(restored.error().message, testing::HasSubstr("0000000000000001"));
}

}  // namespace
}  // namespace ledgram::sim
