#include "ledgram/mtproto/replay_window.hpp"

#include "ledgram/base/random.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ledgram::mtproto {
namespace {

using Verdict = ReplayWindow::Verdict;

TEST(ReplayWindow, KnowsEachOfTenOlderIds) {
  ReplayWindow window;
  for (int i = 1; i <= 10; ++i)
    EXPECT_EQ(window.insert(MsgId(i)), Verdict::New);
  for (int i = 1; i <= 10; ++i)
    EXPECT_EQ(window.insert(MsgId(i)), Verdict::Repeated) << i;
}

TEST(ReplayWindow, OrderDoesNotMatter) {
  constexpr std::uint64_t kSeed = 77;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  SeededRandom random(kSeed);
  ReplayWindow window;
  std::set<MsgId> seen;
  for (int i = 0; i < 2000; ++i) {
    const MsgId id(static_cast<std::int64_t>(random.below(900)));
    EXPECT_EQ(window.insert(id), seen.insert(id).second ? Verdict::New : Verdict::Repeated);
  }
}

TEST(ReplayWindow, RemembersAtLeastItsCapacityAndRefusesWhatIsBelow) {
  ReplayWindow window(1000);
  for (int i = 1; i <= 100'000; ++i)
    ASSERT_EQ(window.insert(MsgId(2 * i)), Verdict::New);
  EXPECT_LE(window.size(), 1256U);
  for (int i = 100'000 - 999; i <= 100'000; ++i)
    EXPECT_EQ(window.insert(MsgId(2 * i)), Verdict::Repeated);
  EXPECT_EQ(window.insert(MsgId(2)), Verdict::TooOld);
  EXPECT_EQ(window.insert(MsgId(3)), Verdict::TooOld) << "never seen, but nobody can know that any more";
  // A late one inside the window was never seen and is taken, once.
  EXPECT_EQ(window.insert(MsgId(199'001)), Verdict::New);
  EXPECT_EQ(window.insert(MsgId(199'001)), Verdict::Repeated);
  EXPECT_TRUE(window.is_too_old(MsgId(2)));
  EXPECT_FALSE(window.is_too_old(MsgId(199'000)));
}

TEST(ReplayWindow, NothingIsTooOldBeforeAnythingWasForgotten) {
  ReplayWindow window(1000);
  for (int i = 500; i < 1400; ++i)
    window.insert(MsgId(i));
  EXPECT_EQ(window.insert(MsgId(1)), Verdict::New);
}

TEST(ReplayWindow, CostsNothingWhenEmpty) {
  EXPECT_LE(sizeof(ReplayWindow), 64U);
  EXPECT_EQ(ReplayWindow().newest(), MsgId());
  EXPECT_FALSE(ReplayWindow().contains(MsgId(1)));
}

}  // namespace
}  // namespace ledgram::mtproto
