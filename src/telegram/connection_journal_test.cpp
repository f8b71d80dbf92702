#include "ledgram/telegram/connection_journal.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace ledgram::telegram {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

/// The hand-set clock, and the lines with the time of each.
struct JournalTest : testing::Test {
  struct Written {
    nanoseconds at{};
    ConnectionJournal::Line line;
  };

  void collect(std::vector<ConnectionJournal::Line> taken) {
    for (auto& line : taken)
      lines.push_back({now, std::move(line)});
  }

  void down(std::uint64_t number, std::string_view reason = "cannot connect", std::size_t attempts = 0) {
    const std::string account = "a" + std::to_string(number);
    ConnectionJournal::State state;
    state.account = account;
    state.dc = DcId(2);
    state.reason = reason;
    state.detail = "cannot connect to 192.0.2.1:443";
    state.attempts = attempts;
    journal.down(ConnectionNumber(number), state, now);
    collect(journal.take_lines(now));
  }

  void up(std::uint64_t number, std::size_t attempts = 1) {
    journal.up(ConnectionNumber(number), attempts, now);
    collect(journal.take_lines(now));
  }

  /// Time passes; what falls due is taken at its moment.
  void run_until(nanoseconds moment) {
    while (journal.deadline() && *journal.deadline() <= moment) {
      now = std::max(now, *journal.deadline());
      collect(journal.take_lines(now));
    }
    now = moment;
  }

  [[nodiscard]] std::string last() const { return lines.empty() ? "" : lines.back().line.message; }

  [[nodiscard]] std::int64_t sum_of(std::string_view name) const {
    std::int64_t sum = 0;
    for (const Written& written : lines) {
      for (const auto& [key, count] : written.line.counts)
        sum += key == name ? count : 0;
    }
    return sum;
  }

  [[nodiscard]] std::int64_t singles_with(std::string_view words) const {
    return std::ranges::count_if(lines, [words](const Written& written) {
      return !written.line.account.empty() && written.line.message.find(words) != std::string::npos;
    });
  }

  /// The most lines in any minute.
  [[nodiscard]] std::int64_t most_per_minute() const {
    std::int64_t most = 0;
    for (const Written& first : lines) {
      most = std::max<std::int64_t>(most, std::ranges::count_if(lines, [&first](const Written& written) {
                                      return written.at >= first.at && written.at < first.at + minutes(1);
                                    }));
    }
    return most;
  }

  void expect_exact_counts() const {
    const ConnectionJournal::Counters counters = journal.counters();
    EXPECT_EQ(singles_with("lost") + sum_of("lost"), static_cast<std::int64_t>(counters.losses));
    EXPECT_EQ(singles_with("is back") + sum_of("back"), static_cast<std::int64_t>(counters.returns));
    EXPECT_EQ(counters.losses, counters.returns + counters.given_up + counters.down);
    EXPECT_EQ(sum_of("lost") + sum_of("back"), static_cast<std::int64_t>(counters.held));
  }

  ConnectionJournal journal;
  nanoseconds now = minutes(5);
  std::vector<Written> lines;
};

TEST_F(JournalTest, OneConnectionHasALineWhenLostAndOneWhenBack) {
  down(1);
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(last(), "connection to data centre 2 lost: cannot connect to 192.0.2.1:443");
  EXPECT_EQ(lines[0].line.level, log::Level::Info);
  EXPECT_EQ(lines[0].line.account, "a1");
  now += milliseconds(12300);
  down(1, "cannot connect", 3);
  EXPECT_EQ(lines.size(), 1U);
  up(1, 4);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(last(), "connection to data centre 2 is back after 12.3 s and 4 attempts");
  EXPECT_EQ(journal.deadline(), std::nullopt);
  expect_exact_counts();
}

TEST_F(JournalTest, ALongOutageIsMentionedEveryHalfMinuteWithItsAttempts) {
  down(1);
  EXPECT_EQ(journal.deadline(), minutes(5) + seconds(30));
  now += seconds(20);
  down(1, "cannot connect", 7);
  run_until(minutes(5) + seconds(70));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[1].at, minutes(5) + seconds(30));
  EXPECT_EQ(lines[1].line.message,
            "no connection to data centre 2 for 30 s, 7 attempts: cannot connect to 192.0.2.1:443");
  EXPECT_EQ(lines[1].line.level, log::Level::Warning);
  EXPECT_EQ(lines[2].at, minutes(5) + seconds(60));
}

