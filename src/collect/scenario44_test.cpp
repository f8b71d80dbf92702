// Line 44 of the protocol checklist's section 13: a history of 1,000 with 300 deleted, from a server that answers as
// Telegram can. The full set, nothing twice, and the end is found.

#include "ledgram/base/random.hpp"
#include "ledgram/collect/collector.hpp"
#include "ledgram/collect/test_support.hpp"
#include "ledgram/ledger/test_support.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <vector>

namespace ledgram::collect {
namespace {

namespace api = tl::api;

constexpr ChannelId kChannel{100};
constexpr std::int32_t kPosts = 1000;
constexpr int kDeleted = 300;
/// Far more than even the shortest pages need: more means that the collector walks in circles.
constexpr std::size_t kMostRequests = 1000;

class Scenario44History : public testing::Test {
 protected:
  Scenario44History() {
    telegram_.post_range(1, kPosts);
    for (int left = kDeleted; left > 0;) {
      const auto ids = telegram_.ids();
      const std::int32_t id = ids[random_.below(ids.size())];
      // Half of what is deleted leaves a messageEmpty in its place.
      if (left % 2 == 0)
        telegram_.leave_empty(id);
      else
        telegram_.remove(id);
      --left;
    }
  }

  void collect() {
    ChannelTarget target{AccountId(1), kChannel, 4711, "@alpha"};
    const CollectOptions options;
    net::test::run_to_end(io_, collect_channel(telegram_, ledger_, clock_, std::move(target), options, listener_));
  }

  std::vector<std::int32_t> stored() {
    const ledger::PostFilter filter{.channel = kChannel, .include = ledger::Include::PostsAndService};
    const auto posts =
        net::test::run_to_end(io_, ledger_.run([&](ledger::Ledger& store) { return store.posts(filter); }));
    std::vector<std::int32_t> ids;
    for (const ledger::Post& post : posts)
      ids.push_back(post.message.number.value());
    std::ranges::reverse(ids);
    return ids;
  }

  /// The full set, nothing twice (ids ascend strictly), the end found.
  void expect_the_truth() {
    const auto ids = stored();
    EXPECT_EQ(std::ranges::adjacent_find(ids, std::greater_equal<>{}), ids.end());
    EXPECT_EQ(ids, telegram_.ids());
    const auto report =
        net::test::run_to_end(io_, ledger_.run([](ledger::Ledger& store) { return store.report(kChannel); }));
    EXPECT_TRUE(report.complete());
    EXPECT_LT(telegram_.requests.size(), kMostRequests);
  }

  /// As if min_id, max_id or a filter had cut the slice: at least one message stays, since an empty page is the end.
  static void shorten(api::messages_channelMessages& page, SeededRandom& random) {
    if (page.messages.size() > 1)
      page.messages.resize(1 + random.below(page.messages.size()));
  }

  SeededRandom random_{44};
  asio::io_context io_{1};
  ledger::TemporaryFolder folder_;
  LedgerWorker ledger_{ledger::ledger_with_channels(folder_ / "ledger.db")};
  HandClock clock_;
  RecordingListener listener_;
  FakeTelegram telegram_{kChannel};
};

TEST_F(Scenario44History, DeletedMessagesAreHolesAndNotTheEnd) {
  collect();
  EXPECT_EQ(stored().size(), static_cast<std::size_t>(kPosts - kDeleted));
  expect_the_truth();
}

TEST_F(Scenario44History, ShortPagesAreNotTheEnd) {
  telegram_.edit_page = [this](api::messages_channelMessages& page) { shorten(page, random_); };
  collect();
  expect_the_truth();
}

TEST_F(Scenario44History, PagesOfNothingButDeletedMessagesAreNotTheEnd) {
  // Three pages in the middle hold only messageEmpty.
  for (std::int32_t id = 400; id < 700; ++id)
    telegram_.leave_empty(id);
  collect();
  expect_the_truth();
}

TEST_F(Scenario44History, AWrongCountMeansNothing) {
  for (const std::int32_t count : {0, 5, 1'000'000, -7}) {
    telegram_.post_range(kPosts + 1, kPosts + 150);
    telegram_.edit_page = [count](api::messages_channelMessages& page) {
      page.count = count;
      page.inexact = true;
    };
    collect();
    expect_the_truth();
  }
}

TEST_F(Scenario44History, NotModifiedIsNoPageAndTheNextRunGoesOn) {
  telegram_.before_answer = [](FakeTelegram& fake, const auto&, auto&) {
    fake.not_modified = fake.requests.size() == 4;
  };
  try {
    collect();
    ADD_FAILURE() << "messagesNotModified without a hash was taken for a page";
  } catch (const CollectFailure& failure) {
    EXPECT_EQ(failure.error().code, CollectErrc::BadAnswer);
  }
  EXPECT_FALSE(stored().empty());
  collect();
  expect_the_truth();
  for (const auto& request : telegram_.requests)
    EXPECT_EQ(request.hash, 0);
}

TEST_F(Scenario44History, NewMessagesWhilePagingAreAllThereOnce) {
  telegram_.before_answer = [](FakeTelegram& fake, const auto&, auto&) {
    if (fake.requests.size() % 2 == 0)
      fake.post_range(fake.ids().back() + 1, fake.ids().back() + 3);
  };
  collect();
  telegram_.before_answer = nullptr;
  collect();
  expect_the_truth();
}

TEST_F(Scenario44History, AllOfItAtOnce) {
  telegram_.edit_page = [this](api::messages_channelMessages& page) {
    shorten(page, random_);
    page.count = static_cast<std::int32_t>(random_.below(2000));
    page.inexact = true;
  };
  telegram_.before_answer = [this](FakeTelegram& fake, const auto&, auto&) {
    if (random_.below(5) == 0)
      fake.post_range(fake.ids().back() + 1, fake.ids().back() + 2);
    fake.not_modified = random_.below(60) == 0;
  };
  for (int run = 0; run < 20; ++run) {
    try {
      collect();
    } catch (const CollectFailure& failure) {
      EXPECT_EQ(failure.error().code, CollectErrc::BadAnswer);
    }
  }
  telegram_.before_answer = nullptr;
  collect();
  const auto ids = stored();
  EXPECT_EQ(ids, telegram_.ids());
}

}  // namespace
}  // namespace ledgram::collect
