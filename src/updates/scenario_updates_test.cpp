#include "ledgram/updates/test_support.hpp"

#include <algorithm>
#include <map>
#include <string>

// Lines 34 to 43 of section 13 of the protocol checklist, as far as the message box decides them.

namespace ledgram::updates {
namespace {

using namespace testing;

using Scenario34Order = MessageBoxTest;

TEST_F(Scenario34Order, ShuffledContainersZeroCountsAndZeroNumbers) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(3, 103), read_inbox(103, 0), post(9, 2, 52), fresh(7, 0, 0), fresh(1, 101), bot_stopped(0),
              post(9, 1, 51), fresh(2, 102)));
  EXPECT_THAT(told(), ElementsAre("c9:m1@51", "c9:m2@52", "m1@101", "m2@102", "m3@103", "ReadHistoryInbox@103", "m7",
                                  "stopped0"));
  pass(1min);
  EXPECT_TRUE(asked.empty());
}

TEST_F(Scenario34Order, AGapFilledAfterThreeTenthsAsksNothing) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(2, 102), post(9, 2, 52), bot_stopped(12)));
  pass(300ms);
  take(pushed(fresh(1, 101), post(9, 1, 51), bot_stopped(11)));
  EXPECT_EQ(told().size(), 6U);
  pass(1min);
  EXPECT_TRUE(asked.empty());
  EXPECT_TRUE(box->idle());
}

TEST_F(Scenario34Order, AGapThatStaysIsAskedForOnceAfterHalfASecond) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(2, 102), post(9, 2, 52), bot_stopped(12)));
  pass(499ms);
  EXPECT_TRUE(asked.empty());
  pass(501ms);
  EXPECT_THAT(requests(), ::testing::UnorderedElementsAre("difference 100/10/1000", "channel 9 from 50 limit 100"));
  answer_difference(difference(list(private_message(1), private_message(2)), list(bot_stopped(11), bot_stopped(12)),
                               state(102, 12, 5, 1001)));
  answer_channel(9, channel_difference(52, list(channel_message(9, 1), channel_message(9, 2))));
  EXPECT_EQ(told().size(), 6U);
  pass(1min);
  EXPECT_EQ(asked.size(), 2U);
}

using Scenario35Seq = MessageBoxTest;

TEST_F(Scenario35Seq, AGapOfSeqDoesNotHoldUpGoodNumbers) {
  start_quiet();
  take(container(list(fresh(1, 101), status()), 7, 1002));
  EXPECT_THAT(told(), ElementsAre("m1@101"));
  take(container(list(status()), 6, 1001));
  EXPECT_THAT(told(), ElementsAre("m1@101", "UserStatus", "UserStatus"));
  EXPECT_EQ(committed(), common(101, 10, 7, 1002));
  pass(1min);
  EXPECT_TRUE(asked.empty());
}

TEST_F(Scenario35Seq, AGapOfSeqThatStaysIsAskedFor) {
  start_quiet();
  take(container(list(status()), 8, 1002));
  pass(1s);
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000"));
  answer_difference(empty_difference(1002, 8));
  EXPECT_EQ(committed(), common(100, 10, 8, 1002));
}

TEST_F(Scenario35Seq, SeqZeroAndThreeCombined) {
  start_quiet();
  take(container(list(status()), 0, 1001));
  take(combined(list(fresh(1, 101), status()), 6, 8, 1002));
  take(container(list(status()), 9, 1003));
  EXPECT_EQ(told().size(), 4U);
  EXPECT_EQ(committed(), common(101, 10, 9, 1003));
  EXPECT_TRUE(asked.empty());
}

TEST_F(Scenario35Seq, AFailingInnerUpdateKeepsSeqDown) {
  start_quiet();
  follow(9, 50);
  take(container(list(post(9, 2, 52)), 6, 1001));
  EXPECT_FALSE(committed());
  pass(500ms);
  answer_channel(9, channel_difference(52, list(channel_message(9, 1), channel_message(9, 2))));
  EXPECT_EQ(committed(), common(100, 10, 6, 1001));
}

