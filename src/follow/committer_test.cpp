#include "ledgram/follow/committer.hpp"

#include "ledgram/collect/test_support.hpp"
#include "ledgram/ledger/test_support.hpp"
#include "ledgram/net/task_group.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::follow {
namespace {

constexpr ChannelId kChannel{100};

ledger::Batch posts(std::int32_t first, std::int32_t last) {
  ledger::Batch batch;
  batch.via = ledger::Via::Live;
  for (std::int32_t number = first; number <= last; ++number)
    batch.messages.push_back(ledger::text_message(kChannel, number, "post " + std::to_string(number)));
  return batch;
}

class CommitterTest : public testing::Test {
 protected:
  CommitterTest()
      : ledger_(std::make_unique<collect::LedgerWorker>(ledger::ledger_with_channels(folder_ / "ledger.db"))) {}

  std::unique_ptr<Committer> committer(CommitterOptions options = {}, CommitterHooks hooks = {}) {
    return std::make_unique<Committer>(io_.get_executor(), *ledger_, clock_, options, std::move(hooks));
  }

  std::int64_t stored() {
    auto count = [](ledger::Ledger& ledger) { return ledger.message_count(kChannel); };
    return net::test::run_to_end(io_, ledger_->run(count));
  }

  ledger::TemporaryFolder folder_;
  asio::io_context io_{1};
  collect::HandClock clock_;
  std::unique_ptr<collect::LedgerWorker> ledger_;
};

asio::awaitable<void> add_and_close(Committer& committer, int batches) {
  for (int i = 0; i < batches; ++i) {
    ledger::Batch batch = posts(10 * i + 1, 10 * i + 10);
    co_await committer.add(std::move(batch));
  }
  committer.close();
}

asio::awaitable<void> both(Committer& committer, asio::awaitable<void> other) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  std::exception_ptr failure;
  net::TaskGroup group(executor, [&](std::string_view, std::exception_ptr error) { failure = std::move(error); });
  group.spawn("committing", committer.run());
  group.spawn("the test", std::move(other));
  co_await group.join();
  if (failure)
    std::rethrow_exception(failure);
}

TEST_F(CommitterTest, CommitsAllThatWasAddedBeforeItCloses) {
  const auto committer = this->committer();
  net::test::run_to_end(io_, both(*committer, add_and_close(*committer, 30)));
  EXPECT_EQ(stored(), 300);
  EXPECT_EQ(committer->messages_committed(), 300U);
  EXPECT_EQ(committer->waiting_rows(), 0U);
}

TEST_F(CommitterTest, AProducerWaitsWhileTooMuchWaits) {
  CommitterOptions options;
  options.most_waiting = 25;
  options.most_per_commit = 10;
  const auto committer = this->committer(options);
  std::size_t most = 0;
  auto produce = [&]() -> asio::awaitable<void> {
    for (int i = 0; i < 50; ++i) {
      ledger::Batch batch = posts(10 * i + 1, 10 * i + 10);
      co_await committer->add(std::move(batch));
      most = std::max(most, committer->waiting_rows());
    }
    committer->close();
  };
  net::test::run_to_end(io_, both(*committer, produce()));
  EXPECT_EQ(stored(), 500);
  // The batch that fills it is taken whole.
  EXPECT_LE(most, 25U + 10U);
}

TEST_F(CommitterTest, WhatComesSoonAfterATransactionWaitsForCompany) {
  CommitterOptions options;
  options.least_interval = std::chrono::hours(1);
  options.most_per_commit = 100;
  const auto committer = this->committer(options);
  std::vector<std::uint64_t> committed;
  auto look = [&]() -> asio::awaitable<void> {
    // Each look is a job behind what was given to the ledger's thread before.
    for (int i = 0; i < 20; ++i) {
      auto count = [](ledger::Ledger& ledger) { return ledger.message_count(kChannel); };
      co_await ledger_->run(count);
    }
    committed.push_back(committer->messages_committed());
  };
  auto produce = [&]() -> asio::awaitable<void> {
    for (int i = 0; i < 3; ++i) {
      ledger::Batch batch = posts(10 * i + 1, 10 * i + 10);
      co_await committer->add(std::move(batch));
      co_await look();
    }
    ledger::Batch large = posts(101, 200);
    co_await committer->add(std::move(large));
    co_await look();
    ledger::Batch last = posts(201, 201);
    co_await committer->add(std::move(last));
    co_await look();
    co_await committer->flush();
    co_await look();
    committer->close();
  };
  net::test::run_to_end(io_, both(*committer, produce()));
  EXPECT_EQ(committed[0], 10U) << "the first one at once";
  EXPECT_EQ(committed[1], 10U);
  EXPECT_EQ(committed[2], 10U);
  EXPECT_GE(committed[3], 30U) << "a full transaction does not wait";
  EXPECT_LT(committed[4], 131U) << "the rest does";
  EXPECT_EQ(committed[5], 131U) << "nor does one that is waited for";
}

