#include "ledgram/telegram/session_store.hpp"

#include "ledgram/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ledgram::telegram {
namespace {

StoredKey key_of(std::int32_t dc, SeededRandom& random) {
  ByteArray<crypto::AuthKey::kSize> bytes{};
  random.fill(bytes);
  return StoredKey{DcId(dc),
                   crypto::AuthKey(bytes),
                   mtproto::Salt(static_cast<std::int64_t>(random.next_u64())),
                   std::chrono::milliseconds(-1500),
                   dc == 4,
                   SessionId()};
}

StoredSession example() {
  SeededRandom random(11);
  StoredSession session;
  session.main_dc = DcId(2);
  session.environment = DcEnvironment::Test;
  session.user = UserId(99'966'123'456'789);
  session.kind = AccountKind::Bot;
  session.keys.push_back(key_of(2, random));
  session.keys.push_back(key_of(4, random));
  return session;
}

TEST(StoredSession, ComesBackAsItWas) {
  const StoredSession session = example();
  const auto read = from_bytes(to_bytes(session));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->main_dc, session.main_dc);
  EXPECT_EQ(read->environment, session.environment);
  EXPECT_EQ(read->user, session.user);
  EXPECT_EQ(read->kind, session.kind);
  ASSERT_EQ(read->keys.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read->keys[i].dc, session.keys[i].dc);
    EXPECT_TRUE(read->keys[i].key == session.keys[i].key);
    EXPECT_EQ(read->keys[i].salt, session.keys[i].salt);
    EXPECT_EQ(read->keys[i].clock_offset, session.keys[i].clock_offset);
    EXPECT_EQ(read->keys[i].authorized, session.keys[i].authorized);
  }
}

TEST(StoredSession, RemembersTheLastSessions) {
  StoredSession session = example();
  session.keys[1].session = SessionId(-5);
  const Bytes bytes = to_bytes(session);
  const auto read = from_bytes(bytes);
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->keys[0].session, SessionId());
  EXPECT_EQ(read->keys[1].session, SessionId(-5));
  EXPECT_FALSE(from_bytes(ByteView(bytes).first(bytes.size() - 4)));
  Bytes idle = bytes;
  std::fill(idle.end() - 16, idle.end(), std::uint8_t{0});
  EXPECT_FALSE(from_bytes(idle)) << "nobody writes that";
}

TEST(StoredSession, EveryTruncationIsRefused) {
  const Bytes whole = to_bytes(example());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto read = from_bytes(ByteView(whole).first(size));
    ASSERT_FALSE(read) << size << " of " << whole.size() << " bytes";
    EXPECT_EQ(read.error().code, TelegramErrc::BadStoredSession);
  }
}

TEST(StoredSession, TrailingBytesOtherVersionsAndRubbishAreRefused) {
  Bytes longer = to_bytes(example());
  longer.insert(longer.end(), 4, 0);
  EXPECT_FALSE(from_bytes(longer));

  Bytes other_version = to_bytes(example());
  other_version[3] = 2;
  EXPECT_FALSE(from_bytes(other_version));

  StoredSession without_main = example();
  without_main.main_dc = DcId(5);
  EXPECT_FALSE(from_bytes(to_bytes(without_main)));

  StoredSession without_keys = example();
  without_keys.keys.clear();
  EXPECT_FALSE(from_bytes(to_bytes(without_keys)));

  Bytes many_keys = to_bytes(example());
  // After magic, main_dc, environment, user and kind comes the number of keys.
  const std::size_t count_at = 4 + 4 + 4 + 8 + 4;
  std::fill_n(many_keys.begin() + static_cast<std::ptrdiff_t>(count_at), 4, std::uint8_t{0x7f});
  EXPECT_FALSE(from_bytes(many_keys));

  SeededRandom random(12);
  for (int i = 0; i < 2000; ++i) {
    Bytes damaged = to_bytes(example());
    damaged[random.below(damaged.size())] ^= static_cast<std::uint8_t>(1 + random.below(255));
    const auto read = from_bytes(damaged);  // may be readable if a key or a number was hit; must not do worse
    if (read) {
      EXPECT_EQ(read->keys.size(), 2U);
    }
  }
}

}  // namespace
}  // namespace ledgram::telegram
