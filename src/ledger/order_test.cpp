#include "ledgram/base/random.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

/// What is newer than what (docs/decisions/0041-as-of.md): content, versions, marks.

namespace ledgram::ledger {
namespace {

constexpr ChannelId kAlpha{100};
constexpr AccountId kMe{1};

Message content(std::int32_t number, std::int32_t as_of, std::string text, UnixSeconds edit_date = 0) {
  Message message = text_message(kAlpha, number, std::move(text));
  message.as_of = as_of;
  message.edit_date = edit_date;
  return message;
}

class OrderTest : public testing::Test {
 protected:
  CommitStats store(Message message, UnixSeconds seen_at = 1000) {
    Batch batch;
    batch.seen_at = seen_at;
    batch.messages.push_back(std::move(message));
    return must(ledger_.commit(batch));
  }

  CommitStats remove(std::int32_t number, std::int32_t as_of) {
    Batch batch;
    batch.seen_at = 2000;
    batch.deletions.push_back({kAlpha, MessageNumber(number), as_of});
    return must(ledger_.commit(batch));
  }

  Post post(std::int32_t number) {
    const PostFilter filter{.channel = kAlpha,
                            .below_number = MessageNumber(number + 1),
                            .limit = 1,
                            .include = Include::PostsAndService,
                            .include_deleted = IncludeDeleted::Yes};
    auto posts = must(ledger_.posts(filter));
    if (posts.empty() || posts[0].message.number != MessageNumber(number)) {
      ADD_FAILURE() << number << " is not stored";
      return {};
    }
    return posts[0];
  }

  std::string text(std::int32_t number) { return post(number).message.text; }

  std::vector<std::string> old_texts(std::int32_t number) {
    std::vector<std::string> texts;
    for (const MessageVersion& version : must(ledger_.message_versions(kAlpha, MessageNumber(number))))
      texts.push_back(version.text);
    return texts;
  }

  bool is_shown(std::int32_t number) {
    const auto posts = must(ledger_.posts({.channel = kAlpha, .include = Include::PostsAndService}));
    return std::ranges::any_of(posts, [&](const Post& shown) { return shown.message.number.value() == number; });
  }

