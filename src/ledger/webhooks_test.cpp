#include "ledgram/ledger/webhooks.hpp"

#include "ledgram/ledger/test_support.hpp"
#include "ledgram/ledger/users.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// What is kept of webhooks, and whose change wins when a delivery ends while somebody else changes them.

namespace ledgram::ledger {
namespace {

class WebhooksTest : public testing::Test {
 protected:
  WebhooksTest() {
    must(ledger_.use_seal_key(crypto::SealKey::generate(random_), random_));
    id_ = must(ledger_.webhooks().add(user_, settings(), SecretText("whsec_one"), 7, 1000));
  }

  static WebhookSettings settings() {
    return {.name = "n8n",
            .url = "https://example.org/hook",
            .filter = {.types = {EventType::MessageNew, EventType::MessageDeleted},
                       .channels = {ChannelId(100), ChannelId(200)},
                       .accounts = {AccountId(1)}}};
  }

  Webhook hook() { return must(ledger_.webhooks().find(id_)).value(); }

  /// A delivery up to `last` that has begun.
  Webhook begun(std::int64_t last) {
    const auto number = must(ledger_.webhooks().begin(hook(), last));
    EXPECT_TRUE(number);
    return hook();
  }

  bool finish(const Webhook& webhook) { return must(ledger_.webhooks().finish(webhook, 2, 5000)); }

  bool fail(const Webhook& webhook, WebhookState state = WebhookState::Active) {
    return must(ledger_.webhooks().fail(
        webhook, {.error = {.at = 6000, .status = 503, .text = "busy"}, .next_try = 6500, .state = state}));
  }

