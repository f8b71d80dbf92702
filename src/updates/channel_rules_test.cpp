#include "ledgram/updates/test_support.hpp"

#include <algorithm>
#include <map>

// Rules U26 to U34 of the protocol checklist, and R20 and R21: channels.

namespace ledgram::updates {
namespace {

using namespace testing;

using RuleU26 = MessageBoxTest;

TEST_F(RuleU26, AnUnknownChannelBeginsBeforeItsFirstUpdate) {
  start_quiet();
  follow(9, 0);
  take(pushed(post(9, 7, 52, 2)));
  take(pushed(post(9, 8, 53)));
  EXPECT_THAT(told(), ElementsAre("c9:m7@52", "c9:m8@53"));
  EXPECT_EQ(committed(9), 53);
  EXPECT_TRUE(box->idle());
}

TEST_F(RuleU26, WithCountZeroItBeginsOneLower) {
  start_quiet();
  follow(9, 0);
  take(pushed(edit(9, 7, 52, 0)));
  EXPECT_THAT(told(), ElementsAre("ec9:m7@52"));
  EXPECT_EQ(committed(9), 51);
  take(pushed(post(9, 8, 52)));
  EXPECT_THAT(told(), ElementsAre("ec9:m7@52", "c9:m8@52"));
}

TEST_F(RuleU26, ButNotBelowOne) {
  start_quiet();
  follow(8, 0);
  follow(9, 0);
  take(pushed(edit(9, 7, 1, 0), post(8, 1, 1)));
  EXPECT_EQ(committed(9), 1);
  EXPECT_EQ(committed(8), 1);
  take(pushed(post(9, 8, 2), post(8, 2, 2)));
  EXPECT_EQ(told().size(), 4U);
  EXPECT_TRUE(box->idle());
}

using RuleU27 = MessageBoxTest;

TEST_F(RuleU27, KnownChannelsAreNotAskedAtStart) {
  make();
  for (std::int64_t channel = 1; channel <= 200; ++channel)
    follow(channel, 10);
  box->start(common(100, 10, 5, 1000), now);
  pass(1h);
  EXPECT_THAT(requests(), ElementsAre("difference 100/10/995"));
}

using RuleU28 = MessageBoxTest;

TEST_F(RuleU28, LimitsAreForUsersBotsAndUnknownPts) {
  start_quiet();
  follow(8, 40);
  follow(9, 0);
  take(pushed(too_long(8), too_long(9)));
  EXPECT_THAT(requests(), ElementsAre("channel 8 from 40 limit 100", "channel 9 from 1 limit 1"));
  options.channel_limit = 100'000;
  start_quiet();
  follow(8, 40);
  take(pushed(too_long(8)));
  EXPECT_THAT(requests(), ElementsAre("channel 8 from 40 limit 100000"));
}

TEST_F(RuleU28, TenAreAskedForAtATime) {
  start_quiet();
  std::vector<api::Update> all;
  for (std::int64_t channel = 1; channel <= 25; ++channel) {
    follow(channel, 10);
    all.push_back(too_long(channel));
  }
  take(container(std::move(all)));
  EXPECT_EQ(asked.size(), 10U);
  answer_channel(3, channel_empty(10));
  EXPECT_EQ(asked.size(), 11U);
  box->unfollow(ChannelId(4));
  collect();
  EXPECT_EQ(asked.size(), 11U) << "it still runs";
  answer_channel(4, channel_difference(11, list(channel_message(4, 1))));
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(asked.size(), 12U);
  for (std::size_t next = 0; next < asked.size(); ++next) {
    const std::int64_t channel = std::get<AskChannelDifference>(asked[next].what).channel.value();
    answer_channel(channel, channel_empty(10));
  }
  EXPECT_EQ(asked.size(), 25U);
  EXPECT_TRUE(box->idle());
}

using RuleU29 = MessageBoxTest;

TEST_F(RuleU29, PartsFollowAtOnceAndTheLastEndsIt) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9, 56)));
  answer_channel(9, channel_difference(52, list(channel_message(9, 1)), {}, Part::More, 30));
  EXPECT_EQ(requests().back(), "channel 9 from 52 limit 100");
  answer_channel(9, channel_difference(54, list(channel_message(9, 2)), {}, Part::More));
  answer_channel(9, channel_difference(56, list(channel_message(9, 3)), {}, Part::Last, 30));
  EXPECT_EQ(asked.size(), 3U);
  EXPECT_EQ(taken.size(), 3U);
  EXPECT_THAT(told(), ElementsAre("c9:m1@52", "c9:m2@54", "c9:m3@56"));
  EXPECT_EQ(committed(9), 56);
  pass(10min);
  EXPECT_EQ(asked.size(), 3U) << "a member's channel is not polled";
}

