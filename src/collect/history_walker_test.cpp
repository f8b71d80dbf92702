#include "ledgram/collect/history_walker.hpp"

#include "ledgram/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <set>
#include <vector>

namespace ledgram::collect {
namespace {

using ledger::IdRange;
using ledger::IdRangeSet;
using Ids = std::vector<std::int32_t>;

// What Telegram's getHistory does, with the freedoms that it takes.
struct FakeServer {
  std::set<std::int32_t> existing;
  std::set<std::int32_t> empties;  ///< deleted numbers that are answered as messageEmpty

  enum class Pages { Full, Short, FullAndMore };
  Pages pages = Pages::Full;

  Ids answer(const HistoryRequest& request, RandomSource& random) const {
    Ids all(existing.begin(), existing.end());
    all.insert(all.end(), empties.begin(), empties.end());
    std::sort(all.rbegin(), all.rend());
    std::size_t limit = static_cast<std::size_t>(std::clamp(request.limit, 1, 100));
    if (pages == Pages::Short)
      limit = 1 + random.below(limit);
    if (pages == Pages::FullAndMore)
      limit += random.below(60);
    Ids page;
    for (const std::int32_t id : all) {
      if (request.offset_id != 0 && id >= request.offset_id)
        continue;
      if (page.size() == limit)
        break;
      page.push_back(id);
    }
    return page;
  }
};

// What the ledger ends with: the messages of all pages and the ranges that were proven.
struct Collected {
  IdRangeSet known;
  std::set<std::int32_t> stored;
  std::int32_t newest = 0;

