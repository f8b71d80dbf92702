#include "ledgram/api/login_limits.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ledgram::api {
namespace {

using namespace std::chrono_literals;

boost::asio::ip::address address(int last) {
  return boost::asio::ip::make_address("192.0.2." + std::to_string(last));
}

TEST(LoginLimits, ByAddress) {
  LoginLimits limits;
  const Instant start;
  for (std::size_t i = 0; i < LoginLimits::kByAddress; ++i) {
    EXPECT_FALSE(limits.wait_for(address(1), "ann", start));
    limits.tried(address(1), "name" + std::to_string(i), start);
  }
  EXPECT_EQ(limits.wait_for(address(1), "ann", start), 15min);
  EXPECT_EQ(limits.wait_for(address(1), "ann", start.after(10min)), 5min);
  EXPECT_FALSE(limits.wait_for(address(2), "ann", start));
  EXPECT_FALSE(limits.wait_for(address(1), "ann", start.after(15min)));
}

TEST(LoginLimits, ByNameFromManyAddresses) {
  LoginLimits limits;
  const Instant start;
  for (std::size_t i = 0; i < LoginLimits::kByName; ++i) {
    EXPECT_FALSE(limits.wait_for(address(200), "ann", start));
    limits.tried(address(static_cast<int>(i)), i % 2 == 0 ? "ann" : "ANN", start);
  }
  EXPECT_TRUE(limits.wait_for(address(200), "Ann", start));
  EXPECT_FALSE(limits.wait_for(address(200), "ben", start));
}

TEST(LoginLimits, ARightLoginCountsForNothing) {
  LoginLimits limits;
  const Instant start;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(limits.wait_for(address(1), "ann", start));
    limits.tried(address(1), "ann", start);
    limits.take_back(address(1), "ann");
  }
}

TEST(LoginLimits, ManyAtOnceAreNoWayAround) {
  LoginLimits limits;
  const Instant start;
  std::size_t allowed = 0;
  for (int i = 0; i < 100; ++i) {
    if (limits.wait_for(address(1), "ann", start))
      continue;
    limits.tried(address(1), "ann", start);
    ++allowed;
  }
  EXPECT_EQ(allowed, LoginLimits::kByAddress);
}

}  // namespace
}  // namespace ledgram::api