TEST_F(RuleU29, AGapAfterTheLastPartDoesNotWaitForItsTimeout) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  answer_channel(9, channel_difference(52, {}, {}, Part::Last, 30));
  pass(2s);
  take(pushed(post(9, 7, 54)));
  pass(500ms);
  EXPECT_EQ(requests().back(), "channel 9 from 52 limit 100");
}

TEST_F(RuleU29, APartThatBringsNothingIsNotRepeatedAtOnce) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  answer_channel(9, channel_difference(50, {}, {}, Part::More));
  EXPECT_EQ(asked.size(), 1U);
  pass(1s);
  EXPECT_EQ(asked.size(), 2U);
  answer_channel(9, api::updates_ChannelDifference());
  pass(1s);
  EXPECT_EQ(asked.size(), 2U);
  pass(1s);
  EXPECT_EQ(asked.size(), 3U);
}

TEST_F(RuleU29, WhatADifferenceSaysHasItsPts) {
  start_quiet();
  follow(8, 40);
  follow(9, 50);
  take(pushed(too_long(9)));
  answer_channel(9, channel_difference(60, list(channel_message(9, 5)),
                                       list(status(), edit(9, 1, 55), deletion(9, {2}, 57, 1), message_id(5),
                                            post(8, 1, 41), too_long(9), too_long(8))));
  EXPECT_THAT(told(), ElementsAre("id5", "c9:m5@60", "c8:m1@41", "ec9:m1@60", "c9:-2@60", "UserStatus"));
  EXPECT_EQ(committed(9), 60);
  EXPECT_EQ(asked.size(), 1U) << "one difference must not call for another without end";
}

using RuleU30 = MessageBoxTest;

TEST_F(RuleU30, TooLongIsAGapWithTheNewestMessages) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  answer_channel(9, channel_too_long(9, 5000, 900, list(channel_message(9, 899), channel_message(9, 900))));
  ASSERT_EQ(gaps().size(), 1U);
  EXPECT_EQ(gaps()[0].channel, ChannelId(9));
  EXPECT_EQ(gaps()[0].from, Pts(50));
  EXPECT_EQ(gaps()[0].to, Pts(5000));
  EXPECT_EQ(gaps()[0].top_message, 900);
  EXPECT_EQ(gaps()[0].newest.size(), 2U);
  EXPECT_EQ(committed(9), 5000);
  EXPECT_EQ(asked.size(), 1U);
  take(pushed(post(9, 901, 5001)));
  EXPECT_THAT(told(), ElementsAre("c9:m901@5001"));
}

TEST_F(RuleU30, OneThatIsNotTheLastIsFollowedByMore) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  answer_channel(9, channel_too_long(9, 5000, 900, {}, Part::More));
  EXPECT_EQ(requests().back(), "channel 9 from 5000 limit 100");
}

TEST_F(RuleU30, WithoutAPtsItCannotBeUsed) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  answer_channel(9, api::updates_channelDifferenceTooLong{.final = true, .dialog = api::dialogFolder{}});
  EXPECT_TRUE(taken.empty());
  EXPECT_FALSE(box->idle());
  pass(1s);
  EXPECT_EQ(asked.size(), 2U);
}

using RuleU31 = MessageBoxTest;

TEST_F(RuleU31, FollowedChannelsThatAreNotJoinedArePolled) {
  start_quiet();
  follow(9, 50, Delivery::Polled);
  EXPECT_THAT(requests(), ElementsAre("channel 9 from 50 limit 100"));
  answer_channel(9, channel_difference(51, list(channel_message(9, 1)), {}, Part::Last, 30));
  pass(30s - 1ms);
  EXPECT_EQ(asked.size(), 1U);
  pass(1ms);
  EXPECT_EQ(asked.size(), 2U);
  answer_channel(9, channel_empty(51));
  pass(1s);
  EXPECT_EQ(asked.size(), 3U) << "without a timeout after a second";
  answer_channel(9, channel_empty(51, 0));
  EXPECT_EQ(asked.size(), 3U) << "0 is no reason to spin";
  take(pushed(post(9, 2, 52)));
  EXPECT_THAT(told(), ElementsAre("c9:m1@51", "c9:m2@52"));
  take(pushed(post(9, 5, 55)));
  pass(500ms);
  EXPECT_EQ(asked.size(), 4U) << "a gap does not wait for the next turn";
  box->unfollow(ChannelId(9));
  pass(1h);
  EXPECT_EQ(std::ranges::count(requests(), "channel 9 from 52 limit 100"), 1);
}

