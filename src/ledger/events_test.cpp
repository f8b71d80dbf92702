#include "ledgram/ledger/events.hpp"

#include "ledgram/ledger/ledger.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

/// The outbox: what makes an event, and what does not.

namespace ledgram::ledger {
namespace {

constexpr ChannelId kAlpha{100};
constexpr ChannelId kBeta{200};
constexpr AccountId kMe{1};

Message content(std::int32_t number, std::int32_t as_of, std::string text) {
  Message message = text_message(kAlpha, number, std::move(text));
  message.as_of = as_of;
  return message;
}

class EventsTest : public testing::Test {
 protected:
  // News begin above number 10.
  EventsTest() {
    Batch batch;
    batch.channels.push_back({.channel = kAlpha, .newest_id = 10, .pts = 50, .tail_id = 10, .news_after_if_unset = 10});
    must(ledger_.commit(batch));
    forget();
  }

  CommitStats commit(const Batch& batch) { return must(ledger_.commit(batch)); }

  // "type number" or "type first-last" for each event since the last call.
  std::vector<std::string> fresh() {
    std::vector<std::string> result;
    for (const Event& event : must(ledger_.events({.from = next_}))) {
      EXPECT_EQ(event.number, next_) << "no number is left out";
      next_ = event.number + 1;
      std::string line(name_of(event.type));
      if (event.message)
        line += " " + std::to_string(event.message->value());
      last_data_ = event.data;
      if (event.type == EventType::HoleOpened || event.type == EventType::HoleClosed)
        line += " " + event.data.substr(event.data.find("\"first\""));
      result.push_back(std::move(line));
    }
    return result;
  }

  void forget() { next_ = must(ledger_.last_event()) + 1; }

  static std::string range(std::string type, std::int32_t first, std::int32_t last) {
    return type + " \"first\":" + std::to_string(first) + ",\"last\":" + std::to_string(last) + "}";
  }

  TemporaryFolder folder_;
  Ledger ledger_ = ledger_with_channels(folder_ / "ledger.db");
  std::int64_t next_ = 1;
  std::string last_data_;
};

using Lines = std::vector<std::string>;

TEST_F(EventsTest, ANewMessageIsToldOnceWhateverBroughtIt) {
  Batch page;
  page.messages = {content(12, 52, "b"), content(11, 52, "a"), content(10, 52, "history"), content(3, 52, "history")};
  const CommitStats stats = commit(page);
  EXPECT_EQ(fresh(), (Lines{"message.new 12", "message.new 11", "hole.opened \"first\":11,\"last\":12}"}));
  EXPECT_EQ(stats.events, 3);
  EXPECT_EQ(stats.last_event, must(ledger_.last_event()));
  Batch live;
  live.via = Via::Live;
  live.messages = {content(11, 51, "a"), content(12, 52, "b"), content(13, 53, "c")};
  commit(live);
  EXPECT_EQ(fresh()[0], "message.new 13");
  commit(live);
  EXPECT_EQ(fresh(), Lines{});
}

TEST_F(EventsTest, TheBatchThatFollowsAChannelKnowsWhatIsNews) {
  Batch first;
  first.messages = {text_message(kBeta, 7, "history")};
  first.channels.push_back({.channel = kBeta, .pts_if_unset = 5, .tail_if_unset = 7, .news_after_if_unset = 7});
  first.completed.push_back({.channel = kBeta, .range = {7, 7}, .as_of = 5});
  commit(first);
  EXPECT_EQ(fresh(), Lines{});
  const Channel beta = must(ledger_.find_channel(kBeta)).value();
  EXPECT_EQ(beta.pts, 5);
  EXPECT_EQ(beta.tail_id, 7);
  EXPECT_EQ(beta.news_after, 7);

  Batch second;
  second.channels.push_back({.channel = kBeta, .pts_if_unset = 9, .tail_if_unset = 9, .news_after_if_unset = 9});
  commit(second);
  EXPECT_EQ(must(ledger_.find_channel(kBeta))->pts, 5);
  EXPECT_EQ(must(ledger_.find_channel(kBeta))->tail_id, 7);
  EXPECT_EQ(must(ledger_.find_channel(kBeta))->news_after, 7);
}

TEST_F(EventsTest, EventsSayWhatAConsumerNeeds) {
  Message message = content(11, 51, "h\xC3\xA9 \"quoted\"\n");
  message.reply_to = 9;
  message.grouped_id = 13'000'000'000'000'001;
  message.media_kind = "photo";
  message.edit_date = 1'600'000'100;
  Batch batch;
  batch.via = Via::Live;
  batch.seen_at_ms = 1'700'000'000'123;
  batch.messages.push_back(message);
  batch.channels.push_back({.channel = kAlpha, .tail_grows_to = 11});
  commit(batch);
  const auto events = must(ledger_.events({.from = next_}));
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].at, 1'700'000'000'123);
  EXPECT_EQ(events[0].channel, kAlpha);
  EXPECT_EQ(events[0].account, std::nullopt);
  EXPECT_EQ(events[0].data,
            "{\"channel_id\":100,\"channel\":\"alpha\",\"id\":11,\"date\":\"2020-09-13T12:26:51Z\","
            "\"edit_date\":\"2020-09-13T12:28:20Z\",\"text\":\"h\xC3\xA9 \\\"quoted\\\"\\n\",\"media_kind\":\"photo\","
            "\"reply_to\":9,\"grouped_id\":\"13000000000000001\",\"url\":\"https://t.me/alpha/11\",\"via\":\"live\"}");
}

