#include "ledgram/updates/test_support.hpp"

// Rules U13, U35 and U36 of the protocol checklist: who is named in an update.

namespace ledgram::updates {
namespace {

using namespace testing;

using RuleU13 = MessageBoxTest;

TEST_F(RuleU13, ShortMessagesAreWrittenOut) {
  start_quiet();
  take(api::updateShortMessage{.mentioned = true,
                               .id = 7,
                               .user_id = kFriend,
                               .message = "hello",
                               .pts = 101,
                               .pts_count = 1,
                               .date = 1001,
                               .entities = list(api::MessageEntity(api::messageEntityBold{.length = 2})),
                               .ttl_period = 60});
  take(api::updateShortMessage{.out = true, .id = 8, .user_id = kFriend, .pts = 102, .pts_count = 1});
  take(api::updateShortChatMessage{
      .silent = true, .id = 9, .from_id = kFriend, .chat_id = 77, .pts = 103, .pts_count = 1});
  ASSERT_EQ(taken.size(), 3U);
  const auto message_of = [this](std::size_t step) {
    return *taken[step].updates.at(0).update.as<api::updateNewMessage>()->message.as<api::message>();
  };
  const api::message first = message_of(0);
  EXPECT_EQ(first.id, 7);
  EXPECT_EQ(first.message, "hello");
  EXPECT_EQ(first.date, 1001);
  EXPECT_TRUE(first.mentioned);
  EXPECT_EQ(first.entities->size(), 1U);
  EXPECT_EQ(first.ttl_period, 60);
  EXPECT_EQ(first.peer_id.as<api::peerUser>()->user_id, kFriend);
  EXPECT_TRUE(first.from_id.empty()) << "as in a difference";
  EXPECT_EQ(message_of(1).from_id.as<api::peerUser>()->user_id, kSelf);
  EXPECT_EQ(message_of(2).from_id.as<api::peerUser>()->user_id, kFriend);
  EXPECT_EQ(message_of(2).peer_id.as<api::peerChat>()->chat_id, 77);
  EXPECT_TRUE(message_of(2).silent);
  EXPECT_EQ(committed(), common(103, 10, 5, 1000));
  EXPECT_TRUE(asked.empty());
}

TEST_F(RuleU13, WhoeverIsNamedHasToBeKnown) {
  const api::Peer stranger = api::peerUser{.user_id = kStranger};
  std::vector<api::Updates> all;
  all.push_back(api::updateShortMessage{.id = 7, .user_id = kStranger, .pts = 101, .pts_count = 1});
  all.push_back(api::updateShortChatMessage{.id = 7, .from_id = kStranger, .chat_id = 77, .pts = 101, .pts_count = 1});
  all.push_back(api::updateShortChatMessage{.id = 7, .from_id = kFriend, .chat_id = 78, .pts = 101, .pts_count = 1});
  all.push_back(api::updateShortMessage{
      .id = 7, .user_id = kFriend, .pts = 101, .pts_count = 1, .fwd_from = api::messageFwdHeader{.from_id = stranger}});
  all.push_back(
      api::updateShortMessage{.id = 7, .user_id = kFriend, .pts = 101, .pts_count = 1, .via_bot_id = kStranger});
  all.push_back(api::updateShortMessage{.id = 7,
                                        .user_id = kFriend,
                                        .pts = 101,
                                        .pts_count = 1,
                                        .reply_to = api::messageReplyHeader{.reply_to_peer_id = stranger}});
  all.push_back(api::updateShortMessage{
      .id = 7,
      .user_id = kFriend,
      .pts = 101,
      .pts_count = 1,
      .entities = list(api::MessageEntity(api::messageEntityMentionName{.user_id = kStranger}))});
  for (std::size_t i = 0; i < all.size(); ++i) {
    SCOPED_TRACE(i);
    start_quiet();
    take(std::move(all[i]));
    EXPECT_TRUE(told().empty());
    EXPECT_THAT(requests(), ElementsAre("difference 100/10/1000"));
    answer_difference(difference(list(private_message(7, kStranger)), {}, state(101, 10, 5, 1001)));
    EXPECT_THAT(told(), ElementsAre("m7@101"));
    EXPECT_TRUE(box->idle());
  }
}

TEST_F(RuleU13, OthersQueueBehindTheOneThatCannotBeApplied) {
  start_quiet();
  take(api::updateShortMessage{.id = 7, .user_id = kStranger, .pts = 101, .pts_count = 1});
  take(api::updateShortMessage{.id = 8, .user_id = kFriend, .pts = 102, .pts_count = 1});
  EXPECT_TRUE(told().empty());
  answer_difference(difference(list(private_message(7, kStranger)), {}, state(101, 10, 5, 1001)));
  EXPECT_THAT(told(), ElementsAre("m7@101", "m8@102"));
}

TEST_F(RuleU13, AfterADifferenceThatDoesNotKnowItEitherItIsApplied) {
  start_quiet();
  take(api::updateShortMessage{.id = 7, .user_id = kStranger, .pts = 101, .pts_count = 1});
  answer_difference(empty_difference(1001, 5));
  EXPECT_THAT(told(), ElementsAre("m7@101"));
  pass(1min);
  EXPECT_EQ(asked.size(), 1U) << "no loop";
}

TEST_F(RuleU13, UnorderedUpdatesComeShortToo) {
  start_quiet();
  follow(9, 50);
  take(api::updateShort{.update = status(), .date = 1});
  take(api::updateShort{.update = post(9, 7, 51), .date = 1});
  EXPECT_THAT(told(), ElementsAre("UserStatus", "c9:m7@51"));
}

using RuleU35 = MessageBoxTest;

TEST_F(RuleU35, UsersAndChatsComeInTheStepOfTheirUpdates) {
  start_quiet();
  follow(9, 50);
  take(api::updates{.updates = list(post(9, 7, 51)),
                    .users = list(user(1), user(2)),
                    .chats = list(api::Chat(api::channel{.min = true, .id = 9}))});
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].users.size(), 2U);
  EXPECT_EQ(taken[0].chats.size(), 1U);
}