TEST_F(JournalTest, OfManyTheFirstFewAreShownAndTheOthersCounted) {
  for (std::uint64_t number = 1; number <= 52; ++number)
    down(number, number <= 44 ? "cannot connect" : "no answer");
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(journal.deadline(), minutes(5) + seconds(2));
  run_until(minutes(5) + seconds(2));
  ASSERT_EQ(lines.size(), 5U);
  EXPECT_EQ(
      last(),
      "connections: 48 more lost, of 48 accounts (cannot connect 40, no answer 8); 52 down for up to 2 s, 0 attempts");
  EXPECT_EQ(lines.back().line.level, log::Level::Info);
  now += seconds(8);
  for (std::uint64_t number = 1; number <= 52; ++number)
    up(number, 3);
  // The window of the first four is still open.
  EXPECT_EQ(lines.size(), 5U);
  run_until(minutes(6));
  ASSERT_EQ(lines.size(), 6U);
  EXPECT_EQ(lines.back().at, minutes(5) + seconds(32));
  EXPECT_EQ(last(), "connections: 52 more back after up to 10.0 s; none down now");
  EXPECT_EQ(journal.deadline(), std::nullopt);
  expect_exact_counts();
}

TEST_F(JournalTest, WhatFollowsSomethingHeldBackWaitsForItsSummary) {
  for (std::uint64_t number = 1; number <= 5; ++number)
    down(number);
  run_until(minutes(5) + seconds(2));
  down(6);
  now = minutes(5) + seconds(31);
  // There would be room for a single line again, but the loss of 6 has not been told yet.
  up(6);
  run_until(minutes(5) + seconds(32));
  EXPECT_EQ(last(),
            "connections: 1 more lost, of 1 account (cannot connect 1); 1 back after up to 29.0 s; 5 down for up to 32 "
            "s, 0 attempts");
  EXPECT_EQ(lines.back().line.level, log::Level::Warning);
  expect_exact_counts();
}

TEST_F(JournalTest, AnOutageOfTwoMinutesWithFiftyAccountsIsAFewLines) {
  constexpr unsigned kSeed = 50;
  std::mt19937 random(kSeed);
  constexpr std::uint64_t kAccounts = 50;
  const nanoseconds begin = now;
  // Pings notice the loss within a minute; then each account tries about every ten seconds.
  std::vector<nanoseconds> lost_at;
  lost_at.reserve(kAccounts);
  for (std::uint64_t number = 0; number < kAccounts; ++number)
    lost_at.push_back(begin + milliseconds(random() % (number < 30 ? 500 : 60000)));
  for (nanoseconds moment = begin; moment < begin + minutes(2); moment += milliseconds(100)) {
    run_until(moment);
    for (std::uint64_t number = 0; number < kAccounts; ++number) {
      if (moment >= lost_at[number] && random() % 100 == 0)
        down(number, number % 5 == 0 ? "no answer" : "cannot connect", 1);
    }
  }
  for (std::uint64_t number = 0; number < kAccounts; ++number) {
    run_until(begin + minutes(2) + milliseconds(number * 20));
    up(number, 12);
  }
  run_until(begin + minutes(10));
  EXPECT_LE(most_per_minute(), 12) << "seed " << kSeed;
  EXPECT_EQ(journal.counters().losses, kAccounts);
  EXPECT_EQ(journal.counters().returns, kAccounts);
  expect_exact_counts();
  EXPECT_NE(last().find("none down now"), std::string::npos) << last();
}

TEST_F(JournalTest, WhateverHappensTheLinesAreFewAndTheCountsExact) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    journal = ConnectionJournal();
    lines.clear();
    now = minutes(5);
    const auto connections = 1 + random() % 100;
    const auto pause_ms = 1 + random() % 500;
    for (int step = 0; step < 5000; ++step) {
      run_until(now + milliseconds(random() % pause_ms));
      const std::uint64_t number = random() % connections;
      switch (random() % 5) {
        case 0:
          journal.give_up(ConnectionNumber(number));
          break;
        case 1:
        case 2:
          up(number);
          break;
        default:
          down(number);
      }
    }
    collect(journal.finish(now));
    EXPECT_LE(most_per_minute(), 12) << "seed " << seed;
    expect_exact_counts();
    ASSERT_FALSE(HasFailure()) << "seed " << seed;
  }
}

TEST_F(JournalTest, AConnectionThatNobodyWantsIsNotMentionedAgain) {
  down(1);
  journal.give_up(ConnectionNumber(1));
  EXPECT_EQ(journal.deadline(), std::nullopt);
  up(1);
  EXPECT_EQ(lines.size(), 1U);
  EXPECT_EQ(journal.counters().given_up, 1U);
  EXPECT_EQ(journal.counters().returns, 0U);
  EXPECT_TRUE(journal.finish(now).empty());
}

}  // namespace
}  // namespace ledgram::telegram
