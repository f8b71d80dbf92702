#include "ledgram/updates/test_support.hpp"

// Rules U1 to U6 and U12 to U19 of the protocol checklist: the order of what is pushed.

namespace ledgram::updates {
namespace {

using namespace testing;

using RuleU01 = MessageBoxTest;

TEST_F(RuleU01, StateAndEffectAreInOneStep) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(1, 101), post(9, 7, 51)));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_THAT(words_of(taken[0]), ElementsAre("c9:m7@51", "m1@101"));
  EXPECT_EQ(taken[0].common, common(101, 10, 5, 1000));
  EXPECT_THAT(taken[0].channels, ElementsAre(ChannelState{ChannelId(9), Pts(51)}));
}

TEST_F(RuleU01, WithoutAChangeThereIsNoStep) {
  start_quiet();
  take(pushed(fresh(1, 100)));
  EXPECT_TRUE(taken.empty());
  EXPECT_TRUE(box->idle());
}

using RuleU02 = MessageBoxTest;

TEST_F(RuleU02, AppliesTheNextIgnoresTheOldHoldsTheLater) {
  struct Row {
    std::string_view what;
    api::Update update;
    std::vector<std::string> told;
    std::int32_t pts;  ///< of the box afterwards
    bool gap;
  };
  std::vector<Row> rows;
  rows.push_back({"common: the next", fresh(1, 101), {"m1@101"}, 101, false});
  rows.push_back({"common: the next, of three", fresh(1, 103, 3), {"m1@103"}, 103, false});
  rows.push_back({"common: again", fresh(1, 100), {}, 100, false});
  rows.push_back({"common: old", fresh(1, 7), {}, 100, false});
  rows.push_back({"common: a later one", fresh(1, 102), {}, 100, true});
  rows.push_back({"common: a part is there already", fresh(1, 102, 3), {}, 100, true});
  for (Row& row : rows) {
    SCOPED_TRACE(row.what);
    start_quiet();
    take(pushed(std::move(row.update)));
    EXPECT_EQ(told(), row.told);
    EXPECT_EQ(box->common()->pts, Pts(row.pts));
    EXPECT_EQ(box->idle(), !row.gap);
    pass(1s);
    EXPECT_EQ(asked.size(), row.gap ? 1U : 0U);
  }
}

TEST_F(RuleU02, HoldsForChannelsToo) {
  start_quiet();
  follow(9, 50);
  take(pushed(post(9, 1, 51)));
  take(pushed(post(9, 1, 51)));
  take(pushed(post(9, 3, 53)));
  take(pushed(deletion(9, {4, 5}, 56, 3)));
  EXPECT_THAT(told(), ElementsAre("c9:m1@51"));
  take(pushed(edit(9, 1, 52)));
  EXPECT_THAT(told(), ElementsAre("c9:m1@51", "ec9:m1@52", "c9:m3@53", "c9:-4,5@56"));
  EXPECT_EQ(committed(9), 56);
  EXPECT_TRUE(box->idle());
}

TEST_F(RuleU02, QtsTakesOneStepEach) {
  start_quiet();
  take(pushed(bot_stopped(12)));
  EXPECT_TRUE(told().empty());
  take(pushed(bot_stopped(11)));
  take(pushed(bot_stopped(11)));
  EXPECT_THAT(told(), ElementsAre("stopped11", "stopped12"));
  EXPECT_EQ(committed(), common(100, 12, 5, 1000));
}

TEST_F(RuleU02, NumbersAtTheEndOfTheirRangeDoNoHarm) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(1, INT32_MAX, INT32_MAX), fresh(2, INT32_MAX, 1), fresh(3, 1, INT32_MAX), fresh(4, INT32_MIN, 1)));
  take(pushed(post(9, 1, 51, -5), post(9, 1, INT32_MAX, 0), post(9, 1, 1, INT32_MAX)));
  EXPECT_THAT(told(), ElementsAre("m4"));
  EXPECT_EQ(box->counters().malformed, 1U);
  EXPECT_EQ(box->common()->pts, Pts(100));
}

using RuleU03 = MessageBoxTest;

TEST_F(RuleU03, NumberZeroMeansNoOrder) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(1, 0, 0), post(9, 7, 0, 0), bot_stopped(0)));
  EXPECT_THAT(told(), ElementsAre("c9:m7", "m1", "stopped0"));
  EXPECT_FALSE(committed());
  EXPECT_TRUE(box->idle());
  pass(5s);
  EXPECT_TRUE(asked.empty());
}

