#include "ledgram/ledger/ledger.hpp"

#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledgram::ledger {
namespace {

constexpr ChannelId kAlpha{100};
constexpr ChannelId kBeta{200};

class LedgerTest : public testing::Test {
 protected:
  Batch page(ChannelId channel, std::int32_t first, std::int32_t last) {
    Batch batch;
    batch.seen_at = 1000;
    for (std::int32_t id = last; id >= first; --id) {
      batch.messages.push_back(text_message(channel, id, "post " + std::to_string(id)));
    }
    batch.completed.push_back({channel, {first, last}});
    return batch;
  }

  CommitStats commit(const Batch& batch) { return must(ledger_.commit(batch)); }

  std::vector<std::int32_t> numbers(const PostFilter& filter) {
    std::vector<std::int32_t> result;
    for (const Post& post : must(ledger_.posts(filter)))
      result.push_back(post.message.number.value());
    return result;
  }

  TemporaryFolder folder_;
  Ledger ledger_ = ledger_with_channels(folder_ / "ledger.db");
};

TEST_F(LedgerTest, StoresEveryColumnAsGiven) {
  Message message = text_message(kAlpha, 42, "h\xC3\xA9llo");
  message.edit_date = 1'700'000'001;
  message.entities = R"([{"type":"bold","offset":0,"length":5}])";
  message.views = 0;
  message.forwards = 7;
  message.from = PeerKey{PeerType::Channel, 9'000'000'000'000};
  message.post_author = "Ann";
  message.reply_to = 41;
  message.reply = R"({"message":41})";
  message.forward = R"({"date":1})";
  message.media_kind = "photo";
  message.media = R"({"id":1})";
  message.grouped_id = -5;
  message.action = "messageActionPinMessage";
  message.action_json = R"({"_":"messageActionPinMessage"})";
  message.set(MessageFlag::Pinned);
  message.raw = {0, 255, 0, 7};
  Batch batch;
  batch.seen_at = 1234;
  batch.messages.push_back(message);
  EXPECT_EQ(commit(batch).inserted, 1);

  const auto posts = must(ledger_.posts({.channel = kAlpha, .include = Include::PostsAndService}));
  ASSERT_EQ(posts.size(), 1U);
  const Message& stored = posts[0].message;
  EXPECT_EQ(posts[0].channel_username, "alpha");
  EXPECT_EQ(posts[0].channel_title, "The alpha");
  EXPECT_EQ(posts[0].first_seen, 1234);
  EXPECT_EQ(stored.channel, kAlpha);
  EXPECT_EQ(stored.number, message.number);
  EXPECT_EQ(stored.date, message.date);
  EXPECT_EQ(stored.edit_date, message.edit_date);
  EXPECT_EQ(stored.text, message.text);
  EXPECT_EQ(stored.entities, message.entities);
  EXPECT_EQ(stored.views, 0);
  EXPECT_EQ(stored.forwards, 7);
  EXPECT_EQ(stored.from, message.from);
  EXPECT_EQ(stored.post_author, "Ann");
  EXPECT_EQ(stored.reply_to, 41);
  EXPECT_EQ(stored.reply, message.reply);
  EXPECT_EQ(stored.forward, message.forward);
  EXPECT_EQ(stored.media_kind, "photo");
  EXPECT_EQ(stored.media, message.media);
  EXPECT_EQ(stored.grouped_id, -5);
  EXPECT_EQ(stored.action, message.action);
  EXPECT_EQ(stored.action_json, message.action_json);
  EXPECT_EQ(stored.flags, message.flags);
  EXPECT_EQ(stored.layer, 223);
  EXPECT_EQ(stored.raw, message.raw);
}

TEST_F(LedgerTest, KeepsAbsentApartFromZeroAndTextWithNulBytes) {
  Batch batch;
  batch.messages.push_back(text_message(kAlpha, 1, std::string("a\0b", 3)));
  batch.messages.push_back(text_message(kAlpha, 2, ""));
  commit(batch);
  const auto posts = must(ledger_.posts({.channel = kAlpha}));
  ASSERT_EQ(posts.size(), 2U);
  EXPECT_EQ(posts[0].message.text, "");
  EXPECT_EQ(posts[0].message.views, std::nullopt);
  EXPECT_EQ(posts[0].message.grouped_id, std::nullopt);
  EXPECT_EQ(posts[0].message.from, std::nullopt);
  EXPECT_EQ(posts[1].message.text, std::string("a\0b", 3));
}

TEST_F(LedgerTest, CountsWhatIsNewChangedAndTheSame) {
  EXPECT_EQ(commit(page(kAlpha, 1, 3)).inserted, 3);
  Batch again = page(kAlpha, 1, 4);
  again.messages[1].views = 10;  // number 3
  const CommitStats stats = commit(again);
  EXPECT_EQ(stats.inserted, 1);
  EXPECT_EQ(stats.updated, 1);
  EXPECT_EQ(stats.unchanged, 2);
  EXPECT_EQ(must(ledger_.message_count(kAlpha)), 4);
  EXPECT_EQ(must(ledger_.posts({.channel = kAlpha}))[1].message.views, 10);
}

TEST_F(LedgerTest, AnUpdateKeepsWhenTheMessageWasFirstSeen) {
  commit(page(kAlpha, 1, 1));
  Batch later = page(kAlpha, 1, 1);
  later.seen_at = 2000;
  later.messages[0].text = "edited";
  later.messages[0].edit_date = 1'700'000'000;
  EXPECT_EQ(commit(later).updated, 1);
  const auto posts = must(ledger_.posts({.channel = kAlpha}));
  EXPECT_EQ(posts[0].first_seen, 1000);
  EXPECT_EQ(posts[0].message.text, "edited");
}

TEST_F(LedgerTest, AnEarlierEditNeverReplacesALaterOne) {
  Batch late = page(kAlpha, 1, 1);
  late.messages[0].text = "second version";
  late.messages[0].edit_date = 500;
  commit(late);
  const CommitStats stats = commit(page(kAlpha, 1, 1));
  EXPECT_EQ(stats.updated, 0);
  EXPECT_EQ(stats.unchanged, 1);
  EXPECT_EQ(must(ledger_.posts({.channel = kAlpha}))[0].message.text, "second version");
}

TEST_F(LedgerTest, ANewFileReferenceAloneIsNoChangeButIsKept) {
  commit(page(kAlpha, 1, 1));
  Batch again = page(kAlpha, 1, 1);
  again.messages[0].raw = {9, 9};
  EXPECT_EQ(commit(again).unchanged, 1);
  EXPECT_EQ(must(ledger_.posts({.channel = kAlpha}))[0].message.raw, (Bytes{9, 9}));
}

TEST_F(LedgerTest, TheSameNumberInTwoChannelsIsTwoMessages) {
  commit(page(kAlpha, 1, 2));
  commit(page(kBeta, 1, 2));
  EXPECT_EQ(must(ledger_.message_count()), 4);
}

TEST_F(LedgerTest, MergesCompletedRanges) {
  commit(page(kAlpha, 90, 100));
  commit(page(kAlpha, 10, 20));
  commit(page(kAlpha, 50, 60));
  commit(page(kBeta, 21, 89));
  EXPECT_EQ(must(ledger_.ranges(kAlpha)).ranges().size(), 3U);
  commit(page(kAlpha, 61, 89));
  const IdRangeSet ranges = must(ledger_.ranges(kAlpha));
  ASSERT_EQ(ranges.ranges().size(), 2U);
  EXPECT_EQ(ranges.ranges()[0], (IdRange{10, 20}));
  EXPECT_EQ(ranges.ranges()[1], (IdRange{50, 100}));
  EXPECT_TRUE(ledger_.check_integrity());
}

// The statement that merges in SQL must agree with the class that merges in memory.
TEST_F(LedgerTest, StoredRangesAgreeWithIdRangeSet) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    SeededRandom random(seed);
    const ChannelId channel(static_cast<std::int64_t>(1000 + seed));
    must(ledger_.follow_channel({.id = channel, .account = AccountId(1)}));
    IdRangeSet expected;
    for (int step = 0; step < 60; ++step) {
      const auto first = static_cast<std::int32_t>(1 + random.below(300));
      const IdRange range{first, first + static_cast<std::int32_t>(random.below(15))};
      expected.add(range);
      Batch batch;
      batch.completed.push_back({channel, range});
      commit(batch);
      ASSERT_EQ(must(ledger_.ranges(channel)), expected);
    }
  }
  EXPECT_TRUE(ledger_.check_integrity());
}