class Scenario36Slices : public MessageBoxTest {
 public:
  /// What a ledger holds after the steps that were taken.
  void commit() {
    for (const Step& step : taken) {
      for (const std::string& word : words_of(step))
        ++stored[word.substr(0, word.find('@'))];
      if (step.common)
        state_in_ledger = *step.common;
    }
    drop_records();
  }

  std::map<std::string, int> stored;
  CommonState state_in_ledger = testing::common(100, 10, 5, 1000);
};

TEST_F(Scenario36Slices, KilledAfterTheThirdOfFive) {
  const auto part = [](std::int32_t number) {
    std::vector<api::Message> messages;
    for (std::int32_t i = 1; i <= 10; ++i)
      messages.push_back(private_message((number - 1) * 10 + i));
    const std::int32_t pts = 100 + number * 10;
    return number == 5 ? difference(std::move(messages), {}, state(pts, 10, 9, 2000))
                       : slice(std::move(messages), {}, state(pts, 10, 5, 1000 + number));
  };
  make();
  box->start(state_in_ledger, now);
  for (std::int32_t number = 1; number <= 3; ++number) {
    take(pushed(fresh(50 + number, 150 + number)));
    answer_difference(part(number));
  }
  commit();
  EXPECT_EQ(state_in_ledger, common(130, 10, 5, 1003));

  make();
  box->start(state_in_ledger, now);
  collect();
  EXPECT_THAT(requests(), ElementsAre("difference 130/10/998"));
  answer_difference(part(4));
  take(pushed(fresh(51, 151), fresh(52, 152), fresh(53, 153)));
  answer_difference(part(5));
  commit();
  EXPECT_EQ(state_in_ledger, common(153, 10, 9, 2000));
  EXPECT_EQ(stored.size(), 53U);
  for (const auto& [word, times] : stored)
    EXPECT_EQ(times, 1) << word;
}

using Scenario37OddDifferences = MessageBoxTest;

TEST_F(Scenario37OddDifferences, TooLongIsFollowedByASecondCall) {
  start_quiet();
  take(api::updatesTooLong{});
  answer_difference(api::updates_differenceTooLong{.pts = 900});
  EXPECT_EQ(requests().back(), "difference 900/10/1000");
  EXPECT_TRUE(taken.at(0).common_gap);
}

TEST_F(Scenario37OddDifferences, EmptySetsDateAndSeq) {
  start_quiet();
  take(api::updatesTooLong{});
  answer_difference(empty_difference(3000, 17));
  EXPECT_EQ(committed(), common(100, 10, 17, 3000));
}

TEST_F(Scenario37OddDifferences, OutdatedIsRetriedInvalidAndEmptyReset) {
  start_quiet();
  take(api::updatesTooLong{});
  fail_difference("PERSISTENT_TIMESTAMP_OUTDATED");
  EXPECT_EQ(asked.size(), 1U);
  pass(1s);
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000", "difference 100/10/1000"));
  for (const std::string_view name : {"PERSISTENT_TIMESTAMP_INVALID", "PERSISTENT_TIMESTAMP_EMPTY"}) {
    SCOPED_TRACE(name);
    start_quiet();
    take(api::updatesTooLong{});
    fail_difference(name);
    EXPECT_EQ(requests().back(), "state");
    answer_state(state(7, 1, 1, 4000));
    EXPECT_EQ(committed(), common(7, 1, 1, 4000));
    EXPECT_TRUE(taken.back().common_gap);
  }
}

using Scenario38Affected = MessageBoxTest;

