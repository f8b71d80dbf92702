#include "ledgram/outbox/activity.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ledgram::outbox {
namespace {

using ledger::PeerKey;
using ledger::PeerType;
using std::chrono::milliseconds;

using Told = std::vector<Activity>;

constexpr AccountId kMe{1};
constexpr AccountId kOther{2};
const Activity kOlha{kMe, PeerKey{PeerType::User, 77}};
const Activity kNews{kMe, PeerKey{PeerType::Channel, 77}};
const Activity kAnyOfMine{kMe};

TEST(ActivityGather, TellsTheFirstAtOnceAndTheRestTogether) {
  ActivityGather gather;
  EXPECT_FALSE(gather.deadline());
  gather.note(kOlha, milliseconds(0));
  EXPECT_TRUE(gather.is_ready());
  EXPECT_EQ(gather.take(milliseconds(0)), Told{kOlha});
  for (int at = 1; at < 500; ++at)
    gather.note(kOlha, milliseconds(at));
  EXPECT_FALSE(gather.is_ready());
  EXPECT_EQ(gather.deadline(), milliseconds(500));
  EXPECT_EQ(gather.take(milliseconds(499)), Told{});
  EXPECT_EQ(gather.take(milliseconds(500)), Told{kOlha});
}

TEST(ActivityGather, ForgetsAChatThatIsQuiet) {
  ActivityGather gather;
  gather.note(kOlha, milliseconds(0));
  gather.take(milliseconds(0));
  EXPECT_EQ(gather.take(milliseconds(500)), Told{});
  EXPECT_FALSE(gather.deadline());
  gather.note(kOlha, milliseconds(501));
  EXPECT_EQ(gather.take(milliseconds(501)), Told{kOlha});
}

TEST(ActivityGather, AStreamOfChangesMakesTwoSignalsASecond) {
  ActivityGather gather;
  std::size_t told = 0;
  for (int at = 0; at < 10'000; ++at) {
    gather.note(kOlha, milliseconds(at));
    told += gather.take(milliseconds(at)).size();
  }
  EXPECT_EQ(told, 20U);
}

TEST(ActivityGather, ChatsAndAccountsDoNotHoldEachOtherUp) {
  ActivityGather gather;
  const Activity hers{kOther, kOlha.chat};
  gather.note(kOlha, milliseconds(0));
  gather.note(kNews, milliseconds(1));
  gather.note(hers, milliseconds(2));
  EXPECT_EQ(gather.take(milliseconds(2)), (Told{kOlha, kNews, hers}));
  gather.note(kNews, milliseconds(3));
  EXPECT_EQ(gather.take(milliseconds(600)), Told{kNews});
}

TEST(ActivityGather, WhoHearsOfAllChatsDoesNotHearOfEach) {
  ActivityGather gather;
  gather.note(kAnyOfMine, milliseconds(0));
  gather.note(kOlha, milliseconds(1));
  gather.note(kNews, milliseconds(2));
  EXPECT_EQ(gather.take(milliseconds(2)), Told{kAnyOfMine});
  EXPECT_EQ(gather.take(milliseconds(500)), Told{kAnyOfMine});
  EXPECT_EQ(gather.take(milliseconds(1000)), Told{});
  gather.note(kOlha, milliseconds(1001));
  EXPECT_EQ(gather.take(milliseconds(1001)), Told{kOlha});
}

TEST(ActivityGather, ManyChatsAtATimeBecomeAllOfTheirAccount) {
  ActivityGather gather({.most_chats = 3});
  for (std::int64_t number = 1; number <= 100; ++number)
    gather.note({kMe, PeerKey{PeerType::User, number}}, milliseconds(0));
  Told told = gather.take(milliseconds(0));
  ASSERT_EQ(told.size(), 4U);
  EXPECT_EQ(told.back(), kAnyOfMine);
  gather.note({kMe, PeerKey{PeerType::User, 2}}, milliseconds(1));
  told = gather.take(milliseconds(500));
  EXPECT_EQ(told, (Told{{kMe, PeerKey{PeerType::User, 2}}, kAnyOfMine}));
}

TEST(ActivityJson, NamesTheChatIfItIsKnown) {
  EXPECT_EQ(activity_json(kNews), R"({"type":"chat.activity","account_id":1,"data":{"chat":"channel:77"}})");
  EXPECT_EQ(activity_json(kAnyOfMine), R"({"type":"chat.activity","account_id":1,"data":{}})");
}

}  // namespace
}  // namespace ledgram::outbox
