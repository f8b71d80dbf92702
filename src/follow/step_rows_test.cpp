#include "ledgram/follow/step_rows.hpp"

#include "ledgram/tl/api.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <utility>

namespace ledgram::follow {
namespace {

namespace api = tl::api;

constexpr AccountId kAccount{3};
constexpr ChannelId kChannel{100};
constexpr Instant kNow{std::chrono::seconds(10), std::chrono::milliseconds(1'700'000'000'250)};

api::Message post(std::int32_t id, std::string text) {
  api::message message;
  message.id = id;
  message.peer_id = api::peerChannel{.channel_id = kChannel.value()};
  message.date = 1'600'000'000 + id;
  message.message = std::move(text);
  return message;
}

api::Message note(api::Peer peer, std::int32_t id, std::string text) {
  api::message message;
  message.id = id;
  message.peer_id = std::move(peer);
  message.date = 1'600'000'000;
  message.message = std::move(text);
  return message;
}

updates::AppliedUpdate fresh(std::int32_t id, std::int32_t as_of) {
  return {api::updateNewChannelMessage{.message = post(id, "new"), .pts = as_of, .pts_count = 1}, as_of};
}

api::Chat chat_named(std::string title) {
  api::channel channel;
  channel.id = kChannel.value();
  channel.access_hash = 4711;
  channel.title = std::move(title);
  channel.username = "alpha";
  channel.photo = api::chatPhotoEmpty{};
  return channel;
}

StepRows read(updates::Step step, FollowPolicy policy = {}) {
  return StepReader(kAccount, policy).read(std::move(step), kNow);
}

constexpr FollowPolicy kEverything{Keep::Yes, Keep::Yes};

TEST(StepReader, NewPostsGrowTheTailAndCarryTheirPts) {
  updates::Step step;
  step.updates.push_back(fresh(7, 21));
  step.updates.push_back(fresh(9, 22));
  step.channels.push_back({kChannel, Pts(22)});
  const StepRows rows = read(std::move(step));
  ASSERT_EQ(rows.batch.messages.size(), 2U);
  EXPECT_EQ(rows.batch.messages[0].number, MessageNumber(7));
  EXPECT_EQ(rows.batch.messages[0].as_of, 21);
  EXPECT_EQ(rows.batch.messages[1].as_of, 22);
  ASSERT_EQ(rows.batch.channels.size(), 1U);
  EXPECT_EQ(rows.batch.channels[0].pts, 22);
  EXPECT_EQ(rows.batch.channels[0].tail_grows_to, 9);
  EXPECT_EQ(rows.batch.via, ledger::Via::Live);
  EXPECT_EQ(rows.batch.seen_at, 1'700'000'000);
  EXPECT_EQ(rows.batch.seen_at_ms, 1'700'000'000'250);
}

TEST(StepReader, AnEditIsContentAndGrowsNothing) {
  updates::Step step;
  step.updates.push_back({api::updateEditChannelMessage{.message = post(900, "other"), .pts = 30, .pts_count = 1}, 30});
  step.channels.push_back({kChannel, Pts(30)});
  const StepRows rows = read(std::move(step));
  ASSERT_EQ(rows.batch.messages.size(), 1U);
  EXPECT_EQ(rows.batch.messages[0].text, "other");
  EXPECT_FALSE(rows.batch.channels[0].tail_grows_to);
}

TEST(StepReader, DeletionsAreMarksWithTheirPts) {
  updates::Step step;
  step.updates.push_back({api::updateDeleteChannelMessages{
                              .channel_id = kChannel.value(), .messages = {4, 0, 5}, .pts = 40, .pts_count = 2},
                          40});
  const StepRows rows = read(std::move(step));
  ASSERT_EQ(rows.batch.deletions.size(), 2U);
  EXPECT_EQ(rows.batch.deletions[1].number, MessageNumber(5));
  EXPECT_EQ(rows.batch.deletions[1].as_of, 40);
}

TEST(StepReader, AGapLeavesAHoleBetweenTheNewestAndWhatWasKnown) {
  updates::Step step;
  updates::ChannelGap gap{.channel = kChannel, .from = Pts(50), .to = Pts(900), .top_message = 800};
  gap.newest.push_back(post(800, "top"));
  gap.newest.push_back(post(798, "below"));
  step.channel_gaps.push_back(std::move(gap));
  step.channels.push_back({kChannel, Pts(900)});
  const StepRows rows = read(std::move(step));
  EXPECT_EQ(rows.batch.messages.size(), 2U);
  EXPECT_EQ(rows.batch.messages[0].as_of, 900);
  ASSERT_EQ(rows.batch.completed.size(), 1U);
  EXPECT_EQ(rows.batch.completed[0].range, (ledger::IdRange{798, 800}));
  EXPECT_EQ(rows.batch.completed[0].as_of, 900);
  ASSERT_EQ(rows.batch.rechecks.size(), 1U);
  EXPECT_EQ(rows.batch.rechecks[0].range, (ledger::IdRange{1, 797}));
  ASSERT_EQ(rows.batch.channels.size(), 1U);
  EXPECT_EQ(rows.batch.channels[0].newest_id, 800);
  EXPECT_EQ(rows.batch.channels[0].tail_id, 800);
  EXPECT_EQ(rows.holes, std::vector<ChannelId>{kChannel});
}

TEST(StepReader, AGapThatSaysNothingPutsAllInDoubt) {
  updates::Step step;
  step.channel_gaps.push_back({.channel = kChannel, .from = Pts(0), .to = Pts(12)});
  const StepRows rows = read(std::move(step));
  EXPECT_TRUE(rows.batch.completed.empty());
  ASSERT_EQ(rows.batch.rechecks.size(), 1U);
  EXPECT_EQ(rows.batch.rechecks[0].range.first, 1);
  EXPECT_GT(rows.batch.rechecks[0].range.last, 1'000'000'000);
}

TEST(StepReader, PrivateChatsAreLeftOutUnlessWanted) {
  for (const FollowPolicy policy : {FollowPolicy{}, kEverything}) {
    updates::Step step;
    step.updates.push_back({api::updateNewMessage{.message = note(api::peerUser{.user_id = 8}, 1, "hi")}, 5});
    step.updates.push_back({api::updateNewMessage{.message = note(api::peerChat{.chat_id = 9}, 2, "all")}, 6});
    step.updates.push_back({api::updateDeleteMessages{.messages = {1}, .pts = 7, .pts_count = 1}, 7});
    step.common = updates::CommonState{Pts(7), Qts(1), Seq(2), 1'700'000'000};
    const StepRows rows = read(std::move(step), policy);
    const bool wanted = policy.keeps_anything_private();
    ASSERT_EQ(rows.batch.private_messages.size(), wanted ? 2U : 0U);
    EXPECT_EQ(rows.batch.private_deletions.size(), wanted ? 1U : 0U);
    if (wanted) {
      EXPECT_EQ(rows.batch.private_messages[1].peer, (ledger::PeerKey{ledger::PeerType::Chat, 9}));
      EXPECT_EQ(rows.batch.private_messages[1].message.as_of, 6);
    }
    // Where the account stands is stored in either case, so that nothing is told twice.
    ASSERT_EQ(rows.batch.update_states.size(), 1U);
    EXPECT_EQ(rows.batch.update_states[0], (ledger::UpdateState{kAccount, 7, 1, 1'700'000'000, 2}));
  }
}

TEST(StepReader, TheChatThatComesWithEveryPostIsWrittenOnce) {
  StepReader reader(kAccount, {});
  const auto step_with = [](std::string title) {
    updates::Step step;
    step.updates.push_back(fresh(7, 21));
    step.chats.push_back(chat_named(std::move(title)));
    step.channels.push_back({kChannel, Pts(21)});
    return step;
  };
  const StepRows first = reader.read(step_with("Old"), kNow);
  EXPECT_EQ(first.batch.peers.size(), 1U);
  EXPECT_EQ(first.batch.channels[0].title, "Old");
  const StepRows second = reader.read(step_with("Old"), kNow);
  EXPECT_TRUE(second.batch.peers.empty());
  EXPECT_FALSE(second.batch.channels[0].title);
  const StepRows third = reader.read(step_with("New"), kNow);
  EXPECT_EQ(third.batch.peers.size(), 1U);
  EXPECT_EQ(third.batch.channels[0].title, "New");
}

TEST(StepReader, AChannelThatIsNotFollowedIsNotWritten) {
  updates::Step step;
  step.chats.push_back(chat_named("Of a forward"));
  const StepRows rows = read(std::move(step));
  EXPECT_TRUE(rows.batch.channels.empty());
}

TEST(StepReader, WhatHappenedToAChannelIsAskedFor) {
  updates::Step step;
  step.updates.push_back({api::updateChannel{.channel_id = kChannel.value()}, 0});
  step.updates.push_back({api::updateChannel{.channel_id = kChannel.value()}, 0});
  step.chats.push_back(api::channelForbidden{.id = 200, .title = "Closed"});
  const StepRows rows = read(std::move(step));
  EXPECT_EQ(rows.refetch, (std::vector<ChannelId>{ChannelId(200), kChannel}));
}

TEST(StepReader, AGapOfPrivateChatsIsStoredWithTheStateThatSkipsIt) {
  for (const FollowPolicy policy : {FollowPolicy{}, FollowPolicy{Keep::Yes, Keep::No}, kEverything}) {
    updates::Step step;
    step.common_gap = updates::CommonGap{.from = Pts(5), .to = Pts(900)};
    step.common = updates::CommonState{Pts(900), Qts(1), Seq(2), 1'700'000'000};
    const StepRows rows = read(std::move(step), policy);
    EXPECT_EQ(rows.private_gap, policy.keeps_anything_private());
    ASSERT_EQ(rows.batch.private_gaps.size(), policy.keeps_anything_private() ? 1U : 0U);
    for (const ledger::PrivateGap& gap : rows.batch.private_gaps)
      EXPECT_EQ(gap.as_of, 900);
    EXPECT_EQ(rows.batch.update_states.size(), 1U);
  }
}

TEST(StepReader, AGroupThatMigratesIsNamed) {
  api::messageService moved;
  moved.id = 3;
  moved.peer_id = api::peerChat{.chat_id = 9};
  moved.date = 1'600'000'000;
  moved.action = api::messageActionChatMigrateTo{.channel_id = 300};
  updates::Step step;
  step.updates.push_back({api::updateNewMessage{.message = moved}, 5});
  const StepRows rows = read(std::move(step), kEverything);
  ASSERT_EQ(rows.migrations.size(), 1U);
  EXPECT_EQ(rows.migrations[0].chat, 9);
  EXPECT_EQ(rows.migrations[0].channel, ChannelId(300));
}

}  // namespace
}  // namespace ledgram::follow
