#include "ledgram/updates/test_support.hpp"

// Rules U20 to U25, U38 to U40 of the protocol checklist: the difference of the common box, and delivery.

namespace ledgram::updates {
namespace {

using namespace testing;

using RuleU20 = MessageBoxTest;

TEST_F(RuleU20, ADifferenceSetsTheState) {
  start_quiet();
  take(api::updatesTooLong{});
  answer_difference(difference(list(private_message(1)), {}, state(107, 12, 9, 2000)));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_THAT(words_of(taken[0]), ElementsAre("m1@107"));
  EXPECT_EQ(taken[0].common, common(107, 12, 9, 2000));
  EXPECT_TRUE(box->idle());
}

TEST_F(RuleU20, EachSliceIsAStepWithItsState) {
  start_quiet();
  take(api::updatesTooLong{});
  answer_difference(slice(list(private_message(1)), {}, state(103, 10, 6, 1500)));
  EXPECT_EQ(committed(), common(103, 10, 6, 1500));
  EXPECT_EQ(requests().back(), "difference 103/10/1500");
  answer_difference(slice(list(private_message(2)), {}, state(106, 10, 7, 1800)));
  EXPECT_EQ(committed(), common(106, 10, 7, 1800));
  EXPECT_EQ(requests().back(), "difference 106/10/1800");
  answer_difference(difference(list(private_message(3)), {}, state(109, 10, 9, 2000)));
  EXPECT_EQ(taken.size(), 3U);
  EXPECT_THAT(told(), ElementsAre("m1@103", "m2@106", "m3@109"));
  EXPECT_EQ(committed(), common(109, 10, 9, 2000));
  EXPECT_EQ(asked.size(), 3U);
}

TEST_F(RuleU20, AnEmptyOneSetsDateAndSeq) {
  start_quiet();
  take(api::updatesTooLong{});
  answer_difference(empty_difference(2000, 9));
  EXPECT_EQ(committed(), common(100, 10, 9, 2000));
  EXPECT_EQ(asked.size(), 1U);
}

TEST_F(RuleU20, TooLongSetsPtsAsksAgainAndTells) {
  start_quiet();
  take(api::updatesTooLong{});
  answer_difference(api::updates_differenceTooLong{.pts = 5000});
  ASSERT_EQ(taken.size(), 1U);
  ASSERT_TRUE(taken[0].common_gap);
  EXPECT_EQ(taken[0].common_gap->from, Pts(100));
  EXPECT_EQ(taken[0].common_gap->to, Pts(5000));
  EXPECT_EQ(taken[0].common, common(5000, 10, 5, 1000));
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000", "difference 5000/10/1000"));
  answer_difference(difference(list(private_message(1)), {}, state(5001, 10, 9, 2000)));
  EXPECT_EQ(committed(), common(5001, 10, 9, 2000));
}

TEST_F(RuleU20, TooLongAgainAndAgainIsNoLoop) {
  start_quiet();
  take(api::updatesTooLong{});
  answer_difference(api::updates_differenceTooLong{.pts = 5000});
  answer_difference(api::updates_differenceTooLong{.pts = 6000});
  EXPECT_EQ(committed()->pts, Pts(6000));
  EXPECT_EQ(asked.size(), 2U);
  pass(1s);
  EXPECT_EQ(requests().back(), "difference 6000/10/1000");
}

TEST_F(RuleU20, WhatLeadsNowhereIsNotRepeatedAtOnce) {
  const auto all =
      list(slice({}, {}, state(100, 10, 5, 1000)), api::updates_Difference(api::updates_differenceTooLong{.pts = -7}),
           api::updates_Difference(api::updates_differenceTooLong{.pts = 100}), api::updates_Difference());
  for (const api::updates_Difference& answer : all) {
    SCOPED_TRACE(answer.name());
    start_quiet();
    take(api::updatesTooLong{});
    answer_difference(answer);
    EXPECT_EQ(asked.size(), 1U);
    pass(1s);
    EXPECT_EQ(asked.size(), 2U);
    answer_difference(answer);
    pass(1s);
    EXPECT_EQ(asked.size(), 2U);
    pass(1s);
    EXPECT_EQ(asked.size(), 3U);
  }
}

using RuleU21 = MessageBoxTest;

TEST_F(RuleU21, TheOrderInsideADifference) {
  start_quiet();
  take(api::updatesTooLong{});
  api::updates_difference all{
      .new_messages = list(private_message(1)),
      .new_encrypted_messages = list(api::EncryptedMessage(api::encryptedMessage{.chat_id = 3})),
      .other_updates = list(status(), read_inbox(103, 0), message_id(1), bot_stopped(11)),
      .chats = list(api::Chat(api::chat{.id = 77})),
      .users = list(user(kFriend)),
      .state = state(103, 12, 5, 1001)};
  answer_difference(std::move(all));
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_THAT(told(),
              ElementsAre("id1", "m1@103", "NewEncryptedMessage", "stopped11", "ReadHistoryInbox@103", "UserStatus"));
  EXPECT_EQ(taken[0].users.size(), 1U);
  EXPECT_EQ(taken[0].chats.size(), 1U);
}

TEST_F(RuleU21, ItsMessagesAreNotCounted) {
  start_quiet();
  take(api::updatesTooLong{});
  answer_difference(
      difference(list(private_message(1), private_message(2), private_message(3)), {}, state(101, 10, 5, 1001)));
  EXPECT_EQ(committed(), common(101, 10, 5, 1001));
}

using RuleU22 = MessageBoxTest;

TEST_F(RuleU22, OtherUpdatesGoToTheirChannels) {
  start_quiet();
  follow(7, 30);
  follow(8, 40);
  follow(9, 50);
  take(api::updatesTooLong{});
  answer_difference(difference({}, list(post(8, 2, 42), post(8, 1, 41), post(9, 1, 50), post(6, 1, 1), too_long(7, 33)),
                               state(101, 10, 5, 1001)));
  EXPECT_THAT(told(), ElementsAre("c8:m1@41", "c8:m2@42"));
  EXPECT_EQ(committed(8), 42);
  EXPECT_FALSE(committed(9)) << "that one was known";
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000", "channel 7 from 30 limit 100"));
  EXPECT_EQ(box->counters().foreign, 1U);
}

using RuleU23 = MessageBoxTest;

TEST_F(RuleU23, FailuresAreRepeatedAfterGrowingTimes) {
  start_quiet();
  take(api::updatesTooLong{});
  std::vector<int> waits;
  for (int i = 0; i < 9; ++i) {
    fail_difference("INTERNAL");
    const std::size_t before = asked.size();
    int seconds = 0;
    while (asked.size() == before && seconds < 1000) {
      pass(1s);
      ++seconds;
    }
    waits.push_back(seconds);
  }
  EXPECT_THAT(waits, ElementsAre(1, 2, 4, 8, 16, 32, 60, 60, 60));
  answer_difference(empty_difference(1001, 5));
  take(api::updatesTooLong{});
  fail_difference("");
  pass(1s);
  EXPECT_EQ(requests().size(), 12U) << "after a success the first wait again";
}

TEST_F(RuleU23, AStatedWaitIsKept) {
  start_quiet();
  take(api::updatesTooLong{});
  fail_difference("FLOOD_WAIT_X", 31s);
  pass(30s);
  EXPECT_EQ(asked.size(), 1U);
  pass(1s);
  EXPECT_EQ(asked.size(), 2U);
}

TEST_F(RuleU23, InOrderUpdatesStillComeWhileItWaits) {
  start_quiet();
  take(api::updatesTooLong{});
  fail_difference("INTERNAL");
  take(pushed(fresh(1, 101)));
  EXPECT_THAT(told(), ElementsAre("m1@101"));
  pass(1s);
  EXPECT_EQ(requests().back(), "difference 101/10/1000");
}

TEST_F(RuleU23, AfterPtsChangedTheNumbersMayGoBack) {
  start_quiet();
  take(pushed(api::updatePtsChanged{}));
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000"));
  answer_difference(difference({}, {}, state(3, 10, 5, 1001)));
  EXPECT_EQ(committed(), common(3, 10, 5, 1001));
  take(pushed(fresh(1, 4)));
  EXPECT_THAT(told(), ElementsAre("m1@4"));
}

TEST_F(RuleU23, AServerThatLagsBehindDoesNotSetThemBack) {
  start_quiet();
  take(api::updatesTooLong{});
  answer_difference(difference({}, {}, state(97, 9, 5, 1001)));
  EXPECT_EQ(committed(), common(100, 10, 5, 1001));
  take(pushed(fresh(1, 101)));
  EXPECT_THAT(told(), ElementsAre("m1@101"));
}

TEST_F(RuleU23, AGapThatNoDifferenceFillsIsReportedInTheEnd) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(5, 105), post(9, 5, 55)));
  for (int i = 0; i < 4; ++i) {
    pass(5s);
    answer_difference(empty_difference(1001, 5));
    answer_channel(9, channel_empty(50));
  }
  EXPECT_THAT(told(), ElementsAre("m5@105", "c9:m5@55"));
  EXPECT_EQ(committed(), common(105, 10, 5, 1001));
  EXPECT_EQ(committed(9), 55);
  ASSERT_EQ(gaps().size(), 1U);
  EXPECT_EQ(gaps()[0].from, Pts(50));
  EXPECT_EQ(gaps()[0].to, Pts(54));
  EXPECT_EQ(box->counters().reported_gaps, 2U);
  EXPECT_EQ(asked.size(), 8U);
  EXPECT_TRUE(box->idle());
}