TEST_F(EventsTest, EditsAreToldViewsAreNot) {
  Batch batch;
  batch.messages = {content(11, 51, "a"), content(5, 51, "history")};
  commit(batch);
  forget();
  Message views = content(11, 52, "a");
  views.views = 7;
  Batch second;
  second.messages = {views, content(5, 52, "history, edited")};
  EXPECT_EQ(commit(second).edited, 1);
  EXPECT_EQ(fresh(), Lines{"message.edited 5"});
  Batch stale;
  stale.messages = {content(5, 51, "history")};
  commit(stale);
  EXPECT_EQ(fresh(), Lines{});
}

TEST_F(EventsTest, TheSameMessageMayChangeSeveralTimesInOneBatch) {
  Batch batch;
  batch.messages = {content(11, 51, "a"), content(11, 52, "b"), content(11, 53, "c")};
  batch.deletions.push_back({kAlpha, MessageNumber(11), 54});
  batch.channels.push_back({.channel = kAlpha, .tail_grows_to = 11});
  const CommitStats stats = commit(batch);
  EXPECT_EQ(stats.inserted, 1);
  EXPECT_EQ(stats.edited, 2);
  EXPECT_EQ(stats.deleted, 1);
  EXPECT_EQ(fresh(), (Lines{"message.new 11", "message.edited 11", "message.edited 11", "message.deleted 11"}));
}

TEST_F(EventsTest, DeletionsAreToldOnceAndOnlyOfStoredMessages) {
  Batch batch;
  batch.messages = {content(5, 51, "history")};
  batch.deletions.push_back({kAlpha, MessageNumber(5), 52});
  batch.deletions.push_back({kAlpha, MessageNumber(11), 53});
  batch.deletions.push_back({kAlpha, MessageNumber(6), 54});
  commit(batch);
  EXPECT_EQ(fresh(), Lines{"message.deleted 5"});
  commit(batch);
  EXPECT_EQ(fresh(), Lines{});
  // A stale page brings what is known to be gone.
  Batch page;
  page.messages = {content(11, 51, "gone"), content(6, 51, "gone history")};
  commit(page);
  EXPECT_EQ(fresh(), (Lines{"message.new 11", "message.deleted 11", range("hole.opened", 11, 11)}));
  Batch late;
  late.messages = {content(5, 51, "edited late but before")};
  commit(late);
  EXPECT_EQ(fresh(), Lines{});
  Batch alive;
  alive.messages = {content(5, 60, "still there")};
  commit(alive);
  EXPECT_EQ(fresh(), Lines{"message.edited 5"});
  EXPECT_NE(last_data_.find("\"restored\":true"), std::string::npos);
}

