#include "ledgram/net/owned_call.hpp"

#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <stdexcept>

namespace ledgram::net {
namespace {

using test::run_to_end;

struct OwnedCallTest : testing::Test {
  asio::io_context io{1};
};

asio::awaitable<int> seven_when(Condition& condition, const bool& let) {
  co_await condition.wait_until([&let] { return let; });
  co_return 7;
}

asio::awaitable<int> fail() {
  co_await asio::post(asio::use_awaitable);
  throw std::runtime_error("no");
}

TEST_F(OwnedCallTest, GivesWhatTheWorkGivesOrThrows) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    Condition condition(io.get_executor());
    const bool let = true;
    std::function<asio::awaitable<int>()> good = [&] { return seven_when(condition, let); };
    const int seven = co_await run_in<int>(group, "seven", std::move(good));
    EXPECT_EQ(seven, 7);
    std::function<asio::awaitable<int>()> bad = [] { return fail(); };
    std::string problem;
    try {
      co_await run_in<int>(group, "fail", std::move(bad));
    } catch (const std::runtime_error& error) {
      problem = error.what();
    }
    EXPECT_EQ(problem, "no");
    co_await group.join();
  };
  run_to_end(io, main());
}

TEST_F(OwnedCallTest, WorkGoesOnAfterTheDeadlineOfWhoeverWaits) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    Condition condition(io.get_executor());
    bool let = false;
    bool ended = false;
    std::function<asio::awaitable<void>()> work = [&]() -> asio::awaitable<void> {
      co_await condition.wait_until([&let] { return let; });
      ended = true;
    };
    bool too_late = false;
    try {
      co_await run_in<void>(group, "slow", std::move(work), deadline_after(std::chrono::milliseconds(1)));
    } catch (const NetFailure& failure) {
      too_late = failure.error().code == NetErrc::DeadlineExceeded;
    }
    EXPECT_TRUE(too_late);
    EXPECT_FALSE(ended);
    let = true;
    condition.notify_all();
    co_await group.join();
    EXPECT_TRUE(ended);
  };
  run_to_end(io, main());
}

TEST_F(OwnedCallTest, WhoeverWaitsHearsOfAGroupThatWasCancelledBeforeTheWorkBegan) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    group.cancel();
    std::function<asio::awaitable<int>()> work = [] { return fail(); };
    bool cancelled = false;
    try {
      co_await run_in<int>(group, "never", std::move(work));
    } catch (const boost::system::system_error& error) {
      cancelled = error.code() == asio::error::operation_aborted;
    }
    EXPECT_TRUE(cancelled);
    co_await group.join();
  };
  run_to_end(io, main());
}

}  // namespace
}  // namespace ledgram::net
