#include "ledgram/ledger/account_notes.hpp"

#include "ledgram/ledger/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledgram::ledger {
namespace {

using testing::ElementsAre;

constexpr AccountId kMe{1};

class Notes : public testing::Test {
 protected:
  Notes() : ledger_(ledger_with_channels(folder_ / "ledger.db")) {}

  void store(std::int64_t channel, std::initializer_list<std::int32_t> numbers) {
    Batch batch;
    for (const std::int32_t number : numbers)
      batch.messages.push_back(text_message(ChannelId(channel), number, "post"));
    must(ledger_.commit(batch));
  }

  AccountId another_account(std::string name) {
    Account account;
    account.name = std::move(name);
    return must(ledger_.add_account(account));
  }

  TemporaryFolder folder_;
  Ledger ledger_;
};

TEST_F(Notes, PostsAreCountedOnceInTheOrderOfStoring) {
  store(100, {50, 51, 52});
  const auto first = must(ledger_.account_notes().fresh_posts(kMe));
  EXPECT_EQ(first.posts, 3);
  // What is stored after the count and before the note is not lost.
  store(200, {7});
  must(ledger_.account_notes().take_note(kMe, first.mark));
  store(100, {1, 2});  // history, below what was there
  const auto second = must(ledger_.account_notes().fresh_posts(kMe));
  EXPECT_EQ(second.posts, 3);
  must(ledger_.account_notes().take_note(kMe, second.mark));
  EXPECT_EQ(must(ledger_.account_notes().fresh_posts(kMe)).posts, 0);
}

TEST_F(Notes, AChangedPostIsNotNew) {
  store(100, {50});
  must(ledger_.account_notes().take_note(kMe, must(ledger_.account_notes().fresh_posts(kMe)).mark));
  Batch edit;
  edit.messages.push_back(text_message(ChannelId(100), 50, "corrected"));
  must(ledger_.commit(edit));
  EXPECT_EQ(must(ledger_.account_notes().fresh_posts(kMe)).posts, 0);
}

TEST_F(Notes, ServiceMessagesAndForeignChannelsDoNotCount) {
  Message pinned = text_message(ChannelId(100), 60, "");
  pinned.set(MessageFlag::Service);
  Batch batch;
  batch.messages.push_back(pinned);
  must(ledger_.commit(batch));
  const AccountId other = another_account("other");
  store(200, {5});
  EXPECT_EQ(must(ledger_.account_notes().fresh_posts(kMe)).posts, 1);
  EXPECT_EQ(must(ledger_.account_notes().fresh_posts(other)).posts, 0);
  Batch sees;
  sees.channel_accounts.push_back({ChannelId(200), other, Membership::NotJoined, 9});
  must(ledger_.commit(sees));
  EXPECT_EQ(must(ledger_.account_notes().fresh_posts(other)).posts, 1);
  EXPECT_THAT(must(ledger_.account_notes().followed_channels(other)), ElementsAre(ChannelId(200)));
  EXPECT_THAT(must(ledger_.account_notes().followed_channels(kMe)), ElementsAre(ChannelId(100), ChannelId(200)));
}

TEST_F(Notes, OfARemovedAccountAreNotThoseOfTheNextOne) {
  const AccountId gone = another_account("gone");
  must(ledger_.account_notes().set_retention_days(gone, 30));
  EXPECT_EQ(must(ledger_.account_notes().retention_days(gone)), 30);
  EXPECT_FALSE(must(ledger_.account_notes().retention_days(kMe)));
  must(ledger_.remove_account(gone));
  const AccountId next = another_account("next");
  ASSERT_EQ(next, gone) << "SQLite gives the highest number again";
  EXPECT_FALSE(must(ledger_.account_notes().retention_days(next)));
  must(ledger_.account_notes().set_retention_days(next, 1));
  must(ledger_.account_notes().set_retention_days(next, std::nullopt));
  EXPECT_FALSE(must(ledger_.account_notes().retention_days(next)));
}

TEST_F(Notes, NobodysNotesAreRefused) {
  const auto refused = ledger_.account_notes().set_retention_days(AccountId(77), 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, LedgerErrc::NotFound);
}

}  // namespace
}  // namespace ledgram::ledger
