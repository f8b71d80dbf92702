#include "ledgram/net/task_group.hpp"

#include "ledgram/net/condition.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/net/test_support/run.hpp"
#include "ledgram/net/with_deadline.hpp"

#include <gtest/gtest.h>

namespace ledgram::net {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using test::run_to_end;

struct TaskGroupTest : testing::Test {
  asio::io_context io{1};
};

/// Tells when its frame is gone, whatever the way.
struct Mark {
  bool* set;
  ~Mark() { *set = true; }
};

asio::awaitable<void> sleep_long(bool* ended) {
  const Mark mark{ended};
  co_await sleep_for(hours(1));
}

asio::awaitable<void> fail_with(std::string text) {
  co_await asio::post(asio::use_awaitable);
  throw std::runtime_error(text);
}

TEST_F(TaskGroupTest, SpawnReturnsBeforeTheTaskRunsAndJoinWaits) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    int steps = 0;
    group.spawn("count", [&]() -> asio::awaitable<void> {
      ++steps;
      co_await asio::post(asio::use_awaitable);
      ++steps;
    });
    EXPECT_EQ(steps, 0);
    EXPECT_EQ(group.pending(), 1U);
    EXPECT_EQ(group.pending_names(), std::vector<std::string>{"count"});
    co_await group.join();
    EXPECT_EQ(steps, 2);
    EXPECT_EQ(group.pending(), 0U);
  };
  run_to_end(io, main());
}

TEST_F(TaskGroupTest, StopCancelsTheChildrenAndWaitsForTheirEnd) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    bool first = false;
    bool second = false;
    group.spawn("first", sleep_long(&first));
    group.spawn("second", sleep_long(&second));
    co_await asio::post(asio::use_awaitable);
    EXPECT_FALSE(first || second);
    co_await group.stop();
    EXPECT_TRUE(first && second);
  };
  run_to_end(io, main());
}

TEST_F(TaskGroupTest, ATaskOfACancelledGroupDoesNotRun) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    group.cancel();
    bool ran = false;
    group.spawn("late", [&]() -> asio::awaitable<void> {
      ran = true;
      co_return;
    });
    co_await group.join();
    EXPECT_FALSE(ran);
  };
  run_to_end(io, main());
}

TEST_F(TaskGroupTest, TheFirstFailureReachesJoinAndCancelsTheOthers) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    bool ended = false;
    group.spawn("sleeper", sleep_long(&ended));
    group.spawn("failing", fail_with("planted"));
    std::string caught;
    try {
      co_await group.join();
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "planted");
    EXPECT_TRUE(ended);
  };
  run_to_end(io, main());
}

TEST_F(TaskGroupTest, AHandlerGetsEveryFailureWithItsNameAndTheOthersGoOn) {
  const auto main = [&]() -> asio::awaitable<void> {
    std::vector<std::string> failed;
    TaskGroup group(io.get_executor(), [&](std::string_view task, std::exception_ptr) { failed.emplace_back(task); });
    bool ended = false;
    group.spawn("a", fail_with("x"));
    group.spawn("b", fail_with("y"));
    group.spawn("sleeper", sleep_long(&ended));
    while (failed.size() < 2)
      co_await asio::post(asio::use_awaitable);
    EXPECT_EQ(failed, (std::vector<std::string>{"a", "b"}));
    EXPECT_FALSE(ended);
    co_await group.stop();
    EXPECT_TRUE(ended);
  };
  run_to_end(io, main());
}

TEST_F(TaskGroupTest, ACancelledJoinTakesTheChildrenWithIt) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup outer(io.get_executor());
    bool child_ended = false;
    bool child_ended_before_owner = false;
    outer.spawn("owner", [&]() -> asio::awaitable<void> {
      TaskGroup inner(io.get_executor());
      inner.spawn("child", sleep_long(&child_ended));
      std::exception_ptr failure;
      try {
        co_await inner.join();
      } catch (...) {
        failure = std::current_exception();
      }
      EXPECT_TRUE(is_cancelled(failure));
      child_ended_before_owner = child_ended;
      EXPECT_EQ(inner.pending(), 0U);
    });
    for (int i = 0; i < 5; ++i)
      co_await asio::post(asio::use_awaitable);
    EXPECT_FALSE(child_ended);
    co_await outer.stop();
    EXPECT_TRUE(child_ended_before_owner);
  };
  run_to_end(io, main());
}

