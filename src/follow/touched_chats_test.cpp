#include "ledgram/follow/touched_chats.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ledgram::follow {
namespace {

namespace api = tl::api;
using ledger::PeerKey;
using ledger::PeerType;

using Chats = std::vector<std::optional<PeerKey>>;

const PeerKey kOlha{PeerType::User, 7};
const PeerKey kWalkers{PeerType::Chat, 8};
const PeerKey kNews{PeerType::Channel, 9};
constexpr std::nullopt_t kAny = std::nullopt;

template <class News>
Chats touched(const News& news) {
  Chats chats;
  tell_touched(news, [&](std::optional<PeerKey> chat) { chats.push_back(chat); });
  return chats;
}

api::message message_in(api::Peer peer) {
  api::message message;
  message.id = 1;
  message.peer_id = std::move(peer);
  return message;
}

api::message to_olha() {
  return message_in(api::peerUser{.user_id = kOlha.id});
}

api::message to_walkers() {
  return message_in(api::peerChat{.chat_id = kWalkers.id});
}

api::message to_news() {
  return message_in(api::peerChannel{.channel_id = kNews.id});
}

Chats touched_by(api::Update update) {
  return touched(api::Updates(api::updateShort{.update = std::move(update)}));
}

TEST(TouchedChats, MessagesNameTheirChat) {
  EXPECT_EQ(touched_by(api::updateNewMessage{.message = to_olha()}), Chats{kOlha});
  EXPECT_EQ(touched_by(api::updateEditMessage{.message = to_walkers()}), Chats{kWalkers});
  EXPECT_EQ(touched_by(api::updateNewChannelMessage{.message = to_news()}), Chats{kNews});
  EXPECT_EQ(touched_by(api::updateEditChannelMessage{.message = to_news()}), Chats{kNews});
  EXPECT_EQ(touched(api::Updates(api::updateShortMessage{.id = 1, .user_id = kOlha.id})), Chats{kOlha});
  EXPECT_EQ(touched(api::Updates(api::updateShortChatMessage{.id = 1, .chat_id = kWalkers.id})), Chats{kWalkers});
}

TEST(TouchedChats, MarksPinsAndChatsAreToldOf) {
  EXPECT_EQ(touched_by(api::updateReadHistoryInbox{.peer = api::peerUser{.user_id = kOlha.id}}), Chats{kOlha});
  EXPECT_EQ(touched_by(api::updateReadHistoryOutbox{.peer = api::peerUser{.user_id = kOlha.id}}), Chats{kOlha});
  EXPECT_EQ(touched_by(api::updatePinnedMessages{.peer = api::peerChat{.chat_id = kWalkers.id}}), Chats{kWalkers});
  EXPECT_EQ(touched_by(api::updateDialogPinned{.peer = api::dialogPeer{.peer = api::peerUser{.user_id = kOlha.id}}}),
            Chats{kOlha});
  EXPECT_EQ(touched_by(api::updateDialogPinned{.peer = api::dialogPeerFolder{.folder_id = 1}}), Chats{});
  EXPECT_EQ(touched_by(api::updateChat{.chat_id = kWalkers.id}), Chats{kWalkers});
  EXPECT_EQ(touched_by(api::updateDeleteChannelMessages{.channel_id = kNews.id}), Chats{kNews});
  EXPECT_EQ(touched_by(api::updateChannelTooLong{.channel_id = kNews.id}), Chats{kNews});
  EXPECT_EQ(touched_by(api::updateChannel{.channel_id = kNews.id}), Chats{kNews});
  EXPECT_EQ(touched_by(api::updateReadChannelInbox{.channel_id = kNews.id}), Chats{kNews});
  EXPECT_EQ(touched_by(api::updateReadChannelOutbox{.channel_id = kNews.id}), Chats{kNews});
  EXPECT_EQ(touched_by(api::updatePinnedChannelMessages{.channel_id = kNews.id}), Chats{kNews});
}

TEST(TouchedChats, WhatNamesNoChatIsAnyChat) {
  EXPECT_EQ(touched_by(api::updateDeleteMessages{.messages = {1, 2}}), Chats{kAny});
  EXPECT_EQ(touched_by(api::updatePinnedDialogs{}), Chats{kAny});
  EXPECT_EQ(touched(api::Updates(api::updatesTooLong{})), Chats{kAny});
  EXPECT_EQ(touched(api::Updates(api::updateShortSentMessage{.id = 1})), Chats{kAny});
  EXPECT_EQ(touched(api::updates_Difference(api::updates_differenceTooLong{.pts = 5})), Chats{kAny});
}

TEST(TouchedChats, WhoTypesOrComesOnlineChangesNoChat) {
  EXPECT_EQ(touched_by(api::updateUserTyping{.user_id = kOlha.id}), Chats{});
  EXPECT_EQ(touched_by(api::updateUserStatus{.user_id = kOlha.id}), Chats{});
  EXPECT_EQ(touched(api::updates_Difference(api::updates_differenceEmpty{})), Chats{});
}

TEST(TouchedChats, ContainersAndDifferencesTellOfAllTheyHold) {
  api::updates all;
  all.updates.push_back(api::updateNewMessage{.message = to_olha()});
  all.updates.push_back(api::updateNewChannelMessage{.message = to_news()});
  EXPECT_EQ(touched(api::Updates(std::move(all))), (Chats{kOlha, kNews}));
  api::updates_difference difference;
  difference.new_messages.push_back(to_walkers());
  difference.other_updates.push_back(api::updateChannelTooLong{.channel_id = kNews.id});
  EXPECT_EQ(touched(api::updates_Difference(std::move(difference))), (Chats{kWalkers, kNews}));
  api::updates_channelDifference of_channel;
  of_channel.new_messages.push_back(to_news());
  EXPECT_EQ(touched(api::updates_ChannelDifference(std::move(of_channel))), Chats{kNews});
  api::dialog dialog;
  dialog.peer = api::peerChannel{.channel_id = kNews.id};
  api::updates_channelDifferenceTooLong too_long;
  too_long.dialog = std::move(dialog);
  EXPECT_EQ(touched(api::updates_ChannelDifference(std::move(too_long))), Chats{kNews});
}

TEST(TouchedChats, AnswersToOwnDeletionsAndMarksAreKnown) {
  EXPECT_TRUE(tells_of_changes(tl::serialize(api::messages_affectedMessages{.pts = 5, .pts_count = 1})));
  EXPECT_TRUE(tells_of_changes(tl::serialize(api::messages_affectedHistory{.pts = 5, .pts_count = 1})));
  EXPECT_FALSE(tells_of_changes(tl::serialize(api::updates_state{.pts = 5})));
}

}  // namespace
}  // namespace ledgram::follow
