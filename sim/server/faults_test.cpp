#include "ledgram/sim_server/faults.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace ledgram::sim {
namespace {

using namespace std::chrono_literals;

ServerResult<Fault> parse(std::string_view text) {
  return parse_fault(boost::json::parse(text).as_object());
}

FaultRule rule(std::string_view text) {
  auto fault = parse(text);
  if (!fault) {
    ADD_FAILURE() << text << ": " << fault.error().message;
    return {};
  }
  if (!std::holds_alternative<FaultRule>(*fault)) {
    ADD_FAILURE() << text << " is no standing rule";
    return {};
  }
  return std::get<FaultRule>(*fault);
}

std::string error_of(std::string_view text) {
  auto fault = parse(text);
  return fault ? "(accepted)" : fault.error().message;
}

class FaultsTest : public testing::Test {
 protected:
  std::uint64_t add(std::string_view text) { return faults_.add(rule(text), now_); }

  static constexpr std::uint64_t kSeed = 11;
  SeededRandom random_{kSeed};
  Faults faults_{random_};
  Instant now_{.monotonic = 100s, .unix_time = 1'700'000'000s};
};

TEST(ParseFault, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(error_of(R"({"kind":"earthquake"})"), testing::HasSubstr("\"kind\" must be one of"));
  EXPECT_THAT(error_of(R"({})"), testing::HasSubstr("\"kind\" must be one of"));
  EXPECT_THAT(error_of(R"({"kind":"flood_wait","seconds":3,"methode":"x"})"),
              testing::HasSubstr("\"methode\" is not known here"));
  EXPECT_THAT(error_of(R"({"kind":"flood_wait"})"), testing::HasSubstr("\"seconds\" is missing"));
  EXPECT_THAT(error_of(R"({"kind":"flood_wait","seconds":"3"})"),
              testing::HasSubstr("\"seconds\" must be a whole number"));
  EXPECT_THAT(error_of(R"({"kind":"rpc_error","message":"X"})"), testing::HasSubstr("\"code\" is missing"));
  EXPECT_THAT(error_of(R"({"kind":"drop","every_seconds":1,"after_bytes":1})"), testing::HasSubstr("not both"));
  EXPECT_THAT(error_of(R"({"kind":"drop","every_seconds":0})"),
              testing::HasSubstr("\"every_seconds\" must be a number"));
  EXPECT_THAT(error_of(R"({"kind":"drop","times":3})"), testing::HasSubstr("need \"every_seconds\""));
  EXPECT_THAT(error_of(R"({"kind":"forget_key"})"), testing::HasSubstr("give either"));
  EXPECT_THAT(error_of(R"({"kind":"forget_key","auth_key":"xyz"})"), testing::HasSubstr("hexadecimal"));
  EXPECT_THAT(error_of(R"({"kind":"transport_error","code":404})"), testing::HasSubstr("from -999 to -1"));
  EXPECT_THAT(error_of(R"({"kind":"delay","milliseconds":10,"times":0})"), testing::HasSubstr("\"times\" must be"));
}

TEST(ParseFault, ChecksWhatBelongsToUpdates) {
  EXPECT_THAT(error_of(R"({"kind":"drop_update","chance":1.5})"), testing::HasSubstr("\"chance\" must be a number"));
  EXPECT_THAT(error_of(R"({"kind":"silence","times":2})"), testing::HasSubstr("\"times\" is not known here"));
  EXPECT_THAT(error_of(R"({"kind":"delay_updates"})"), testing::HasSubstr("\"milliseconds\" is missing"));
  EXPECT_THAT(error_of(R"({"kind":"difference_slices"})"), testing::HasSubstr("\"events\" is missing"));
  EXPECT_THAT(error_of(R"({"kind":"min_peers","peers":"everything"})"), testing::HasSubstr("users, chats, all"));
  EXPECT_THAT(error_of(R"({"kind":"duplicate_session"})"), testing::HasSubstr("\"account\" is missing"));
  EXPECT_THAT(error_of(R"({"kind":"drop","account":"9996610001","every_seconds":1})"), testing::HasSubstr("now"));
}

TEST(ParseFault, ReadsActions) {
  const auto drop = parse(R"({"kind":"drop","dc":2})");
  ASSERT_TRUE(drop);
  EXPECT_EQ(std::get<FaultAction>(*drop).kind, FaultAction::Kind::DropNow);
  EXPECT_EQ(std::get<FaultAction>(*drop).dc, DcId(2));
  const auto forget = parse(R"({"kind":"forget_key","auth_key":"00ff00ff00ff00ff"})");
  ASSERT_TRUE(forget);
  EXPECT_EQ(std::get<FaultAction>(*forget).auth_key, AuthKeyId(0x00ff00ff00ff00ffU));
}

TEST_F(FaultsTest, RpcErrorStrikesTheNamedMethodAndAccountSoManyTimes) {
  add(R"({"kind":"flood_wait","seconds":7,"method":"messages.getHistory","account":"+999 661-0001","skip":1,"times":2})");
  EXPECT_FALSE(faults_.rpc_error("messages.getDialogs", "9996610001"));
  EXPECT_FALSE(faults_.rpc_error("messages.getHistory", "9996610002"));
  EXPECT_FALSE(faults_.rpc_error("messages.getHistory", "9996610001")) << "the first is skipped";
  for (int i = 0; i < 2; ++i) {
    const auto error = faults_.rpc_error("messages.getHistory", "9996610001");
    ASSERT_TRUE(error) << i;
    EXPECT_EQ(error->code, 420);
    EXPECT_EQ(error->message, "FLOOD_WAIT_7");
  }
  EXPECT_FALSE(faults_.rpc_error("messages.getHistory", "9996610001")) << "both are spent";
}

TEST_F(FaultsTest, AStarMatchesAnyRest) {
  add(R"({"kind":"rpc_error","code":500,"message":"RPC_CALL_FAIL","method":"messages.*"})");
  EXPECT_TRUE(faults_.rpc_error("messages.getHistory", ""));
  EXPECT_FALSE(faults_.rpc_error("help.getConfig", ""));
}

TEST_F(FaultsTest, ARuleThatStillSkipsLeavesTheTurnToTheNext) {
  add(R"({"kind":"rpc_error","code":500,"message":"FIRST","skip":1})");
  add(R"({"kind":"rpc_error","code":500,"message":"SECOND"})");
  EXPECT_EQ(faults_.rpc_error("a", "")->message, "SECOND");
  EXPECT_EQ(faults_.rpc_error("a", "")->message, "FIRST");
}

TEST_F(FaultsTest, KindsDoNotMix) {
  add(R"({"kind":"delay","milliseconds":250,"method":"a"})");
  add(R"({"kind":"cut_answer","method":"b","times":1})");
  EXPECT_FALSE(faults_.rpc_error("a", ""));
  EXPECT_EQ(faults_.answer_delay("a", ""), 250ms);
  EXPECT_EQ(faults_.answer_delay("b", ""), 0ns);
  EXPECT_FALSE(faults_.cut_answer("a", ""));
  EXPECT_TRUE(faults_.cut_answer("b", ""));
  EXPECT_FALSE(faults_.cut_answer("b", ""));
}

TEST_F(FaultsTest, TheNewestClockOffsetCounts) {
  EXPECT_EQ(faults_.clock_offset(), 0ns);
  add(R"({"kind":"clock_offset","seconds":3600})");
  const auto back = add(R"({"kind":"clock_offset","seconds":-86400})");
  EXPECT_EQ(faults_.clock_offset(), -86400s);
  EXPECT_EQ(faults_.list().at(1).at("seconds"), -86400);
  faults_.remove(back);
  EXPECT_EQ(faults_.clock_offset(), 3600s);
  EXPECT_THAT(error_of(R"({"kind":"clock_offset"})"), testing::HasSubstr("\"seconds\" is missing"));
  EXPECT_THAT(error_of(R"({"kind":"clock_offset","seconds":1,"dc":2})"), testing::HasSubstr("not known here"));
}

TEST_F(FaultsTest, ConnectionFaultsKeepToTheirDc) {
  add(R"({"kind":"refuse","dc":1,"times":1})");
  add(R"({"kind":"black_hole","dc":3})");
  add(R"({"kind":"transport_error","code":-429,"times":1})");
  EXPECT_FALSE(faults_.refuse_connection(DcId(2)));
  EXPECT_TRUE(faults_.refuse_connection(DcId(1)));
  EXPECT_FALSE(faults_.refuse_connection(DcId(1)));
  EXPECT_TRUE(faults_.black_hole(DcId(3)));
  EXPECT_FALSE(faults_.black_hole(DcId(1)));
  EXPECT_EQ(faults_.transport_error(DcId(5)), -429);
  EXPECT_FALSE(faults_.transport_error(DcId(5)));
}

TEST_F(FaultsTest, ByteBudgetIsWithinItsBoundAndVaries) {
  add(R"({"kind":"drop","after_bytes":1000})");
  std::uint64_t lowest = UINT64_MAX;
  std::uint64_t highest = 0;
  for (int i = 0; i < 200; ++i) {
    const auto budget = faults_.byte_budget(DcId(1));
    ASSERT_TRUE(budget);
    lowest = std::min(lowest, *budget);
    highest = std::max(highest, *budget);
  }
  EXPECT_GE(lowest, 1U) << "seed " << kSeed;
  EXPECT_LE(highest, 1000U) << "seed " << kSeed;
  EXPECT_LT(lowest, 200U) << "seed " << kSeed;
  EXPECT_GT(highest, 800U) << "seed " << kSeed;
}

TEST_F(FaultsTest, OnlyByteRulesChangeTheBudgetVersion) {
  const auto before = faults_.budget_version();
  add(R"({"kind":"delay","milliseconds":1})");
  EXPECT_EQ(faults_.budget_version(), before);
  add(R"({"kind":"drop","after_bytes":10})");
  EXPECT_NE(faults_.budget_version(), before);
}

TEST_F(FaultsTest, DropsComeAtTheirTimes) {
  EXPECT_FALSE(faults_.next_deadline());
  add(R"({"kind":"drop","every_seconds":2,"dc":4,"times":2})");
  add(R"({"kind":"drop","every_seconds":5})");
  EXPECT_EQ(faults_.next_deadline(), now_.monotonic + 2s);
  EXPECT_TRUE(faults_.on_timer(now_.after(1999ms)).empty());
  auto due = faults_.on_timer(now_.after(2s));
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(due[0].dc, DcId(4));
  EXPECT_EQ(faults_.next_deadline(), now_.monotonic + 4s);
  due = faults_.on_timer(now_.after(5s));
  ASSERT_EQ(due.size(), 2U);
  EXPECT_FALSE(due[1].dc);
  EXPECT_EQ(faults_.next_deadline(), now_.monotonic + 10s) << "the first rule is spent";
}

TEST_F(FaultsTest, AChanceStrikesItsShareAndCountsOnlyStrikes) {
  add(R"({"kind":"drop_update","chance":0.25,"times":100,"seed":5})");
  int strikes = 0;
  int first_hundred = 0;
  for (int i = 0; i < 1'000; ++i) {
    strikes += faults_.push_fate("", now_).lost ? 1 : 0;
    if (i == 99)
      first_hundred = strikes;
  }
  EXPECT_EQ(strikes, 100) << "all of its times";
  EXPECT_GT(first_hundred, 10);
  EXPECT_LT(first_hundred, 45);
}

TEST_F(FaultsTest, SilenceHasAnEnd) {
  add(R"({"kind":"silence","seconds":2,"account":"9996610001"})");
  EXPECT_TRUE(faults_.silent("9996610001", now_));
  EXPECT_FALSE(faults_.silent("9996610002", now_));
  EXPECT_TRUE(faults_.push_fate("9996610001", now_.after(1999ms)).lost);
  EXPECT_FALSE(faults_.push_fate("9996610001", now_.after(2s)).lost);
  add(R"({"kind":"silence"})");
  EXPECT_TRUE(faults_.silent("9996610002", now_.after(100h))) << "without a time until it is deleted";
}

TEST_F(FaultsTest, OnePushCanBeStruckInSeveralWays) {
  add(R"({"kind":"repeat_update"})");
  add(R"({"kind":"delay_updates","milliseconds":40})");
  add(R"({"kind":"updates_too_long","skip":1})");
  const auto first = faults_.push_fate("", now_);
  EXPECT_TRUE(first.repeated);
  EXPECT_EQ(first.delay, 40ms);
  EXPECT_FALSE(first.too_long);
  EXPECT_TRUE(faults_.push_fate("", now_).too_long);
  EXPECT_FALSE(faults_.hold_back(""));
}

TEST_F(FaultsTest, DifferencesKeepToTheirMethod) {
  add(R"({"kind":"difference_too_long","times":1})");
  add(R"({"kind":"difference_slices","events":3,"method":"updates.getChannelDifference"})");
  const auto channel = faults_.difference("updates.getChannelDifference", "");
  EXPECT_FALSE(channel.too_long);
  EXPECT_EQ(channel.most_events, 3);
  const auto common = faults_.difference("updates.getDifference", "");
  EXPECT_TRUE(common.too_long);
  EXPECT_FALSE(common.most_events);
  add(R"({"kind":"channel_too_long"})");
  EXPECT_FALSE(faults_.difference("updates.getDifference", "").too_long) << "spent";
  EXPECT_TRUE(faults_.difference("updates.getChannelDifference", "").too_long);
}

TEST_F(FaultsTest, MinPeersAreOfTheKindAskedFor) {
  EXPECT_EQ(faults_.min_peers(""), MinPeers::None);
  const auto id = add(R"({"kind":"min_peers","account":"9996610001"})");
  EXPECT_EQ(faults_.min_peers("9996610001"), MinPeers::Users);
  EXPECT_EQ(faults_.min_peers("9996610002"), MinPeers::None);
  EXPECT_TRUE(faults_.remove(id));
  add(R"({"kind":"min_peers","peers":"all"})");
  EXPECT_EQ(faults_.min_peers(""), MinPeers::All);
}

TEST_F(FaultsTest, ListShowsWhatIsLeftAndRemoveTakesAway) {
  const auto id = add(R"({"kind":"flood_wait","seconds":3,"times":2,"method":"a"})");
  EXPECT_TRUE(faults_.rpc_error("a", ""));
  EXPECT_EQ(boost::json::serialize(faults_.list()),
            R"([{"id":1,"kind":"rpc_error","method":"a","code":420,"message":"FLOOD_WAIT_3","times":1,"struck":1}])");
  EXPECT_TRUE(faults_.remove(id));
  EXPECT_FALSE(faults_.remove(id));
  EXPECT_TRUE(faults_.list().empty());
  EXPECT_FALSE(faults_.rpc_error("a", ""));
}

}  // namespace
}  // namespace ledgram::sim
