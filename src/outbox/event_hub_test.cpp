#include "ledgram/outbox/event_hub.hpp"

#include "ledgram/ledger/ownership.hpp"
#include "ledgram/ledger/test_support.hpp"
#include "ledgram/ledger/users.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace ledgram::outbox {
namespace {

using ledger::EventType;
using ledger::must;

constexpr ChannelId kAlpha{100};
constexpr ChannelId kBeta{200};

using Numbers = std::vector<std::int64_t>;

class EventHubTest : public testing::Test {
 protected:
  void SetUp() override {
    // What following the channels has written.
    first_ = must(ledger_.last_event()) + 1;
  }

  void store(ChannelId channel, std::int32_t first, std::int32_t last) {
    ledger::Batch batch;
    batch.seen_at = 1;
    for (std::int32_t number = first; number <= last; ++number)
      batch.messages.push_back(ledger::text_message(channel, number, "text"));
    batch.channels = {{.channel = channel, .news_after_if_unset = 0}};
    batch.completed = {{channel, {first, last}}};
    must(ledger_.commit(batch));
  }

  EventHubOptions options(std::size_t kept_bytes = std::size_t{1} << 20U) {
    return {.ledger = folder_ / "ledger.db", .kept_bytes = kept_bytes, .chunk = 7};
  }

  /// A user who follows the channel.
  Viewer follower(const std::string& name, ChannelId channel) {
    const ledger::OwnerId user = must(ledger_.users().add(name, ledger::Role::Member, SecretText("hash"), 1));
    must(ledger_.ownership().subscribe(user, channel, 1));
    return user;
  }

  static asio::awaitable<Numbers> take(EventHub::Subscription& stream, std::size_t count) {
    Numbers numbers;
    while (numbers.size() < count) {
      for (const auto& event : co_await stream.next(net::kNoDeadline))
        numbers.push_back(event->event.number);
    }
    co_return numbers;
  }

  static Numbers range(std::int64_t first, std::int64_t last) {
    Numbers numbers;
    for (std::int64_t number = first; number <= last; ++number)
      numbers.push_back(number);
    return numbers;
  }

  asio::io_context io_;
  ledger::TemporaryFolder folder_;
  ledger::Ledger ledger_ = ledger::ledger_with_channels(folder_ / "ledger.db");
  std::int64_t first_ = 0;
};

TEST_F(EventHubTest, GivesWhatWasAndWhatComes) {
  store(kAlpha, 1, 20);
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    EventHub hub(io_.get_executor(), options());
    hub.start();
    {
      EventHub::Subscription stream(hub, {}, {}, first_);
      EXPECT_EQ(co_await take(stream, 20), range(first_, first_ + 19));
      store(kAlpha, 21, 50);
      hub.notify();
      EXPECT_EQ(co_await take(stream, 30), range(first_ + 20, first_ + 49));
      EXPECT_EQ(stream.place(), first_ + 50);
    }
    co_await hub.stop();
  }());
}

TEST_F(EventHubTest, AStreamThatIsBehindWhatIsKeptReadsFromTheLedger) {
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    EventHub hub(io_.get_executor(), options(1));
    hub.start();
    {
      EventHub::Subscription slow(hub, {}, {}, first_);
      EventHub::Subscription quick(hub, {}, {}, first_);
      store(kAlpha, 1, 40);
      hub.notify();
      EXPECT_EQ(co_await take(quick, 40), range(first_, first_ + 39));
      store(kAlpha, 41, 60);
      hub.notify();
      EXPECT_EQ(co_await take(quick, 20), range(first_ + 40, first_ + 59));
      EXPECT_EQ(co_await take(slow, 60), range(first_, first_ + 59));
      EXPECT_GT(hub.reads_behind(), 0U);
    }
    co_await hub.stop();
  }());
}

