#include "ledgram/base/log.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace ledgram::log {
namespace {

/// Keeps lines for the test, and refuses them while it is told so.
class Memory final : public Output {
 public:
  struct State {
    std::vector<std::string> lines;
    bool full = false;
  };

  explicit Memory(State& state) : state_(state) {}

  bool write(std::string_view line) noexcept override {
    if (!state_.full)
      state_.lines.emplace_back(line);
    return !state_.full;
  }

 private:
  State& state_;
};

struct LogTest : testing::Test {
  LogTest() { set_output(std::make_unique<Memory>(memory), Format::Json); }
  ~LogTest() override { EXPECT_TRUE(configure({})); }

  Memory::State memory;
};

TEST(Log, WritesTextToStandardErrorAndShowsOnlyWhatItsLevelLetsThrough) {
  set_level(Level::Info);
  testing::internal::CaptureStderr();
  debug("test", "hidden {}", 1);
  info("test", "shown {}", 2);
  error("test", "shown {}", 3);
  const std::string written = testing::internal::GetCapturedStderr();
  set_level(Level::Warning);
  EXPECT_EQ(written.find("hidden"), std::string::npos);
  EXPECT_NE(written.find("info [test] shown 2\n"), std::string::npos);
  EXPECT_NE(written.find("error [test] shown 3\n"), std::string::npos);
}

TEST_F(LogTest, AModuleCanHaveALevelOfItsOwn) {
  Levels levels;
  levels.apply(parse_level_spec("warn,telegram=debug,net=off").value());
  set_levels(levels);
  debug("telegram", "shown");
  debug("app", "hidden");
  error("net", "hidden");
  warning("app", "shown");
  EXPECT_EQ(memory.lines.size(), 2U);
  EXPECT_FALSE(enabled(Level::Trace, "telegram"));
  EXPECT_FALSE(enabled(Level::Off, "telegram"));
}

TEST_F(LogTest, EventsCarryTheirFields) {
  event(Level::Warning, "test", "hello", {{"account", "me"}, {"dc", 2}});
  ASSERT_EQ(memory.lines.size(), 1U);
  EXPECT_NE(memory.lines[0].find(R"("message":"hello","account":"me","dc":2})"), std::string::npos);
}

TEST_F(LogTest, CountsWhatIsLostAndSaysSoWhenItWritesAgain) {
  const Counters before = counters();
  warning("test", "one");
  memory.full = true;
  warning("test", "two");
  warning("test", "three");
  memory.full = false;
  warning("test", "four");
  ASSERT_EQ(memory.lines.size(), 3U);
  EXPECT_NE(memory.lines[1].find(R"("module":"log","message":"lines could not be written","lines":2})"),
            std::string::npos)
      << memory.lines[1];
  EXPECT_NE(memory.lines[2].find("four"), std::string::npos);
  EXPECT_EQ(counters().written - before.written, 2U);
  EXPECT_EQ(counters().lost - before.lost, 2U);
}

TEST_F(LogTest, AThreadCanWriteAndItsLossesAreCountedToo) {
  const Counters before = counters();
  set_output(queued_output(std::make_unique<Memory>(memory), 10), Format::Json);
  memory.full = true;
  warning("test", "one");
  ASSERT_TRUE(flush(std::chrono::seconds(60)));
  EXPECT_EQ(counters().lost - before.lost, 1U);
  memory.full = false;
  warning("test", "two");
  ASSERT_TRUE(flush(std::chrono::seconds(60)));
  ASSERT_EQ(memory.lines.size(), 2U);
  EXPECT_NE(memory.lines[0].find(R"("lines":1})"), std::string::npos) << memory.lines[0];
  // Nothing of this is forgotten or doubled by another output.
  EXPECT_TRUE(configure({}));
  EXPECT_EQ(counters().lost - before.lost, 1U);
  EXPECT_EQ(counters().written - before.written, 1U);
}

TEST_F(LogTest, AFileThatCannotBeOpenedChangesNothing) {
  log::Setup setup;
  setup.file = FileSetup{.path = "/proc/no/such/file"};
  const auto done = configure(setup);
  ASSERT_FALSE(done);
  EXPECT_NE(done.error().find("/proc/no/such/file"), std::string::npos) << done.error();
  warning("test", "still there");
  EXPECT_EQ(memory.lines.size(), 1U);
}

TEST(LogLevels, SpecsAreReadOrNamedWrong) {
  const auto complaint = [](std::string_view text) {
    const auto spec = parse_level_spec(text);
    return spec ? "accepted" : spec.error();
  };
  for (const std::string_view good : {"trace", "info", "warning", "off", "app=debug", "info,app=debug,net=error"})
    EXPECT_EQ(complaint(good), "accepted") << good;
  EXPECT_NE(complaint("loud").find("'loud'"), std::string::npos);
  EXPECT_NE(complaint("info,app=loud").find("'loud'"), std::string::npos);
  EXPECT_NE(complaint("").find("''"), std::string::npos);
  EXPECT_NE(complaint("info,").find("''"), std::string::npos);
  EXPECT_NE(complaint("=info").find("no module"), std::string::npos);
  EXPECT_NE(complaint("info,warn").find("second level"), std::string::npos);
}

TEST(LogLevels, ALaterSpecReplacesOrAdds) {
  Levels levels(Level::Info);
  levels.apply(parse_level_spec("warn,net=debug,app=off").value());
  levels.apply(parse_level_spec("app=error").value());
  EXPECT_EQ(levels.of("other"), Level::Warning);
  EXPECT_EQ(levels.of("net"), Level::Debug);
  EXPECT_EQ(levels.of("app"), Level::Error);
  EXPECT_EQ(levels.lowest(), Level::Debug);
  levels.apply(parse_level_spec("error").value());
  EXPECT_EQ(levels.of("net"), Level::Error);
  EXPECT_EQ(levels.lowest(), Level::Error);
}

}  // namespace
}  // namespace ledgram::log