using RuleU04 = MessageBoxTest;

TEST_F(RuleU04, ContainersAreCountedBySeq) {
  start_quiet();
  take(container(list(status()), 6, 1001));
  EXPECT_THAT(told(), ElementsAre("UserStatus"));
  EXPECT_EQ(committed(), common(100, 10, 6, 1001));
  take(container(list(status()), 6, 1001));
  EXPECT_EQ(told().size(), 1U) << "the same container again";
  take(combined(list(status()), 7, 9, 1003));
  EXPECT_EQ(told().size(), 2U);
  EXPECT_EQ(committed(), common(100, 10, 9, 1003));
}

TEST_F(RuleU04, SeqZeroIsNotChecked) {
  start_quiet();
  take(container(list(status()), 0, 1001));
  EXPECT_THAT(told(), ElementsAre("UserStatus"));
  EXPECT_EQ(committed(), common(100, 10, 5, 1001));
}

TEST_F(RuleU04, NumberedUpdatesDoNotWaitForSeq) {
  start_quiet();
  take(container(list(fresh(1, 101), status()), 8, 1001));
  EXPECT_THAT(told(), ElementsAre("m1@101"));
  EXPECT_EQ(committed(), common(101, 10, 5, 1000));
  pass(600ms);
  EXPECT_THAT(requests(), ElementsAre("difference 101/10/1000"));
  answer_difference(empty_difference(1002, 8));
  EXPECT_THAT(told(), ElementsAre("m1@101", "UserStatus")) << "what waited is not told again, so it is applied late";
  EXPECT_EQ(committed(), common(101, 10, 8, 1002));
}

TEST_F(RuleU04, BadRangesOfSeqAreTakenAsNone) {
  start_quiet();
  take(combined(list(status()), 9, 7, 1001));
  take(combined(list(status()), INT32_MIN, INT32_MAX, 1001));
  EXPECT_EQ(told().size(), 2U);
  EXPECT_EQ(box->common()->seq, Seq(5));
}

using RuleU05 = MessageBoxTest;

TEST_F(RuleU05, SeqAndDateStayWhileAnythingOfTheContainerIsMissing) {
  start_quiet();
  follow(9, 50);
  take(container(list(post(9, 8, 52), status()), 6, 1001));
  EXPECT_THAT(told(), ElementsAre("UserStatus"));
  EXPECT_FALSE(committed());
  take(container(list(status()), 7, 1002));
  EXPECT_FALSE(committed()) << "the next container cannot pass the open one";
  take(pushed(post(9, 7, 51)));
  EXPECT_EQ(committed(), common(100, 10, 7, 1002));
  EXPECT_EQ(committed(9), 52);
}

TEST_F(RuleU05, ShortUpdatesMoveNoDate) {
  start_quiet();
  take(api::updateShort{.update = fresh(1, 101), .date = 2000});
  EXPECT_EQ(committed(), common(101, 10, 5, 1000));
}

TEST_F(RuleU05, TheDateWaitsForAChannelThatTheDifferenceNamed) {
  start_quiet();
  follow(9, 50);
  box->connection_renewed(now);
  answer_difference(difference(list(private_message(1)), list(too_long(9)), state(101, 10, 6, 2000)));
  EXPECT_EQ(committed(), common(101, 10, 5, 1000)) << "or a restart now would not be told of channel 9";
  answer_channel(9, channel_difference(51, list(channel_message(9, 7))));
  EXPECT_EQ(committed(), common(101, 10, 6, 2000));
}

using RuleU06 = MessageBoxTest;

TEST_F(RuleU06, CountZeroAtThePresentNumberApplies) {
  start_quiet();
  take(pushed(read_inbox(100, 0)));
  EXPECT_THAT(told(), ElementsAre("ReadHistoryInbox@100"));
  EXPECT_TRUE(box->idle());
}

TEST_F(RuleU06, AContainerIsSorted) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(4, 104, 2), post(9, 8, 52), fresh(1, 101), read_inbox(101, 0), post(9, 7, 51), fresh(2, 102)));
  EXPECT_THAT(told(), ElementsAre("c9:m7@51", "c9:m8@52", "m1@101", "ReadHistoryInbox@101", "m2@102", "m4@104"));
  EXPECT_TRUE(box->idle());
}

using RuleU12 = MessageBoxTest;

