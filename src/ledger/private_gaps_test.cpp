/// What has to be read again of private chats: when it begins, what counts for it, and when it ends.

#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace ledgram::ledger {
namespace {

constexpr AccountId kMe{1};
constexpr PeerKey kFriend{PeerType::User, 5};
constexpr PeerKey kGroup{PeerType::Chat, 5};

PrivateMessage letter(std::int32_t number, std::int32_t as_of, PeerKey peer = kFriend) {
  PrivateMessage message{.account = kMe, .peer = peer, .message = text_message({}, number, "text")};
  message.message.as_of = as_of;
  return message;
}

class PrivateGaps : public testing::Test {
 protected:
  /// Updates brought messages 1 and 2, 3 is known to be gone, and the account stands at pts 12.
  void SetUp() override {
    Batch batch;
    batch.via = Via::Live;
    batch.private_messages = {letter(1, 10), letter(2, 11, kGroup)};
    batch.private_deletions = {{kMe, MessageNumber(3), 12}};
    batch.update_states = {{kMe, 12, 0, 1'700'000'000, 1}};
    must(ledger_.commit(batch));
  }

  void open_gap(std::int32_t as_of) {
    Batch batch;
    batch.private_gaps = {{kMe, as_of}};
    batch.update_states = {{kMe, as_of, 0, 1'700'009'000, 1}};
    must(ledger_.commit(batch));
  }

  void note(PrivateReading reading) {
    Batch batch;
    batch.private_readings = {reading};
    must(ledger_.commit(batch));
  }

  void end_gap(std::int32_t as_of) {
    Batch batch;
    batch.private_gap_ends = {{kMe, as_of}};
    must(ledger_.commit(batch));
  }

  std::vector<std::int32_t> unchecked(std::int32_t as_of, std::int32_t after = 0, std::int64_t limit = 10) {
    std::vector<std::int32_t> numbers;
    for (const UncheckedMessage& message :
         must(ledger_.unchecked_private_messages(kMe, as_of, MessageNumber(after), limit)))
      numbers.push_back(message.number.value());
    return numbers;
  }

  TemporaryFolder folder_;
  Ledger ledger_ = ledger_with_channels(folder_ / "ledger.db");
};

TEST_F(PrivateGaps, BeginsAtWhatWasStoredBeforeItsTransaction) {
  EXPECT_FALSE(must(ledger_.private_gap(kMe)));
  Batch batch;
  batch.via = Via::Live;
  batch.private_gaps = {{kMe, 40}};
  batch.private_messages = {letter(9, 41)};
  batch.update_states = {{kMe, 41, 0, 1'700'009'000, 1}};
  must(ledger_.commit(batch));
  const OpenPrivateGap gap = must(ledger_.private_gap(kMe)).value();
  EXPECT_EQ(gap.as_of, 40);
  EXPECT_EQ(gap.newest, 2) << "what came after the gap does not count";
  EXPECT_EQ(gap.since, 1'700'000'000);
}

TEST_F(PrivateGaps, ASecondGapMakesOneWithTheFirst) {
  open_gap(40);
  note({kMe, kFriend, 40, 7});
  Batch later;
  later.via = Via::Live;
  later.private_messages = {letter(30, 41)};
  must(ledger_.commit(later));
  open_gap(60);
  const OpenPrivateGap gap = must(ledger_.private_gap(kMe)).value();
  EXPECT_EQ(gap.as_of, 60);
  EXPECT_EQ(gap.newest, 2) << "what the first gap left out is still left out";
  EXPECT_EQ(gap.since, 1'700'000'000);
  EXPECT_TRUE(must(ledger_.private_readings(kMe)).empty()) << "read before the second gap";
}

TEST_F(PrivateGaps, APageOfHistoryIsNoBeginning) {
  // It is ahead of what other chats were told: number 7 of another chat may still be missing.
  Batch page;
  page.private_messages = {letter(8, 12)};
  must(ledger_.commit(page));
  open_gap(40);
  EXPECT_EQ(must(ledger_.private_gap(kMe))->newest, 2);
}

TEST_F(PrivateGaps, WhatWasReadForAnotherGapDoesNotCount) {
  open_gap(40);
  note({kMe, kFriend, 40, 90});
  note({kMe, kFriend, 40, 50});
  note({kMe, kGroup, 39, 4});
  const auto readings = must(ledger_.private_readings(kMe));
  ASSERT_EQ(readings.size(), 1U);
  EXPECT_EQ(readings[0].peer, kFriend);
  EXPECT_EQ(readings[0].as_of, 40);
  EXPECT_EQ(readings[0].down_to, 50);
}

TEST_F(PrivateGaps, EndsWithItsOwnEndOnly) {
  open_gap(40);
  note({kMe, kFriend, 40, 50});
  end_gap(39);
  EXPECT_TRUE(must(ledger_.private_gap(kMe)));
  end_gap(40);
  EXPECT_FALSE(must(ledger_.private_gap(kMe)));
  EXPECT_TRUE(must(ledger_.private_readings(kMe)).empty());
  note({kMe, kFriend, 40, 50});
  EXPECT_TRUE(must(ledger_.private_readings(kMe)).empty()) << "there is no gap any more";
}

TEST_F(PrivateGaps, UncheckedIsWhatIsOlderAndNotGone) {
  Batch batch;
  batch.private_messages = {letter(3, 9), letter(4, 20), letter(5, 40), letter(6, 39)};
  must(ledger_.commit(batch));
  EXPECT_EQ(unchecked(40), (std::vector<std::int32_t>{1, 2, 4, 6}));
  EXPECT_EQ(unchecked(40, 2), (std::vector<std::int32_t>{4, 6}));
  EXPECT_EQ(unchecked(40, 0, 3), (std::vector<std::int32_t>{1, 2, 4}));
  EXPECT_EQ(must(ledger_.unchecked_private_messages(kMe, 40, MessageNumber(1), 1))[0].peer, kGroup);
  EXPECT_EQ(must(ledger_.private_groups(kMe)), std::vector<PeerKey>{kGroup});
}

TEST_F(PrivateGaps, EventsSayHowTheirMessagesCame) {
  const std::int64_t before = must(ledger_.last_event());
  Batch batch;
  batch.private_messages = {letter(8, 40)};
  must(ledger_.commit(batch));
  batch.via = Via::Live;
  batch.private_messages = {letter(9, 41)};
  must(ledger_.commit(batch));
  const auto events = must(ledger_.events({.from = before + 1}));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_TRUE(events[0].data.contains(R"("via":"history")")) << events[0].data;
  EXPECT_TRUE(events[1].data.contains(R"("via":"live")")) << events[1].data;
}

TEST_F(PrivateGaps, GoWithTheirAccount) {
  open_gap(40);
  note({kMe, kFriend, 40, 50});
  must(ledger_.remove_account(kMe));
  EXPECT_FALSE(must(ledger_.private_gap(kMe)));
  EXPECT_TRUE(must(ledger_.private_readings(kMe)).empty());
}

}  // namespace
}  // namespace ledgram::ledger
