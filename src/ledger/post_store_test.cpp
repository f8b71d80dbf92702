#include "ledgram/ledger/post_store.hpp"

#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace ledgram::ledger {
namespace {

constexpr ChannelId kAlpha{100};
constexpr ChannelId kBeta{200};

class PostStoreTest : public testing::Test {
 protected:
  void store(std::vector<Message> messages, std::vector<Deletion> deletions = {}) {
    Batch batch;
    batch.seen_at = 1000;
    batch.messages = std::move(messages);
    batch.deletions = std::move(deletions);
    batch.channels = {{.channel = kAlpha, .news_after_if_unset = 0}, {.channel = kBeta, .news_after_if_unset = 0}};
    must(ledger_.commit(batch));
  }

  Message post(ChannelId channel, std::int32_t number, UnixSeconds date, std::string text = "text") {
    Message message = text_message(channel, number, std::move(text));
    message.date = date;
    return message;
  }

  PostPage page(const PostPageFilter& filter) { return must(ledger_.post_store().page(filter)); }

  /// All pages, as places.
  std::vector<PostPlace> walk(PostPageFilter filter) {
    std::vector<PostPlace> places;
    while (true) {
      const PostPage one = page(filter);
      EXPECT_LE(static_cast<std::int64_t>(one.posts.size()), filter.limit);
      for (const Post& post : one.posts)
        places.push_back({post.message.date, post.message.channel, post.message.number});
      if (!one.next)
        return places;
      filter.after = one.next;
    }
  }

  std::vector<std::int32_t> numbers(const PostPageFilter& filter) {
    std::vector<std::int32_t> result;
    for (const PostPlace& place : walk(filter))
      result.push_back(place.number.value());
    return result;
  }

  TemporaryFolder folder_;
  Ledger ledger_ = ledger_with_channels(folder_ / "ledger.db");
};

TEST_F(PostStoreTest, PagesOverChannelsGiveEachPostOnceInOrder) {
  const unsigned seed = 7;
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  std::vector<Message> messages;
  std::vector<PostPlace> expected;
  // Few different dates, not in the order of numbers.
  for (const ChannelId channel : {kAlpha, kBeta}) {
    for (std::int32_t number = 1; number <= 150; ++number) {
      const auto date = static_cast<UnixSeconds>(1000 + random() % 40);
      messages.push_back(post(channel, number, date));
      expected.push_back({date, channel, MessageNumber(number)});
    }
  }
  store(messages);
  std::ranges::sort(expected, std::greater<>());
  for (const std::int64_t limit : {1, 7, 300}) {
    EXPECT_EQ(walk({.channels = {kBeta, kAlpha, kBeta}, .limit = limit}), expected) << limit;
    EXPECT_EQ(walk({.channels = {kBeta, kAlpha}, .limit = limit, .most_rows = 5}), expected) << limit;
  }
  PostPageFilter in_time{.channels = {kAlpha, kBeta}, .since = 1010, .until = 1020, .limit = 13};
  auto expected_in_time = expected;
  std::erase_if(expected_in_time, [](const PostPlace& place) { return place.date < 1010 || place.date >= 1020; });
  EXPECT_EQ(walk(in_time), expected_in_time);

  std::ranges::reverse(expected);
  std::ranges::reverse(expected_in_time);
  for (const std::int64_t limit : {1, 7, 300}) {
    EXPECT_EQ(walk({.channels = {kBeta, kAlpha}, .order = PostOrder::OldestFirst, .limit = limit}), expected) << limit;
    EXPECT_EQ(walk({.channels = {kBeta, kAlpha}, .order = PostOrder::OldestFirst, .limit = limit, .most_rows = 5}),
              expected)
        << limit;
  }
  in_time.order = PostOrder::OldestFirst;
  EXPECT_EQ(walk(in_time), expected_in_time);
}

TEST_F(PostStoreTest, GivesNothingOfChannelsThatWereNotAskedFor) {
  store({post(kAlpha, 1, 10), post(kBeta, 1, 20)});
  EXPECT_EQ(walk({.channels = {kAlpha}}).size(), 1U);
  EXPECT_TRUE(walk({.channels = {}}).empty());
  EXPECT_TRUE(walk({.channels = {ChannelId(999)}}).empty());
}

TEST_F(PostStoreTest, FiltersByWhatAPostHolds) {
  Message link = post(kAlpha, 1, 10, "see it");
  link.entities = R"([{"type":"link","offset":0,"length":3}])";
  Message photo = post(kAlpha, 2, 20, "Фото Києва");
  photo.media_kind = "photo";
  photo.post_author = "Ольга";
  Message preview = post(kAlpha, 3, 30, "ПРИВІТ");
  preview.media_kind = "webpage";
  preview.from = PeerKey{PeerType::User, 77};
  Message service = post(kAlpha, 4, 40, "");
  service.action = "messageActionPinMessage";
  store({link, photo, preview, service, post(kAlpha, 5, 50, "gone")}, {{kAlpha, MessageNumber(5), 0}});

  const std::vector<ChannelId> alpha = {kAlpha};
  using Numbers = std::vector<std::int32_t>;
  EXPECT_EQ(numbers({.channels = alpha}), (Numbers{3, 2, 1}));
  EXPECT_EQ(numbers({.channels = alpha, .has_link = true}), (Numbers{3, 1}));
  EXPECT_EQ(numbers({.channels = alpha, .has_link = false}), (Numbers{2}));
  EXPECT_EQ(numbers({.channels = alpha, .has_media = true}), (Numbers{2}));
  EXPECT_EQ(numbers({.channels = alpha, .has_media = false}), (Numbers{3, 1}));
  EXPECT_EQ(numbers({.channels = alpha, .text = "києв"}), (Numbers{2}));
  EXPECT_EQ(numbers({.channels = alpha, .text = "привіт"}), (Numbers{3}));
  EXPECT_EQ(numbers({.channels = alpha, .text = "%"}), (Numbers{}));
  EXPECT_EQ(numbers({.channels = alpha, .author = "ОЛЬГА"}), (Numbers{2}));
  EXPECT_EQ(numbers({.channels = alpha, .author = "77"}), (Numbers{3}));
  EXPECT_EQ(numbers({.channels = alpha, .include = Include::PostsAndService}), (Numbers{4, 3, 2, 1}));
  EXPECT_EQ(numbers({.channels = alpha, .include_deleted = IncludeDeleted::Yes}), (Numbers{5, 3, 2, 1}));
}

TEST_F(PostStoreTest, GivesOnePostInAnyState) {
  store({post(kAlpha, 5, 50, "gone")}, {{kAlpha, MessageNumber(5), 0}});
  const auto found = must(ledger_.post_store().post(kAlpha, MessageNumber(5)));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->message.text, "gone");
  EXPECT_EQ(found->channel_username, "alpha");
  EXPECT_EQ(found->deletion->state, DeletionState::Applied);
  EXPECT_FALSE(must(ledger_.post_store().post(kAlpha, MessageNumber(6))));
  EXPECT_FALSE(must(ledger_.post_store().post(ChannelId(999), MessageNumber(5))));
}