TEST_F(EventHubTest, AStreamIsNotWokenByWhatItDoesNotGet) {
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    EventHub hub(io_.get_executor(), options());
    hub.start();
    {
      EventHub::Subscription beta(hub, follower("ann", kBeta), {}, first_);
      EventHub::Subscription everything(hub, {}, {}, first_);
      // From here on both are at the end, and what may be seen is known.
      co_await hub.last_event();
      store(kBeta, 1, 1);
      hub.notify();
      EXPECT_EQ(co_await take(beta, 1), range(first_, first_));
      EXPECT_EQ(co_await take(everything, 1), range(first_, first_));
      net::TaskGroup tasks(io_.get_executor());
      Numbers got;
      tasks.spawn("beta", [&]() -> asio::awaitable<void> { got = co_await take(beta, 1); });
      store(kAlpha, 1, 5);
      hub.notify();
      EXPECT_EQ(co_await take(everything, 5), range(first_ + 1, first_ + 5));
      store(kAlpha, 6, 10);
      hub.notify();
      EXPECT_EQ(co_await take(everything, 5), range(first_ + 6, first_ + 10));
      EXPECT_EQ(beta.place(), first_ + 11);
      EXPECT_TRUE(got.empty());
      store(kBeta, 2, 2);
      hub.notify();
      co_await tasks.join();
      EXPECT_EQ(got, range(first_ + 11, first_ + 11));
    }
    co_await hub.stop();
  }());
}

TEST_F(EventHubTest, SelectsByTypeAndChannelWithinWhatMayBeSeen) {
  store(kAlpha, 1, 3);
  store(kBeta, 1, 2);
  ledger::Batch edit;
  edit.messages.push_back(ledger::text_message(kAlpha, 2, "edited"));
  must(ledger_.commit(edit));
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    EventHub hub(io_.get_executor(), options());
    hub.start();
    const auto count = [&](Viewer viewer, EventSelector selector) -> asio::awaitable<std::size_t> {
      EventHub::Subscription stream(hub, viewer, std::move(selector), first_);
      std::size_t events = 0;
      while (stream.place() <= first_ + 5) {
        for (const auto& event : co_await stream.next(net::deadline_after(std::chrono::milliseconds(0))))
          events += event->event.number >= first_ ? 1U : 0U;
      }
      co_return events;
    };
    EventSelector edits;
    edits.types = {EventType::MessageEdited};
    EventSelector of_beta;
    of_beta.channels = {kBeta};
    EXPECT_EQ(co_await count({}, {}), 6U);
    EXPECT_EQ(co_await count({}, edits), 1U);
    EXPECT_EQ(co_await count({}, of_beta), 2U);
    const Viewer ann = follower("ann", kAlpha);
    EXPECT_EQ(co_await count(ann, {}), 4U);
    EXPECT_EQ(co_await count(ann, of_beta), 0U);
    EXPECT_EQ(co_await count(ledger::OwnerId(99), {}), 0U);
    co_await hub.stop();
  }());
}

TEST_F(EventHubTest, WhatAStreamGetsFollowsWhatItsUserMaySee) {
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    EventHub hub(io_.get_executor(), options());
    hub.start();
    {
      co_await hub.last_event();
      const Viewer ann = follower("ann", kAlpha);
      EventHub::Subscription stream(hub, ann, {}, first_);
      store(kAlpha, 1, 1);
      hub.notify();
      EXPECT_EQ(co_await take(stream, 1), range(first_, first_));
      store(kBeta, 1, 1);
      must(ledger_.ownership().subscribe(*ann, kBeta, 1));
      store(kBeta, 2, 2);
      must(ledger_.ownership().unsubscribe(*ann, kAlpha));
      store(kAlpha, 2, 2);
      store(kBeta, 3, 3);
      hub.notify();
      // What the ledger says when the events are read counts for all of them.
      Numbers expected = range(first_ + 1, first_ + 2);
      expected.push_back(first_ + 4);
      EXPECT_EQ(co_await take(stream, 3), expected);
    }
    co_await hub.stop();
  }());
}

