#include "ledgram/ledger/users.hpp"

#include "ledgram/crypto/hash.hpp"
#include "ledgram/ledger/audit.hpp"
#include "ledgram/ledger/ownership.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledgram::ledger {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr UnixSeconds kNow = 1'700'000'000;

TokenHash hash(std::string_view text) {
  return crypto::sha256(as_bytes(text));
}

template <class T>
LedgerErrc error_of(const LedgerResult<T>& result) {
  EXPECT_FALSE(result);
  return result ? LedgerErrc::Internal : result.error().code;
}

class Users : public testing::Test {
 protected:
  Users() : ledger_(ledger_with_channels(folder_ / "ledger.db")), random_(7) {
    must(ledger_.use_seal_key(crypto::SealKey::generate(random_), random_));
  }

  OwnerId add(std::string_view name, Role role = Role::Member) {
    return must(ledger_.users().add(name, role, SecretText("hash of " + std::string(name)), kNow));
  }

  TemporaryFolder folder_;
  Ledger ledger_;
  SeededRandom random_;
};

TEST_F(Users, NamesAreUniqueWithoutRegardToCase) {
  const OwnerId ann = add("ann", Role::Admin);
  EXPECT_EQ(error_of(ledger_.users().add("ANN", Role::Member, SecretText("x"), kNow)), LedgerErrc::AlreadyExists);
  const auto secrets = must(ledger_.users().secrets_of("Ann"));
  ASSERT_TRUE(secrets);
  EXPECT_EQ(secrets->user.id, ann);
  EXPECT_EQ(secrets->password_hash.reveal(), "hash of ann");
  EXPECT_FALSE(must(ledger_.users().secrets_of("ben")));
  EXPECT_EQ(must(ledger_.users().count()), 1);
}

TEST_F(Users, AnAdminIsAlwaysLeft) {
  const OwnerId ann = add("ann", Role::Admin);
  const OwnerId ben = add("ben", Role::Admin);
  must(ledger_.users().set_role(ben, Role::Viewer));
  EXPECT_EQ(error_of(ledger_.users().set_role(ann, Role::Member)), LedgerErrc::Conflict);
  EXPECT_EQ(error_of(ledger_.users().set_disabled(ann, true)), LedgerErrc::Conflict);
  EXPECT_EQ(error_of(ledger_.users().remove(ann, ben)), LedgerErrc::Conflict);
  EXPECT_EQ(must(ledger_.users().first_admin()), ann);
  EXPECT_EQ(must(ledger_.users().find(ann))->role, Role::Admin);
  EXPECT_EQ(error_of(ledger_.users().set_role(OwnerId(99), Role::Admin)), LedgerErrc::NotFound);
}

TEST_F(Users, TheSecondFactorIsSealedAndItsCodesCountOnce) {
  const OwnerId ann = add("ann", Role::Admin);
  must(ledger_.users().set_totp(ann, SecretBytes(Bytes{1, 2, 3})));
  EXPECT_TRUE(must(ledger_.users().find(ann))->totp);
  EXPECT_EQ(must(ledger_.users().secrets_of(ann))->totp.reveal(), (Bytes{1, 2, 3}));
  EXPECT_TRUE(must(ledger_.users().use_totp_counter(ann, 100)));
  EXPECT_FALSE(must(ledger_.users().use_totp_counter(ann, 100)));
  EXPECT_FALSE(must(ledger_.users().use_totp_counter(ann, 99)));
  EXPECT_TRUE(must(ledger_.users().use_totp_counter(ann, 101)));
  must(ledger_.users().set_totp(ann, {}));
  EXPECT_FALSE(must(ledger_.users().find(ann))->totp);
}

