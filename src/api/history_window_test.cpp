#include "ledgram/api/history_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace ledgram::api {
namespace {

using Numbers = std::vector<std::int32_t>;

/// A chat as messages.getHistory knows it, oldest first.
class Chat {
 public:
  explicit Chat(std::vector<HistoryEntry> entries) : entries_(std::move(entries)) {}

  /// The newest first, as Telegram answers.
  [[nodiscard]] std::vector<HistoryEntry> answer(HistoryOffset offset, std::int32_t limit) const {
    const auto is_newer = [&](const HistoryEntry& entry) {
      if (offset.id > 0)
        return entry.number >= offset.id;
      return offset.date > 0 && entry.date.value_or(0) >= offset.date;
    };
    const auto newer = static_cast<std::int64_t>(std::ranges::count_if(entries_, is_newer));
    std::vector<HistoryEntry> page;
    for (std::int64_t place = newer + offset.add; place < newer + offset.add + limit; ++place) {
      if (place >= 0 && place < std::ssize(entries_))
        page.push_back(entries_[entries_.size() - 1 - static_cast<std::size_t>(place)]);
    }
    return page;
  }

  /// What a list of the range has to hold.
  [[nodiscard]] Numbers expected(const HistoryRange& range) const {
    Numbers numbers;
    for (const HistoryEntry& entry : entries_) {
      if (entry.date && entry.number > range.after.value_or(0) && entry.number < range.before.value_or(1'000'000) &&
          *entry.date >= range.since.value_or(0) && *entry.date < range.until.value_or(1'000'000))
        numbers.push_back(entry.number);
    }
    if (range.order == HistoryOrder::NewestFirst)
      std::ranges::reverse(numbers);
    return numbers;
  }

