#include "ledgram/sim_server/options.hpp"

#include "ledgram/sim_server/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace ledgram::sim {
namespace {

struct Parsed {
  std::variant<Options, ExitCode> result;
  std::string out;
  std::string err;

  [[nodiscard]] const Options& options() const { return std::get<Options>(result); }
  [[nodiscard]] int exit_code() const { return std::get<ExitCode>(result).code; }
};

Parsed parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "ledgram-sim");
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  auto result = parse_command_line(static_cast<int>(arguments.size()), arguments.data());
  std::string out = testing::internal::GetCapturedStdout();
  return {std::move(result), std::move(out), testing::internal::GetCapturedStderr()};
}

TEST(Options, DefaultsAreThoseOfTheContract) {
  const Parsed parsed = parse({"--data", "d"});
  EXPECT_EQ(parsed.options().data, "d");
  EXPECT_EQ(parsed.options().listen, "127.0.0.1");
  EXPECT_EQ(parsed.options().port, 0);
  EXPECT_EQ(parsed.options().dcs, 5);
  EXPECT_EQ(parsed.options().max_connections, 4000U);
  EXPECT_FALSE(parsed.options().synthetic);
}

TEST(Options, ReadsEverything) {
  const Parsed parsed = parse({"--data",
                               "d",
                               "--channel",
                               "a.json",
                               "--channel",
                               "b.json",
                               "--synthetic",
                               "channels=3,posts=500,seed=9",
                               "--listen",
                               "0.0.0.0",
                               "--port",
                               "4000",
                               "--dcs",
                               "2",
                               "--password",
                               "9996620001=a=b",
                               "--bot-token",
                               "1:A",
                               "--bot-token",
                               "2:B",
                               "--log-level",
                               "debug",
                               "--max-connections",
                               "7"});
  const Options& options = parsed.options();
  EXPECT_EQ(options.channels, (std::vector<std::filesystem::path>{"a.json", "b.json"}));
  ASSERT_TRUE(options.synthetic);
  EXPECT_EQ(options.synthetic->channels, 3);
  EXPECT_EQ(options.synthetic->posts, 500);
  EXPECT_EQ(options.synthetic->seed, 9U);
  EXPECT_EQ(options.listen, "0.0.0.0");
  EXPECT_EQ(options.port, 4000);
  EXPECT_EQ(options.dcs, 2);
  ASSERT_EQ(options.passwords.size(), 1U);
  EXPECT_EQ(options.passwords[0].phone, "9996620001");
  EXPECT_EQ(options.passwords[0].password.reveal(), "a=b");
  ASSERT_EQ(options.bot_tokens.size(), 2U);
  EXPECT_EQ(options.bot_tokens[1].reveal(), "2:B");
  EXPECT_EQ(options.log_level, log::Level::Debug);
  EXPECT_EQ(options.max_connections, 7U);
}

TEST(Options, AFolderStandsForItsFiles) {
  const TestFolder folder;
  for (const char* name : {"b.json", "a.json", "notes.txt"})
    std::ofstream(folder.path() / name) << "{}";
  const Parsed parsed = parse({"--data", "d", "--channel", folder.path().c_str()});
  EXPECT_EQ(parsed.options().channels, (std::vector{folder.path() / "a.json", folder.path() / "b.json"}));

  const TestFolder empty;
  const Parsed nothing = parse({"--data", "d", "--channel", empty.path().c_str()});
  EXPECT_EQ(nothing.exit_code(), 2);
  EXPECT_THAT(nothing.err, testing::HasSubstr("no .json file"));
}

TEST(Options, HelpHasExamplesAndGoesToStdout) {
  const Parsed parsed = parse({"--help"});
  EXPECT_EQ(parsed.exit_code(), 0);
  EXPECT_THAT(parsed.out, testing::AllOf(testing::HasSubstr("Examples:"), testing::HasSubstr("--synthetic"),
                                         testing::HasSubstr("--bot-token")));
  EXPECT_EQ(parsed.err, "");
}

TEST(Options, WrongUsageIsExitCodeTwoWithAReason) {
  const std::vector<std::pair<std::vector<const char*>, std::string>> cases{
      {{}, "--data"},
      {{"--data", "d", "--what"}, "--what"},
      {{"--data", "d", "--dcs", "0"}, "--dcs"},
      {{"--data", "d", "--port", "70000"}, "--port"},
      {{"--data", "d", "--port", "65533"}, "7 ports"},
      {{"--data", "d", "--password", "nothing"}, "PHONE=SECRET"},
      {{"--data", "d", "--synthetic", "posts=x"}, "--synthetic"},
      {{"--data", "d", "--log-level", "loud"}, "--log-level"},
  };
  for (const auto& [arguments, reason] : cases) {
    const Parsed parsed = parse(arguments);
    ASSERT_TRUE(std::holds_alternative<ExitCode>(parsed.result)) << reason;
    EXPECT_EQ(parsed.exit_code(), 2) << reason;
    EXPECT_THAT(parsed.err, testing::HasSubstr(reason));
    EXPECT_EQ(parsed.out, "") << reason;
  }
}

TEST(Options, AWrongPasswordOptionIsNotRepeated) {
  const Parsed parsed = parse({"--data", "d", "--password", "=hunter2"});
  EXPECT_EQ(parsed.exit_code(), 2);
  EXPECT_THAT(parsed.err, testing::Not(testing::HasSubstr("hunter2")));
}

}  // namespace
}  // namespace ledgram::sim