TEST_F(TaskGroupTest, ATaskMayCancelItsOwnGroup) {
  const auto main = [&]() -> asio::awaitable<void> {
    TaskGroup group(io.get_executor());
    bool reached = false;
    group.spawn("suicidal", [&]() -> asio::awaitable<void> {
      group.cancel();
      co_await sleep_for(hours(1));
      reached = true;
    });
    co_await group.join();
    EXPECT_FALSE(reached);
  };
  run_to_end(io, main());
}

TEST_F(TaskGroupTest, WithDeadlineGivesTheResultInTime) {
  const auto answer = []() -> asio::awaitable<int> {
    co_await asio::post(asio::use_awaitable);
    co_return 42;
  };
  const auto main = [&]() -> asio::awaitable<int> {
    const int value = co_await with_deadline(answer(), deadline_after(hours(1)), "answering");
    co_return value;
  };
  EXPECT_EQ(run_to_end(io, main()), 42);
}

TEST_F(TaskGroupTest, WithDeadlineEndsWhatIsLateAndNamesIt) {
  bool ended = false;
  const auto main = [&]() -> asio::awaitable<void> {
    co_await with_deadline(sleep_long(&ended), deadline_after(milliseconds(5)), "sleeping");
  };
  try {
    run_to_end(io, main());
    FAIL() << "no error";
  } catch (const NetFailure& failure) {
    EXPECT_EQ(failure.error().code, NetErrc::DeadlineExceeded);
    EXPECT_NE(failure.error().message.find("sleeping"), std::string::npos);
  }
  EXPECT_TRUE(ended);
}

TEST_F(TaskGroupTest, WithDeadlinePassesFailuresAndCancellationOn) {
  const auto main = [&]() -> asio::awaitable<void> {
    std::string caught;
    try {
      co_await with_deadline(fail_with("inner"), deadline_after(hours(1)), "failing");
    } catch (const std::runtime_error& error) {
      caught = error.what();
    }
    EXPECT_EQ(caught, "inner");

    TaskGroup group(io.get_executor());
    bool ended = false;
    group.spawn("deadline", [&]() -> asio::awaitable<void> {
      co_await with_deadline(sleep_long(&ended), deadline_after(hours(1)), "sleeping");
    });
    for (int i = 0; i < 5; ++i)
      co_await asio::post(asio::use_awaitable);
    EXPECT_FALSE(ended);
    co_await group.stop();
    EXPECT_TRUE(ended);
  };
  run_to_end(io, main());
}

TEST_F(TaskGroupTest, ConditionWakesItsWaitersAndForgetsLateNotifications) {
  const auto main = [&]() -> asio::awaitable<void> {
    Condition condition(io.get_executor());
    condition.notify_all();
    const WaitEnd missed = co_await condition.wait(deadline_after(milliseconds(1)));
    EXPECT_EQ(missed, WaitEnd::DeadlinePassed);

    int value = 0;
    int woken = 0;
    TaskGroup group(io.get_executor());
    for (int i = 0; i < 3; ++i) {
      group.spawn("waiter", [&]() -> asio::awaitable<void> {
        const bool held = co_await condition.wait_until([&] { return value == 2; });
        EXPECT_TRUE(held);
        ++woken;
      });
    }
    for (int i = 0; i < 5; ++i)
      co_await asio::post(asio::use_awaitable);
    value = 1;
    condition.notify_all();
    for (int i = 0; i < 5; ++i)
      co_await asio::post(asio::use_awaitable);
    EXPECT_EQ(woken, 0);
    value = 2;
    condition.notify_all();
    co_await group.join();
    EXPECT_EQ(woken, 3);

    const bool never = co_await condition.wait_until([] { return false; }, deadline_after(milliseconds(1)));
    EXPECT_FALSE(never);
  };
  run_to_end(io, main());
}

TEST_F(TaskGroupTest, EventRemembersThatItWasSet) {
  const auto main = [&]() -> asio::awaitable<void> {
    Event event(io.get_executor());
    event.set();
    event.set();
    const WaitEnd first = co_await event.wait();
    EXPECT_EQ(first, WaitEnd::Notified);
    const WaitEnd second = co_await event.wait(deadline_after(milliseconds(1)));
    EXPECT_EQ(second, WaitEnd::DeadlinePassed);
  };
  run_to_end(io, main());
}

}  // namespace
}  // namespace ledgram::net
