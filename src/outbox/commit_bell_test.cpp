#include "ledgram/outbox/commit_bell.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace ledgram::outbox {
namespace {

TEST(CommitBell, MakesOneCallOfManyCommits) {
  asio::io_context io;
  CommitBell bell(io.get_executor());
  int calls = 0;
  bell.listen([&] { ++calls; });
  const auto ring = bell.ringer();
  ring();
  ring();
  io.run();
  EXPECT_EQ(calls, 1);
  ring();
  io.restart();
  io.run();
  EXPECT_EQ(calls, 2);
}

TEST(CommitBell, ACommitWhileListenersRunRingsAgain) {
  asio::io_context io;
  CommitBell bell(io.get_executor());
  const auto ring = bell.ringer();
  int calls = 0;
  bell.listen([&] {
    if (++calls == 1)
      ring();
  });
  ring();
  io.run();
  EXPECT_EQ(calls, 2);
}

TEST(CommitBell, ARingerMayOutliveIt) {
  asio::io_context io;
  std::optional<CommitBell> bell(io.get_executor());
  int calls = 0;
  bell->listen([&] { ++calls; });
  const auto ring = bell->ringer();
  bell.reset();
  ring();
  io.run();
  EXPECT_EQ(calls, 0);
}

}  // namespace
}  // namespace ledgram::outbox
