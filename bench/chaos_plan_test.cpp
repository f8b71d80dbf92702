#include "chaos_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace ledgram::bench {
namespace {

PlanOptions large() {
  return {.seed = 7,
          .messages = 100'000,
          .kills = 100,
          .faults = 2000,
          .rate = 1000,
          .phones = {"9996620001", "9996620002", "9996620003"}};
}

TEST(ChaosPlan, IsTheSameForTheSameSeedOnly) {
  PlanOptions options = large();
  const Plan plan = draw_plan(options);
  EXPECT_EQ(draw_plan(options).steps, plan.steps);
  options.seed = 8;
  EXPECT_NE(draw_plan(options).steps, plan.steps);
}

TEST(ChaosPlan, IsInOrderAndKillsOnlyWhatRuns) {
  const Plan plan = draw_plan(large());
  EXPECT_TRUE(std::ranges::is_sorted(plan.steps, {}, &Step::at));
  int kills = 0;
  bool running = true;
  for (const Step& step : plan.steps) {
    if (step.kind == Step::Kind::Kill) {
      ASSERT_TRUE(running);
      EXPECT_LT(step.at, 100'000);
      running = false;
      ++kills;
    } else if (step.kind == Step::Kind::Restart) {
      ASSERT_FALSE(running);
      running = true;
    }
  }
  EXPECT_EQ(kills, 100);
  EXPECT_TRUE(running);
}

TEST(ChaosPlan, KillsEverywhereInARun) {
  const Plan plan = draw_plan(large());
  std::map<std::int64_t, int> tenths;
  for (const Step& step : plan.steps) {
    if (step.kind == Step::Kind::Kill)
      ++tenths[step.at / 10'000];
  }
  EXPECT_EQ(tenths.size(), 10U);
}

TEST(ChaosPlan, DrawsEveryKindAndEndsWhatDoesNotEndByItself) {
  const Plan plan = draw_plan(large());
  std::set<std::string> drawn;
  std::set<std::size_t> ended;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    if (step.kind == Step::Kind::Fault || step.kind == Step::Kind::Migrate)
      drawn.insert(step.name);
    if (step.kind != Step::Kind::EndFault)
      continue;
    ASSERT_LT(step.begins, i);
    EXPECT_EQ(plan.steps[step.begins].kind, Step::Kind::Fault);
    EXPECT_EQ(plan.steps[step.begins].name, step.name);
    EXPECT_TRUE(ended.insert(step.begins).second);
  }
  for (const std::string& kind : fault_kinds()) {
    if (kind != "duplicate_session" && kind != kMigrateGroup) {
      EXPECT_TRUE(drawn.contains(kind)) << kind;
    }
  }
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (plan.steps[i].name == "silence" && plan.steps[i].kind == Step::Kind::Fault) {
      EXPECT_TRUE(ended.contains(i));
    }
  }
}

TEST(ChaosPlan, LeavesOutWhatIsNotWanted) {
  PlanOptions options = large();
  for (const std::string& kind : fault_kinds())
    options.without.insert(kind);
  options.without.erase("silence");
  for (const Step& step : draw_plan(options).steps) {
    if (step.kind == Step::Kind::Fault) {
      EXPECT_EQ(step.name, "silence");
    }
    EXPECT_NE(step.kind, Step::Kind::Migrate);
  }
  options.without.insert("silence");
  EXPECT_TRUE(
      std::ranges::none_of(draw_plan(options).steps, [](const Step& s) { return s.kind == Step::Kind::Fault; }));
}

TEST(ChaosPlan, GivesUpAtMostOneAccountAndOnlyIfOthersRemain) {
  PlanOptions options = large();
  options.faults = 1;
  int given_up = 0;
  for (options.seed = 1; options.seed <= 60; ++options.seed)
    given_up += draw_plan(options).given_up.empty() ? 0 : 1;
  EXPECT_GT(given_up, 5);
  EXPECT_LT(given_up, 40);
  options.faults = 1;
  options.phones.pop_back();
  for (options.seed = 1; options.seed <= 60; ++options.seed)
    EXPECT_EQ(draw_plan(options).given_up, "");
}

}  // namespace
}  // namespace ledgram::bench