TEST_F(RuleU35, TheyComeAtOnceIfTheUpdateHasToWait) {
  start_quiet();
  follow(9, 50);
  take(api::updates{.updates = list(post(9, 8, 52)), .users = list(user(1))});
  ASSERT_EQ(taken.size(), 1U);
  EXPECT_EQ(taken[0].users.size(), 1U);
  EXPECT_FALSE(taken[0].common);
  take(pushed(post(9, 7, 51)));
  EXPECT_THAT(told(), ElementsAre("c9:m7@51", "c9:m8@52"));
}

TEST_F(RuleU35, ContainersOfOthersBringNobody) {
  start_quiet();
  take(api::updates{.updates = list(post(1234, 8, 52)), .users = list(user(1))});
  EXPECT_TRUE(taken.empty());
  take(api::updates{.users = list(user(1))});
  EXPECT_EQ(taken.size(), 1U) << "an answer that only introduces somebody";
}

using RuleU36 = MessageBoxTest;

api::Update named(api::Peer from, api::MessageFwdHeader origin = {}, std::optional<std::int64_t> bot = std::nullopt) {
  return api::updateNewChannelMessage{.message = api::message{.id = 7,
                                                              .from_id = std::move(from),
                                                              .peer_id = api::peerChannel{.channel_id = 9},
                                                              .fwd_from = std::move(origin),
                                                              .via_bot_id = bot},
                                      .pts = 51,
                                      .pts_count = 1};
}

TEST_F(RuleU36, WhoIsNamedIsIntroducedByTheContainerOrKnown) {
  const api::Peer known = api::peerUser{.user_id = kFriend};
  const api::Peer stranger = api::peerUser{.user_id = kStranger};
  const api::Peer group = api::peerChat{.chat_id = kStranger};
  const api::Peer channel = api::peerChannel{.channel_id = kStranger};
  struct Row {
    std::string_view what;
    api::Update update;
    bool applied;
  };
  std::vector<Row> rows;
  rows.push_back({"nobody", named({}), true});
  rows.push_back({"known", named(known), true});
  rows.push_back({"this account", named(api::peerUser{.user_id = kSelf}), true});
  rows.push_back({"stranger", named(stranger), false});
  rows.push_back({"group of the same number", named(group), false});
  rows.push_back({"unknown channel", named(channel), false});
  rows.push_back({"forward from a stranger", named(known, api::messageFwdHeader{.from_id = stranger}), false});
  rows.push_back({"saved from a stranger", named(known, api::messageFwdHeader{.saved_from_peer = channel}), false});
  rows.push_back({"forward without a name", named(known, api::messageFwdHeader{.from_name = "x"}), true});
  rows.push_back({"unknown bot", named(known, {}, kStranger), false});
  for (Row& row : rows) {
    SCOPED_TRACE(row.what);
    for (const bool introduced : {false, true}) {
      start_quiet();
      follow(9, 50);
      api::updates all{.updates = list(row.update)};
      if (introduced) {
        all.users = list(user(1), api::User(api::user{.min = true, .id = kStranger}), user(900));
        all.chats = list(api::Chat(api::channel{.min = true, .id = kStranger}), api::Chat(api::chat{.id = kStranger}));
      }
      take(std::move(all));
      const bool is_applied = introduced || row.applied;
      EXPECT_EQ(told().size(), is_applied ? 1U : 0U);
      EXPECT_EQ(asked.size(), is_applied ? 0U : 1U);
    }
  }
}

TEST_F(RuleU36, ServiceMessagesNameTheirSender) {
  start_quiet();
  follow(9, 50);
  take(
      pushed(api::updateNewChannelMessage{.message = api::messageService{.id = 7,
                                                                         .from_id = api::peerUser{.user_id = kStranger},
                                                                         .peer_id = api::peerChannel{.channel_id = 9},
                                                                         .action = api::messageActionEmpty{}},
                                          .pts = 51,
                                          .pts_count = 1}));
  EXPECT_EQ(asked.size(), 1U);
}

TEST_F(RuleU36, TheFirstChangeOfAChannelCannotWait) {
  start_quiet();
  follow(9, 0);
  api::Update first = named(api::peerUser{.user_id = kStranger});
  first.as<api::updateNewChannelMessage>()->pts = 1;
  take(pushed(std::move(first)));
  EXPECT_THAT(told(), ElementsAre("c9:m7@1")) << "no difference can begin before pts 1";
}

TEST_F(RuleU36, ADifferenceIsTakenAsItIs) {
  start_quiet();
  follow(9, 50);
  take(api::updatesTooLong{});
  answer_difference(difference(list(private_message(1, kStranger)), list(named(api::peerUser{.user_id = kStranger})),
                               state(101, 10, 5, 1001)));
  EXPECT_THAT(told(), ElementsAre("m1@101", "c9:m7@51"));
  EXPECT_EQ(asked.size(), 1U);
}

}  // namespace
}  // namespace ledgram::updates