TEST_F(EventsTest, ChannelsTellWhenTheyChange) {
  Batch batch;
  batch.channels.push_back({.channel = kAlpha, .title = "New", .server_count = 5});
  batch.channels.push_back({.channel = kAlpha, .kind = ChannelKind::Supergroup});
  commit(batch);
  EXPECT_EQ(fresh(), Lines{"channel.updated"});
  EXPECT_EQ(last_data_,
            R"({"channel_id":100,"channel":"alpha","title":"New","kind":"supergroup","followed":true,"account_id":1})");
  commit(batch);
  EXPECT_EQ(fresh(), Lines{});
  Batch taken;
  taken.channels.push_back({.channel = kBeta, .username = "alpha"});
  commit(taken);
  EXPECT_EQ(fresh(), (Lines{"channel.updated", "channel.updated"})) << "the one that lost its name, too";
  must(ledger_.unfollow_channel(kAlpha));
  EXPECT_EQ(fresh(), Lines{"channel.updated"});
  EXPECT_NE(last_data_.find("\"followed\":false"), std::string::npos);
}

TEST_F(EventsTest, AnotherAccountTakesOver) {
  Account account;
  account.name = "other";
  const AccountId other = must(ledger_.add_account(account));
  Batch batch;
  batch.seen_at = 77;
  batch.channels.push_back({.channel = kAlpha, .account = other});
  batch.channel_accounts = {{.channel = kAlpha, .account = kMe, .membership = Membership::Lost},
                            {.channel = kAlpha, .account = other, .membership = Membership::Joined}};
  commit(batch);
  EXPECT_EQ(must(ledger_.find_channel(kAlpha))->account, other);
  const auto accounts = must(ledger_.channel_accounts(kAlpha));
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_EQ(accounts[0].membership, Membership::Lost);
  EXPECT_EQ(accounts[0].updated, 77);
  EXPECT_EQ(accounts[1].account, other);
  EXPECT_EQ(must(ledger_.account_channels(kMe)).size(), 2U);
  EXPECT_EQ(fresh(), Lines{"channel.updated"});
  Batch nobody;
  nobody.channels.push_back({.channel = kAlpha, .account = AccountId(0)});
  commit(nobody);
  EXPECT_EQ(must(ledger_.find_channel(kAlpha))->account, std::nullopt);
  EXPECT_EQ(must(ledger_.find_channel(kAlpha))->follow, FollowState::Followed);
  must(ledger_.follow_channel({.id = kAlpha, .username = "alpha", .account = kMe}));
  EXPECT_EQ(must(ledger_.channel_accounts(kAlpha))[0].membership, Membership::NotJoined);
}

TEST_F(EventsTest, AccountsTellTheirState) {
  Batch batch;
  batch.seen_at = 500;
  batch.accounts.push_back({.account = kMe, .state = AccountState::LoggedOut, .reason = "AUTH_KEY_DUPLICATED"});
  commit(batch);
  EXPECT_EQ(fresh(), Lines{"account.state"});
  EXPECT_EQ(last_data_, R"({"account":"me","state":"needs_login","reason":"AUTH_KEY_DUPLICATED"})");
  commit(batch);
  EXPECT_EQ(fresh(), Lines{});
  Account me = must(ledger_.find_account("me")).value();
  EXPECT_EQ(me.state, AccountState::LoggedOut);
  EXPECT_EQ(me.state_reason, "AUTH_KEY_DUPLICATED");
  EXPECT_EQ(me.state_since, 500);
  EXPECT_EQ(name_of(me.state), "needs login");
  me.state = AccountState::Active;
  must(ledger_.update_account(me));
  EXPECT_EQ(fresh(), Lines{"account.state"});
  EXPECT_EQ(must(ledger_.find_account("me"))->state_reason, "");
}

