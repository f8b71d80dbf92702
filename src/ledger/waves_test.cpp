#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// Deletions that come in a wave, and messages of private chats.

namespace ledgram::ledger {
namespace {

constexpr ChannelId kAlpha{100};
constexpr AccountId kMe{1};

class WavesTest : public testing::Test {
 protected:
  WavesTest() {
    Batch batch;
    for (std::int32_t number = 1; number <= 20; ++number)
      batch.messages.push_back(text_message(kAlpha, number, "x"));
    must(ledger_.commit(batch));
    ledger_.set_wave_limit(3);
  }

  CommitStats remove(std::int32_t first, std::int32_t last, UnixSeconds at) {
    Batch batch;
    batch.seen_at = at;
    for (std::int32_t number = first; number <= last; ++number)
      batch.deletions.push_back({kAlpha, MessageNumber(number), 10});
    return must(ledger_.commit(batch));
  }

  std::size_t shown() { return must(ledger_.posts({.channel = kAlpha})).size(); }

  std::vector<std::string> deletion_events() {
    std::vector<std::string> result;
    for (const Event& event : must(ledger_.events({.type = EventType::MessageDeleted})))
      result.push_back(event.data);
    return result;
  }

  TemporaryFolder folder_;
  Ledger ledger_ = ledger_with_channels(folder_ / "ledger.db");
};

TEST_F(WavesTest, WhatIsBeyondTheLimitOfAMinuteIsHeld) {
  const CommitStats stats = remove(1, 5, 1000);
  EXPECT_EQ(stats.deleted, 5);
  EXPECT_EQ(stats.held, 2);
  EXPECT_EQ(shown(), 17U);
  EXPECT_EQ(remove(6, 6, 1059).held, 1) << "the same minute";
  EXPECT_EQ(remove(7, 7, 1060).held, 0) << "the next one";
  const ChannelReport report = must(ledger_.report(kAlpha));
  EXPECT_EQ(report.deleted, 4);
  EXPECT_EQ(report.held, 3);
  const auto events = deletion_events();
  ASSERT_EQ(events.size(), 7U);
  EXPECT_EQ(events[2], R"({"channel_id":100,"channel":"alpha","id":3})");
  EXPECT_EQ(events[3], R"({"channel_id":100,"channel":"alpha","id":4,"held":true})");
  const auto held = must(ledger_.held_deletions(kAlpha));
  ASSERT_EQ(held.size(), 3U);
  EXPECT_EQ(held[0], (DeletionMark{MessageNumber(4), 10, 1000, DeletionState::Held}));
}

TEST_F(WavesTest, ARestartDoesNotBeginANewMinute) {
  remove(1, 3, 1000);
  ledger_ = must(Ledger::open(folder_ / "ledger.db"));
  ledger_.set_wave_limit(3);
  EXPECT_EQ(remove(4, 4, 1010).held, 1);
}

TEST_F(WavesTest, AClockThatWentBackBeginsANewMinute) {
  remove(1, 3, 1000);
  EXPECT_EQ(remove(4, 4, 900).held, 0);
}

TEST_F(WavesTest, OtherChannelsHaveTheirOwnCount) {
  remove(1, 3, 1000);
  Batch batch;
  batch.seen_at = 1001;
  batch.messages = {text_message(ChannelId(200), 1, "x")};
  batch.deletions.push_back({ChannelId(200), MessageNumber(1), 10});
  EXPECT_EQ(must(ledger_.commit(batch)).held, 0);
}

TEST_F(WavesTest, MessagesThatAreNotStoredAreNoWave) {
  Batch batch;
  batch.seen_at = 1000;
  for (std::int32_t number = 100; number < 120; ++number)
    batch.deletions.push_back({kAlpha, MessageNumber(number), 10});
  EXPECT_EQ(must(ledger_.commit(batch)).deleted, 0);
  EXPECT_EQ(remove(1, 3, 1000).held, 0);
  EXPECT_TRUE(must(ledger_.held_deletions(kAlpha)).empty());
}

TEST_F(WavesTest, HeldDeletionsAreReleasedWithTheirEvents) {
  remove(1, 5, 1000);
  EXPECT_EQ(must(ledger_.release_deletions(kAlpha)), 2);
  EXPECT_EQ(shown(), 15U);
  const auto events = deletion_events();
  ASSERT_EQ(events.size(), 7U);
  EXPECT_EQ(events[6], R"({"channel_id":100,"channel":"alpha","id":5})");
  EXPECT_EQ(must(ledger_.release_deletions(kAlpha)), 0);
  EXPECT_EQ(ledger_.release_deletions(ChannelId(9)).error().code, LedgerErrc::NotFound);
}

TEST_F(WavesTest, RejectedDeletionsDoNotComeUpAgain) {
  remove(1, 5, 1000);
  EXPECT_EQ(must(ledger_.reject_deletions(kAlpha)), 2);
  remove(4, 5, 2000);
  Batch page;
  page.completed.push_back({.channel = kAlpha, .range = {1, 20}, .as_of = 11});
  for (std::int32_t number = 6; number <= 20; ++number)
    page.messages.push_back(text_message(kAlpha, number, "x"));
  must(ledger_.commit(page));
  EXPECT_EQ(shown(), 17U);
  EXPECT_TRUE(must(ledger_.held_deletions(kAlpha)).empty());
}

TEST_F(WavesTest, AWaveThatAPageProvesIsHeldToo) {
  Batch page;
  page.seen_at = 1000;
  page.completed.push_back({.channel = kAlpha, .range = {1, 20}, .as_of = 10});
  EXPECT_EQ(must(ledger_.commit(page)).held, 17);
  EXPECT_EQ(shown(), 17U);
}

PrivateMessage letter(std::int32_t number, std::int32_t as_of, std::string text, PeerKey peer = {PeerType::User, 5}) {
  PrivateMessage message{.account = kMe, .peer = peer, .message = text_message({}, number, std::move(text))};
  message.message.as_of = as_of;
  return message;
}

TEST(PrivateMessages, AreStoredPerAccountWithVersionsAndMarks) {
  const TemporaryFolder folder;
  Ledger ledger = ledger_with_channels(folder / "ledger.db");
  const std::int64_t before = must(ledger.last_event());
  Batch batch;
  batch.via = Via::Live;
  batch.seen_at = 700;
  batch.private_messages = {letter(1, 10, "hello"), letter(2, 11, "in a group", {PeerType::Chat, 5}),
                            letter(1, 12, "hello, edited"), letter(1, 11, "stale")};
  batch.private_deletions = {{kMe, MessageNumber(2), 13}, {kMe, MessageNumber(3), 13}};
  const CommitStats stats = must(ledger.commit(batch));
  EXPECT_EQ(stats.inserted, 2);
  EXPECT_EQ(stats.edited, 1);
  EXPECT_EQ(stats.unchanged, 1);
  EXPECT_EQ(stats.deleted, 1);

  auto all = must(ledger.private_messages(kMe, std::nullopt, 10));
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].message.message.text, "in a group");
  EXPECT_EQ(all[0].message.peer, (PeerKey{PeerType::Chat, 5}));
  EXPECT_EQ(all[0].deletion->as_of, 13);
  EXPECT_EQ(all[1].message.message.text, "hello, edited");
  EXPECT_EQ(all[1].message.message.as_of, 12);
  EXPECT_EQ(all[1].first_seen, 700);
  EXPECT_EQ(all[1].deletion, std::nullopt);
  EXPECT_EQ(must(ledger.private_messages(kMe, PeerKey{PeerType::User, 5}, 10)).size(), 1U);
  const auto versions = must(ledger.private_versions(kMe, MessageNumber(1)));
  ASSERT_EQ(versions.size(), 1U);
  EXPECT_EQ(versions[0].text, "hello");

  const auto events = must(ledger.events({.from = before + 1}));
  ASSERT_EQ(events.size(), 4U);
  EXPECT_EQ(events[0].type, EventType::MessageNew);
  EXPECT_EQ(events[0].account, kMe);
  EXPECT_EQ(events[0].channel, std::nullopt);
  EXPECT_EQ(events[2].type, EventType::MessageEdited);
  EXPECT_EQ(events[3].type, EventType::MessageDeleted);
  EXPECT_EQ(events[3].data, R"({"peer":{"type":"chat","id":5},"id":2})");

  EXPECT_EQ(must(ledger.commit(batch)).events, 0);
  // A late message of which the deletion is known.
  Batch late;
  late.private_messages = {letter(3, 9, "late")};
  EXPECT_EQ(must(ledger.commit(late)).deleted, 1);
  EXPECT_TRUE(must(ledger.private_messages(kMe, std::nullopt, 1))[0].deletion.has_value());
  Batch foreign;
  foreign.private_messages = {letter(1, 1, "x")};
  foreign.private_messages[0].account = AccountId(77);
  EXPECT_EQ(ledger.commit(foreign).error().code, LedgerErrc::NotFound);
}

}  // namespace
}  // namespace ledgram::ledger
