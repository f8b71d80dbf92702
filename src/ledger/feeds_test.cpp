#include "ledgram/ledger/feeds.hpp"

#include "ledgram/ledger/ownership.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

namespace ledgram::ledger {
namespace {

constexpr ChannelId kAlpha{100};

class FeedsTest : public testing::Test {
 protected:
  OwnerId user(std::string_view name, Role role = Role::Member) {
    return must(ledger_.users().add(name, role, SecretText("hash"), 1));
  }

  TemporaryFolder folder_;
  Ledger ledger_ = ledger_with_channels(folder_ / "ledger.db");
};

TEST_F(FeedsTest, AreFoundByTheirSecretAndListedByUser) {
  const OwnerId ann = user("ann");
  const TokenHash first{1};
  const TokenHash second{2};
  const std::int64_t of_channel =
      must(ledger_.feeds().add({.user = ann, .channel = kAlpha, .title = "Alpha", .created = 7}, first));
  must(ledger_.feeds().add({.user = ann, .search = "bridge -rail", .title = "Bridges", .created = 8}, second));

  const auto found = must(ledger_.feeds().find(first));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, of_channel);
  EXPECT_EQ(found->channel, kAlpha);
  EXPECT_EQ(found->title, "Alpha");
  EXPECT_EQ(found->created, 7);
  EXPECT_EQ(must(ledger_.feeds().find(second))->search, "bridge -rail");
  EXPECT_FALSE(must(ledger_.feeds().find(second))->channel);
  EXPECT_FALSE(must(ledger_.feeds().find(TokenHash{3})));
  EXPECT_EQ(must(ledger_.feeds().of_user(ann)).size(), 2U);
  EXPECT_TRUE(must(ledger_.feeds().of_user(user("bob"))).empty());
}

TEST_F(FeedsTest, OnlyTheirUserTakesThemAway) {
  const OwnerId ann = user("ann");
  const OwnerId bob = user("bob");
  const TokenHash hash{1};
  const std::int64_t feed = must(ledger_.feeds().add({.user = ann, .title = "All"}, hash));
  EXPECT_EQ(ledger_.feeds().remove(bob, feed).error().code, LedgerErrc::NotFound);
  must(ledger_.feeds().remove(ann, feed));
  EXPECT_FALSE(must(ledger_.feeds().find(hash)));
}

TEST_F(FeedsTest, ADisabledUsersFeedsAreNotFound) {
  user("boss", Role::Admin);
  const OwnerId ann = user("ann");
  const TokenHash hash{1};
  must(ledger_.feeds().add({.user = ann, .title = "All"}, hash));
  must(ledger_.users().set_disabled(ann, true));
  EXPECT_FALSE(must(ledger_.feeds().find(hash)));
}

TEST_F(FeedsTest, UnknownUsersAndChannelsAreRefused) {
  const OwnerId ann = user("ann");
  EXPECT_EQ(ledger_.feeds().add({.user = OwnerId(99), .title = "x"}, TokenHash{1}).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(ledger_.feeds().add({.user = ann, .channel = ChannelId(9), .title = "x"}, TokenHash{1}).error().code,
            LedgerErrc::NotFound);
}

TEST_F(FeedsTest, WhatPeopleMaySeeIsCounted) {
  const OwnerId ann = user("ann");
  const auto count = [&] { return must(ledger_.feeds().ownership_changes()); };
  std::int64_t before = count();
  must(ledger_.ownership().subscribe(ann, kAlpha, 1));
  EXPECT_GT(count(), before);
  before = count();
  must(ledger_.ownership().give_account(AccountId(1), ann));
  EXPECT_GT(count(), before);
  before = count();
  must(ledger_.remove_account(AccountId(1)));
  EXPECT_GT(count(), before);
  before = count();
  must(ledger_.ownership().unsubscribe(ann, kAlpha));
  EXPECT_GT(count(), before);
  before = count();
  Batch batch;
  batch.messages.push_back(text_message(kAlpha, 1, "text"));
  must(ledger_.commit(batch));
  EXPECT_EQ(count(), before);
}

}  // namespace
}  // namespace ledgram::ledger