  TemporaryFolder folder_;
  SeededRandom random_{7};
  Ledger ledger_ = ledger_with_channels(folder_ / "ledger.db");
  OwnerId user_ = must(ledger_.users().add("me", Role::Member, SecretText("hash"), 1));
  WebhookId id_;
};

TEST_F(WebhooksTest, KeepsWhatWasGiven) {
  const Webhook stored = hook();
  EXPECT_EQ(stored.owner, user_);
  EXPECT_EQ(stored.name, "n8n");
  EXPECT_EQ(stored.url, "https://example.org/hook");
  EXPECT_EQ(stored.filter, settings().filter);
  EXPECT_EQ(stored.state, WebhookState::Active);
  EXPECT_EQ(stored.position, 7);
  EXPECT_EQ(stored.created, 1000);
  EXPECT_EQ(stored.delivery, 0);
  EXPECT_FALSE(stored.under_way);
  EXPECT_FALSE(stored.last_error);
  EXPECT_EQ(must(ledger_.webhooks().secret(id_)).reveal(), "whsec_one");
  must(ledger_.webhooks().set_secret(id_, SecretText("whsec_two")));
  EXPECT_EQ(must(ledger_.webhooks().secret(id_)).reveal(), "whsec_two");
  EXPECT_GT(hook().revision, stored.revision);
}

TEST_F(WebhooksTest, ListsThoseOfAUserOrAll) {
  const OwnerId other = must(ledger_.users().add("other", Role::Member, SecretText("hash"), 1));
  const WebhookId second = must(ledger_.webhooks().add(other, settings(), SecretText("s"), 0, 1));
  ASSERT_EQ(must(ledger_.webhooks().list()).size(), 2U);
  ASSERT_EQ(must(ledger_.webhooks().list(other)).size(), 1U);
  EXPECT_EQ(must(ledger_.webhooks().list(other))[0].id, second);
  must(ledger_.webhooks().remove(second));
  EXPECT_TRUE(must(ledger_.webhooks().list(other)).empty());
  EXPECT_EQ(must(ledger_.webhooks().find(second)), std::nullopt);
  const WebhookId third = must(ledger_.webhooks().add(other, settings(), SecretText("s"), 0, 1));
  EXPECT_GT(third, second) << "receivers know deliveries by these numbers";
}

TEST_F(WebhooksTest, GoWithTheirUser) {
  const OwnerId admin = must(ledger_.users().add("admin", Role::Admin, SecretText("hash"), 1));
  must(ledger_.users().remove(user_, admin));
  EXPECT_TRUE(must(ledger_.webhooks().list()).empty());
}

TEST_F(WebhooksTest, WhatIsNotThereIsNotFound) {
  const WebhookId nobody{99};
  EXPECT_EQ(ledger_.webhooks().pause(nobody).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(ledger_.webhooks().resume(nobody).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(ledger_.webhooks().replay(nobody, 1).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(ledger_.webhooks().remove(nobody).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(ledger_.webhooks().change(nobody, settings()).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(ledger_.webhooks().set_secret(nobody, SecretText("s")).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(ledger_.webhooks().secret(nobody).error().code, LedgerErrc::NotFound);
}

TEST_F(WebhooksTest, ADeliveryIsThereFromItsBeginToItsEnd) {
  const Webhook under_way = begun(20);
  EXPECT_EQ(under_way.delivery, 1);
  EXPECT_EQ(under_way.under_way, 20);
  EXPECT_EQ(under_way.position, 7);
  EXPECT_TRUE(finish(under_way));
  const Webhook done = hook();
  EXPECT_EQ(done.position, 20);
  EXPECT_FALSE(done.under_way);
  EXPECT_EQ(done.last_success, 5000);
  EXPECT_EQ(done.delivered, 2);
  EXPECT_FALSE(finish(under_way)) << "once";
  EXPECT_EQ(begun(30).delivery, 2);
}

TEST_F(WebhooksTest, FailuresAddUpUntilASuccess) {
  const Webhook under_way = begun(20);
  EXPECT_TRUE(fail(under_way));
  EXPECT_TRUE(fail(under_way));
  const Webhook failing = hook();
  EXPECT_EQ(failing.attempts, 2);
  EXPECT_EQ(failing.failing_since, 6000);
  EXPECT_EQ(failing.next_try, 6500);
  EXPECT_EQ(failing.last_error, (WebhookError{6000, 503, "busy"}));
  EXPECT_EQ(failing.under_way, 20) << "the same delivery is tried again";
  EXPECT_TRUE(finish(under_way));
  const Webhook done = hook();
  EXPECT_EQ(done.attempts, 0);
  EXPECT_EQ(done.failing_since, 0);
  EXPECT_EQ(done.next_try, 0);
  EXPECT_TRUE(done.last_error) << "kept to be looked at";
}

TEST_F(WebhooksTest, AFailedOneBeginsNothingUntilItIsResumed) {
  EXPECT_TRUE(fail(begun(20), WebhookState::Failed));
  EXPECT_EQ(hook().state, WebhookState::Failed);
  EXPECT_EQ(must(ledger_.webhooks().begin(hook(), 30)), std::nullopt);
  EXPECT_FALSE(must(ledger_.webhooks().skip(hook(), 30)));
  must(ledger_.webhooks().resume(id_));
  const Webhook resumed = hook();
  EXPECT_EQ(resumed.state, WebhookState::Active);
  EXPECT_EQ(resumed.attempts, 0);
  EXPECT_EQ(resumed.failing_since, 0);
  EXPECT_EQ(resumed.delivery, 1);
  EXPECT_EQ(resumed.under_way, 20) << "the same delivery goes on, under the same number";
}

TEST_F(WebhooksTest, APauseLetsWhatIsUnderWayEnd) {
  const Webhook under_way = begun(20);
  must(ledger_.webhooks().pause(id_));
  EXPECT_TRUE(fail(under_way, WebhookState::Failed));
  EXPECT_EQ(hook().state, WebhookState::Paused);
  EXPECT_TRUE(finish(under_way));
  EXPECT_EQ(hook().position, 20);
  EXPECT_EQ(hook().state, WebhookState::Paused);
  EXPECT_EQ(must(ledger_.webhooks().begin(hook(), 30)), std::nullopt);
}

TEST_F(WebhooksTest, AReplayIsNotOverwrittenByWhatWasUnderWay) {
  const Webhook under_way = begun(20);
  must(ledger_.webhooks().replay(id_, 3));
  EXPECT_FALSE(finish(under_way));
  EXPECT_FALSE(fail(under_way));
  EXPECT_EQ(hook().position, 2);
  EXPECT_FALSE(hook().under_way);
  EXPECT_EQ(must(ledger_.webhooks().begin(under_way, 30)), std::nullopt) << "an old revision begins nothing";
  EXPECT_EQ(begun(30).delivery, 2);
}

TEST_F(WebhooksTest, AReplayResumesAFailedOneButNoPausedOne) {
  EXPECT_TRUE(fail(begun(20), WebhookState::Failed));
  must(ledger_.webhooks().replay(id_, 1));
  EXPECT_EQ(hook().state, WebhookState::Active);
  must(ledger_.webhooks().pause(id_));
  must(ledger_.webhooks().replay(id_, 1));
  EXPECT_EQ(hook().state, WebhookState::Paused);
}

TEST_F(WebhooksTest, ChangedSettingsBeginANewDelivery) {
  const Webhook under_way = begun(20);
  EXPECT_TRUE(fail(under_way));
  WebhookSettings other = settings();
  other.filter = {};
  must(ledger_.webhooks().change(id_, other));
  EXPECT_EQ(hook().next_try, 6500) << "the same URL is as bad as before";
  EXPECT_FALSE(hook().under_way) << "the same number must not stand for other events";
  EXPECT_EQ(hook().filter, WebhookFilter{});
  other.url = "https://example.net/";
  must(ledger_.webhooks().change(id_, other));
  EXPECT_EQ(hook().url, "https://example.net/");
  EXPECT_EQ(hook().next_try, 0);
}

TEST_F(WebhooksTest, SkipsWhatIsNotForIt) {
  const Webhook old = hook();
  EXPECT_TRUE(must(ledger_.webhooks().skip(old, 500)));
  EXPECT_EQ(hook().position, 500);
  must(ledger_.webhooks().replay(id_, 1));
  EXPECT_FALSE(must(ledger_.webhooks().skip(old, 600)));
  EXPECT_EQ(hook().position, 0);
}

TEST(WebhookFilter, AdmitsByTypeAndByPlace) {
  const Event post{.type = EventType::MessageNew, .channel = ChannelId(100)};
  const Event note{.type = EventType::MessageNew, .account = AccountId(1)};
  EXPECT_TRUE(WebhookFilter{}.admits(post));
  EXPECT_TRUE((WebhookFilter{.types = {EventType::MessageNew}}).admits(post));
  EXPECT_FALSE((WebhookFilter{.types = {EventType::MessageEdited}}).admits(post));
  EXPECT_TRUE((WebhookFilter{.channels = {ChannelId(100)}}).admits(post));
  EXPECT_FALSE((WebhookFilter{.channels = {ChannelId(100)}}).admits(note));
  EXPECT_FALSE((WebhookFilter{.channels = {ChannelId(200)}}).admits(post));
  EXPECT_TRUE((WebhookFilter{.channels = {ChannelId(200)}, .accounts = {AccountId(1)}}).admits(note));
  EXPECT_FALSE((WebhookFilter{.accounts = {AccountId(2)}}).admits(note));
  EXPECT_FALSE((WebhookFilter{.accounts = {AccountId(1)}}).admits(post));
}

}  // namespace
}  // namespace ledgram::ledger