TEST_F(PostStoreTest, CountsMessagesByDay) {
  constexpr UnixSeconds kDay = 86'400;
  constexpr UnixSeconds kBegin = 20'000 * kDay + 7'200;
  Message service = post(kAlpha, 4, kBegin + 2 * kDay + 5);
  service.action = "messageActionPinMessage";
  store({post(kAlpha, 1, kBegin - 1), post(kAlpha, 2, kBegin), post(kAlpha, 3, kBegin + kDay - 1), service,
         post(kAlpha, 5, kBegin + 3 * kDay - 1), post(kAlpha, 6, kBegin + 3 * kDay), post(kBeta, 1, kBegin)},
        {{kAlpha, MessageNumber(5), 0}});
  using Counts = std::vector<std::int64_t>;
  EXPECT_EQ(must(ledger_.post_store().messages_a_day(kAlpha, {.begin = kBegin, .days = 3})), (Counts{2, 0, 2}));
  EXPECT_EQ(must(ledger_.post_store().messages_a_day(kAlpha, {.begin = kBegin - kDay, .days = 1})), (Counts{1}));
  EXPECT_EQ(must(ledger_.post_store().messages_a_day(ChannelId(999), {.begin = kBegin, .days = 2})), (Counts{0, 0}));
  EXPECT_EQ(must(ledger_.post_store().messages_a_day(kAlpha, {.begin = kBegin, .days = 0})), Counts());
}

/// What an index would hold if it applied all changes so far, a few at a time.
class Follower {
 public:
  explicit Follower(Ledger& ledger) : ledger_(ledger) {}

  void read(std::int64_t limit) {
    while (true) {
      const IndexChanges changes = must(ledger_.post_store().changes_since(mark_, limit));
      for (const IndexedMessage& message : changes.messages) {
        if (message.gone) {
          texts_.erase(message.number.value());
        } else {
          texts_[message.number.value()] = message.text;
        }
      }
      mark_ = changes.mark;
      if (!changes.more)
        return;
    }
  }

  std::map<std::int32_t, std::string> texts_;
  IndexMark mark_;
  Ledger& ledger_;
};

TEST_F(PostStoreTest, TellsAnIndexOfHistoryNewsEditsAndDeletions) {
  using Texts = std::map<std::int32_t, std::string>;
  Follower follower(ledger_);
  // History: no events.
  Batch history;
  history.seen_at = 1;
  for (std::int32_t number = 1; number <= 5; ++number)
    history.messages.push_back(post(kAlpha, number, number, "old"));
  history.channels = {{.channel = kAlpha, .news_after_if_unset = 5}};
  must(ledger_.commit(history));
  follower.read(2);
  EXPECT_EQ(follower.texts_, (Texts{{1, "old"}, {2, "old"}, {3, "old"}, {4, "old"}, {5, "old"}}));

  Message edited = post(kAlpha, 2, 2, "edited");
  edited.edit_date = 100;
  store({edited, post(kAlpha, 6, 6, "new")}, {{kAlpha, MessageNumber(3), 0}});
  follower.read(1);
  EXPECT_EQ(follower.texts_, (Texts{{1, "old"}, {2, "edited"}, {4, "old"}, {5, "old"}, {6, "new"}}));
  EXPECT_EQ(must(ledger_.post_store().rows_after(follower.mark_.row)), 0);

  Follower late(ledger_);
  late.read(1);
  EXPECT_EQ(late.texts_, follower.texts_);
}

TEST_F(PostStoreTest, RefusesTheMarkOfAnotherLedger) {
  store({post(kAlpha, 1, 10)});
  Follower follower(ledger_);
  follower.read(10);
  IndexMark other = follower.mark_;
  other.row_number = MessageNumber(2);
  EXPECT_EQ(ledger_.post_store().changes_since(other, 10).error().code, LedgerErrc::NotFound);
  other = follower.mark_;
  other.row += 1;
  EXPECT_EQ(ledger_.post_store().changes_since(other, 10).error().code, LedgerErrc::NotFound);
  other = follower.mark_;
  other.event_at += 1;
  EXPECT_EQ(ledger_.post_store().changes_since(other, 10).error().code, LedgerErrc::NotFound);
}

}  // namespace
}  // namespace ledgram::ledger