TEST_F(RuleU31, ManyPolledChannelsTakeTurns) {
  start_quiet();
  for (std::int64_t channel = 1; channel <= 35; ++channel)
    follow(channel, 10, Delivery::Polled);
  EXPECT_EQ(asked.size(), 10U);
  std::map<std::int64_t, int> turns;
  for (std::size_t next = 0; next < 350; ++next) {
    if (next == asked.size())
      pass(1s);
    ASSERT_LT(next, asked.size());
    ASSERT_LE(asked.size() - next, 10U);
    const std::int64_t channel = std::get<AskChannelDifference>(asked[next].what).channel.value();
    ++turns[channel];
    box->answer(asked[next].id, channel_empty(10), now);
    pass(100ms);
  }
  ASSERT_EQ(turns.size(), 35U);
  for (const auto& [channel, count] : turns)
    EXPECT_NEAR(count, 10, 1) << channel;
}

TEST_F(RuleU31, JoiningEndsThePolling) {
  start_quiet();
  follow(9, 50, Delivery::Polled);
  answer_channel(9, channel_empty(50, 5));
  follow(9, 50, Delivery::Member);
  pass(1min);
  EXPECT_EQ(asked.size(), 1U);
  take(pushed(post(9, 7, 51)));
  EXPECT_THAT(told(), ElementsAre("c9:m7@51"));
}

using RuleU32 = MessageBoxTest;

TEST_F(RuleU32, TooLongThatIsKnownOrForeignIsIgnored) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9, 50), too_long(9, 3), too_long(1234, 7)));
  EXPECT_TRUE(asked.empty());
  EXPECT_TRUE(box->idle());
  take(pushed(too_long(9, 51)));
  EXPECT_THAT(requests(), ElementsAre("channel 9 from 50 limit 100"));
  answer_channel(9, channel_difference(51, list(channel_message(9, 7))));
  EXPECT_EQ(asked.size(), 1U);
}

using RuleU33 = MessageBoxTest;

TEST_F(RuleU33, ChannelNewsAreToldToTheCallerWhoDropsTheBox) {
  start_quiet();
  follow(9, 50);
  take(pushed(post(9, 8, 52), api::updateChannel{.channel_id = 9}));
  EXPECT_THAT(told(), ElementsAre("channel9"));
  box->unfollow(ChannelId(9));
  collect();
  EXPECT_TRUE(box->idle());
  EXPECT_FALSE(box->channel(ChannelId(9)));
  pass(14min);
  EXPECT_TRUE(asked.empty()) << "its timers are gone";
  follow(9, 60);
  take(pushed(post(9, 9, 61)));
  EXPECT_EQ(committed(9), 61);
}

using RuleU34 = MessageBoxTest;

TEST_F(RuleU34, APostThatNamesStrangersLeadsToTheDifference) {
  start_quiet();
  follow(9, 50);
  take(pushed(api::updateEditChannelMessage{.message = api::message{.id = 7,
                                                                    .from_id = api::peerUser{.user_id = kStranger},
                                                                    .peer_id = api::peerChannel{.channel_id = 9}},
                                            .pts = 51,
                                            .pts_count = 1}));
  EXPECT_TRUE(told().empty());
  EXPECT_EQ(box->channel(ChannelId(9)), Pts(50)) << "not raised";
  EXPECT_THAT(requests(), ElementsAre("channel 9 from 50 limit 100"));
}

using RuleR20 = MessageBoxTest;

