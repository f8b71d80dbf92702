#include "ledgram/base/log.hpp"

#include <gtest/gtest.h>

namespace ledgram::log {
namespace {

TEST(Log, ShowsOnlyWhatItsLevelLetsThrough) {
  set_level(Level::Info);
  testing::internal::CaptureStderr();
  debug("test", "hidden {}", 1);
  info("test", "shown {}", 2);
  error("test", "shown {}", 3);
  const std::string written = testing::internal::GetCapturedStderr();
  set_level(Level::Warning);
  EXPECT_EQ(written.find("hidden"), std::string::npos);
  EXPECT_NE(written.find("info [test] shown 2"), std::string::npos);
  EXPECT_NE(written.find("error [test] shown 3"), std::string::npos);
}

}  // namespace
}  // namespace ledgram::log