 private:
  std::vector<HistoryEntry> entries_;
};

/// The whole list, page by page.
Numbers read(const Chat& chat, HistoryRange range, std::int32_t limit) {
  Numbers numbers;
  for (int pages = 0; pages < 1'000; ++pages) {
    std::vector<HistoryEntry> answer;
    if (const auto offset = history_offset(range, limit))
      answer = chat.answer(*offset, limit);
    const HistoryCut cut = cut_history(range, answer);
    for (const std::size_t index : cut.items)
      numbers.push_back(answer[index].number);
    if (!cut.place)
      return numbers;
    range.place = cut.place;
  }
  ADD_FAILURE() << "the list has no end";
  return numbers;
}

/// Numbers 10, 20 ... 90 of moments 1000, 1010 ... 1080. `gone` is only a number.
Chat tens(std::int32_t gone = 0) {
  std::vector<HistoryEntry> entries;
  for (std::int32_t number = 10; number <= 90; number += 10)
    entries.push_back({number, number == gone ? std::nullopt : std::optional<std::int64_t>(990 + number)});
  return Chat(std::move(entries));
}

constexpr HistoryOrder kNewest = HistoryOrder::NewestFirst;
constexpr HistoryOrder kOldest = HistoryOrder::OldestFirst;

TEST(HistoryWindow, ReadsAWholeChatEitherWay) {
  EXPECT_EQ(read(tens(50), {.order = kNewest}, 4), (Numbers{90, 80, 70, 60, 40, 30, 20, 10}));
  EXPECT_EQ(read(tens(50), {.order = kOldest}, 4), (Numbers{10, 20, 30, 40, 60, 70, 80, 90}));
}

TEST(HistoryWindow, BeginsAtANumberThatNeedNotBeThere) {
  EXPECT_EQ(read(tens(), {.order = kNewest, .before = 41}, 2), (Numbers{40, 30, 20, 10}));
  EXPECT_EQ(read(tens(), {.order = kNewest, .before = 40}, 2), (Numbers{30, 20, 10}));
  EXPECT_EQ(read(tens(), {.order = kOldest, .after = 60}, 2), (Numbers{70, 80, 90}));
  EXPECT_EQ(read(tens(), {.order = kOldest, .after = 65}, 2), (Numbers{70, 80, 90}));
  EXPECT_EQ(read(tens(), {.order = kOldest, .after = 90}, 2), Numbers());
  EXPECT_EQ(read(tens(), {.order = kNewest, .before = 10}, 2), Numbers());
}

TEST(HistoryWindow, BeginsAtAMomentWhichBelongsToWhatComesAfterIt) {
  EXPECT_EQ(read(tens(), {.order = kNewest, .until = 1030}, 2), (Numbers{30, 20, 10}));
  EXPECT_EQ(read(tens(), {.order = kOldest, .since = 1030}, 3), (Numbers{40, 50, 60, 70, 80, 90}));
  EXPECT_EQ(read(tens(), {.order = kOldest, .since = 0}, 9).size(), 9U);
  EXPECT_EQ(read(tens(), {.order = kOldest, .since = -5}, 9).size(), 9U);
  EXPECT_EQ(read(tens(), {.order = kOldest, .since = 5'000'000'000}, 9), Numbers());
  EXPECT_EQ(read(tens(), {.order = kNewest, .until = 5'000'000'000}, 9).size(), 9U);
  EXPECT_EQ(read(tens(), {.order = kNewest, .until = 0}, 9), Numbers());
}

TEST(HistoryWindow, EndsAtTheFarBound) {
  EXPECT_EQ(read(tens(), {.order = kNewest, .after = 30, .before = 81}, 2), (Numbers{80, 70, 60, 50, 40}));
  EXPECT_EQ(read(tens(), {.order = kOldest, .after = 30, .until = 1070}, 2), (Numbers{40, 50, 60, 70}));
  EXPECT_EQ(read(tens(), {.order = kNewest, .since = 1060, .until = 1075}, 1), (Numbers{80, 70}));
}

TEST(HistoryWindow, DoesNotAskForWhatCannotBe) {
  EXPECT_FALSE(history_offset({.order = kNewest, .before = 1}, 10));
  EXPECT_FALSE(history_offset({.order = kOldest, .after = 2'147'483'647}, 10));
  EXPECT_EQ(history_offset({.order = kNewest, .before = 2'147'483'648}, 10), HistoryOffset());
  EXPECT_EQ(history_offset({.order = kOldest, .after = 41}, 10), (HistoryOffset{.id = 42, .add = -10}));
}

TEST(HistoryWindow, APageThatHasLostAllItsMessagesIsNoEnd) {
  const std::vector<HistoryEntry> gone{{30, {}}, {20, {}}};
  const HistoryCut older = cut_history({.order = kNewest}, gone);
  EXPECT_TRUE(older.items.empty());
  EXPECT_EQ(older.place, 20);
  const HistoryCut newer = cut_history({.order = kOldest, .after = 10}, gone);
  EXPECT_TRUE(newer.items.empty());
  EXPECT_EQ(newer.place, 30);
}

TEST(HistoryWindow, WhatLiesBeforeTheStartIsLeftOut) {
  // A server may fill a window that reaches beyond the newest message with older ones.
  const std::vector<HistoryEntry> answer{{90, 1080}, {80, 1070}, {70, 1060}};
  EXPECT_EQ(cut_history({.order = kOldest, .after = 80}, answer).items, std::vector<std::size_t>{0});
  EXPECT_FALSE(cut_history({.order = kOldest, .after = 90}, answer).place);
}

TEST(HistoryWindow, AgreesWithAPlainSelectionInRandomChats) {
  constexpr unsigned kSeed = 20260131;
  SCOPED_TRACE(kSeed);
  std::mt19937 dice(kSeed);
  const auto draw = [&](std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(dice);
  };
  for (int round = 0; round < 3'000; ++round) {
    std::vector<HistoryEntry> entries;
    std::int32_t number = 0;
    std::int64_t date = 100;
    for (std::int64_t left = draw(0, 30); left > 0; --left) {
      number += static_cast<std::int32_t>(draw(1, 4));
      date += draw(0, 3);
      entries.push_back({number, draw(0, 9) == 0 ? std::nullopt : std::optional(date)});
    }
    // By moments only where every number has one: Telegram would not count the others.
    const bool by_moments =
        std::ranges::all_of(entries, [](const HistoryEntry& entry) { return entry.date.has_value(); });
    const Chat chat(std::move(entries));
    HistoryRange range{.order = draw(0, 1) == 0 ? kNewest : kOldest};
    if (draw(0, 1) == 0)
      range.after = draw(0, 60);
    else if (by_moments && draw(0, 1) == 0)
      range.since = draw(90, 150);
    if (draw(0, 1) == 0)
      range.before = draw(1, 70);
    else if (by_moments && draw(0, 1) == 0)
      range.until = draw(90, 150);
    ASSERT_EQ(read(chat, range, static_cast<std::int32_t>(draw(1, 7))), chat.expected(range)) << "round " << round;
  }
}

}  // namespace
}  // namespace ledgram::api
