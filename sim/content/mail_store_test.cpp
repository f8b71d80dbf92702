#include "ledgram/sim_content/mail_store.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace ledgram::sim {
namespace {

namespace json = boost::json;
using namespace std::chrono_literals;

class MailStoreTest : public testing::Test {
 protected:
  MailStoreTest() { restart(); }

  /// As after the end of the process.
  void restart() {
    accounts = std::make_unique<AccountStore>(state);
    EXPECT_TRUE(accounts->restore());
    ann = *accounts->ensure_phone("9996610001");
    bob = *accounts->ensure_phone("9996610002");
    mail = std::make_unique<MailStore>(state, *accounts);
    EXPECT_TRUE(mail->restore());
  }

  const MailEvent& send(std::string_view from, std::string_view text, Direction direction = Direction::In) {
    const auto sent = mail->send(*ann, from, direction, {{"text", text}}, now);
    EXPECT_TRUE(sent) << sent.error().message;
    return *sent->event;
  }

  json::value truth(const Account& account) { return json::parse(mail->truth(account)); }

  MemoryStateStore state;
  std::unique_ptr<AccountStore> accounts;
  std::unique_ptr<MailStore> mail;
  Account* ann = nullptr;
  Account* bob = nullptr;
  Instant now{.monotonic = {}, .unix_time = 1'750'000'000s};
};

TEST_F(MailStoreTest, AllChatsOfAnAccountShareIdsAndPts) {
  EXPECT_EQ(mail->of(ann->id).pts(), 1);
  EXPECT_EQ(send("Olha", "one").ids, std::vector<std::int32_t>{1});
  EXPECT_EQ(send("Taras", "two").pts, 3);
  EXPECT_EQ(send("Olha", "three", Direction::Out).ids, std::vector<std::int32_t>{3});
  const Mailbox& box = mail->of(ann->id);
  EXPECT_EQ(box.dialogs().size(), 2U);
  const DialogPeer olha = box.find(1)->peer;
  EXPECT_EQ(box.ids(olha), (std::vector<std::int32_t>{1, 3}));
  EXPECT_EQ(box.find(1)->post.from_user, olha.id);
  EXPECT_EQ(box.find(3)->post.from_user, ann->id.value());
  EXPECT_EQ(mail->of(bob->id).pts(), 1) << "another account's box";
  EXPECT_EQ(mail->find_person(olha.id)->name, "Olha");
}

TEST_F(MailStoreTest, OnlyContainersMoveSeq) {
  EXPECT_EQ(mail->of(ann->id).seq(), 1);
  EXPECT_EQ(send("Olha", "who is this?").seq, 2) << "a stranger comes with his user object";
  EXPECT_EQ(send("Olha", "known now").seq, 0);
  const auto edited = mail->edit(*ann, 1, {{"text", "it is me"}}, now);
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->front().event->seq, 3);
  EXPECT_EQ(mail->of(ann->id).seq(), 3);
}

TEST_F(MailStoreTest, EditsAndDeletionsAreEvents) {
  send("Olha", "one");
  send("Olha", "two");
  send("Olha", "three");
  now = now.after(60s);
  ASSERT_TRUE(mail->edit(*ann, 2, {{"text", "two, edited"}}, now));
  const auto erased = mail->erase(*ann, {1, 3, 9}, now);
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->front().event->ids, (std::vector<std::int32_t>{1, 3}));
  EXPECT_EQ(erased->front().event->pts_count, 2);
  EXPECT_EQ(mail->of(ann->id).pts(), 1 + 3 + 1 + 2);
  EXPECT_EQ(mail->of(ann->id).find(2)->post.edit_date, 1'750'000'060);
  EXPECT_EQ(mail->edit(*ann, 1, {{"text", "x"}}, now).error().code, ContentErrc::NoSuchPost);
  EXPECT_EQ(mail->erase(*ann, {1}, now).error().code, ContentErrc::NoSuchPost);
}

TEST_F(MailStoreTest, AGroupIsInEveryMembersBoxUnderItsOwnIds) {
  send("Olha", "shifts the ids of one member");
  const std::array members{ann, bob};
  const std::vector<std::string> people{"Olha"};
  const auto made = mail->create_group("Walkers", members, people, now);
  ASSERT_TRUE(made);
  ASSERT_EQ(made->size(), 2U);
  EXPECT_EQ(made->at(0).event->ids, std::vector<std::int32_t>{2});
  EXPECT_EQ(made->at(1).event->ids, std::vector<std::int32_t>{1});
  const Group& group = *mail->find_group("Walkers");
  const auto sent = mail->send_to_group(group, "Olha", {{"text", "tomorrow at nine"}}, now);
  ASSERT_TRUE(sent);
  // By one member's id for all of them.
  const auto edited = mail->edit(*ann, 3, {{"text", "tomorrow at ten"}}, now);
  ASSERT_TRUE(edited);
  EXPECT_EQ(edited->size(), 2U);
  EXPECT_EQ(mail->of(bob->id).find(2)->post.text, "tomorrow at ten");
  ASSERT_TRUE(mail->erase(*bob, {2}, now));
  EXPECT_EQ(mail->of(ann->id).find(3), nullptr);
  EXPECT_EQ(mail->of(ann->id).deleted(), std::set<std::int32_t>{3});
}

TEST_F(MailStoreTest, WhatAMemberWritesIsOutForHim) {
  const std::array members{ann, bob};
  ASSERT_TRUE(mail->create_group("Two", members, {}, now));
  const auto sent = mail->send_to_group(*mail->find_group("Two"), "9996610002", {{"text", "hi"}}, now);
  ASSERT_TRUE(sent);
  EXPECT_EQ(mail->of(ann->id).find(2)->direction, Direction::In);
  EXPECT_EQ(mail->of(bob->id).find(2)->direction, Direction::Out);
  EXPECT_EQ(mail->of(ann->id).find(2)->post.from_user, bob->id.value());
}

TEST_F(MailStoreTest, AMigratedGroupTakesNothingMore) {
  const std::array members{ann, bob};
  ASSERT_TRUE(mail->create_group("Old", members, {}, now));
  const Group& group = *mail->find_group("Old");
  const auto told = mail->migrate(group, ChannelId(77), now);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->size(), 2U);
  EXPECT_EQ(mail->of(ann->id).find(2)->post.action->kind, ActionKind::ChatMigrateTo);
  EXPECT_EQ(mail->of(ann->id).find(2)->post.action->peer, 77);
  EXPECT_EQ(mail->send_to_group(group, "Olha", {{"text", "x"}}, now).error().code, ContentErrc::BadOption);
}