TEST_F(Scenario38Affected, DeletingAndReadingByCallsLeavesNoGap) {
  start_quiet();
  follow(9, 50);
  affected(103, 3);    // messages.deleteMessages
  affected(104, 1);    // messages.readHistory
  affected(52, 2, 9);  // channels.deleteMessages
  affected(204, 100);  // messages.deleteHistory, offset 200
  affected(304, 100);  // again, offset 100
  affected(404, 100);  // again, offset 0
  affected(404, 0);    // nothing to do
  take(pushed(fresh(1, 405), post(9, 1, 53)));
  EXPECT_EQ(told().size(), 2U);
  pass(1min);
  EXPECT_TRUE(asked.empty());
  EXPECT_EQ(committed(), common(405, 10, 5, 1000));
}

using Scenario39ManyChannels = MessageBoxTest;

TEST_F(Scenario39ManyChannels, OnlyThoseNamedAreAskedTenAtATime) {
  make();
  for (std::int64_t channel = 1; channel <= 200; ++channel)
    follow(channel, 10);
  box->start(common(100, 10, 5, 1000), now);
  std::vector<api::Update> named;
  for (std::int64_t channel = 1; channel <= 60; channel += 2)
    named.push_back(too_long(channel));
  answer_difference(difference({}, std::move(named), state(101, 10, 5, 2000)));
  std::map<std::int64_t, int> times;
  for (std::size_t next = 1; next < asked.size(); ++next) {
    EXPECT_LE(asked.size() - next, 10U);
    const std::int64_t channel = std::get<AskChannelDifference>(asked[next].what).channel.value();
    ++times[channel];
    answer_channel(channel, channel_difference(11, list(channel_message(channel, 1))));
  }
  EXPECT_EQ(times.size(), 30U);
  for (const auto& [channel, count] : times) {
    EXPECT_EQ(channel % 2, 1);
    EXPECT_EQ(count, 1);
  }
  EXPECT_EQ(told().size(), 30U);
  EXPECT_EQ(committed(), common(101, 10, 5, 2000));
  EXPECT_TRUE(box->idle());
}

using Scenario40ChannelDifference = MessageBoxTest;

TEST_F(Scenario40ChannelDifference, PartsTimeoutsTooLongAndLoss) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  for (std::int32_t part = 1; part <= 3; ++part)
    answer_channel(9, channel_difference(50 + part, list(channel_message(9, part)), {}, Part::More));
  EXPECT_EQ(asked.size(), 4U) << "each part at once";
  answer_channel(9, channel_difference(54, list(channel_message(9, 4)), {}, Part::Last, 30));
  EXPECT_EQ(asked.size(), 4U);
  EXPECT_THAT(told(), ElementsAre("c9:m1@51", "c9:m2@52", "c9:m3@53", "c9:m4@54"));

  pass(2s);
  take(pushed(post(9, 6, 56)));
  pass(500ms);
  EXPECT_EQ(asked.size(), 5U) << "a gap does not wait for the 30 s";
  answer_channel(9, channel_too_long(9, 900, 700, list(channel_message(9, 700))));
  ASSERT_EQ(gaps().size(), 1U);
  EXPECT_EQ(gaps()[0].from, Pts(54));
  EXPECT_EQ(gaps()[0].newest.size(), 1U);

  take(pushed(too_long(9)));
  fail_channel(9, "CHANNEL_PRIVATE");
  EXPECT_EQ(taken.back().lost.size(), 1U);
  take(pushed(too_long(9), post(9, 800, 1000)));
  pass(1h);
  EXPECT_EQ(std::ranges::count_if(requests(), [](const std::string& word) { return word.starts_with("channel"); }), 6);
}

using Scenario41Strangers = MessageBoxTest;

TEST_F(Scenario41Strangers, AShortMessageFromAnUnknownUserComesByDifference) {
  start_quiet();
  take(api::updateShortMessage{.id = 1, .user_id = kStranger, .message = "hello", .pts = 101, .pts_count = 1});
  EXPECT_TRUE(taken.empty());
  EXPECT_EQ(asked.size(), 1U);
  answer_difference(api::updates_difference{.new_messages = list(private_message(1, kStranger)),
                                            .users = list(user(kStranger)),
                                            .state = state(101, 10, 5, 1001)});
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].users.size(), 1U);
  EXPECT_THAT(words_of(taken[0]), ElementsAre("m1@101"));
}

