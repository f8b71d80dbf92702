#include "ledgram/webhooks/delivery.hpp"

#include "ledgram/ledger/test_support.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledgram::webhooks {
namespace {

using ledger::must;

constexpr ChannelId kAlpha{100};
constexpr ChannelId kBeta{200};

class SelectionTest : public testing::Test {
 protected:
  SelectionTest() {
    ledger::Batch batch;
    for (const ChannelId channel : {kAlpha, kBeta})
      batch.channels.push_back(
          {.channel = channel, .newest_id = 10, .pts = 50, .tail_id = 10, .news_after_if_unset = 10});
    must(ledger_.commit(batch));
    begin_ = must(ledger_.last_event());
    webhook_.position = begin_;
    visible_.everything = true;
  }

  /// New messages of a channel, an event each.
  void publish(ChannelId channel, std::int32_t first, std::int32_t count, const std::string& text = "x") {
    ledger::Batch batch;
    batch.via = ledger::Via::Live;
    for (std::int32_t number = first; number < first + count; ++number) {
      ledger::Message message = ledger::text_message(channel, number, text);
      message.as_of = 40 + number;
      batch.messages.push_back(std::move(message));
    }
    batch.channels.push_back({.channel = channel, .tail_grows_to = first + count - 1});
    must(ledger_.commit(batch));
  }

  Selection select(std::optional<std::int64_t> up_to = {}) {
    return must(select_events(ledger_, webhook_, visible_, webhook_.position, up_to, limits_));
  }

  /// Messages of the selected events.
  static std::vector<std::int32_t> numbers(const Selection& selection) {
    std::vector<std::int32_t> result;
    for (const ledger::Event& event : selection.events)
      result.push_back(event.message->value());
    return result;
  }

  ledger::TemporaryFolder folder_;
  ledger::Ledger ledger_ = ledger::ledger_with_channels(folder_ / "ledger.db");
  ledger::Webhook webhook_;
  Visible visible_;
  DeliveryLimits limits_;
  std::int64_t begin_ = 0;
};

using Numbers = std::vector<std::int32_t>;

TEST_F(SelectionTest, TakesWhatComesNextInOrder) {
  EXPECT_TRUE(select().events.empty());
  publish(kAlpha, 11, 3);
  const Selection selection = select();
  EXPECT_EQ(numbers(selection), (Numbers{11, 12, 13}));
  EXPECT_EQ(selection.last, begin_ + 3);
  EXPECT_FALSE(selection.more);
}

TEST_F(SelectionTest, KeepsTheLimitOfEvents) {
  publish(kAlpha, 11, 5);
  limits_.events = 2;
  const Selection selection = select();
  EXPECT_EQ(numbers(selection), (Numbers{11, 12}));
  EXPECT_EQ(selection.last, begin_ + 2);
  EXPECT_TRUE(selection.more);
}

TEST_F(SelectionTest, KeepsTheLimitOfBytesButGivesOneEventAlways) {
  publish(kAlpha, 11, 3, std::string(1000, 'x'));
  limits_.bytes = 3000;
  EXPECT_EQ(numbers(select()), (Numbers{11, 12}));
  limits_.bytes = 1;
  EXPECT_EQ(numbers(select()), Numbers{11});
}

TEST_F(SelectionTest, LeavesOutWhatTheFilterDoesNotAdmit) {
  publish(kAlpha, 11, 1);
  publish(kBeta, 11, 2);
  webhook_.filter.channels = {kBeta};
  const Selection selection = select();
  EXPECT_EQ(selection.events.size(), 2U);
  EXPECT_EQ(selection.events[0].channel, kBeta);
  webhook_.filter.types = {ledger::EventType::MessageDeleted};
  EXPECT_TRUE(select().events.empty());
  EXPECT_EQ(select().last, begin_ + 3) << "looked at";
}

TEST_F(SelectionTest, LeavesOutWhatTheOwnerMayNotSee) {
  publish(kAlpha, 11, 1);
  publish(kBeta, 11, 1);
  visible_ = {.channels = {kBeta}};
  ASSERT_EQ(select().events.size(), 1U);
  EXPECT_EQ(select().events[0].channel, kBeta);
  visible_ = {};
  EXPECT_TRUE(select().events.empty());
}

TEST_F(SelectionTest, ADeliveryThatHasBegunIsTheSameAgain) {
  publish(kAlpha, 11, 5);
  limits_.events = 3;
  const Selection first = select();
  publish(kAlpha, 16, 5);
  limits_.events = 1;
  const Selection again = select(first.last);
  EXPECT_EQ(numbers(again), numbers(first));
  EXPECT_EQ(again.last, first.last);
}

TEST_F(SelectionTest, LooksAtABoundedNumberOfEvents) {
  publish(kAlpha, 11, 6000);
  publish(kBeta, 11, 1);
  webhook_.filter.channels = {kBeta};
  const Selection first = select();
  EXPECT_TRUE(first.events.empty());
  EXPECT_TRUE(first.more);
  EXPECT_GT(first.last, begin_);
  EXPECT_LT(first.last, begin_ + 6000);
  webhook_.position = first.last;
  EXPECT_EQ(select().events.size(), 1U);
}

TEST(DeliveryBody, IsWhatTheDocumentationSays) {
  const ledger::WebhookId webhook{3};
  EXPECT_EQ(delivery_id(webhook, 17), "3-17");
  const std::vector<ledger::Event> events = {{.number = 5,
                                              .at = 1'700'000'000'123,
                                              .type = ledger::EventType::MessageNew,
                                              .channel = kAlpha,
                                              .data = R"({"id":1})"},
                                             {.number = 9,
                                              .at = 1'700'000'000'124,
                                              .type = ledger::EventType::MessageDeleted,
                                              .channel = kAlpha,
                                              .data = "{}"}};
  EXPECT_EQ(delivery_body(webhook, "3-17", events),
            R"({"webhook":3,"delivery":"3-17","events":[)"
            R"({"number":5,"at":"2023-11-14T22:13:20.123Z","type":"message.new","data":{"id":1}},)"
            R"({"number":9,"at":"2023-11-14T22:13:20.124Z","type":"message.deleted","data":{}}]})");
  EXPECT_EQ(test_body(webhook, "3-test-1-1"), R"({"webhook":3,"delivery":"3-test-1-1","test":true,"events":[]})");
}

}  // namespace
}  // namespace ledgram::webhooks
