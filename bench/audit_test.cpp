#include "audit.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledgram::bench {
namespace {

constexpr Place kChannel{.account = 0, .channel = 1900000001};
constexpr Place kPrivate{.account = 9996621234, .channel = 0};

Truth small_truth() {
  Truth truth;
  truth[kChannel] = {.name = "synthetic1",
                     .after = 10,
                     .messages = {{10, {.text = "history"}},
                                  {11, {.text = "plain"}},
                                  {13, {.text = "edited", .entities = "bold 0 6", .edit_date = 1700000000}}},
                     .deleted = {12, 14}};
  truth[kPrivate] = {.name = "private chats of 9996621234", .messages = {{1, {.peer = "user 17", .text = "hello"}}}};
  return truth;
}

std::vector<StoredMessage> right_rows() {
  return {{.place = kChannel, .number = 10, .text = "history"},
          {.place = kChannel, .number = 11, .text = "plain"},
          {.place = kChannel, .number = 12, .text = "gone", .deleted = true},
          {.place = kChannel, .number = 13, .text = "edited", .entities = "bold 0 6", .edit_date = 1700000000},
          {.place = kPrivate, .number = 1, .peer = "user 17", .text = "hello"}};
}

class AuditTest : public ::testing::Test {
 protected:
  AuditResult audit(AuditOptions options = {}) const {
    Audit audit(truth, options);
    for (const StoredMessage& row : rows)
      audit.add(row);
    for (const auto& [place, number] : news)
      audit.add_news(place, number);
    return audit.finish();
  }

  Truth truth = small_truth();
  std::vector<StoredMessage> rows = right_rows();
  // 12 was stored and told of before it was deleted; 14 was deleted before anybody saw it.
  std::vector<std::pair<Place, std::int32_t>> news{{kChannel, 11}, {kChannel, 12}, {kChannel, 13}, {kPrivate, 1}};
};

TEST_F(AuditTest, WhatIsRightIsRight) {
  const AuditResult result = audit();
  EXPECT_EQ(result.wrong(), 0);
  EXPECT_EQ(result.checked, 4);
  EXPECT_THAT(result.examples, ::testing::IsEmpty());
}

TEST_F(AuditTest, AMissingRowIsLost) {
  rows.erase(rows.begin() + 1);
  news.erase(news.begin());
  const AuditResult result = audit();
  EXPECT_EQ(result.lost, 1);
  EXPECT_EQ(result.wrong(), 1);
  EXPECT_THAT(result.examples, ::testing::ElementsAre("lost: synthetic1/11 \"plain\""));
}

TEST_F(AuditTest, ExamplesAreOneLineOfWholeCharacters) {
  truth[kChannel].messages[11].text = "ж";
  for (int i = 0; i < 50; ++i)
    truth[kChannel].messages[11].text += "ж\n";
  rows.erase(rows.begin() + 1);
  const std::string example = audit().examples.at(0);
  EXPECT_THAT(example, ::testing::StartsWith("lost: synthetic1/11 \"...ж"));
  EXPECT_THAT(example, ::testing::Not(::testing::HasSubstr("\n")));
}

TEST_F(AuditTest, ARowOfNothingIsDoubledAsASecondOne) {
  rows.push_back(rows[1]);
  rows.push_back({.place = kChannel, .number = 99, .text = "invented"});
  const AuditResult result = audit();
  EXPECT_EQ(result.doubled, 2);
  EXPECT_EQ(result.wrong(), 2);
}

TEST_F(AuditTest, TextEntitiesDateAndPeerMakeTheVersion) {
  rows[1].text = "plain ";
  rows[3].edit_date -= 1;
  EXPECT_EQ(audit().wrong_version, 2);
  rows = right_rows();
  rows[3].entities = "bold 0 5";
  rows[4].peer = "chat 17";
  EXPECT_EQ(audit().wrong_version, 2);
  EXPECT_EQ(audit({.entities = false}).wrong_version, 1);
}

TEST_F(AuditTest, SpaceAroundATextCountsUnlessItIsTrimmed) {
  rows[1].text = " plain\n";
  EXPECT_EQ(audit().wrong_version, 1);
  EXPECT_EQ(audit({.trimmed = true}).wrong(), 0);
}

TEST_F(AuditTest, MarksAreWrongEitherWay) {
  rows[1].deleted = true;
  rows[2].deleted = false;
  const AuditResult result = audit();
  EXPECT_EQ(result.wrong_deletion, 2);
  EXPECT_EQ(result.wrong(), 2);
}

TEST_F(AuditTest, NewsComeOnceAndOnlyOfWhatIsNew) {
  news = {{kChannel, 10}, {kChannel, 11}, {kChannel, 11}, {kChannel, 12}, {kPrivate, 1}};
  const AuditResult result = audit();
  EXPECT_EQ(result.doubled_news, 2) << "10 is history, 11 was told twice";
  EXPECT_EQ(result.lost_news, 1) << "13";
  EXPECT_EQ(result.wrong(), 3);
  EXPECT_EQ(audit({.news = false}).wrong(), 0);
}

TEST_F(AuditTest, ACollectorThatBeganLaterOwesNoHistory) {
  rows.erase(rows.begin());
  EXPECT_EQ(audit().lost, 1);
  const AuditResult result = audit({.history = false});
  EXPECT_EQ(result.wrong(), 0);
  EXPECT_EQ(result.checked, 3);
}

TEST_F(AuditTest, APlaceMayOweNoHistoryAndNoNewsByItself) {
  rows.erase(rows.begin());
  news.emplace_back(kChannel, 10);
  EXPECT_EQ(audit().wrong(), 2);
  truth[kChannel].history = false;
  EXPECT_EQ(audit().wrong(), 0);
  truth[kChannel].news = false;
  news = {{kPrivate, 1}};
  EXPECT_EQ(audit().wrong(), 0);
  news = {{kPrivate, 1}, {kChannel, 11}, {kChannel, 11}};
  EXPECT_EQ(audit().doubled_news, 1) << "twice is wrong, whatever is news";
}

TEST(Entities, TruthAndLedgerAreWrittenTheSameWay) {
  const auto truth = boost::json::parse(R"({"id":1,"text":"x","edit_date":7,"entities":[
      {"type":"messageEntityBold","offset":0,"length":4},{"type":"messageEntityTextUrl","offset":5,"length":2,"url":"https://a.b"},
      {"type":"messageEntityCustomEmoji","offset":9,"length":1,"document_id":77}]})");
  const TrueMessage message = true_message(truth.as_object());
  EXPECT_EQ(message.entities, "bold 0 4; text_link 5 2 https://a.b; custom_emoji 9 1 77");
  EXPECT_EQ(message.edit_date, 7);
  EXPECT_EQ(message.entities, entities_of_ledger(R"([{"type":"bold","offset":0,"length":4},
      {"type":"text_link","offset":5,"length":2,"href":"https://a.b"},
      {"type":"custom_emoji","offset":9,"length":1,"document_id":"77"}])"));
  EXPECT_EQ(entities_of_ledger(""), "");
}

}  // namespace
}  // namespace ledgram::bench