TEST_F(RuleU12, MessageIdsGoFirstInContainersAndDifferences) {
  start_quiet();
  take(pushed(fresh(1, 101), message_id(1)));
  EXPECT_THAT(told(), ElementsAre("id1", "m1@101"));
  drop_records();
  take(api::updatesTooLong{});
  answer_difference(difference(list(private_message(2)), list(status(), message_id(2)), state(102, 10, 5, 1001)));
  EXPECT_THAT(told(), ElementsAre("id2", "m2@102", "UserStatus"));
}

using RuleU14 = MessageBoxTest;

TEST_F(RuleU14, AShortSentMessageThatIsPushedNeedsTheDifference) {
  start_quiet();
  take(api::updateShortSentMessage{.out = true, .id = 7, .pts = 101, .pts_count = 1, .date = 1001});
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000"));
  take(pushed(fresh(8, 102)));
  answer_difference(difference(list(private_message(7)), {}, state(101, 10, 5, 1001)));
  EXPECT_THAT(told(), ElementsAre("m7@101", "m8@102"));
  EXPECT_TRUE(box->idle());
}

TEST_F(RuleU14, OneThatNoDifferenceKnowsEndsAsAReportedGap) {
  start_quiet();
  take(api::updateShortSentMessage{.out = true, .id = 7, .pts = 101, .pts_count = 1, .date = 1001});
  for (int i = 0; i < 4; ++i) {
    answer_difference(empty_difference(1001, 5));
    pass(10s);
  }
  EXPECT_EQ(asked.size(), 4U) << "it must not be asked for for ever";
  EXPECT_EQ(committed()->pts, Pts(101));
  EXPECT_EQ(box->counters().reported_gaps, 1U);
}

using RuleU15 = MessageBoxTest;

TEST_F(RuleU15, UpdatesTooLongAsksForTheDifference) {
  start_quiet();
  take(api::updatesTooLong{});
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000"));
}

TEST_F(RuleU15, WhileOneRunsItMeansOneMore) {
  start_quiet();
  take(api::updatesTooLong{});
  take(api::updatesTooLong{});
  take(api::updatesTooLong{});
  EXPECT_EQ(asked.size(), 1U);
  answer_difference(empty_difference(1001, 5));
  EXPECT_EQ(asked.size(), 2U) << "the first answer may be older than the news";
  answer_difference(empty_difference(1001, 5));
  EXPECT_EQ(asked.size(), 2U);
  EXPECT_TRUE(box->idle());
}

using RuleU16 = MessageBoxTest;

TEST_F(RuleU16, AnswersOfCallsMoveTheirBox) {
  start_quiet();
  follow(9, 50);
  affected(103, 3);
  affected(54, 4, 9);
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(committed(), common(103, 10, 5, 1000));
  EXPECT_EQ(committed(9), 54);
  affected(54, 0, 9);
  affected(0, 0);
  affected(7, 1, 1234);
  take(pushed(fresh(1, 104), post(9, 7, 55)));
  EXPECT_THAT(told(), ElementsAre("c9:m7@55", "m1@104"));
  EXPECT_TRUE(box->idle());
}

TEST_F(RuleU16, TheyWaitForWhatIsMissingLikeOthers) {
  start_quiet();
  affected(102, 1);
  EXPECT_FALSE(committed());
  take(pushed(fresh(1, 101)));
  EXPECT_EQ(committed(), common(102, 10, 5, 1000));
}

using RuleU18 = MessageBoxTest;

TEST_F(RuleU18, AGapThatClosesInTimeAsksNothing) {
  start_quiet();
  take(pushed(fresh(2, 102)));
  EXPECT_EQ(box->deadline(), now.monotonic + 500ms);
  pass(300ms);
  take(pushed(fresh(1, 101)));
  EXPECT_THAT(told(), ElementsAre("m1@101", "m2@102"));
  pass(10s);
  EXPECT_TRUE(asked.empty());
}

TEST_F(RuleU18, AGapThatStaysIsAskedForOnce) {
  start_quiet();
  take(pushed(fresh(3, 103)));
  pass(499ms);
  EXPECT_TRUE(asked.empty());
  take(pushed(fresh(5, 105)));
  pass(1ms);
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000"));
  pass(60s);
  EXPECT_EQ(asked.size(), 1U);
}

TEST_F(RuleU18, EachBoxHasItsOwnTimer) {
  start_quiet();
  follow(8, 40);
  follow(9, 50);
  take(pushed(post(8, 7, 42)));
  pass(200ms);
  take(pushed(post(9, 7, 52)));
  pass(200ms);
  take(pushed(fresh(2, 102)));
  pass(100ms);
  EXPECT_THAT(requests(), ElementsAre("channel 8 from 40 limit 100"));
  pass(200ms);
  EXPECT_THAT(requests(), ElementsAre("channel 8 from 40 limit 100", "channel 9 from 50 limit 100"));
  pass(200ms);
  EXPECT_EQ(requests().back(), "difference 100/10/1000");
}

