#include "ledgram/outbox/event_json.hpp"

#include <gtest/gtest.h>

namespace ledgram::outbox {
namespace {

TEST(EventJson, IsOneObject) {
  ledger::Event event;
  event.number = 7;
  event.at = 1'700'000'000'250;
  event.type = ledger::EventType::AccountStateChanged;
  event.account = AccountId(3);
  event.data = R"({"account":"me"})";
  EXPECT_EQ(
      event_json(event),
      R"({"number":7,"at":"2023-11-14T22:13:20.250Z","type":"account.state","account_id":3,"data":{"account":"me"}})");
}

TEST(EventJson, TheDateOfAMessageIsRead) {
  EXPECT_EQ(message_date(R"({"channel_id":1,"id":5,"date":"2023-11-14T22:13:20Z","text":"x"})"), 1'700'000'000);
  EXPECT_EQ(message_date(R"({"id":5})"), 0);
  EXPECT_EQ(message_date(R"({"date":"2023-11")"), 0);
  EXPECT_EQ(message_date(R"({"date":"2023-99-14T22:13:20Z"})"), 0);
}

}  // namespace
}  // namespace ledgram::outbox