TEST_F(MailStoreTest, ARestartIsTheSame) {
  send("Olha", "one");
  send("Taras", "two", Direction::Out);
  const std::array members{ann, bob};
  const std::vector<std::string> people{"Olha", "6000000123"};
  ASSERT_TRUE(mail->create_group("Walkers", members, people, now));
  ASSERT_TRUE(mail->send_to_group(*mail->find_group("Walkers"), "Olha", {{"text", "x"}}, now));
  ASSERT_TRUE(mail->edit(*ann, 1, {{"text", "one, edited"}}, now));
  ASSERT_TRUE(mail->erase(*ann, {2}, now));
  ASSERT_TRUE(mail->migrate(*mail->find_group("Walkers"), ChannelId(78), now));
  const json::value ann_before = truth(*ann);
  const json::value bob_before = truth(*bob);
  restart();
  EXPECT_EQ(truth(*ann), ann_before);
  EXPECT_EQ(truth(*bob), bob_before);
  EXPECT_EQ(mail->find_group("Walkers")->migrated_to, ChannelId(78));
  EXPECT_EQ(mail->find_person(6'000'000'123)->name, "User 6000000123");
  // Numbers go on where they were.
  EXPECT_EQ(send("Olha", "after").ids.front(), ann_before.at("last_id").as_int64() + 1);
}

TEST_F(MailStoreTest, TruthNamesPeers) {
  send("Olha", "one");
  const json::value all = truth(*ann);
  EXPECT_EQ(all.at("phone"), "9996610001");
  EXPECT_EQ(all.at("messages").at(0).at("peer").at("type"), "user");
  EXPECT_EQ(all.at("messages").at(0).at("text"), "one");
  EXPECT_EQ(all.at("pts"), 2);
}

TEST_F(MailStoreTest, RefusesWhatItCannotTake) {
  EXPECT_EQ(mail->send(*ann, "", Direction::In, {{"text", "x"}}, now).error().code, ContentErrc::BadOption);
  EXPECT_EQ(mail->send(*ann, "Olha", Direction::In, {{"text", ""}, {"photo", "a.jpg"}}, now).error().code,
            ContentErrc::BadMessage);
  EXPECT_EQ(mail->create_group("", {}, {}, now).error().code, ContentErrc::BadOption);
}

}  // namespace
}  // namespace ledgram::sim