  void commit(const FakeServer& server, const Ids& page, IdRange completed, std::int32_t newest_id) {
    for (const std::int32_t id : page) {
      if (!server.empties.contains(id))
        stored.insert(id);
    }
    known.add(completed);
    newest = std::max(newest, newest_id);
  }
};

Ids numbers(std::int32_t first, std::int32_t last) {
  Ids result;
  for (std::int32_t id = last; id >= first; --id)
    result.push_back(id);
  return result;
}

TEST(HistoryWalker, AsksForTheNewestFirstAndWalksDown) {
  HistoryWalker walker({}, 0);
  EXPECT_EQ(walker.next(), (HistoryRequest{0, 0, 100}));
  EXPECT_EQ(walker.next(), (HistoryRequest{0, 0, 100})) << "the same until an answer came";
  EXPECT_EQ(walker.accept(numbers(151, 250)), (IdRange{151, 250}));
  EXPECT_EQ(walker.newest_id(), 250);
  EXPECT_EQ(walker.remaining_ids(), 150);
  EXPECT_EQ(walker.next(), (HistoryRequest{151, 0, 100}));
  EXPECT_EQ(walker.accept(numbers(51, 150)), (IdRange{51, 150}));
  EXPECT_EQ(walker.next(), (HistoryRequest{51, 0, 50}));
  EXPECT_EQ(walker.accept(numbers(1, 50)), (IdRange{1, 50}));
  EXPECT_EQ(walker.state(), WalkState::Complete) << "number 1 is the end, without another request";
  EXPECT_EQ(walker.next(), std::nullopt);
}

TEST(HistoryWalker, AnEmptyPageProvesEverythingBelow) {
  HistoryWalker walker({}, 0);
  walker.accept(numbers(40, 60));
  EXPECT_EQ(walker.next(), (HistoryRequest{40, 0, 39}));
  EXPECT_EQ(walker.accept({}), (IdRange{1, 39}));
  EXPECT_EQ(walker.state(), WalkState::Complete);
}

TEST(HistoryWalker, AnEmptyChannelIsCompleteAndProvesNothing) {
  HistoryWalker walker({}, 0);
  EXPECT_TRUE(walker.accept({}).empty());
  EXPECT_EQ(walker.state(), WalkState::Complete);
  EXPECT_EQ(walker.newest_id(), 0);
}

TEST(HistoryWalker, AShortPageIsNotTheEnd) {
  HistoryWalker walker({}, 0);
  EXPECT_EQ(walker.accept(Ids{500}), (IdRange{500, 500}));
  EXPECT_EQ(walker.state(), WalkState::Walking);
  EXPECT_EQ(walker.next(), (HistoryRequest{500, 0, 100}));
}

TEST(HistoryWalker, GapsInAPageAreKnownHoles) {
  HistoryWalker walker({}, 0);
  walker.accept(Ids{90, 80, 70});
  EXPECT_EQ(walker.accept(Ids{60, 12}), (IdRange{12, 69}));
}

TEST(HistoryWalker, NothingNewIsOneRequest) {
  HistoryWalker walker(IdRangeSet(std::vector<IdRange>{{1, 250}}), 250);
  walker.accept(numbers(151, 250));
  EXPECT_EQ(walker.state(), WalkState::Complete);
}

TEST(HistoryWalker, JumpsOverWhatIsKnownAndFillsHoles) {
  HistoryWalker walker(IdRangeSet(std::vector<IdRange>{{100, 200}, {300, 950}}), 950);
  EXPECT_EQ(walker.accept(numbers(901, 1000)), (IdRange{901, 1000}));
  EXPECT_EQ(walker.next(), (HistoryRequest{300, 0, 99})) << "the hole has 99 numbers";
  EXPECT_EQ(walker.accept(numbers(201, 299)), (IdRange{201, 299}));
  EXPECT_EQ(walker.next(), (HistoryRequest{100, 0, 99}));
  EXPECT_EQ(walker.accept(numbers(1, 99)), (IdRange{1, 99}));
  EXPECT_EQ(walker.state(), WalkState::Complete);
}

TEST(HistoryWalker, APageThatReachesBelowAHoleFillsIt) {
  HistoryWalker walker(IdRangeSet(std::vector<IdRange>{{1, 50}, {60, 100}}), 100);
  walker.accept(numbers(90, 100));
  EXPECT_EQ(walker.next(), (HistoryRequest{60, 0, 9}));
  EXPECT_EQ(walker.accept(Ids{55, 50, 49}), (IdRange{49, 59})) << "only 55 still exists in the hole";
  EXPECT_EQ(walker.state(), WalkState::Complete);
}

TEST(HistoryWalker, MessagesThatVanishedFromTheTopAreKnownToBeGone) {
  HistoryWalker walker(IdRangeSet(std::vector<IdRange>{{90, 100}}), 120);
  EXPECT_EQ(walker.accept(numbers(80, 95)), (IdRange{80, 120}));
  EXPECT_EQ(walker.newest_id(), 120);
  HistoryWalker cleared(IdRangeSet(std::vector<IdRange>{{90, 100}}), 120);
  EXPECT_EQ(cleared.accept({}), (IdRange{1, 120}));
  EXPECT_EQ(cleared.state(), WalkState::Complete);
}

TEST(HistoryWalker, NumbersThatWereNotAskedForProveNothing) {
  HistoryWalker walker({}, 0);
  walker.accept(numbers(50, 60));
  EXPECT_EQ(walker.accept(Ids{70, 55, 49, 48, 0, -5}), (IdRange{48, 49}));
  EXPECT_EQ(walker.newest_id(), 60);
}

TEST(HistoryWalker, StopsWhenTheServerMakesNoProgress) {
  HistoryWalker walker({}, 0);
  walker.accept(numbers(50, 60));
  EXPECT_EQ(walker.next(), (HistoryRequest{50, 0, 49}));
  EXPECT_TRUE(walker.accept(Ids{50, 51}).empty());
  EXPECT_EQ(walker.next(), (HistoryRequest{50, 0, 100})) << "once more, with a full page";
  EXPECT_TRUE(walker.accept(Ids{50, 51}).empty());
  EXPECT_EQ(walker.state(), WalkState::Stuck);
  EXPECT_EQ(walker.next(), std::nullopt);
  EXPECT_TRUE(walker.accept(Ids{10}).empty());
  EXPECT_EQ(walker.known().ranges().front(), (IdRange{50, 60})) << "what was not shown is not claimed";
}

TEST(HistoryWalker, HoldsTheLargestNumbers) {
  constexpr std::int32_t kMax = std::numeric_limits<std::int32_t>::max();
  HistoryWalker walker({}, 0);
  EXPECT_EQ(walker.accept(Ids{kMax - 1, kMax - 5}), (IdRange{kMax - 5, kMax - 1}));
  EXPECT_EQ(walker.next(), (HistoryRequest{kMax - 5, 0, 100}));
}

struct Walk {
  Collected collected;
  std::size_t requests = 0;
  WalkState end = WalkState::Walking;
};

// Walks until the end or until `stop_after` pages, while the server may change between two requests.
template <class Change>
Walk walk(FakeServer& server, Collected collected, RandomSource& random, std::size_t stop_after, Change change) {
  Walk run{std::move(collected)};
  HistoryWalker walker(run.collected.known, run.collected.newest);
  while (run.requests < stop_after) {
    const auto request = walker.next();
    if (!request)
      break;
    ++run.requests;
    if (run.requests > 5000) {
      ADD_FAILURE() << "does not end";
      break;
    }
    const Ids page = server.answer(*request, random);
    const IdRange completed = walker.accept(page);
    run.collected.commit(server, page, completed, walker.newest_id());
    EXPECT_EQ(run.collected.known, walker.known());
    change();
  }
  run.end = walker.state();
  return run;
}

FakeServer random_server(RandomSource& random) {
  FakeServer server;
  const auto top = static_cast<std::int32_t>(1 + random.below(1500));
  const std::uint64_t keep = 1 + random.below(10);
  for (std::int32_t id = 1; id <= top; ++id) {
    if (random.below(10) < keep) {
      server.existing.insert(id);
    } else if (random.below(4) == 0) {
      server.empties.insert(id);
    }
  }
  // A stretch where only empty messages are left, and one where nothing is.
  for (std::int32_t id = top / 3; id < top / 3 + 150 && id >= 1; ++id) {
    if (server.existing.erase(id) != 0 && top % 2 == 0)
      server.empties.insert(id);
  }
  server.pages = static_cast<FakeServer::Pages>(random.below(3));
  return server;
}

TEST(HistoryWalker, EndsWithTheTruthWhateverTheServerIsLike) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    FakeServer server = random_server(random);
    const Walk run = walk(server, {}, random, SIZE_MAX, [] {});
    ASSERT_EQ(run.end, WalkState::Complete);
    ASSERT_EQ(run.collected.stored, server.existing);
    ASSERT_TRUE(run.collected.known.holes({1, run.collected.newest}).empty());
    if (server.pages != FakeServer::Pages::Short) {
      const std::size_t pages = (server.existing.size() + server.empties.size()) / 100;
      ASSERT_LE(run.requests, pages + 2);
    }
    const Walk again = walk(server, run.collected, random, SIZE_MAX, [] {});
    ASSERT_EQ(again.requests, 1U) << "nothing new is one request";
    ASSERT_EQ(again.collected.stored, server.existing);
  }
}