  TemporaryFolder folder_;
  Ledger ledger_ = ledger_with_channels(folder_ / "ledger.db");
};

TEST_F(OrderTest, ALowerAsOfNeverReplacesAHigherOne) {
  store(content(1, 20, "at 20", 500));
  EXPECT_EQ(store(content(1, 10, "at 10", 900)).unchanged, 1) << "whatever its edit date says";
  EXPECT_EQ(text(1), "at 20");
  EXPECT_EQ(store(content(1, 30, "at 30", 100)).edited, 1) << "even with an earlier edit date";
  EXPECT_EQ(text(1), "at 30");
  EXPECT_EQ(old_texts(1), std::vector<std::string>{"at 20"});
}

TEST_F(OrderTest, OfEqualAsOfTheEditDateDecidesThenTheLaterArrival) {
  store(content(1, 20, "first", 500));
  store(content(1, 20, "older edit", 400));
  EXPECT_EQ(text(1), "first");
  store(content(1, 20, "same second", 500));
  EXPECT_EQ(text(1), "same second");
}

TEST_F(OrderTest, WithoutAsOfTheEditDateDecides) {
  store(content(1, 0, "never edited"));
  store(content(1, 20, "edited", 500));
  EXPECT_EQ(store(content(1, 0, "never edited")).unchanged, 1);
  EXPECT_EQ(text(1), "edited");
  EXPECT_EQ(post(1).message.as_of, 20) << "is not lost";
  store(content(1, 0, "edited again", 600));
  EXPECT_EQ(text(1), "edited again");
  EXPECT_EQ(post(1).message.as_of, 20);
}

TEST_F(OrderTest, UnchangedContentBecomesAsNewAsItWasSeen) {
  store(content(1, 10, "x"));
  store(content(1, 30, "x"));
  EXPECT_EQ(store(content(1, 20, "what it was for a while")).unchanged, 1);
  EXPECT_EQ(text(1), "x");
}

TEST_F(OrderTest, VersionsKeepWhatWasReplaced) {
  Message first = content(1, 10, "one");
  first.entities = R"([{"type":"bold"}])";
  first.media_kind = "photo";
  first.media = R"({"id":"1"})";
  first.raw = {1, 1, 1};
  store(first);
  store(content(1, 11, "two", 500), 3000);
  store(content(1, 12, "three", 600), 4000);
  const auto versions = must(ledger_.message_versions(kAlpha, MessageNumber(1)));
  ASSERT_EQ(versions.size(), 2U);
  EXPECT_EQ(versions[0].text, "one");
  EXPECT_EQ(versions[0].edit_date, 0);
  EXPECT_EQ(versions[0].entities, first.entities);
  EXPECT_EQ(versions[0].media_kind, "photo");
  EXPECT_EQ(versions[0].media, first.media);
  EXPECT_EQ(versions[0].raw, first.raw);
  EXPECT_EQ(versions[0].layer, 223);
  EXPECT_EQ(versions[0].as_of, 10);
  EXPECT_EQ(versions[0].replaced_at, 3000);
  EXPECT_EQ(versions[1].text, "two");
  EXPECT_EQ(versions[1].edit_date, 500);
  EXPECT_EQ(text(1), "three");
}

TEST_F(OrderTest, ViewsVotesAndPreviewsAreNoEdits) {
  store(content(1, 10, "x"));
  Message seen = content(1, 11, "x");
  seen.views = 5;
  CommitStats stats = store(seen);
  EXPECT_EQ(stats.updated, 1);
  EXPECT_EQ(stats.edited, 0);
  Message preview = content(1, 12, "x");
  preview.media_kind = "webpage";
  preview.media = R"({"url":"a"})";
  EXPECT_EQ(store(preview).edited, 0);
  Message reaction = preview;
  reaction.as_of = 13;
  reaction.edit_date = 700;
  reaction.set(MessageFlag::EditHidden);
  EXPECT_EQ(store(reaction).edited, 0);
  EXPECT_EQ(post(1).message.edit_date, 700);
  Message button = preview;
  button.as_of = 14;
  button.edit_date = 800;
  EXPECT_EQ(store(button).edited, 1) << "an edit that shows in the raw bytes only";
  Message photo = button;
  photo.as_of = 15;
  photo.media_kind = "photo";
  photo.media = "{}";
  EXPECT_EQ(store(photo).edited, 1) << "another file in the same second";
}

TEST_F(OrderTest, ADeletionHidesTheMessageAndKeepsIt) {
  store(content(1, 10, "x"));
  const CommitStats stats = remove(1, 11);
  EXPECT_EQ(stats.deleted, 1);
  EXPECT_FALSE(is_shown(1));
  EXPECT_EQ(text(1), "x");
  EXPECT_EQ(post(1).deletion, (DeletionMark{MessageNumber(1), 11, 2000, DeletionState::Applied}));
  EXPECT_EQ(remove(1, 11).deleted, 0) << "once";
}

TEST_F(OrderTest, AStalePageStoresADeletedMessageWithItsMark) {
  EXPECT_EQ(remove(5, 20).deleted, 0) << "nothing is stored yet";
  store(content(5, 10, "from a page that was on its way"));
  EXPECT_FALSE(is_shown(5));
  EXPECT_EQ(post(5).deletion->state, DeletionState::Applied);
}

TEST_F(OrderTest, AtTheSamePtsTheDeletionWins) {
  store(content(1, 20, "in the same slice"));
  remove(1, 20);
  EXPECT_FALSE(is_shown(1));
  store(content(1, 20, "in the same slice"));
  EXPECT_FALSE(is_shown(1));
}

TEST_F(OrderTest, NewerContentDisprovesADeletionAndAnOldDeletionIsIgnored) {
  store(content(1, 10, "x"));
  remove(1, 20);
  EXPECT_EQ(store(content(1, 30, "x")).restored, 1);
  EXPECT_TRUE(is_shown(1));
  EXPECT_EQ(remove(1, 20).deleted, 0);
  EXPECT_TRUE(is_shown(1));
}

TEST_F(OrderTest, ADeletionOfUnknownAgeIsFinal) {
  store(content(1, 10, "x"));
  remove(1, 0);
  store(content(1, 30, "x"));
  EXPECT_FALSE(is_shown(1));
}

TEST_F(OrderTest, ACompletedRangeProvesDeletions) {
  for (const std::int32_t number : {1, 2, 3, 4, 5, 8})
    store(content(number, number == 4 ? 50 : 10, "x"));
  Batch page;
  page.messages = {content(5, 40, "x"), content(2, 40, "x")};
  page.completed.push_back({.channel = kAlpha, .range = {2, 7}, .as_of = 40});
  EXPECT_EQ(must(ledger_.commit(page)).deleted, 1);
  EXPECT_TRUE(is_shown(1)) << "below the range";
  EXPECT_TRUE(is_shown(2));
  EXPECT_FALSE(is_shown(3));
  EXPECT_TRUE(is_shown(4)) << "is newer than the page";
  EXPECT_TRUE(is_shown(5));
  EXPECT_TRUE(is_shown(8)) << "above the range";
  EXPECT_EQ(must(ledger_.deletions(kAlpha)).size(), 1U);

  Batch unproven;
  unproven.completed.push_back({.channel = kAlpha, .range = {1, 8}});
  EXPECT_EQ(must(ledger_.commit(unproven)).deleted, 0);
}

// The truth: messages are posted, edited and deleted, each at a pts of its own. What is known of it arrives in any
// order and several times, as updates and as pages of any age, or not at all. In the end the ledger has the truth.
TEST_F(OrderTest, AnyOrderOfArrivalEndsInTheTruth) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    const ChannelId channel(static_cast<std::int64_t>(5000 + seed));
    must(ledger_.follow_channel({.id = channel, .account = kMe}));
    std::map<std::int32_t, std::string> present;
    std::map<std::int32_t, std::vector<std::string>> texts;
    std::vector<Batch> arrivals;
    const auto message = [&](std::int32_t number, std::int32_t as_of) {
      Message row = text_message(channel, number, present[number]);
      row.as_of = as_of;
      return row;
    };
    std::int32_t newest = 0;
    for (std::int32_t pts = 1; pts <= 120; ++pts) {
      Batch update;
      const std::uint64_t what = random.below(10);
      if (what < 5 || present.empty()) {
        present[++newest] = "first";
        texts[newest] = {"first"};
        update.messages.push_back(message(newest, pts));
      } else {
        auto at = present.begin();
        std::advance(at, static_cast<std::ptrdiff_t>(random.below(present.size())));
        if (what < 8) {
          at->second = "edited at " + std::to_string(pts);
          texts[at->first].push_back(at->second);
          update.messages.push_back(message(at->first, pts));
        } else {
          update.deletions.push_back({channel, MessageNumber(at->first), pts});
          present.erase(at);
        }
      }
      arrivals.push_back(std::move(update));
      if (random.below(6) != 0)
        continue;
      Batch page;
      const auto first = static_cast<std::int32_t>(1 + random.below(static_cast<std::uint64_t>(newest)));
      const std::int32_t last = std::min(newest, first + static_cast<std::int32_t>(random.below(20)));
      for (const auto& [number, text] : present) {
        if (number >= first && number <= last)
          page.messages.push_back(message(number, pts));
      }
      page.completed.push_back({.channel = channel, .range = {first, last}, .as_of = pts});
      arrivals.push_back(std::move(page));
    }
    // A part of it never arrives, until in the end one page tells all.
    Batch last_page;
    for (const auto& [number, text] : present)
      last_page.messages.push_back(message(number, 120));
    last_page.completed.push_back({.channel = channel, .range = {1, std::max(newest, 1)}, .as_of = 120});
    if (seed % 2 == 0)
      std::erase_if(arrivals, [&](const Batch&) { return random.below(3) == 0; });
    const std::size_t once = arrivals.size();
    for (std::size_t i = 0; i < once / 3; ++i)
      arrivals.push_back(arrivals[random.below(once)]);
    for (std::size_t i = arrivals.size() - 1; i > 0; --i)
      std::swap(arrivals[i], arrivals[random.below(i + 1)]);
    if (seed % 2 == 0)
      arrivals.push_back(std::move(last_page));
    for (const Batch& batch : arrivals)
      must(ledger_.commit(batch));

    std::map<std::int32_t, std::string> shown;
    for (const Post& post : must(ledger_.posts({.channel = channel})))
      shown[post.message.number.value()] = post.message.text;
    ASSERT_EQ(shown, present);
    for (std::int32_t number = 1; number <= newest; ++number) {
      const auto versions = must(ledger_.message_versions(channel, MessageNumber(number)));
      for (const MessageVersion& version : versions)
        ASSERT_TRUE(std::ranges::count(texts[number], version.text) == 1) << number << ": " << version.text;
    }
  }
}

}  // namespace
}  // namespace ledgram::ledger
