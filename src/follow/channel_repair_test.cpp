#include "ledgram/follow/channel_repair.hpp"

#include "ledgram/collect/test_support.hpp"
#include "ledgram/ledger/test_support.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <utility>
#include <vector>

namespace ledgram::follow {
namespace {

constexpr ChannelId kAlpha{100};

class ChannelRepairTest : public testing::Test {
 protected:
  ChannelRepairTest()
      : ledger_(std::make_unique<collect::LedgerWorker>(ledger::ledger_with_channels(folder_ / "ledger.db"))) {}

  template <class Work>
  auto ask(Work work) {
    return net::test::run_to_end(io_, ledger_->run(std::move(work)));
  }

  ledger::Channel alpha() {
    return ask([](ledger::Ledger& ledger) { return ledger.find_channel(kAlpha); }).value();
  }

  void commit(ledger::Batch batch) {
    ask([&batch](ledger::Ledger& ledger) { return ledger.commit(batch); });
  }

  std::vector<ledger::IdRange> holes() {
    return ask([](ledger::Ledger& ledger) { return ledger.report(kAlpha); }).holes;
  }

  ledger::TemporaryFolder folder_;
  asio::io_context io_{1};
  collect::HandClock clock_;
  collect::FakeTelegram telegram_{kAlpha};
  std::unique_ptr<collect::LedgerWorker> ledger_;
  Committer committer_{io_.get_executor(), *ledger_, clock_};
  collect::UsernameBook names_{io_.get_executor(), *ledger_, clock_};
  ProgressBook progress_{clock_};
};

/// All ten posts are there, and then updates bring post 20 after a gap: the hole between them is in a batch that waits.
TEST_F(ChannelRepairTest, AHoleIsReadOnlyWhenItIsCommitted) {
  telegram_.post_range(1, 20);
  ledger::Batch before;
  for (std::int32_t number = 1; number <= 10; ++number)
    before.messages.push_back(ledger::text_message(kAlpha, number, "post " + std::to_string(number)));
  before.completed.push_back({.channel = kAlpha, .range = {1, 10}});
  before.channels.push_back({.channel = kAlpha, .pts = 10, .tail_id = 10});
  before.peers.push_back({.account = AccountId(1),
                          .key = {ledger::PeerType::Channel, kAlpha.value()},
                          .access_hash = 4711,
                          .completeness = ledger::PeerCompleteness::Full});
  commit(std::move(before));
  ASSERT_TRUE(holes().empty());

  ChannelRepair repair(
      io_.get_executor(), telegram_, *ledger_, committer_, names_, progress_, clock_, {},
      {.on_page = [](ChannelId) {},
       .on_lost = [](ChannelId) { ADD_FAILURE() << "the channel was lost"; },
       .on_account_error = [](const telegram::TelegramError& error) { ADD_FAILURE() << error.message; }});
  const ledger::Channel channel = alpha();
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    net::TaskGroup tasks(io_.get_executor(),
                         [](std::string_view task, const std::exception_ptr&) { ADD_FAILURE() << task << " failed"; });
    ledger::Batch news;
    news.messages.push_back(ledger::text_message(kAlpha, 20, "post 20"));
    news.channels.push_back({.channel = kAlpha, .pts = 20, .tail_id = 20});
    co_await committer_.add(std::move(news));
    repair.ask(channel, Urgency::Now);
    tasks.spawn("repairing", repair.run());
    // Whatever it does without the batch, it has done after as many turns of the ledger's thread.
    for (int turn = 0; turn < 20; ++turn) {
      co_await asio::post(asio::use_awaitable);
      co_await ledger_->run([](ledger::Ledger& ledger) { return ledger.message_count(kAlpha); });
    }
    EXPECT_TRUE(telegram_.requests.empty()) << "the ledger was asked for holes before it could know of this one";
    tasks.spawn("committing", committer_.run());
    co_await committer_.flush();
    while (!repair.idle())
      co_await ledger_->run([](ledger::Ledger& ledger) { return ledger.message_count(kAlpha); });
    repair.stop();
    committer_.close();
    co_await tasks.join();
  }());
  EXPECT_TRUE(holes().empty());
  EXPECT_EQ(ask([](ledger::Ledger& ledger) { return ledger.message_count(kAlpha); }), 20);
  EXPECT_FALSE(telegram_.requests.empty());
}

}  // namespace
}  // namespace ledgram::follow