TEST_F(EventsTest, HolesOpenAndClose) {
  Batch live;
  live.messages = {content(11, 51, "a")};
  live.channels.push_back({.channel = kAlpha, .pts = 51, .tail_grows_to = 11});
  commit(live);
  EXPECT_EQ(fresh(), Lines{"message.new 11"}) << "nothing is missing";

  Batch gap;
  gap.messages = {content(30, 90, "x")};
  gap.channels.push_back({.channel = kAlpha, .newest_id = 30, .pts = 90, .tail_id = 30});
  gap.completed.push_back({.channel = kAlpha, .range = {28, 30}, .as_of = 90});
  gap.rechecks.push_back({.channel = kAlpha, .range = {1, 11}, .as_of = 90});
  commit(gap);
  EXPECT_EQ(fresh(), (Lines{"message.new 30", range("hole.opened", 11, 11), range("hole.opened", 12, 27)}));
  EXPECT_EQ(must(ledger_.ranges(kAlpha)).ranges().size(), 1U);
  EXPECT_EQ(must(ledger_.rechecks(kAlpha)).size(), 11);

  // The first reading of the history below the news closes nothing; a page from before the gap neither.
  Batch stale;
  stale.messages = {content(11, 89, "a")};
  stale.completed.push_back({.channel = kAlpha, .range = {5, 15}, .as_of = 89});
  commit(stale);
  EXPECT_EQ(fresh(), Lines{range("hole.closed", 12, 15)});
  EXPECT_FALSE(must(ledger_.ranges(kAlpha)).contains(11));
  Batch page;
  page.messages = {content(30, 91, "x"), content(11, 91, "a")};
  page.completed.push_back({.channel = kAlpha, .range = {8, 30}, .as_of = 91});
  commit(page);
  EXPECT_EQ(fresh(), (Lines{range("hole.closed", 8, 10), range("hole.closed", 11, 11), range("hole.closed", 16, 27)}));
  EXPECT_EQ(must(ledger_.rechecks(kAlpha)).ranges()[0], (IdRange{1, 7}));
  EXPECT_EQ(must(ledger_.ranges(kAlpha)).ranges()[0], (IdRange{8, 30}));
  EXPECT_TRUE(ledger_.check_integrity());
}

TEST_F(EventsTest, TheReportCountsRechecksAsHoles) {
  Batch batch;
  batch.completed.push_back({.channel = kAlpha, .range = {1, 10}});
  commit(batch);
  EXPECT_TRUE(must(ledger_.report(kAlpha)).complete());
  Batch gap;
  gap.rechecks.push_back({.channel = kAlpha, .range = {3, 4}, .as_of = 60});
  gap.rechecks.push_back({.channel = kAlpha, .range = {4, 6}, .as_of = 70});
  commit(gap);
  const ChannelReport report = must(ledger_.report(kAlpha));
  EXPECT_EQ(report.holes, (std::vector<IdRange>{{3, 6}}));
  EXPECT_EQ(report.recheck_ids, 4);
  EXPECT_EQ(report.known_ids, 6);
  Batch older;
  older.completed.push_back({.channel = kAlpha, .range = {1, 10}, .as_of = 65});
  commit(older);
  EXPECT_FALSE(must(ledger_.report(kAlpha)).complete()) << "the newer gap is waited for";
}

TEST_F(EventsTest, TheTailGrowsOnlyFromAKnownTail) {
  Batch unknown;
  unknown.channels.push_back({.channel = kBeta, .pts = 5, .tail_grows_to = 20});
  commit(unknown);
  EXPECT_EQ(must(ledger_.find_channel(kBeta))->tail_id, std::nullopt);
  EXPECT_TRUE(must(ledger_.ranges(kBeta)).empty());
  Batch known;
  known.channels.push_back({.channel = kAlpha, .pts = 55, .tail_grows_to = 14});
  known.channels.push_back({.channel = kAlpha, .pts = 80, .tail_id = 40});
  known.channels.push_back({.channel = kAlpha, .pts = 82, .tail_grows_to = 42});
  commit(known);
  const Channel alpha = must(ledger_.find_channel(kAlpha)).value();
  EXPECT_EQ(alpha.pts, 82);
  EXPECT_EQ(alpha.tail_id, 42);
  EXPECT_EQ(alpha.newest_id, 42);
  const IdRangeSet ranges = must(ledger_.ranges(kAlpha));
  EXPECT_EQ(std::vector<IdRange>(ranges.ranges().begin(), ranges.ranges().end()),
            (std::vector<IdRange>{{11, 14}, {41, 42}}));
}

