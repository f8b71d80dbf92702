#include "ledgram/net/worker.hpp"

#include "ledgram/net/error.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <pthread.h>

#include <atomic>
#include <future>
#include <latch>
#include <thread>

namespace ledgram::net {
namespace {

using test::run_to_end;

struct WorkerTest : testing::Test {
  asio::io_context io{1};
};

std::string thread_name() {
  char name[16] = {};
  ::pthread_getname_np(::pthread_self(), name, sizeof name);
  return name;
}

TEST_F(WorkerTest, RunsTheJobOnItsThreadAndResumesOnTheCallers) {
  Worker worker("ledger", 4);
  const auto main = [&]() -> asio::awaitable<void> {
    const auto own = std::this_thread::get_id();
    const std::string name = co_await worker.run([] { return thread_name(); });
    EXPECT_EQ(name, "ledger");
    EXPECT_TRUE(std::this_thread::get_id() == own);
    auto moved = co_await worker.run([] { return std::make_unique<int>(7); });
    EXPECT_EQ(*moved, 7);
  };
  run_to_end(io, main());
}

TEST_F(WorkerTest, AnExceptionPassesThroughAndTheThreadGoesOn) {
  Worker worker("ledger", 4);
  const auto main = [&]() -> asio::awaitable<void> {
    std::string caught;
    try {
      co_await worker.run([] { throw std::runtime_error("disk is full"); });
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "disk is full");
    const int value = co_await worker.run([] { return 1; });
    EXPECT_EQ(value, 1);
  };
  run_to_end(io, main());
}

TEST_F(WorkerTest, JobsRunInOrderAndAFullQueueHoldsProducersBack) {
  Worker worker("ledger", 2);
  std::vector<int> order;  // touched by the worker's thread only, until the end
  std::latch gate(1);
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    for (int i = 0; i < 10; ++i) {
      group.spawn("producer", [&, i]() -> asio::awaitable<void> {
        co_await worker.run([&, i] {
          gate.wait();
          order.push_back(i);
        });
      });
    }
    for (int i = 0; i < 50; ++i)
      co_await asio::post(asio::use_awaitable);
    EXPECT_EQ(worker.pending(), 2U);
    EXPECT_TRUE(worker.full());
    gate.count_down();
    co_await group.join();
    EXPECT_FALSE(worker.full());
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
    EXPECT_EQ(worker.pending(), 0U);
  };
  run_to_end(io, main());
}

TEST_F(WorkerTest, AProducerCancelledInLineLeavesWithoutRunning) {
  Worker worker("ledger", 1);
  std::latch gate(1);
  std::atomic<int> ran = 0;
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup accepted(io.get_executor());
    accepted.spawn("accepted", [&]() -> asio::awaitable<void> {
      co_await worker.run([&] {
        gate.wait();
        ++ran;
      });
    });
    for (int i = 0; i < 5; ++i)
      co_await asio::post(asio::use_awaitable);
    TaskGroup waiting(io.get_executor());
    waiting.spawn("in line", [&]() -> asio::awaitable<void> { co_await worker.run([&] { ran += 100; }); });
    for (int i = 0; i < 5; ++i)
      co_await asio::post(asio::use_awaitable);
    co_await waiting.stop();
    gate.count_down();
    co_await accepted.join();
    EXPECT_EQ(ran, 1);
    co_await worker.run([&] { ++ran; });
    EXPECT_EQ(ran, 2);
  };
  run_to_end(io, main());
}

TEST_F(WorkerTest, StopDrainsWhatWasAcceptedAndRefusesTheRest) {
  auto worker = std::make_unique<Worker>("ledger", 8);
  std::atomic<int> ran = 0;
  std::latch gate(1);
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    for (int i = 0; i < 5; ++i) {
      group.spawn("producer", [&]() -> asio::awaitable<void> {
        co_await worker->run([&] {
          gate.wait();
          ++ran;
        });
      });
    }
    for (int i = 0; i < 20; ++i)
      co_await asio::post(asio::use_awaitable);
    gate.count_down();
    worker->stop();
    EXPECT_EQ(ran, 5);
    co_await group.join();
    bool refused = false;
    try {
      co_await worker->run([] {});
    } catch (const NetFailure& failure) {
      refused = failure.error().code == NetErrc::WorkerStopped;
    }
    EXPECT_TRUE(refused);
    worker->stop();
  };
  run_to_end(io, main());
}

TEST_F(WorkerTest, StopSendsProducersInLineAway) {
  Worker worker("ledger", 1);
  std::latch gate(1);
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    int refused = 0;
    for (int i = 0; i < 3; ++i) {
      group.spawn("producer", [&]() -> asio::awaitable<void> {
        try {
          co_await worker.run([&] { gate.wait(); });
        } catch (const NetFailure&) {
          ++refused;
        }
      });
    }
    for (int i = 0; i < 20; ++i)
      co_await asio::post(asio::use_awaitable);
    gate.count_down();
    worker.stop();
    co_await group.join();
    EXPECT_GE(refused, 1);
    EXPECT_EQ(worker.pending(), 0U);
  };
  run_to_end(io, main());
}

TEST_F(WorkerTest, SeveralShardsShareOneWorker) {
  Worker worker("shared", 2);
  std::uint64_t sum = 0;  // touched by the worker's thread only
  const auto shard = [&worker, &sum] {
    asio::io_context own{1};
    const auto main = [&]() -> asio::awaitable<void> {
      TaskGroup group(own.get_executor());
      for (int i = 0; i < 100; ++i) {
        group.spawn("producer", [&]() -> asio::awaitable<void> { co_await worker.run([&sum] { ++sum; }); });
      }
      co_await group.join();
    };
    run_to_end(own, main());
  };
  auto one = std::async(std::launch::async, shard);
  auto two = std::async(std::launch::async, shard);
  one.get();
  two.get();
  worker.stop();
  EXPECT_EQ(sum, 200U);
}

}  // namespace
}  // namespace ledgram::net
