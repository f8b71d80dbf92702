#include "ledgram/app/pending_work.hpp"

#include "ledgram/net/asio.hpp"
#include "ledgram/net/condition.hpp"

#include <gtest/gtest.h>

#include <latch>
#include <optional>

namespace ledgram::app {
namespace {

using Names = std::vector<std::string>;

TEST(PendingWork, NamesWhatIsRegisteredAndNothingElse) {
  PendingWork work;
  std::optional<PendingWork::Registration> first = work.add(AskedOn::Loop, [] { return Names{"a", "b"}; });
  const PendingWork::Registration second = work.add(AskedOn::Loop, [] { return Names{"c"}; });
  const PendingWork::Registration third = work.add(AskedOn::AnyThread, [] { return Names{"d"}; });
  EXPECT_EQ(work.names(AskedOn::Loop), (Names{"a", "b", "c"}));
  EXPECT_EQ(work.names(AskedOn::AnyThread), Names{"d"});
  first.reset();
  EXPECT_EQ(work.names(AskedOn::Loop), Names{"c"});
}

TEST(PendingWork, ARegistrationMayOutliveIt) {
  PendingWork::Registration registration;
  {
    PendingWork work;
    registration = work.add(AskedOn::Loop, [] { return Names{"a"}; });
  }
  registration = {};
}

TEST(PendingWork, NamesTheTasksOfAGroup) {
  asio::io_context io;
  PendingWork work;
  net::TaskGroup group(io.get_executor());
  const PendingWork::Registration registration = work.add(group);
  EXPECT_EQ(work.names(AskedOn::Loop), Names());
  group.spawn("one", []() -> asio::awaitable<void> { co_await net::sleep_for(std::chrono::hours(1)); });
  EXPECT_EQ(work.names(AskedOn::Loop), Names{"one"});
  group.cancel();
  io.run();
  EXPECT_EQ(work.names(AskedOn::Loop), Names());
}

TEST(PendingWork, NamesAThreadThatIsBusy) {
  asio::io_context io;
  PendingWork work;
  net::Worker worker("disk", 4);
  const PendingWork::Registration registration = work.add(worker);
  EXPECT_EQ(work.names(AskedOn::AnyThread), Names());
  std::latch begun(1);
  std::latch let_go(1);
  net::TaskGroup group(io.get_executor());
  group.spawn("write", [&]() -> asio::awaitable<void> {
    co_await worker.run([&] {
      begun.count_down();
      let_go.wait();
    });
  });
  io.poll();
  begun.wait();
  EXPECT_EQ(work.names(AskedOn::AnyThread), Names{"thread disk (1 job)"});
  let_go.count_down();
  io.run();
  EXPECT_EQ(work.names(AskedOn::AnyThread), Names());
}

}  // namespace
}  // namespace ledgram::app
