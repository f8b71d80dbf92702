#include "ledgram/updates/routing.hpp"

#include "ledgram/tl/builtin_schema.hpp"
#include "ledgram/tl/schema.hpp"
#include "ledgram/updates/test_support.hpp"

#include <algorithm>
#include <set>
#include <string>

// Rules U7 to U11 of the protocol checklist: which update belongs to which box.

namespace ledgram::updates {
namespace {

using namespace testing;

api::Peer channel_peer() {
  return api::peerChannel{.channel_id = 9};
}

template <class U>
api::Update with_pts(U update) {
  update.pts = 70;
  update.pts_count = 3;
  return update;
}

template <class U>
api::Update with_qts() {
  U update;
  update.qts = 70;
  return update;
}

TEST(RuleU08, TheseHaveACommonPts) {
  const auto all =
      list(with_pts(api::updateNewMessage{}), with_pts(api::updateEditMessage{}), with_pts(api::updateDeleteMessages{}),
           with_pts(api::updateReadHistoryInbox{}), with_pts(api::updateReadHistoryOutbox{}),
           with_pts(api::updateReadMessagesContents{}), with_pts(api::updateWebPage{}),
           with_pts(api::updatePinnedMessages{}), with_pts(api::updateFolderPeers{}));
  for (const api::Update& update : all) {
    SCOPED_TRACE(update.name());
    const Route route = route_of(update);
    EXPECT_EQ(route.kind, RouteKind::Common);
    EXPECT_EQ(route.number, 70);
    EXPECT_EQ(route.count, 3);
  }
}

TEST(RuleU09, TheseHaveThePtsOfTheirChannel) {
  const auto all =
      list(with_pts(api::updateNewChannelMessage{.message = channel_message(9, 1)}),
           with_pts(api::updateEditChannelMessage{.message = channel_message(9, 1)}),
           with_pts(api::updateNewChannelMessage{.message = api::messageService{.peer_id = channel_peer()}}),
           with_pts(api::updateNewChannelMessage{.message = api::messageEmpty{.id = 1, .peer_id = channel_peer()}}),
           with_pts(api::updateDeleteChannelMessages{.channel_id = 9}),
           with_pts(api::updatePinnedChannelMessages{.channel_id = 9}),
           with_pts(api::updateChannelWebPage{.channel_id = 9}));
  for (const api::Update& update : all) {
    SCOPED_TRACE(update.name());
    const Route route = route_of(update);
    EXPECT_EQ(route.kind, RouteKind::Channel);
    EXPECT_EQ(route.channel, ChannelId(9));
    EXPECT_EQ(route.number, 70);
    EXPECT_EQ(route.count, 3);
  }
}

TEST(RuleU09, ReadChannelInboxHasAPtsToCompare) {
  const Route route = route_of(api::updateReadChannelInbox{.channel_id = 9, .pts = 70});
  EXPECT_EQ(route.kind, RouteKind::ChannelRead);
  EXPECT_EQ(route.channel, ChannelId(9));
  EXPECT_EQ(route.number, 70);
}

TEST(RuleU09, AMessageWithoutItsChannelBelongsNowhere) {
  EXPECT_EQ(route_of(with_pts(api::updateNewChannelMessage{.message = private_message(1)})).kind, RouteKind::Nowhere);
  EXPECT_EQ(route_of(with_pts(api::updateNewChannelMessage{.message = api::messageEmpty{.id = 1}})).kind,
            RouteKind::Nowhere);
  EXPECT_EQ(route_of(with_pts(api::updateEditChannelMessage{})).kind, RouteKind::Nowhere);
}

TEST(RuleU10, TheseHaveAQts) {
  const auto all = list(with_qts<api::updateNewEncryptedMessage>(), with_qts<api::updateMessagePollVote>(),
                        with_qts<api::updateBotStopped>(), with_qts<api::updateChatParticipant>(),
                        with_qts<api::updateChannelParticipant>(), with_qts<api::updateBotChatInviteRequester>(),
                        with_qts<api::updateBotChatBoost>(), with_qts<api::updateBotMessageReaction>(),
                        with_qts<api::updateBotMessageReactions>(), with_qts<api::updateBotBusinessConnect>(),
                        with_qts<api::updateBotNewBusinessMessage>(), with_qts<api::updateBotEditBusinessMessage>(),
                        with_qts<api::updateBotDeleteBusinessMessage>(), with_qts<api::updateBotPurchasedPaidMedia>());
  for (const api::Update& update : all) {
    SCOPED_TRACE(update.name());
    const Route route = route_of(update);
    EXPECT_EQ(route.kind, RouteKind::Qts);
    EXPECT_EQ(route.number, 70);
    EXPECT_EQ(route.count, 1);
  }
}

TEST(RuleU10, NoNumberedUpdateOfTheSchemaIsForgotten) {
  const tl::Schema& schema = tl::builtin_api_schema();
  const auto update_type = schema.type("Update");
  ASSERT_TRUE(update_type.has_value());
  const std::set<std::string> known{
      // U8
      "updateNewMessage", "updateEditMessage", "updateDeleteMessages", "updateReadHistoryInbox",
      "updateReadHistoryOutbox", "updateReadMessagesContents", "updateWebPage", "updatePinnedMessages",
      "updateFolderPeers",
      // U9
      "updateNewChannelMessage", "updateEditChannelMessage", "updateDeleteChannelMessages",
      "updatePinnedChannelMessages", "updateChannelWebPage", "updateReadChannelInbox", "updateChannelTooLong",
      // U10
      "updateNewEncryptedMessage", "updateMessagePollVote", "updateBotStopped", "updateChatParticipant",
      "updateChannelParticipant", "updateBotChatInviteRequester", "updateBotChatBoost", "updateBotMessageReaction",
      "updateBotMessageReactions", "updateBotBusinessConnect", "updateBotNewBusinessMessage",
      "updateBotEditBusinessMessage", "updateBotDeleteBusinessMessage", "updateBotPurchasedPaidMedia"};
  std::set<std::string> in_schema;
  for (const tl::Combinator& one : schema.combinators()) {
    const bool has_number = std::ranges::any_of(
        one.fields, [](const tl::Field& field) { return field.name == "pts" || field.name == "qts"; });
    if (one.role == tl::Role::Constructor && one.result == *update_type && has_number)
      in_schema.insert(one.name);
  }
  EXPECT_EQ(in_schema, known) << "a new layer numbers other updates: give them a route and a row above";
}

TEST(RuleU11, TheRestHasNoOrder) {
  const auto all =
      list(status(), api::Update(api::updateUserTyping{}), api::Update(api::updateUserName{}),
           api::Update(api::updateChannel{.channel_id = 9}), api::Update(api::updateChat{}),
           api::Update(api::updateChannelMessageViews{.channel_id = 9}), api::Update(api::updateMessageReactions{}),
           api::Update(api::updateReadChannelOutbox{.channel_id = 9}), api::Update(api::updateConfig{}),
           api::Update(api::updateDcOptions{}), api::Update(api::updateNewScheduledMessage{}));
  for (const api::Update& update : all) {
    SCOPED_TRACE(update.name());
    EXPECT_EQ(route_of(update).kind, RouteKind::Free);
  }
  EXPECT_EQ(route_of(message_id(1)).kind, RouteKind::MessageId);
  EXPECT_EQ(route_of(api::updatePtsChanged{}).kind, RouteKind::PtsChanged);
}

using RuleU07 = MessageBoxTest;

TEST_F(RuleU07, EachUpdateMovesOnlyItsOwnBox) {
  start_quiet();
  follow(8, 40);
  follow(9, 50);
  take(pushed(post(8, 7, 41), post(9, 7, 51), fresh(1, 101), bot_stopped(11)));
  EXPECT_EQ(committed(), common(101, 11, 5, 1000));
  EXPECT_EQ(committed(8), 41);
  EXPECT_EQ(committed(9), 51);
  EXPECT_TRUE(box->idle());
}

TEST_F(RuleU07, ChannelsThatNobodyFollowsMoveNothing) {
  start_quiet();
  follow(9, 50);
  take(pushed(post(8, 7, 101), deletion(8, {1}, 102, 1), too_long(8), post(8, 9, 0, 0)));
  EXPECT_TRUE(taken.empty());
  EXPECT_EQ(box->counters().foreign, 4U);
  take(pushed(post(8, 7, 103), post(9, 7, 51)));
  EXPECT_THAT(told(), ElementsAre("c9:m7@51"));
  EXPECT_TRUE(box->idle());
}

using RuleU09InTheBox = MessageBoxTest;

TEST_F(RuleU09InTheBox, ReadChannelInboxIsComparedAndNeverCounted) {
  start_quiet();
  follow(9, 50);
  take(pushed(api::updateReadChannelInbox{.channel_id = 9, .pts = 50}));
  EXPECT_THAT(told(), ElementsAre("ReadChannelInbox"));
  EXPECT_EQ(box->channel(ChannelId(9)), Pts(50));
  EXPECT_TRUE(box->idle());
  take(pushed(api::updateReadChannelInbox{.channel_id = 9, .pts = 51}));
  EXPECT_EQ(box->channel(ChannelId(9)), Pts(50));
  pass(499ms);
  EXPECT_TRUE(asked.empty());
  pass(1ms);
  EXPECT_THAT(requests(), ElementsAre("channel 9 from 50 limit 100")) << "so something was missed";
  answer_channel(9, channel_empty(50));
  pass(1min);
  EXPECT_EQ(asked.size(), 1U) << "worth one question";
  EXPECT_TRUE(box->idle());
}

}  // namespace
}  // namespace ledgram::updates
