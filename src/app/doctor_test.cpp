#include "ledgram/app/doctor_checks.hpp"
#include "ledgram/app/doctor_network.hpp"

#include <gtest/gtest.h>

namespace ledgram::app {
namespace {

using cli::Health;
using std::chrono::seconds;

TEST(Doctor, RoomOnTheDisk) {
  constexpr std::uint64_t kMegabyte = 1024ULL * 1024;
  EXPECT_EQ(disk_finding("/data", 5000 * kMegabyte).health, Health::Ok);
  EXPECT_EQ(disk_finding("/data", 500 * kMegabyte).health, Health::Warning);
  const cli::Finding full = disk_finding("/data", 10 * kMegabyte);
  EXPECT_EQ(full.health, Health::Problem);
  EXPECT_NE(full.text.find("10 MB free for /data"), std::string::npos) << full.text;
  EXPECT_FALSE(full.advice.empty());
}

TEST(Doctor, TheClock) {
  for (const int fine : {-30, -1, 0, 30})
    EXPECT_EQ(clock_finding(seconds(fine)).health, Health::Ok) << fine;
  const cli::Finding slow = clock_finding(seconds(3600));
  EXPECT_EQ(slow.health, Health::Warning);
  EXPECT_NE(slow.text.find("3600 s behind"), std::string::npos) << slow.text;
  EXPECT_NE(clock_finding(seconds(-31)).text.find("31 s ahead of"), std::string::npos);
}

}  // namespace
}  // namespace ledgram::app