TEST_F(LedgerTest, AnUnknownChannelStoresNothingOfTheBatch) {
  Batch batch = page(kAlpha, 1, 5);
  batch.messages.push_back(text_message(ChannelId(999), 1, "lost"));
  const auto result = ledger_.commit(batch);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, LedgerErrc::NotFound);
  EXPECT_EQ(must(ledger_.message_count()), 0);
  EXPECT_TRUE(must(ledger_.ranges(kAlpha)).empty());
  EXPECT_EQ(commit(page(kAlpha, 1, 5)).inserted, 5) << "the ledger goes on after an error";
}

TEST_F(LedgerTest, FiltersPosts) {
  Batch batch = page(kAlpha, 1, 6);
  batch.messages[0].action = "messageActionPinMessage";  // number 6
  commit(batch);
  EXPECT_EQ(numbers({.channel = kAlpha}), (std::vector{5, 4, 3, 2, 1}));
  EXPECT_EQ(numbers({.channel = kAlpha, .include = Include::PostsAndService}), (std::vector{6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(numbers({.channel = kAlpha, .limit = 2}), (std::vector{5, 4}));
  EXPECT_EQ(numbers({.channel = kAlpha, .limit = 0}), std::vector<std::int32_t>{});
  EXPECT_EQ(numbers({.channel = kAlpha, .since = 1'600'000'004}), (std::vector{5, 4}));
  EXPECT_EQ(numbers({.channel = kAlpha, .below_number = MessageNumber(3)}), (std::vector{2, 1}));
  EXPECT_EQ(numbers({.channel = kBeta}), std::vector<std::int32_t>{});
  EXPECT_EQ(ledger_.posts({.channel = ChannelId(9)}).error().code, LedgerErrc::NotFound);
}

TEST_F(LedgerTest, MergesChannelsByDate) {
  Batch odd = page(kAlpha, 1, 4);
  for (Message& message : odd.messages)
    message.date = 2 * message.number.value() + 1;
  commit(odd);
  Batch even = page(kBeta, 11, 14);
  for (Message& message : even.messages)
    message.date = 2 * (message.number.value() - 10);
  commit(even);
  EXPECT_EQ(numbers({}), (std::vector{4, 14, 3, 13, 2, 12, 1, 11}));
  EXPECT_EQ(numbers({.limit = 3}), (std::vector{4, 14, 3}));
}

TEST_F(LedgerTest, StopsVisitingWhenTold) {
  commit(page(kAlpha, 1, 5));
  int seen = 0;
  must(ledger_.posts({.channel = kAlpha}, [&](const Post&) { return ++seen == 2 ? Visit::Stop : Visit::Continue; }));
  EXPECT_EQ(seen, 2);
  EXPECT_EQ(commit(page(kAlpha, 6, 6)).inserted, 1) << "no statement is left open";
}

TEST_F(LedgerTest, ReportsHoles) {
  ChannelReport report = must(ledger_.report(kAlpha));
  EXPECT_TRUE(report.never_collected());
  EXPECT_FALSE(report.complete());

  Batch batch = page(kAlpha, 10, 20);
  batch.messages.erase(batch.messages.begin() + 3);  // a deleted number is complete, too
  batch.channels.push_back({.channel = kAlpha, .newest_id = 30, .last_collect = 99});
  commit(batch);
  report = must(ledger_.report(kAlpha));
  EXPECT_EQ(report.known_ids, 11);
  EXPECT_EQ(report.messages, 10);
  EXPECT_EQ(report.newest_id, 30);
  EXPECT_EQ(report.holes, (std::vector<IdRange>{{1, 9}, {21, 30}}));
  EXPECT_FALSE(report.complete());

  commit(page(kAlpha, 1, 9));
  commit(page(kAlpha, 21, 30));
  EXPECT_TRUE(must(ledger_.report(kAlpha)).complete());
  EXPECT_EQ(ledger_.report(ChannelId(5)).error().code, LedgerErrc::NotFound);
}

TEST_F(LedgerTest, AnEmptyChannelThatWasAskedForIsComplete) {
  Batch batch;
  batch.channels.push_back({.channel = kAlpha, .last_collect = 99});
  commit(batch);
  EXPECT_TRUE(must(ledger_.report(kAlpha)).complete());
}

TEST_F(LedgerTest, NewsChangeOnlyWhatTheyName) {
  Batch first;
  first.channels.push_back({.channel = kAlpha, .newest_id = 50, .pts_if_unset = 7, .server_count = 40});
  commit(first);
  Batch second;
  second.channels.push_back({.channel = kAlpha, .title = "New", .newest_id = 20, .pts_if_unset = 9});
  commit(second);
  const Channel channel = must(ledger_.find_channel(kAlpha)).value();
  EXPECT_EQ(channel.username, "alpha");
  EXPECT_EQ(channel.title, "New");
  EXPECT_EQ(channel.newest_id, 50) << "never goes back";
  EXPECT_EQ(channel.pts, 7) << "history never raises a known pts";
  EXPECT_EQ(channel.server_count, 40);

  Batch third;
  third.channels.push_back({.channel = ChannelId(999), .title = "?"});
  EXPECT_EQ(ledger_.commit(third).error().code, LedgerErrc::NotFound);
}

TEST_F(LedgerTest, UsernamesMoveBetweenChannels) {
  Batch batch;
  batch.channels.push_back({.channel = kBeta, .username = "ALPHA"});
  commit(batch);
  EXPECT_EQ(must(ledger_.find_channel("alpha"))->id, kBeta);
  EXPECT_EQ(must(ledger_.find_channel(kAlpha))->username, "");
}

TEST_F(LedgerTest, FollowsAndUnfollows) {
  EXPECT_EQ(must(ledger_.find_channel("BETA"))->id, kBeta) << "case does not matter";
  EXPECT_EQ(must(ledger_.find_channel("gamma")), std::nullopt);
  commit(page(kAlpha, 1, 5));
  must(ledger_.unfollow_channel(kAlpha));
  EXPECT_EQ(must(ledger_.find_channel(kAlpha))->follow, FollowState::NotFollowed);
  EXPECT_EQ(must(ledger_.message_count(kAlpha)), 5);
  must(ledger_.follow_channel({.id = kAlpha, .username = "alpha2", .account = AccountId(1)}));
  const Channel again = must(ledger_.find_channel("alpha2")).value();
  EXPECT_EQ(again.follow, FollowState::Followed);
  EXPECT_EQ(again.created, 7);
  EXPECT_EQ(must(ledger_.ranges(kAlpha)).size(), 5) << "following again keeps what is known";
  EXPECT_EQ(must(ledger_.channels()).size(), 2U);
  EXPECT_EQ(ledger_.unfollow_channel(ChannelId(1)).error().code, LedgerErrc::NotFound);
  EXPECT_EQ(ledger_.follow_channel({.id = ChannelId(3), .account = AccountId(77)}).error().code, LedgerErrc::NotFound);
}

class PeerTest : public LedgerTest {
 protected:
  Peer peer(std::int64_t hash, PeerCompleteness completeness, std::string username) {
    return {.account = AccountId(1),
            .key = {PeerType::User, 5},
            .access_hash = hash,
            .completeness = completeness,
            .username = std::move(username),
            .title = "Somebody",
            .source = "test",
            .updated = 10};
  }
  void store(Peer peer) {
    Batch batch;
    batch.peers.push_back(std::move(peer));
    commit(batch);
  }
};

TEST_F(PeerTest, AMinPeerNeverCoversAFullOne) {
  store(peer(1, PeerCompleteness::Min, "a"));
  store(peer(2, PeerCompleteness::Full, "b"));
  store(peer(3, PeerCompleteness::Min, "c"));
  const Peer stored = must(ledger_.find_peer(AccountId(1), {PeerType::User, 5})).value();
  EXPECT_EQ(stored.access_hash, 2);
  EXPECT_EQ(stored.completeness, PeerCompleteness::Full);
  EXPECT_EQ(stored.username, "b");
}

TEST_F(PeerTest, AFullPeerWithoutHashKeepsTheKnownHash) {
  store(peer(2, PeerCompleteness::Full, "b"));
  Peer without = peer(0, PeerCompleteness::Full, "renamed");
  without.access_hash.reset();
  store(without);
  const Peer stored = must(ledger_.find_peer(AccountId(1), {PeerType::User, 5})).value();
  EXPECT_EQ(stored.access_hash, 2);
  EXPECT_EQ(stored.username, "renamed");
}

TEST_F(PeerTest, TypesAndAccountsAreApart) {
  store(peer(2, PeerCompleteness::Full, "b"));
  EXPECT_EQ(must(ledger_.find_peer(AccountId(1), {PeerType::Channel, 5})), std::nullopt);
  EXPECT_EQ(must(ledger_.find_peer(AccountId(2), {PeerType::User, 5})), std::nullopt);
  Peer foreign = peer(2, PeerCompleteness::Full, "b");
  foreign.account = AccountId(44);
  Batch batch;
  batch.peers.push_back(foreign);
  EXPECT_EQ(ledger_.commit(batch).error().code, LedgerErrc::NotFound);
}

TEST_F(PeerTest, UsernamesMoveAndCaseDoesNotMatter) {
  store(peer(2, PeerCompleteness::Full, "Name"));
  Peer other = peer(3, PeerCompleteness::Full, "name");
  other.key.id = 6;
  store(other);
  EXPECT_EQ(must(ledger_.find_peer(AccountId(1), "NAME"))->key.id, 6);
  EXPECT_EQ(must(ledger_.find_peer(AccountId(1), {PeerType::User, 5}))->username, "");
}

TEST_F(PeerTest, AreForgottenWithANewLogin) {
  store(peer(2, PeerCompleteness::Full, "b"));
  must(ledger_.forget_peers(AccountId(1)));
  EXPECT_EQ(must(ledger_.find_peer(AccountId(1), {PeerType::User, 5})), std::nullopt);
}

}  // namespace
}  // namespace ledgram::ledger
