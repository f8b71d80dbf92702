#include "ledgram/api/login_limits.hpp"

#include <gtest/gtest.h>

#include <list>
#include <string>
#include <utility>

namespace ledgram::api {
namespace {

using namespace std::chrono_literals;

boost::asio::ip::address address(int last) {
  return boost::asio::ip::make_address("192.0.2." + std::to_string(last));
}

void fail(LoginLimits& limits, const boost::asio::ip::address& from, std::string name, Instant now) {
  LoginLimits::Try one(limits, from, std::move(name), now);
  one.was_wrong();
}

TEST(LoginLimits, ByAddress) {
  LoginLimits limits;
  const Instant start;
  for (std::size_t i = 0; i < LoginLimits::kByAddress; ++i) {
    EXPECT_FALSE(limits.wait_for(address(1), "ann", start));
    fail(limits, address(1), "name" + std::to_string(i), start);
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
    fail(limits, address(static_cast<int>(i)), i % 2 == 0 ? "ann" : "ANN", start);
  }
  EXPECT_TRUE(limits.wait_for(address(200), "Ann", start));
  EXPECT_FALSE(limits.wait_for(address(200), "ben", start));
}

TEST(LoginLimits, ARightLoginCountsForNothing) {
  LoginLimits limits;
  const Instant start;
  for (int i = 0; i < 100; ++i) {
    EXPECT_FALSE(limits.wait_for(address(1), "ann", start));
    const LoginLimits::Try right(limits, address(1), "ann", start);
  }
}

TEST(LoginLimits, ManyAtOnceAreNoWayAround) {
  LoginLimits limits;
  const Instant start;
  std::list<LoginLimits::Try> under_way;
  for (int i = 0; i < 100; ++i) {
    if (!limits.wait_for(address(1), "ann", start))
      under_way.emplace_back(limits, address(1), "ann", start);
  }
  EXPECT_EQ(under_way.size(), LoginLimits::kByAddress);
  under_way.clear();
  EXPECT_FALSE(limits.wait_for(address(1), "ann", start)) << "none of them was wrong";
}

TEST(LoginLimits, ANetworkOfIpv6IsOneAddress) {
  LoginLimits limits;
  const Instant start;
  const auto in_network = [](const std::string& rest) { return boost::asio::ip::make_address("2001:db8:1:2:" + rest); };
  for (std::size_t i = 0; i < LoginLimits::kByAddress; ++i)
    fail(limits, in_network(std::to_string(i) + "::1"), "name" + std::to_string(i), start);
  EXPECT_TRUE(limits.wait_for(in_network("ffff::7"), "ann", start));
  EXPECT_FALSE(limits.wait_for(boost::asio::ip::make_address("2001:db8:1:3::1"), "ann", start));
}

}  // namespace
}  // namespace ledgram::api