using RuleU24 = MessageBoxTest;

TEST_F(RuleU24, FifteenMinutesOfSilenceLeadToADifference) {
  start_quiet();
  pass(10min);
  take(pushed(fresh(1, 101)));
  pass(15min - 1ms);
  EXPECT_TRUE(asked.empty());
  pass(1ms);
  EXPECT_THAT(requests(), ElementsAre("difference 101/10/1000"));
  answer_difference(empty_difference(1001, 5));
  pass(15min);
  EXPECT_EQ(asked.size(), 2U);
}

TEST_F(RuleU24, ARenewedConnectionLeadsToADifference) {
  start_quiet();
  box->connection_renewed(now);
  collect();
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000"));
}

TEST_F(RuleU24, ItEndsWaitingForAnotherAttempt) {
  start_quiet();
  follow(9, 50);
  take(api::updatesTooLong{});
  take(pushed(too_long(9)));
  for (int i = 0; i < 5; ++i) {
    fail_difference("");
    fail_channel(9, "");
    if (i < 4)
      pass(60s);
  }
  drop_records();
  box->connection_renewed(now);
  collect();
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000", "channel 9 from 50 limit 100"));
}

using RuleU25 = MessageBoxTest;

TEST_F(RuleU25, WithoutAStateItIsAskedFor) {
  make();
  box->start(std::nullopt, now);
  follow(9, 50);
  take(pushed(fresh(1, 1001), post(9, 7, 51)));
  EXPECT_THAT(requests(), ElementsAre("state"));
  EXPECT_THAT(told(), ElementsAre("c9:m7@51"));
  EXPECT_FALSE(committed());
  answer_state(state(1000, 3, 2, 1500));
  EXPECT_THAT(told(), ElementsAre("c9:m7@51", "m1@1001")) << "what came meanwhile goes on from there";
  EXPECT_EQ(committed(), common(1001, 3, 2, 1500));
  EXPECT_EQ(asked.size(), 1U);
}