TEST_F(CommitterTest, FlushWaitsForWhatWasAddedBefore) {
  const auto committer = this->committer();
  std::int64_t seen = 0;
  bool flushed = false;
  auto check = [&]() -> asio::awaitable<void> {
    ledger::Batch batch = posts(1, 40);
    co_await committer->add(std::move(batch));
    flushed = co_await committer->flush();
    auto count = [](ledger::Ledger& ledger) { return ledger.message_count(kChannel); };
    seen = co_await ledger_->run(count);
    committer->close();
  };
  net::test::run_to_end(io_, both(*committer, check()));
  EXPECT_TRUE(flushed);
  EXPECT_EQ(seen, 40);
}

TEST_F(CommitterTest, WhatCanNeverBeStoredEndsItAndReleasesProducers) {
  CommitterOptions options;
  options.most_waiting = 1;
  const auto committer = this->committer(options);
  ledger::Batch unknown = posts(1, 1);
  unknown.messages.front().channel = ChannelId(999);
  bool flushed = true;
  auto produce = [&]() -> asio::awaitable<void> {
    co_await committer->add(std::move(unknown));
    ledger::Batch later = posts(1, 5);
    co_await committer->add(std::move(later));
    flushed = co_await committer->flush();
  };
  EXPECT_THROW(net::test::run_to_end(io_, both(*committer, produce())), Failure<ledger::LedgerError>);
  EXPECT_FALSE(flushed);
  EXPECT_EQ(stored(), 0);
}

/// Another connection that keeps the file's only write lock.
class WriteBlocker {
 public:
  explicit WriteBlocker(const std::filesystem::path& file) {
    EXPECT_EQ(sqlite3_open(file.c_str(), &connection_), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(connection_, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr), SQLITE_OK);
  }
  WriteBlocker(const WriteBlocker&) = delete;
  WriteBlocker& operator=(const WriteBlocker&) = delete;
  ~WriteBlocker() { sqlite3_close(connection_); }

 private:
  sqlite3* connection_ = nullptr;
};

class BusyCommitterTest : public CommitterTest {
 protected:
  BusyCommitterTest() {
    ledger_ = std::make_unique<collect::LedgerWorker>(
        ledger::must(ledger::Ledger::open(folder_ / "ledger.db", {.busy_timeout = std::chrono::milliseconds(1)})));
    options_.retry_interval = std::chrono::milliseconds(1);
    blocker_ = std::make_unique<WriteBlocker>(folder_ / "ledger.db");
  }

  CommitterOptions options_;
  std::unique_ptr<WriteBlocker> blocker_;
};

TEST_F(BusyCommitterTest, ABusyLedgerIsWaitedForAndToldOnce) {
  int paused = 0;
  int resumed = 0;
  CommitterHooks hooks;
  hooks.on_paused = [&](const ledger::LedgerError& error) {
    EXPECT_EQ(error.code, ledger::LedgerErrc::Busy);
    ++paused;
    blocker_.reset();
  };
  hooks.on_resumed = [&](nanoseconds) { ++resumed; };
  const auto committer = this->committer(options_, std::move(hooks));
  auto produce = [&]() -> asio::awaitable<void> {
    ledger::Batch batch = posts(1, 10);
    co_await committer->add(std::move(batch));
    EXPECT_TRUE(co_await committer->flush());
    committer->close();
  };
  net::test::run_to_end(io_, both(*committer, produce()));
  EXPECT_EQ(paused, 1);
  EXPECT_EQ(resumed, 1);
  EXPECT_EQ(stored(), 10);
}

TEST_F(BusyCommitterTest, AStopDoesNotWaitForADiskThatStaysFull) {
  std::unique_ptr<Committer> committer;
  CommitterHooks hooks;
  hooks.on_paused = [&](const ledger::LedgerError&) { committer->close(); };
  committer = this->committer(options_, std::move(hooks));
  auto produce = [&]() -> asio::awaitable<void> {
    ledger::Batch batch = posts(1, 10);
    co_await committer->add(std::move(batch));
  };
  EXPECT_THROW(net::test::run_to_end(io_, both(*committer, produce())), Failure<ledger::LedgerError>);
  blocker_.reset();
  EXPECT_EQ(stored(), 0);
}

}  // namespace
}  // namespace ledgram::follow