TEST_F(Users, TheSetUpLinkWorksOnce) {
  must(ledger_.users().set_setup_link(hash("link"), kNow + 10));
  const SecretText password("x");
  EXPECT_EQ(error_of(ledger_.users().use_setup_link(hash("other"), kNow, "ann", password)), LedgerErrc::NotFound);
  EXPECT_EQ(error_of(ledger_.users().use_setup_link(hash("link"), kNow + 10, "ann", password)), LedgerErrc::NotFound);
  EXPECT_TRUE(must(ledger_.users().is_setup_link(hash("link"), kNow)));
  const OwnerId ann = must(ledger_.users().use_setup_link(hash("link"), kNow, "ann", password));
  EXPECT_FALSE(must(ledger_.users().is_setup_link(hash("link"), kNow)));
  EXPECT_EQ(must(ledger_.users().find(ann))->role, Role::Admin);
  EXPECT_EQ(error_of(ledger_.users().use_setup_link(hash("link"), kNow, "ben", password)), LedgerErrc::NotFound);
  must(ledger_.users().set_setup_link(hash("later"), kNow + 10));
  EXPECT_EQ(error_of(ledger_.users().use_setup_link(hash("later"), kNow, "ben", password)), LedgerErrc::NotFound);
}

TEST_F(Users, SessionsEndWithPasswordAndUser) {
  const OwnerId ann = add("ann", Role::Admin);
  WebSession session;
  session.user = ann;
  session.expires = kNow + 100;
  const std::int64_t first = must(ledger_.users().add_session(session, hash("1")));
  must(ledger_.users().add_session(session, hash("2")));
  EXPECT_EQ(must(ledger_.users().find_session(hash("1")))->id, first);
  EXPECT_FALSE(must(ledger_.users().find_session(hash("3"))));
  must(ledger_.users().set_password(ann, SecretText("new"), first));
  EXPECT_TRUE(must(ledger_.users().find_session(hash("1"))));
  EXPECT_FALSE(must(ledger_.users().find_session(hash("2"))));
  must(ledger_.users().forget_expired(kNow + 100));
  EXPECT_FALSE(must(ledger_.users().find_session(hash("1"))));
  const OwnerId ben = add("ben");
  EXPECT_EQ(error_of(ledger_.users().remove_session(ben, first)), LedgerErrc::NotFound);
}

TEST_F(Users, TokensBelongToTheirUser) {
  const OwnerId ann = add("ann", Role::Admin);
  const OwnerId ben = add("ben");
  ApiToken token;
  token.user = ben;
  token.name = "n8n";
  token.scopes.add(Scope::Read);
  token.scopes.add(Scope::Telegram);
  const std::int64_t id = must(ledger_.users().add_token(token, hash("t")));
  must(ledger_.users().touch({}, {{id, kNow + 5}}));
  const auto found = must(ledger_.users().find_token(hash("t")));
  ASSERT_TRUE(found);
  EXPECT_THAT(found->scopes.names(), ElementsAre("read", "telegram"));
  EXPECT_EQ(found->last_used, kNow + 5);
  EXPECT_TRUE(must(ledger_.users().see_token_at(id, "192.0.2.1", kNow)));
  EXPECT_FALSE(must(ledger_.users().see_token_at(id, "192.0.2.1", kNow)));
  EXPECT_FALSE(must(ledger_.users().see_token_at(99, "192.0.2.1", kNow)));
  EXPECT_THAT(must(ledger_.users().tokens(ann)), IsEmpty());
  EXPECT_EQ(error_of(ledger_.users().remove_token(ann, id)), LedgerErrc::NotFound);
  must(ledger_.users().remove(ben, ann));
  EXPECT_FALSE(must(ledger_.users().find_token(hash("t"))));
}

TEST_F(Users, WhatTheCommandLineMadeBelongsToTheFirstAdmin) {
  must(ledger_.ownership().adopt_orphans(kNow));
  EXPECT_FALSE(must(ledger_.ownership().owner_of(AccountId(1))));
  const OwnerId ann = add("ann", Role::Admin);
  const OwnerId ben = add("ben");
  EXPECT_TRUE(must(ledger_.ownership().subscribe(ben, ChannelId(100), kNow)));
  must(ledger_.ownership().adopt_orphans(kNow));
  EXPECT_EQ(must(ledger_.ownership().owner_of(AccountId(1))), ann);
  EXPECT_THAT(must(ledger_.ownership().subscriptions(ann)), ElementsAre(ChannelId(200)));
  EXPECT_THAT(must(ledger_.ownership().subscribers(ChannelId(100))), ElementsAre(ben));
}

