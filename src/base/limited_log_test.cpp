#include "ledgram/base/limited_log.hpp"

#include <gtest/gtest.h>

namespace ledgram::log {
namespace {

using std::chrono::seconds;

struct HandClock final : Clock {
  [[nodiscard]] Instant now() const override { return instant; }
  Instant instant{seconds(100), seconds(1769860800)};
};

class Memory final : public Output {
 public:
  explicit Memory(std::vector<std::string>& lines) : lines_(lines) {}
  bool write(std::string_view line) noexcept override {
    lines_.emplace_back(line);
    return true;
  }

 private:
  std::vector<std::string>& lines_;
};

struct LimitedLogTest : testing::Test {
  LimitedLogTest() {
    set_output(std::make_unique<Memory>(lines), Format::Json);
    set_gate(&limited);
  }
  ~LimitedLogTest() override {
    set_gate(nullptr);
    EXPECT_TRUE(configure({}));
  }

  static void fail(const std::string& account) { log::warning("follow", "{}: no difference", account); }

  std::vector<std::string> lines;
  HandClock clock;
  LimitedLog limited{clock};
};

TEST_F(LimitedLogTest, WritesTheFirstAndLaterASummary) {
  for (int i = 0; i < 4; ++i)
    fail("a");
  fail("b");
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find(R"("message":"a: no difference"})"), std::string::npos) << lines[0];
  ASSERT_EQ(limited.deadline(), seconds(130));
  limited.tick(seconds(129));
  EXPECT_EQ(lines.size(), 2U);
  limited.tick(seconds(130));
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_NE(lines[2].find(R"("level":"warning","module":"log",)"
                          R"("message":"the same again in 30 s: follow a: no difference x 3","held_back":3,"keys":1})"),
            std::string::npos)
      << lines[2];
  EXPECT_EQ(limited.totals().shown, 2U);
  EXPECT_EQ(limited.totals().held, 3U);
}

TEST_F(LimitedLogTest, HoldsTheSameSentenceBackAndNoOther) {
  for (int i = 0; i < 3; ++i) {
    log::warning("follow", "channel {}: {}", 7, "no answer");
    log::warning("follow", "channel {}: {}", i, "gone");
    log::event(Level::Warning, "follow", "lost", {{"times", i}});
  }
  set_gate(nullptr);
  EXPECT_EQ(lines.size(), 1U + 3 + 3);
  EXPECT_EQ(limited.totals().held, 2U);
  lines.clear();
  limited.finish(seconds(101));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find("follow channel 7: no answer x 2"), std::string::npos) << lines[0];
  log::warning("follow", "channel {}: {}", 7, "no answer");
  EXPECT_EQ(lines.size(), 2U) << "nobody is asked any more";
}

TEST_F(LimitedLogTest, ASummaryIsOneLineHoweverManyKeys) {
  for (int account = 0; account < 20; ++account) {
    for (int i = 0; i <= 20 - account; ++i)
      fail(std::to_string(account));
  }
  lines.clear();
  limited.finish(seconds(101));
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_NE(lines[0].find("follow 0: no difference x 20, follow 1: no difference x 19"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find("follow 4: no difference x 16, others x 120"), std::string::npos) << lines[0];
  EXPECT_NE(lines[0].find(R"("held_back":210,"keys":20)"), std::string::npos) << lines[0];
}

TEST_F(LimitedLogTest, WithoutATimerTheNextEventWritesWhatIsDue) {
  fail("a");
  fail("a");
  clock.instant = clock.instant.after(seconds(30));
  fail("b");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_NE(lines[1].find("the same again"), std::string::npos);
}

TEST_F(LimitedLogTest, WakesItsDriverOncePerDeadline) {
  int wakes = 0;
  limited.on_sooner([&wakes] { ++wakes; });
  fail("a");
  EXPECT_EQ(wakes, 0);
  fail("a");
  fail("a");
  EXPECT_EQ(wakes, 1);
  limited.tick(seconds(130));
  fail("a");
  EXPECT_EQ(wakes, 2);
}

}  // namespace
}  // namespace ledgram::log