TEST_F(RuleR20, LostChannelsAreGivenUp) {
  const std::map<std::string_view, LossReason> all{{"CHANNEL_PRIVATE", LossReason::Private},
                                                   {"CHANNEL_INVALID", LossReason::Invalid},
                                                   {"CHANNEL_PUBLIC_GROUP_NA", LossReason::NotPublic}};
  for (const auto& [name, reason] : all) {
    SCOPED_TRACE(name);
    start_quiet();
    follow(9, 50);
    take(pushed(post(9, 8, 52), too_long(9)));
    fail_channel(9, name);
    ASSERT_EQ(taken.size(), 1U);
    ASSERT_EQ(taken[0].lost.size(), 1U);
    EXPECT_EQ(taken[0].lost[0].channel, ChannelId(9));
    EXPECT_EQ(taken[0].lost[0].reason, reason);
    take(pushed(too_long(9), post(9, 9, 53)));
    pass(10min);
    EXPECT_EQ(asked.size(), 1U);
    EXPECT_TRUE(box->idle());
  }
}

TEST_F(RuleR20, OtherFailuresAreRepeated) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  fail_channel(9, "FLOOD_WAIT_X", 10s);
  pass(9s);
  EXPECT_EQ(asked.size(), 1U);
  pass(1s);
  fail_channel(9, "INTERNAL");
  pass(2s);
  EXPECT_EQ(asked.size(), 3U);
}

using RuleR21 = MessageBoxTest;

TEST_F(RuleR21, AnOutdatedServerIsAskedAgainWithTheSamePts) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  take(api::updatesTooLong{});
  fail_difference("PERSISTENT_TIMESTAMP_OUTDATED");
  fail_channel(9, "PERSISTENT_TIMESTAMP_OUTDATED");
  pass(1s);
  EXPECT_EQ(asked.size(), 4U);
  EXPECT_EQ(std::ranges::count(requests(), "channel 9 from 50 limit 100"), 2);
  EXPECT_EQ(std::ranges::count(requests(), "difference 100/10/1000"), 2);
}

TEST_F(RuleR21, ARefusedStateIsReplacedAndTheGapReported) {
  for (const std::string_view name : {"PERSISTENT_TIMESTAMP_INVALID", "PERSISTENT_TIMESTAMP_EMPTY"}) {
    SCOPED_TRACE(name);
    start_quiet();
    follow(8, 0);
    follow(9, 50);
    take(api::updatesTooLong{});
    fail_difference(name);
    EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000", "state"));
    answer_state(state(40, 2, 1, 3000));
    ASSERT_TRUE(taken.back().common_gap);
    EXPECT_EQ(taken.back().common_gap->from, Pts(100));
    EXPECT_EQ(taken.back().common_gap->to, Pts(40));
    EXPECT_EQ(box->common()->pts, Pts(40));
    EXPECT_EQ(requests().back(), "channel 9 from 50 limit 100") << "nobody tells which channels had news";
    answer_channel(9, channel_empty(50));
    EXPECT_EQ(committed(), common(40, 2, 1, 3000));
    EXPECT_TRUE(box->idle());
  }
}

TEST_F(RuleR21, AChannelWithARefusedPtsBeginsAnew) {
  start_quiet();
  follow(9, 50);
  take(pushed(too_long(9)));
  fail_channel(9, "PERSISTENT_TIMESTAMP_INVALID");
  pass(1s);
  EXPECT_EQ(requests().back(), "channel 9 from 1 limit 1");
  answer_channel(9, channel_too_long(9, 20, 5, {}));
  ASSERT_EQ(gaps().size(), 1U);
  EXPECT_EQ(gaps()[0].from, Pts(50));
  EXPECT_EQ(gaps()[0].to, Pts(20));
  EXPECT_EQ(committed(9), 20);
}

TEST_F(RuleR21, TheDateIsNeverZero) {
  make();
  box->start(common(100, 0, 0, 0), now);
  collect();
  EXPECT_THAT(requests(), ElementsAre("difference 100/0/1"));
}

using CatchUp = MessageBoxTest;

TEST_F(CatchUp, AsksTheChannelOnce) {
  start_quiet();
  follow(9, 50);
  box->catch_up(ChannelId(9), now);
  box->catch_up(ChannelId(9), now);
  box->catch_up(ChannelId(1234), now);
  collect();
  EXPECT_THAT(requests(), ElementsAre("channel 9 from 50 limit 100"));
}

using FollowAgain = MessageBoxTest;

TEST_F(FollowAgain, NeverRaisesAKnownPts) {
  start_quiet();
  follow(8, 0);
  follow(9, 50);
  follow(8, 40);
  follow(9, 70);
  EXPECT_EQ(box->channel(ChannelId(8)), Pts(40)) << "an unknown one is initialized";
  EXPECT_EQ(box->channel(ChannelId(9)), Pts(50));
}

}  // namespace
}  // namespace ledgram::updates