TEST_F(Scenario41Strangers, MinObjectsAreHandedOnAsMin) {
  start_quiet();
  follow(9, 50);
  take(api::updates{.updates = list(post(9, 1, 51)),
                    .users = list(api::User(api::user{.min = true, .id = kFriend, .access_hash = 3})),
                    .chats = list(api::Chat(api::channel{.min = true, .id = 9, .access_hash = 4}))});
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_TRUE(taken[0].users.at(0).as<api::user>()->min) << "so that whoever stores it keeps the full one";
  EXPECT_TRUE(taken[0].chats.at(0).as<api::channel>()->min);
  EXPECT_TRUE(asked.empty());
}

using Scenario42Silence = MessageBoxTest;

TEST_F(Scenario42Silence, AfterFifteenMinutesEachBoxAsksOnce) {
  start_quiet();
  follow(7, 30);
  follow(8, 40);
  follow(9, 50);
  take(pushed(fresh(1, 101), post(8, 1, 41), post(9, 1, 51)));
  pass(15min - 1ms);
  EXPECT_TRUE(asked.empty());
  pass(1ms);
  EXPECT_THAT(requests(), ::testing::UnorderedElementsAre("difference 101/10/1000", "channel 8 from 41 limit 100",
                                                          "channel 9 from 51 limit 100"))
      << "channel 7 was not heard of since the start; the common difference names it if it has news";
  answer_difference(empty_difference(1000, 5));
  answer_channel(8, channel_empty(41));
  answer_channel(9, channel_empty(51));
  pass(15min - 1ms);
  EXPECT_EQ(asked.size(), 3U);
}

TEST_F(Scenario42Silence, WhatCameWhileTheLineWasCutArrives) {
  start_quiet();
  follow(9, 50);
  take(pushed(fresh(1, 101)));
  box->connection_renewed(now);
  std::vector<api::Message> missed;
  for (std::int32_t id = 2; id <= 51; ++id)
    missed.push_back(private_message(id));
  answer_difference(difference(std::move(missed), list(too_long(9, 60)), state(151, 10, 6, 2000)));
  answer_channel(9, channel_difference(60, list(channel_message(9, 1))));
  EXPECT_EQ(told().size(), 52U);
  EXPECT_EQ(committed(), common(151, 10, 6, 2000));
  EXPECT_EQ(committed(9), 60);
  EXPECT_TRUE(box->idle());
}

using Scenario43TwoSessions = MessageBoxTest;

TEST_F(Scenario43TwoSessions, TheSamePushesTwiceAreNeitherLostNorDoubled) {
  start_quiet();
  follow(9, 50);
  std::vector<api::Updates> first;
  for (std::int32_t i = 1; i <= 20; ++i)
    first.push_back(container(list(fresh(i, 100 + i), post(9, i, 50 + i)), i % 3 == 0 ? 5 + i / 3 : 0, 1000 + i));
  std::vector<api::Updates> second = first;
  // The second session is five behind, and each of them lost some.
  for (std::size_t i = 0; i < first.size() + 5; ++i) {
    if (i < first.size() && i % 7 != 3)
      take(std::move(first[i]));
    if (i >= 5 && (i - 5) % 7 != 1)
      take(std::move(second[i - 5]));
    pass(20ms);
  }
  EXPECT_TRUE(asked.empty());
  std::vector<std::string> words = told();
  EXPECT_EQ(words.size(), 40U);
  std::ranges::sort(words);
  EXPECT_EQ(std::ranges::adjacent_find(words), words.end());
  EXPECT_EQ(committed()->pts, Pts(120));
  EXPECT_EQ(committed(9), 70);
  EXPECT_TRUE(box->idle());
}

}  // namespace
}  // namespace ledgram::updates
