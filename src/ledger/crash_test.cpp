#include "ledgram/base/random.hpp"
#include "ledgram/ledger/history_support.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <set>
#include <string>
#include <vector>

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

// Goes on with the history that uses every table. Never returns.
[[noreturn]] void live_for_ever(const std::filesystem::path& file, int done) {
  auto ledger = Ledger::open(file);
  if (!ledger)
    ::_exit(3);
  for (std::int32_t step = history_length(*ledger) + 1;; ++step) {
    if (!ledger->commit(history_batch(step)))
      ::_exit(5);
    if (::write(done, &step, sizeof step) != sizeof step)
      ::_exit(6);
  }
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

/// Runs `body` in a process of its own and kills it at a random moment. What it told through its pipe, in order.
template <class Body>
std::vector<std::int32_t> run_and_kill(SeededRandom& random, const Body& body) {
  std::vector<std::int32_t> told;
  int done[2];
  EXPECT_EQ(::pipe(done), 0);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(done[0]);
    body(done[1]);
  }
  ::close(done[1]);
  const auto listen = [&] {
    std::int32_t number = 0;
    if (::read(done[0], &number, sizeof number) != sizeof number)
      return false;
    told.push_back(number);
    return true;
  };
  // Let some commits pass, then a random number of instructions more, so that the kill hits every phase of one.
  for (std::uint64_t commits = random.below(12); commits > 0 && listen(); --commits) {
  }
  volatile std::uint64_t spent = random.below(3'000'000);
  while (spent > 0)
    spent = spent - 1;
  ::kill(child, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself with " << WEXITSTATUS(status);
  while (listen()) {
  }
  ::close(done[0]);
  return told;
}

// Messages, versions, marks, ranges, rechecks, events, states of updates, of channels and of accounts, private
// messages: all are those of the same number of batches, which is at least what was told.
TEST(Crash, KilledAtAnyMomentAllTablesAgree) {
  const TemporaryFolder folder;
  const auto file = folder / "ledger.db";
  {
    ledger_with_channels(file);
  }
  Ledger undisturbed = ledger_with_channels(folder / "undisturbed.db");
  constexpr std::uint64_t kSeed = 20250314;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  SeededRandom random(kSeed);
  std::int32_t length = 0;
  for (int round = 0; round < 25; ++round) {
    SCOPED_TRACE(testing::Message() << "round " << round);
    const auto told = run_and_kill(random, [&](int done) { live_for_ever(file, done); });
    const std::int32_t promised = told.empty() ? length : told.back();
    Ledger ledger = must(Ledger::open(file));
    const auto integrity = ledger.check_integrity();
    ASSERT_TRUE(integrity) << integrity.error().message;
    const std::int32_t now = history_length(ledger);
    ASSERT_GE(now, promised) << "a commit that returned was lost";
    ASSERT_LE(now, promised + 1) << "at most one commit can have returned untold";
    for (; length < now; ++length)
      must(undisturbed.commit(history_batch(length + 1)));
    ASSERT_EQ(whole_content(ledger), whole_content(undisturbed));
  }
  EXPECT_GT(length, 50) << "the writers did not come to work";
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
    const std::uint64_t seed = random.next_u64();
    for (const std::int32_t size : run_and_kill(random, [&](int done) { commit_for_ever(file, done, seed); }))
      promised += size;

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