TEST(HistoryWalker, ResumesAfterEveryPage) {
  for (std::uint64_t seed = 1; seed <= 15; ++seed) {
    SeededRandom random(seed);
    FakeServer server = random_server(random);
    const std::size_t whole = walk(server, {}, random, SIZE_MAX, [] {}).requests;
    for (std::size_t prefix = 0; prefix <= whole; ++prefix) {
      SCOPED_TRACE(testing::Message() << "seed " << seed << ", stopped after " << prefix << " pages");
      const Walk first = walk(server, {}, random, prefix, [] {});
      const Walk second = walk(server, first.collected, random, SIZE_MAX, [] {});
      ASSERT_EQ(second.end, WalkState::Complete);
      ASSERT_EQ(second.collected.stored, server.existing);
      if (server.pages != FakeServer::Pages::Short) {
        ASSERT_LE(first.requests + second.requests, whole + 2);
      }
    }
  }
}

// While it walks and between runs, messages arrive and others are deleted. Every message that still exists and was
// there when the last run began must be stored; nothing is claimed that was not shown.
TEST(HistoryWalker, BearsChangesWhileItWalks) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    FakeServer server = random_server(random);
    std::int32_t top = 1600;
    const auto change = [&] {
      for (std::uint64_t i = random.below(8); i > 0; --i)
        server.existing.insert(top++);
      if (!server.existing.empty() && random.below(3) == 0) {
        auto victim = server.existing.begin();
        std::advance(victim, static_cast<std::ptrdiff_t>(random.below(server.existing.size())));
        if (random.below(2) == 0)
          server.empties.insert(*victim);
        server.existing.erase(victim);
      }
    };
    Collected collected;
    for (int round = 0; round < 6; ++round) {
      for (std::uint64_t i = random.below(300); i > 0; --i)
        server.existing.insert(top++);
      const std::set<std::int32_t> at_start = server.existing;
      const std::size_t stop_after = round == 5 ? SIZE_MAX : 1 + random.below(10);
      const Walk run = walk(server, collected, random, stop_after, change);
      collected = run.collected;
      for (const std::int32_t id : server.existing) {
        ASSERT_TRUE(!collected.known.contains(id) || collected.stored.contains(id)) << id;
      }
      if (round < 5)
        continue;
      ASSERT_EQ(run.end, WalkState::Complete);
      for (const std::int32_t id : server.existing) {
        ASSERT_TRUE(!at_start.contains(id) || collected.stored.contains(id)) << id;
      }
      ASSERT_TRUE(collected.known.holes({1, collected.newest}).empty());
    }
  }
}

}  // namespace
}  // namespace ledgram::collect
