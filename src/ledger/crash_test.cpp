#include "ledgram/base/random.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <set>
#include <string>

/// A process that commits batches and is killed at any moment leaves a ledger whose ranges say exactly what is there.

namespace ledgram::ledger {
namespace {

constexpr ChannelId kChannel{100};
constexpr std::int32_t kTop = 1'000'000;

// Every seventh number does not exist, as deleted messages do.
bool exists(std::int32_t number) {
  return number % 7 != 0;
}

Batch page_below(std::int32_t above, std::int32_t size) {
  Batch batch;
  batch.seen_at = 1;
  const std::int32_t bottom = above - size;
  for (std::int32_t id = above - 1; id >= bottom; --id) {
    if (exists(id))
      batch.messages.push_back(text_message(kChannel, id, std::string(static_cast<std::size_t>(id % 900), 't')));
  }
  batch.completed.push_back({kChannel, {bottom, above - 1}});
  return batch;
}

// Goes on below what is stored, newest first, and tells through `done` after each commit. Never returns.
[[noreturn]] void commit_for_ever(const std::filesystem::path& file, int done, std::uint64_t seed) {
  SeededRandom random(seed);
  auto ledger = Ledger::open(file);
  if (!ledger)
    ::_exit(3);
  for (;;) {
    const auto ranges = ledger->ranges(kChannel);
    if (!ranges)
      ::_exit(4);
    const std::int32_t above = ranges->empty() ? kTop : ranges->ranges().front().first;
    const auto size = static_cast<std::int32_t>(1 + random.below(100));
    if (!ledger->commit(page_below(above, size)))
      ::_exit(5);
    if (::write(done, &size, sizeof size) != sizeof size)
      ::_exit(6);
  }
}

TEST(Crash, KilledAtAnyMomentRangesMatchRows) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  {
    ledger_with_channels(file);
  }
  constexpr std::uint64_t kSeed = 20240607;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  SeededRandom random(kSeed);

  std::int64_t promised = 0;  // numbers whose commit returned, over all rounds
  for (int round = 0; round < 25; ++round) {
    int done[2];
    ASSERT_EQ(::pipe(done), 0);
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(done[0]);
      commit_for_ever(file, done[1], random.next_u64());
    }
    random.next_u64();
    ::close(done[1]);
    // Let some commits pass, then a random number of instructions more, so that the kill hits every phase of one.
    const std::uint64_t commits = random.below(12);
    std::int32_t size = 0;
    for (std::uint64_t i = 0; i < commits && ::read(done[0], &size, sizeof size) == sizeof size; ++i)
      promised += size;
    volatile std::uint64_t spent = random.below(3'000'000);
    while (spent > 0)
      spent = spent - 1;
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with " << WEXITSTATUS(status);
    while (::read(done[0], &size, sizeof size) == sizeof size)
      promised += size;
    ::close(done[0]);

    Ledger ledger = must(Ledger::open(file));
    const auto integrity = ledger.check_integrity();
    ASSERT_TRUE(integrity) << integrity.error().message;
    const IdRangeSet ranges = must(ledger.ranges(kChannel));
    ASSERT_GE(ranges.size(), promised) << "a commit that returned was lost in round " << round;
    ASSERT_LE(ranges.size(), promised + 100) << "at most one commit can have returned untold";
    promised = ranges.size();
    std::set<std::int32_t> stored;
    for (const Post& post : must(ledger.posts({.channel = kChannel})))
      stored.insert(post.message.number.value());
    std::size_t expected = 0;
    for (const IdRange& range : ranges.ranges()) {
      for (std::int32_t id = range.first; id <= range.last; ++id) {
        ASSERT_EQ(stored.contains(id), exists(id)) << id << " in round " << round;
        if (exists(id))
          ++expected;
      }
    }
    ASSERT_EQ(stored.size(), expected) << "messages outside of the ranges in round " << round;
  }
  EXPECT_GT(promised, 1000) << "the writers did not come to work";
}

}  // namespace
}  // namespace ledgram::ledger