TEST_F(EventHubTest, WaitsUntilTheDeadlineForTheFuture) {
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    EventHub hub(io_.get_executor(), options());
    hub.start();
    {
      EventHub::Subscription stream(hub, {}, {}, first_ + 5);
      const auto events = co_await stream.next(net::deadline_after(std::chrono::milliseconds(1)));
      EXPECT_TRUE(events.empty());
      store(kAlpha, 1, 6);
      hub.notify();
      EXPECT_EQ(co_await take(stream, 1), range(first_ + 5, first_ + 5));
    }
    co_await hub.stop();
  }());
}

TEST_F(EventHubTest, ActivityComesToThoseWhoAskForItAndMaySeeTheAccount) {
  constexpr AccountId kMe{1};
  constexpr AccountId kOther{2};
  const Activity mine{kMe, ledger::PeerKey{ledger::PeerType::User, 7}};
  const Activity other{kOther, ledger::PeerKey{ledger::PeerType::User, 7}};
  const ledger::OwnerId ann = must(ledger_.users().add("ann", ledger::Role::Member, SecretText("hash"), 1));
  must(ledger_.ownership().give_account(kMe, ann));
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    EventHub hub(io_.get_executor(), options());
    hub.start();
    {
      co_await hub.last_event();
      EventHub::Subscription deaf(hub, {}, {}, first_);
      EXPECT_FALSE(hub.wants_activity());
      EventHub::Subscription hers(hub, ann, {.activity = true}, first_);
      EventHub::Subscription everything(hub, {}, {.activity = true}, first_);
      EventHub::Subscription of_other(hub, {}, {.accounts = {kOther}, .activity = true}, first_);
      EXPECT_TRUE(hub.wants_activity());
      // Before it is known what she may see.
      hub.note(other);
      hub.note(mine);
      const std::vector<Activity> only_mine{mine};
      const std::vector<Activity> only_other{other};
      const std::vector<Activity> both{mine, other};
      std::vector<Activity> heard;
      while (heard.empty()) {
        EXPECT_TRUE((co_await hers.next(net::kNoDeadline)).empty());
        heard = hers.take_activity();
      }
      EXPECT_EQ(heard, only_mine);
      EXPECT_TRUE((co_await everything.next(net::kNoDeadline)).empty());
      EXPECT_EQ(everything.take_activity(), both);
      EXPECT_TRUE(everything.take_activity().empty());
      EXPECT_TRUE((co_await of_other.next(net::kNoDeadline)).empty());
      EXPECT_EQ(of_other.take_activity(), only_other);
      EXPECT_TRUE((co_await deaf.next(net::deadline_after(std::chrono::milliseconds(1)))).empty());
      EXPECT_TRUE(deaf.take_activity().empty());
      // Events go on as ever.
      store(kAlpha, 1, 1);
      hub.notify();
      EXPECT_EQ(co_await take(everything, 1), range(first_, first_));
    }
    EXPECT_FALSE(hub.wants_activity());
    co_await hub.stop();
  }());
}

TEST_F(EventHubTest, AStreamThatTakesNothingKeepsFewChats) {
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    EventHub hub(io_.get_executor(), options());
    hub.start();
    {
      co_await hub.last_event();
      EventHub::Subscription stream(hub, {}, {.activity = true}, first_);
      for (std::int64_t number = 1; number <= 10'000; ++number)
        hub.note({AccountId(1), ledger::PeerKey{ledger::PeerType::User, number}});
      EXPECT_TRUE((co_await stream.next(net::kNoDeadline)).empty());
      const std::vector<Activity> heard = stream.take_activity();
      EXPECT_LE(heard.size(), 300U);
      EXPECT_EQ(heard.front(), Activity{AccountId(1)});
    }
    co_await hub.stop();
  }());
}

TEST_F(EventHubTest, ALedgerThatIsNotThereIsTold) {
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    EventHub hub(io_.get_executor(), {.ledger = folder_ / "absent.db"});
    hub.start();
    {
      EventHub::Subscription stream(hub, {}, {}, 1);
      bool failed = false;
      try {
        co_await stream.next(net::kNoDeadline);
      } catch (const Failure<ledger::LedgerError>&) {
        failed = true;
      }
      EXPECT_TRUE(failed);
    }
    co_await hub.stop();
  }());
}

}  // namespace
}  // namespace ledgram::outbox