TEST_F(RuleU18, ThePatienceBeginsAnewWhenAPartOfTheGapCloses) {
  start_quiet();
  take(pushed(fresh(2, 102), fresh(4, 104)));
  pass(400ms);
  take(pushed(fresh(1, 101)));
  pass(499ms);
  EXPECT_TRUE(asked.empty());
  pass(1ms);
  EXPECT_THAT(requests(), ElementsAre("difference 102/10/1000"));
}

using RuleU19 = MessageBoxTest;

TEST_F(RuleU19, WhatIsPushedDuringADifferenceIsKeptAndRunAgain) {
  start_quiet();
  take(api::updatesTooLong{});
  take(pushed(fresh(2, 102)));
  take(pushed(fresh(4, 104, 2)));
  take(pushed(bot_stopped(11)));
  take(container(list(status()), 6, 1002));
  EXPECT_TRUE(told().empty());
  answer_difference(difference(list(private_message(1), private_message(2)), {}, state(102, 10, 5, 1001)));
  EXPECT_THAT(told(), ElementsAre("m1@102", "m2@102", "m4@104", "stopped11", "UserStatus"));
  EXPECT_EQ(committed(), common(104, 11, 6, 1002));
  EXPECT_EQ(asked.size(), 1U);
  EXPECT_TRUE(box->idle());
}

TEST_F(RuleU19, ChannelsKeepTheirOwn) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  take(pushed(post(9, 8, 52), fresh(1, 101)));
  EXPECT_THAT(told(), ElementsAre("m1@101")) << "the common box goes on";
  answer_channel(9, channel_difference(51, list(channel_message(9, 7))));
  EXPECT_THAT(told(), ElementsAre("m1@101", "c9:m7@51", "c9:m8@52"));
}

TEST_F(RuleU19, TooMuchToKeepIsDroppedAndAskedFor) {
  options.max_kept_updates = 10;
  start_quiet();
  take(api::updatesTooLong{});
  for (std::int32_t i = 1; i <= 20; ++i)
    take(pushed(fresh(i, 100 + i)));
  EXPECT_EQ(box->counters().overflowed, 10U);
  answer_difference(empty_difference(1001, 5));
  EXPECT_EQ(told().size(), 10U);
  EXPECT_EQ(committed(), common(110, 10, 5, 1000));
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000", "difference 110/10/1000"))
      << "the rest comes by another difference";
  answer_difference(difference(list(private_message(11), private_message(20)), {}, state(120, 10, 5, 1002)));
  EXPECT_EQ(told().size(), 12U);
  EXPECT_TRUE(box->idle());
}

TEST_F(RuleU19, BytesOfAllBoxesAreBoundedTogether) {
  options.max_kept_bytes = 2000;
  start_quiet();
  for (std::int64_t channel = 1; channel <= 50; ++channel)
    follow(channel, 10);
  for (std::int64_t channel = 1; channel <= 50; ++channel)
    take(pushed(post(channel, 7, 12)));
  EXPECT_GT(box->counters().overflowed, 0U);
  EXPECT_LT(box->counters().overflowed, 50U);
  pass(600ms);
  for (std::int64_t channel = 1; channel <= 50; ++channel)
    answer_channel(channel, channel_difference(12, list(channel_message(channel, 6), channel_message(channel, 7))));
  EXPECT_TRUE(box->idle());
  EXPECT_EQ(told().size(), 100U);
  const std::uint64_t overflowed = box->counters().overflowed;
  take(pushed(post(1, 9, 14)));
  EXPECT_EQ(box->counters().overflowed, overflowed) << "room was given back";
}

TEST_F(RuleU19, TheSameKeptTwiceTakesRoomOnce) {
  options.max_kept_updates = 2;
  start_quiet();
  for (int i = 0; i < 10; ++i)
    take(pushed(fresh(2, 102)));
  take(pushed(fresh(3, 103)));
  EXPECT_EQ(box->counters().overflowed, 0U);
  take(pushed(fresh(1, 101)));
  EXPECT_THAT(told(), ElementsAre("m1@101", "m2@102", "m3@103"));
}

}  // namespace
}  // namespace ledgram::updates
