#include "ledgram/app/log_setup.hpp"

#include <gtest/gtest.h>

#include <array>
#include <variant>

namespace ledgram::app {
namespace {

using log::Level;

template <class... Words>
cli::LogOptions options(Words... words) {
  const std::array argv{"ledgram", "channel", "list", words...};
  auto parsed = cli::parse_command_line(static_cast<int>(argv.size()), argv.data(), 0);
  if (const auto* reply = std::get_if<cli::Reply>(&parsed)) {
    ADD_FAILURE() << reply->text;
    return {};
  }
  return std::get<cli::Invocation>(parsed).log;
}

LogConfig config(std::string_view text) {
  auto parsed = parse_config("[telegram]\nsimulator = \"/s\"\n[log]\n" + std::string(text), "/data/ledgram.toml");
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? parsed->log : LogConfig();
}

TEST(LogSetup, CommandsShowWarningsOnStandardError) {
  const log::Setup setup = command_log(options());
  EXPECT_EQ(setup.levels.of("telegram"), Level::Warning);
  EXPECT_EQ(setup.format, log::Format::Text);
  EXPECT_EQ(setup.delivery, log::Delivery::Direct);
  EXPECT_FALSE(setup.file);
}

TEST(LogSetup, TheCommandLineChooses) {
  const log::Setup setup =
      command_log(options("--log-level", "error,telegram=debug", "--log-format", "json", "--log-file", "/l/x.log"));
  EXPECT_EQ(setup.levels.of("telegram"), Level::Debug);
  EXPECT_EQ(setup.levels.of("app"), Level::Error);
  EXPECT_EQ(setup.format, log::Format::Json);
  EXPECT_EQ(setup.file.value().path, "/l/x.log");
}

TEST(LogSetup, AServiceShowsMoreAndDoesNotWait) {
  const log::Setup setup = service_log(options(), config(""), "/data");
  EXPECT_EQ(setup.levels.of("telegram"), Level::Info);
  EXPECT_EQ(setup.delivery, log::Delivery::Thread);
  EXPECT_FALSE(setup.file);
}

TEST(LogSetup, AServiceReadsItsConfigurationAndTheCommandLineGoesBefore) {
  const LogConfig given = config(
      "level = \"warn,net=debug\"\nformat = \"json\"\nfile = \"logs/ledgram.log\"\nmax_size = \"2M\"\nkeep = 0\n");
  const log::Setup setup = service_log(options(), given, "/data");
  EXPECT_EQ(setup.levels.of("app"), Level::Warning);
  EXPECT_EQ(setup.levels.of("net"), Level::Debug);
  EXPECT_EQ(setup.format, log::Format::Json);
  EXPECT_EQ(setup.file.value().path, "/data/logs/ledgram.log");
  EXPECT_EQ(setup.file.value().max_size, 2U * 1024 * 1024);
  EXPECT_EQ(setup.file.value().keep, 0U);

  const log::Setup other =
      service_log(options("--log-level", "app=trace", "--log-format", "text", "--log-file", "x.log"), given, "/data");
  EXPECT_EQ(other.levels.of("app"), Level::Trace);
  EXPECT_EQ(other.levels.of("net"), Level::Debug);
  EXPECT_EQ(other.format, log::Format::Text);
  EXPECT_EQ(other.file.value().path, "x.log");
  EXPECT_EQ(other.file.value().max_size, 2U * 1024 * 1024);
}

TEST(LogSetup, WrongSettingsAreNamed) {
  const auto complaint = [](const std::string& line) {
    const auto parsed = parse_config("[telegram]\nsimulator = \"/s\"\n[log]\n" + line + "\n", "/data/ledgram.toml");
    return parsed ? "accepted" : parsed.error().message;
  };
  for (const std::string line : {"level = \"loud\"", "format = \"xml\"", "max_size = \"1K\"", "max_size = \"much\"",
                                 "keep = -1", "keep = 1001", "colour = true"}) {
    const std::string setting = "log." + line.substr(0, line.find(' '));
    EXPECT_NE(complaint(line).find("line 4: " + setting), std::string::npos) << complaint(line);
  }
  EXPECT_NE(complaint("level = \"loud\"").find("'loud'"), std::string::npos);
}

TEST(LogSetup, AFileThatCannotBeOpenedIsAnError) {
  log::Setup setup;
  setup.file = log::FileSetup{.path = "/proc/no/ledgram.log"};
  try {
    set_up_log(setup);
    FAIL() << "no error";
  } catch (const AppFailure& failure) {
    EXPECT_EQ(failure.error().code, AppErrc::Io);
    EXPECT_NE(failure.error().message.find("/proc/no/ledgram.log"), std::string::npos) << failure.error().message;
  }
}

}  // namespace
}  // namespace ledgram::app