TEST_F(EventsTest, AFailedBatchLeavesNoNumberOut) {
  Batch batch;
  batch.messages = {content(11, 51, "a"), text_message(ChannelId(999), 1, "unknown")};
  EXPECT_EQ(ledger_.commit(batch).error().code, LedgerErrc::NotFound);
  batch.messages.pop_back();
  commit(batch);
  EXPECT_EQ(fresh()[0], "message.new 11");
}

TEST_F(EventsTest, ReadersFilterAndSeeWhatAnotherConnectionCommits) {
  Ledger reader = must(Ledger::open(folder_ / "ledger.db", {.mode = OpenMode::ReadOnly}));
  const std::int64_t version = must(reader.data_version());
  EXPECT_EQ(must(reader.data_version()), version);
  Batch batch;
  batch.messages = {content(11, 51, "a"), content(12, 51, "b")};
  batch.deletions.push_back({kAlpha, MessageNumber(11), 52});
  batch.events.push_back({.at = 5, .type = EventType::AccountStateChanged, .account = kMe, .data = "{}"});
  commit(batch);
  EXPECT_NE(must(reader.data_version()), version);
  EXPECT_EQ(must(reader.events({.from = next_, .limit = 1})).size(), 1U);
  const auto deleted = must(reader.events({.type = EventType::MessageDeleted}));
  ASSERT_EQ(deleted.size(), 1U);
  EXPECT_EQ(deleted[0].message, MessageNumber(11));
  EXPECT_EQ(must(reader.events({.from = must(reader.last_event())}))[0].at, 5);
  EXPECT_EQ(event_type_named("message.deleted"), EventType::MessageDeleted);
  EXPECT_EQ(event_type_named("message"), std::nullopt);
}

TEST_F(EventsTest, UpdateStatesAreStoredWithTheirEffects) {
  EXPECT_EQ(must(ledger_.update_state(kMe)), std::nullopt);
  Batch batch;
  batch.update_states = {{kMe, 1, 2, 3, 4}, {kMe, 5, 6, 7, 8}};
  commit(batch);
  EXPECT_EQ(must(ledger_.update_state(kMe)), (UpdateState{kMe, 5, 6, 7, 8}));
  Batch failing = batch;
  failing.update_states = {{kMe, 9, 9, 9, 9}};
  failing.messages = {text_message(ChannelId(999), 1, "unknown")};
  EXPECT_FALSE(ledger_.commit(failing));
  EXPECT_EQ(must(ledger_.update_state(kMe))->pts, 5);
  must(ledger_.remove_account(kMe));
  EXPECT_EQ(must(ledger_.update_state(kMe)), std::nullopt);
}

TEST_F(EventsTest, BatchesAppend) {
  Batch batch;
  EXPECT_TRUE(batch.empty());
  batch.append({});
  EXPECT_TRUE(batch.empty());
  Batch later;
  later.seen_at = 9;
  later.messages = {content(11, 51, "a")};
  later.update_states = {{kMe, 1, 1, 1, 1}};
  batch.append(std::move(later));
  Batch last;
  last.seen_at = 8;
  last.messages = {content(11, 52, "b")};
  last.deletions = {{kAlpha, MessageNumber(11), 53}};
  batch.append(std::move(last));
  EXPECT_FALSE(batch.empty());
  EXPECT_EQ(batch.seen_at, 9);
  EXPECT_EQ(commit(batch).deleted, 1);
  EXPECT_EQ(must(ledger_.message_versions(kAlpha, MessageNumber(11))).size(), 1U);
}

}  // namespace
}  // namespace ledgram::ledger
