#include "ledgram/search/index.hpp"

#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace ledgram::search {
namespace {

using ledger::must;

constexpr ChannelId kAlpha{100};
constexpr ChannelId kBeta{200};

/// A ledger, its index, and searches in it.
class IndexTest : public testing::Test {
 protected:
  ledger::Message post(ChannelId channel, std::int32_t number, std::string text, ledger::UnixSeconds date = 0) {
    ledger::Message message = ledger::text_message(channel, number, std::move(text));
    message.date = date != 0 ? date : 1'000 + number;
    return message;
  }

  void store(std::vector<ledger::Message> messages, std::vector<ledger::Deletion> deletions = {}) {
    ledger::Batch batch;
    batch.seen_at = 1;
    batch.messages = std::move(messages);
    batch.deletions = std::move(deletions);
    batch.channels = {{.channel = kAlpha, .news_after_if_unset = 0}, {.channel = kBeta, .news_after_if_unset = 0}};
    must(ledger_.commit(batch));
  }

  ledger::IndexChanges changes(std::int64_t limit = 100) {
    return must(ledger_.post_store().changes_since(writer_->mark(), limit));
  }

  void index(std::int64_t limit = 100) {
    bool more = true;
    while (more) {
      const ledger::IndexChanges found = changes(limit);
      writer_->apply(found, go_on_);
      more = found.more;
    }
  }

  HitPage find(SearchRequest request) { return IndexReader(file()).find(request); }

  std::vector<std::int32_t> found(std::string_view text, std::vector<ChannelId> channels = {kAlpha, kBeta}) {
    std::vector<std::int32_t> numbers;
    for (const Hit& hit : find({.query = parse_query(text).value(), .channels = std::move(channels)}).hits)
      numbers.push_back(hit.number.value());
    return numbers;
  }

  std::filesystem::path file() { return folder_ / "search.db"; }

  using Numbers = std::vector<std::int32_t>;

