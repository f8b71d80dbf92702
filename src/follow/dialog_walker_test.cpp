#include "ledgram/follow/dialog_walker.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace ledgram::follow {
namespace {

namespace api = tl::api;
using ledger::PeerKey;
using ledger::PeerType;

constexpr FollowPolicy kEverything{Keep::Yes, Keep::Yes};
constexpr UserId kSelf{1};
constexpr std::int32_t kEpoch = 1'700'000'000;

/// A place in the list: whom it is with and the number of the newest message, which is as old as its number says.
struct Place {
  PeerKey peer;
  std::int32_t top = 0;
  bool pinned = false;
  bool draft = false;
};

Place user(std::int64_t id, std::int32_t top) {
  return {.peer = {PeerType::User, id}, .top = top};
}

api::Peer peer_of(PeerKey key) {
  if (key.type == PeerType::User)
    return api::peerUser{.user_id = key.id};
  if (key.type == PeerType::Chat)
    return api::peerChat{.chat_id = key.id};
  return api::peerChannel{.channel_id = key.id};
}

template <class Answer>
void fill(Answer& answer, const std::vector<Place>& places) {
  for (const Place& place : places) {
    api::dialog dialog;
    dialog.peer = peer_of(place.peer);
    dialog.top_message = place.top;
    dialog.pinned = place.pinned;
    if (place.draft)
      dialog.draft = api::draftMessage{.message = "not sent yet"};
    answer.dialogs.push_back(std::move(dialog));
    api::message top;
    top.id = place.top;
    top.peer_id = peer_of(place.peer);
    top.date = kEpoch + place.top;
    answer.messages.push_back(std::move(top));
    if (place.peer.type == PeerType::User) {
      api::user person;
      person.id = place.peer.id;
      person.access_hash = 1000 + place.peer.id;
      answer.users.push_back(std::move(person));
    } else if (place.peer.type == PeerType::Channel) {
      api::channel channel;
      channel.id = place.peer.id;
      channel.access_hash = 2000 + place.peer.id;
      answer.chats.push_back(std::move(channel));
    }
  }
}

api::messages_Dialogs whole(const std::vector<Place>& places) {
  api::messages_dialogs answer;
  fill(answer, places);
  return answer;
}

api::messages_Dialogs slice(const std::vector<Place>& places) {
  api::messages_dialogsSlice answer;
  answer.count = 1000;
  fill(answer, places);
  return answer;
}

DialogWalker walker_after(std::int32_t newest, FollowPolicy policy = kEverything) {
  return {policy, {.as_of = 50, .newest = newest, .since = kEpoch + newest}, kSelf};
}

std::vector<std::int64_t> found(const DialogWalker& walker) {
  std::vector<std::int64_t> ids;
  for (const auto& [key, input] : walker.chats())
    ids.push_back(key.id);
  return ids;
}

TEST(DialogWalker, OnePageIsTheWholeListAndTheArchiveComesAfterIt) {
  DialogWalker walker = walker_after(10);
  EXPECT_EQ(walker.next()->folder_id, 0);
  EXPECT_EQ(walker.next()->offset_id, 0);
  walker.accept(whole({user(5, 30), {.peer = {PeerType::Chat, 6}, .top = 20}, user(7, 10)}));
  EXPECT_EQ(walker.next()->folder_id, 1);
  walker.accept(whole({user(8, 12)}));
  EXPECT_FALSE(walker.next());
  EXPECT_EQ(found(walker), (std::vector<std::int64_t>{5, 8, 6}));
  const auto* person = walker.chats().at({PeerType::User, 5}).as<api::inputPeerUser>();
  ASSERT_NE(person, nullptr);
  EXPECT_EQ(person->access_hash, 1005);
  EXPECT_TRUE((walker.chats().at({PeerType::Chat, 6}).is<api::inputPeerChat>()));
}

TEST(DialogWalker, GoesOnBelowTheLastChatOfAPage) {
  DialogWalker walker = walker_after(10);
  walker.accept(slice({user(5, 90), {.peer = {PeerType::Channel, 6}, .top = 80}}));
  const auto request = walker.next();
  EXPECT_EQ(request->offset_id, 80);
  EXPECT_EQ(request->offset_date, kEpoch + 80);
  const auto* peer = request->offset_peer.as<api::inputPeerChannel>();
  ASSERT_NE(peer, nullptr);
  EXPECT_EQ(peer->access_hash, 2006);
  EXPECT_EQ(found(walker), std::vector<std::int64_t>{5}) << "channels are no business of this one";
}

TEST(DialogWalker, EndsWhereAllIsOlderThanTheGap) {
  DialogWalker walker = walker_after(50);
  walker.accept(slice({user(5, 90), user(6, 80)}));
  walker.accept(slice({user(7, 40), user(8, 30)}));
  // Two pages: once more from the top.
  EXPECT_EQ(walker.next()->offset_id, 0);
  walker.accept(slice({user(5, 90), user(6, 80)}));
  EXPECT_EQ(walker.next()->folder_id, 1);
  EXPECT_EQ(found(walker), (std::vector<std::int64_t>{5, 6}));
}

TEST(DialogWalker, PinnedChatsAndDraftsEndNothing) {
  DialogWalker walker = walker_after(50);
  Place pinned = user(5, 3);
  pinned.pinned = true;
  Place draft = user(6, 4);
  draft.draft = true;
  walker.accept(slice({pinned, draft, {.peer = {PeerType::Channel, 9}, .top = 80}}));
  EXPECT_EQ(walker.next()->offset_id, 80);
  walker.accept(whole({user(7, 60)}));
  EXPECT_EQ(found(walker), std::vector<std::int64_t>{7});
}

TEST(DialogWalker, AChatThatMovesToTheTopMeanwhileIsFound) {
  DialogWalker walker = walker_after(10);
  walker.accept(slice({user(5, 90), user(6, 80)}));
  // User 7, who was at 70, writes again before the next page is asked for.
  walker.accept(slice({user(8, 60)}));
  walker.accept(slice({}));
  EXPECT_EQ(walker.next()->offset_id, 0);
  EXPECT_EQ(walker.next()->folder_id, 0);
  walker.accept(slice({user(7, 91), user(5, 90)}));
  EXPECT_EQ(walker.next()->offset_id, 90) << "the page brought somebody new";
  walker.accept(slice({user(6, 80), user(8, 60)}));
  EXPECT_EQ(walker.next()->offset_id, 0) << "the pass brought somebody new";
  walker.accept(slice({user(7, 91), user(5, 90)}));
  EXPECT_EQ(walker.next()->folder_id, 1);
  EXPECT_EQ(found(walker), (std::vector<std::int64_t>{5, 6, 7, 8}));
}

TEST(DialogWalker, AListThatDoesNotGoDownEnds) {
  DialogWalker walker = walker_after(10);
  walker.accept(slice({user(5, 90)}));
  walker.accept(slice({user(6, 90)}));
  int pages = 0;
  for (; walker.next()->folder_id == 0 && pages < 10; ++pages)
    walker.accept(slice({user(5, 90)}));
  EXPECT_LT(pages, 10);
  walker.accept(api::messages_dialogsNotModified{});
  EXPECT_FALSE(walker.next());
}

TEST(DialogWalker, OnlyWhatIsFollowedIsFound) {
  DialogWalker people = walker_after(10, {Keep::Yes, Keep::No});
  people.accept(whole({user(5, 30), {.peer = {PeerType::Chat, 6}, .top = 20}, user(kSelf.value(), 15)}));
  EXPECT_EQ(found(people), (std::vector<std::int64_t>{kSelf.value(), 5}));
  EXPECT_TRUE((people.chats().at({PeerType::User, kSelf.value()}).is<api::inputPeerSelf>()));
  DialogWalker groups = walker_after(10, {Keep::No, Keep::Yes});
  groups.accept(whole({user(5, 30), {.peer = {PeerType::Chat, 6}, .top = 20}}));
  EXPECT_EQ(found(groups), std::vector<std::int64_t>{6});
}

TEST(DialogWalker, WithoutANumberTheDateCounts) {
  const ledger::OpenPrivateGap gap{.as_of = 50, .newest = 0, .since = kEpoch};
  EXPECT_TRUE(may_be_of(gap, 3, kEpoch));
  EXPECT_TRUE(may_be_of(gap, 3, kEpoch - 3600)) << "the state's date may run ahead";
  EXPECT_FALSE(may_be_of(gap, 3, kEpoch - 3601));
  const ledger::OpenPrivateGap known{.as_of = 50, .newest = 7, .since = kEpoch};
  EXPECT_TRUE(may_be_of(known, 8, 0));
  EXPECT_FALSE(may_be_of(known, 7, kEpoch + 100));
}

}  // namespace
}  // namespace ledgram::follow