TEST_F(Users, ChannelsAreFollowedByMany) {
  const OwnerId ann = add("ann", Role::Admin);
  const OwnerId ben = add("ben");
  EXPECT_TRUE(must(ledger_.ownership().subscribe(ann, ChannelId(100), kNow)));
  EXPECT_FALSE(must(ledger_.ownership().subscribe(ann, ChannelId(100), kNow)));
  EXPECT_TRUE(must(ledger_.ownership().subscribe(ben, ChannelId(100), kNow)));
  EXPECT_EQ(error_of(ledger_.ownership().subscribe(ann, ChannelId(5), kNow)), LedgerErrc::NotFound);
  EXPECT_TRUE(must(ledger_.ownership().is_subscribed(ben, ChannelId(100))));
  must(ledger_.ownership().unsubscribe(ann, ChannelId(100)));
  EXPECT_EQ(error_of(ledger_.ownership().unsubscribe(ann, ChannelId(100))), LedgerErrc::NotFound);
  EXPECT_THAT(must(ledger_.ownership().subscribers(ChannelId(100))), ElementsAre(ben));
}

TEST_F(Users, WhatBelongsToARemovedUserGoesToTheHeir) {
  const OwnerId ann = add("ann", Role::Admin);
  const OwnerId ben = add("ben");
  must(ledger_.ownership().give_account(AccountId(1), ben));
  must(ledger_.ownership().subscribe(ann, ChannelId(100), kNow));
  must(ledger_.ownership().subscribe(ben, ChannelId(100), kNow));
  must(ledger_.ownership().subscribe(ben, ChannelId(200), kNow));
  must(ledger_.users().remove(ben, ann));
  EXPECT_THAT(must(ledger_.ownership().accounts_of(ann)), ElementsAre(AccountId(1)));
  EXPECT_THAT(must(ledger_.ownership().subscriptions(ann)), ElementsAre(ChannelId(100), ChannelId(200)));
  must(ledger_.remove_account(AccountId(1)));
  EXPECT_THAT(must(ledger_.ownership().accounts_of(ann)), IsEmpty());
}

TEST_F(Users, TheAuditTableIsReadBackwards) {
  const OwnerId ann = add("ann", Role::Admin);
  for (int i = 1; i <= 5; ++i) {
    AuditEntry entry;
    entry.at = kNow + i;
    if (i % 2 == 1)
      entry.user = ann;
    entry.action = "action " + std::to_string(i);
    must(ledger_.audit().add(entry));
  }
  const auto newest = must(ledger_.audit().entries(0, 2));
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest.front().action, "action 5");
  const auto older = must(ledger_.audit().entries(newest.back().number, 10));
  EXPECT_EQ(older.size(), 3U);
  EXPECT_EQ(must(ledger_.audit().entries(0, 10, ann)).size(), 3U);
}

TEST_F(Users, AQueryEndsAtItsDeadline) {
  for (int i = 0; i < 2000; ++i) {
    Batch batch;
    batch.messages.push_back(text_message(ChannelId(100), i + 1, "text"));
    must(ledger_.commit(batch));
  }
  ledger_.set_query_deadline(std::chrono::steady_clock::time_point::min());
  EXPECT_EQ(error_of(ledger_.check_integrity(IntegrityCheck::Full)), LedgerErrc::Interrupted);
  ledger_.set_query_deadline(std::chrono::steady_clock::time_point::max());
  must(ledger_.check_integrity(IntegrityCheck::Full));
}

}  // namespace
}  // namespace ledgram::ledger