  const std::atomic<bool> go_on_ = false;
  ledger::TemporaryFolder folder_;
  ledger::Ledger ledger_ = ledger::ledger_with_channels(folder_ / "ledger.db");
  std::optional<IndexWriter> writer_{std::in_place, file()};
};

TEST_F(IndexTest, FindsWordsPhrasesAndBeginningsNewestFirst) {
  store({post(kAlpha, 1, "War and peace"), post(kAlpha, 2, "peace and war"), post(kBeta, 3, "Перемога України"),
         post(kBeta, 4, "Всё ещё ёлка")});
  index();
  EXPECT_EQ(found("war"), (Numbers{2, 1}));
  EXPECT_EQ(found("war peace"), (Numbers{2, 1}));
  EXPECT_EQ(found("\"war and peace\""), (Numbers{1}));
  EXPECT_EQ(found("war -\"and peace\""), (Numbers{2}));
  EXPECT_EQ(found("укр*"), (Numbers{3}));
  EXPECT_EQ(found("україн"), (Numbers{}));
  EXPECT_EQ(found("елка"), (Numbers{4}));
  EXPECT_EQ(found("ЁЛКА"), (Numbers{4}));
}

TEST_F(IndexTest, StaysWithinTheChannels) {
  store({post(kAlpha, 1, "news"), post(kBeta, 2, "news")});
  index();
  EXPECT_EQ(found("news", {kAlpha}), (Numbers{1}));
  EXPECT_EQ(found("news", {kBeta}), (Numbers{2}));
  EXPECT_EQ(found("news", {}), (Numbers{}));
  // The words by which channels are told apart are not in the text.
  EXPECT_EQ(found("c100"), (Numbers{}));
}

TEST_F(IndexTest, StaysWithinAChannelOfFewPosts) {
  std::vector<ledger::Message> many;
  for (std::int32_t number = 1; number <= 50; ++number)
    many.push_back(post(kAlpha, number, "news"));
  many.push_back(post(kBeta, 60, "news", 10));
  store(many);
  index();
  EXPECT_EQ(found("news", {kBeta}), (Numbers{60}));
}

TEST_F(IndexTest, FiltersByTimeAndAuthor) {
  ledger::Message signed_post = post(kAlpha, 2, "news", 2'000);
  signed_post.post_author = "Olena Petrenko";
  ledger::Message sent = post(kAlpha, 3, "news", 3'000);
  sent.from = ledger::PeerKey{ledger::PeerType::User, 77};
  store({post(kAlpha, 1, "news", 1'000), signed_post, sent});
  index();
  const Query news = parse_query("news").value();
  const auto numbers = [&](SearchRequest request) {
    request.query = news;
    request.channels = {kAlpha};
    Numbers result;
    for (const Hit& hit : find(request).hits)
      result.push_back(hit.number.value());
    return result;
  };
  EXPECT_EQ(numbers({.since = 2'000}), (Numbers{3, 2}));
  EXPECT_EQ(numbers({.until = 2'000}), (Numbers{1}));
  EXPECT_EQ(numbers({.since = 1'001, .until = 3'000}), (Numbers{2}));
  EXPECT_EQ(numbers({.author = "olena petrenko"}), (Numbers{2}));
  EXPECT_EQ(numbers({.author = "77"}), (Numbers{3}));
  EXPECT_EQ(numbers({.author = "\" OR \""}), (Numbers{}));
}

TEST_F(IndexTest, PagesGiveEachHitOnce) {
  std::vector<ledger::Message> many;
  for (std::int32_t number = 1; number <= 100; ++number)
    many.push_back(post(number % 2 == 0 ? kAlpha : kBeta, number, "news", 1'000 + number / 10));
  store(many);
  index(7);
  SearchRequest request{.query = parse_query("news").value(), .channels = {kAlpha, kBeta}, .limit = 9};
  std::set<std::int32_t> numbers;
  std::size_t hits = 0;
  while (true) {
    const HitPage page = find(request);
    for (const Hit& hit : page.hits)
      numbers.insert(hit.number.value());
    hits += page.hits.size();
    if (!page.next)
      break;
    request.after = page.next;
  }
  EXPECT_EQ(hits, 100U);
  EXPECT_EQ(numbers.size(), 100U);
}

TEST_F(IndexTest, FollowsEditsAndDeletions) {
  store({post(kAlpha, 1, "before"), post(kAlpha, 2, "before")});
  index();
  ledger::Message edited = post(kAlpha, 1, "after");
  edited.edit_date = 5'000;
  store({edited}, {{kAlpha, MessageNumber(2), 0}});
  index();
  EXPECT_EQ(found("before"), (Numbers{}));
  EXPECT_EQ(found("after"), (Numbers{1}));
  EXPECT_EQ(writer_->counts().posts, 1);
  EXPECT_EQ(writer_->counts().dead, 2);
}

TEST_F(IndexTest, GoesOnWhereItWasAndTakesTheSameChangesAgain) {
  store({post(kAlpha, 1, "one")});
  const ledger::IndexChanges first = changes();
  writer_->apply(first, go_on_);
  writer_->apply(first, go_on_);
  EXPECT_EQ(found("one"), (Numbers{1}));
  writer_.emplace(file());
  EXPECT_EQ(writer_->mark().row, first.mark.row);
  store({post(kAlpha, 2, "one two")});
  EXPECT_EQ(changes().messages.size(), 1U);
  index();
  EXPECT_EQ(found("one"), (Numbers{2, 1}));
}

TEST_F(IndexTest, AStopLeavesItWhereItWas) {
  store({post(kAlpha, 1, "one")});
  const std::atomic<bool> stop = true;
  try {
    writer_->apply(changes(), stop);
    ADD_FAILURE();
  } catch (const Failure<ledger::LedgerError>& failure) {
    EXPECT_EQ(failure.error().code, ledger::LedgerErrc::Interrupted);
  }
  EXPECT_EQ(writer_->mark().row, 0);
  index();
  EXPECT_EQ(found("one"), (Numbers{1}));
}

TEST_F(IndexTest, AnUnfinishedTransactionLeavesNothing) {
  store({post(kAlpha, 1, "one")});
  index();
  {
    ledger::sqlite::Connection other(file(), ledger::sqlite::Access::ReadWrite, std::chrono::milliseconds(0));
    ledger::sqlite::Transaction transaction(other);
    other.execute("INSERT INTO words (rowid, text) VALUES (1, 'ghost'); INSERT INTO entries VALUES (1, 100, 9)");
  }
  EXPECT_EQ(found("ghost"), (Numbers{}));
}

TEST_F(IndexTest, IsMadeAnewWhenItCannotBeRead) {
  store({post(kAlpha, 1, "one")});
  index();
  writer_.reset();
  for (const char* suffix : {"-wal", "-shm"})
    std::filesystem::remove(file().string() + suffix);
  std::ofstream(file(), std::ios::trunc) << "this is no database, and it is longer than a page's beginning";
  writer_.emplace(file());
  EXPECT_EQ(writer_->mark().row, 0);
  index();
  EXPECT_EQ(found("one"), (Numbers{1}));
}

TEST_F(IndexTest, CanBeClearedAndFilledAgain) {
  store({post(kAlpha, 1, "one")});
  index();
  writer_->clear();
  EXPECT_EQ(found("one"), (Numbers{}));
  EXPECT_EQ(writer_->counts().posts, 0);
  index();
  EXPECT_EQ(found("one"), (Numbers{1}));
}

// Whatever is typed, FTS5 finds an expression that it understands.
TEST_F(IndexTest, NothingThatIsTypedBreaksTheExpression) {
  store({post(kAlpha, 1, "one")});
  index();
  IndexReader reader(file());
  const unsigned seed = 11;
  std::mt19937 random(seed);
  const std::vector<std::string> parts = {
      "\"",   "*",   "-",    "(",    ")",     ":",      "^",    "+",   " ",  "AND",
      "OR",   "NOT", "NEAR", "text", "one",   "{",      "}",    "'",   "\\", std::string(1, '\0'),
      "\xff", "ё",   "«",    ";--",  "NEAR(", "scope:", "c100", "\xd0"};
  for (int round = 0; round < 3'000; ++round) {
    std::string text;
    for (std::size_t i = 0; i < 1 + random() % 12; ++i)
      text += parts[random() % parts.size()];
    SearchRequest request{.query = parse_query(text).value(), .channels = {kAlpha}};
    request.author = round % 3 == 0 ? text : "";
    try {
      reader.find(request);
    } catch (const SearchFailure& failure) {
      EXPECT_EQ(failure.error().code, SearchErrc::NoWords) << text;
    }
  }
}

TEST_F(IndexTest, ASearchOfNoWordsIsTold) {
  for (const std::string_view text : {"", "-", "-war", "!!!", "\"...\""}) {
    try {
      found(text);
      ADD_FAILURE() << text;
    } catch (const SearchFailure& failure) {
      EXPECT_EQ(failure.error().code, SearchErrc::NoWords) << text;
    }
  }
}

TEST_F(IndexTest, EndsAtItsDeadline) {
  std::vector<ledger::Message> many;
  for (std::int32_t number = 1; number <= 3'000; ++number)
    many.push_back(post(kAlpha, number, "news"));
  store(many);
  index(5'000);
  IndexReader reader(file());
  const SearchRequest request{.query = parse_query("news").value(), .channels = {kAlpha}, .limit = 5'000};
  EXPECT_EQ(reader.find(request).hits.size(), 3'000U);
  try {
    reader.find(request, std::chrono::steady_clock::time_point{});
    ADD_FAILURE();
  } catch (const SearchFailure& failure) {
    EXPECT_EQ(failure.error().code, SearchErrc::Stopped);
  }
  EXPECT_EQ(reader.find(request).hits.size(), 3'000U);
}

}  // namespace
}  // namespace ledgram::search