TEST_F(RuleU25, WithoutAStateNothingElseNamesTheChannels) {
  make();
  follow(7, 0);
  follow(8, 40);
  follow(9, 50, Delivery::Polled);
  box->start(std::nullopt, now);
  collect();
  EXPECT_THAT(requests(), ElementsAre("state", "channel 8 from 40 limit 100", "channel 9 from 50 limit 100"));
}

TEST_F(RuleU25, AStoredStateIsNeverJumpedOver) {
  make();
  box->start(common(100, 10, 5, 1000), now);
  collect();
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/995")) << "a little earlier, for what was overtaken";
  answer_difference(slice(list(private_message(1)), {}, state(101, 10, 5, 1001)));
  EXPECT_EQ(requests().back(), "difference 101/10/1001");
}

TEST_F(RuleU25, AFailedQuestionForTheStateIsRepeated) {
  make();
  box->start(common(0, 0, 0, 0), now);
  collect();
  box->fail(last<AskState>(), {}, now);
  pass(1s);
  EXPECT_THAT(requests(), ElementsAre("state", "state"));
  answer_state(api::updates_State());
  pass(2s);
  answer_state(state(7, 0, 0, 1500));
  EXPECT_EQ(committed(), common(7, 0, 0, 1500));
}

using RuleU38 = MessageBoxTest;

TEST_F(RuleU38, TwoSessionsThatGetTheSameTellItOnce) {
  start_quiet();
  follow(9, 50);
  const auto everything = [](std::int32_t i) {
    return container(list(fresh(i, 100 + i), post(9, i, 50 + i), status()), 5 + i, 1000 + i);
  };
  for (std::int32_t i = 1; i <= 3; ++i) {
    take(everything(i));
    const std::size_t steps = taken.size();
    take(everything(i));
    EXPECT_EQ(taken.size(), steps);
  }
  EXPECT_EQ(told().size(), 9U);
  EXPECT_TRUE(box->idle());
}

using RuleU40 = MessageBoxTest;

TEST_F(RuleU40, AStoppedBoxAsksNothingMore) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(1, 101), fresh(9, 109), too_long(9)));
  drop_records();
  box->stop();
  EXPECT_FALSE(box->deadline());
  take(api::updatesTooLong{});
  pass(1h);
  EXPECT_TRUE(asked.empty());
  take(pushed(fresh(2, 102)));
  EXPECT_THAT(told(), ElementsAre("m2@102")) << "steps still come";
}

using BackPressure = MessageBoxTest;

TEST_F(BackPressure, NothingIsAskedForWhileStepsWait) {
  options.max_waiting_steps = 3;
  start_quiet();
  for (std::int32_t i = 1; i <= 4; ++i)
    box->take(pushed(fresh(i, 100 + i)), now);
  box->take(api::updatesTooLong{}, now);
  EXPECT_FALSE(box->next_request(now));
  EXPECT_TRUE(box->next_step());
  EXPECT_TRUE(box->next_request(now));
}

}  // namespace
}  // namespace ledgram::updates
