#include "ledgram/http/address_limits.hpp"

#include <gtest/gtest.h>

namespace ledgram::http {
namespace {

using namespace std::chrono_literals;

asio::ip::address address(const char* text) {
  return asio::ip::make_address(text);
}

TEST(AddressLimits, ConnectionsOfOneAddress) {
  Limits limits;
  limits.connections_per_address = 2;
  AddressLimits addresses(limits);
  EXPECT_TRUE(addresses.opened(address("192.0.2.1")));
  EXPECT_TRUE(addresses.opened(address("192.0.2.1")));
  EXPECT_FALSE(addresses.opened(address("192.0.2.1")));
  EXPECT_TRUE(addresses.opened(address("192.0.2.2")));
  addresses.closed(address("192.0.2.1"));
  EXPECT_TRUE(addresses.opened(address("192.0.2.1")));
  for (int i = 0; i < 100; ++i)
    EXPECT_TRUE(addresses.opened(address("127.0.0.1")));
}

TEST(AddressLimits, AWholeNetworkOfIpv6CountsAsOne) {
  Limits limits;
  limits.connections_per_address = 1;
  AddressLimits addresses(limits);
  EXPECT_TRUE(addresses.opened(address("2001:db8:0:1::1")));
  EXPECT_FALSE(addresses.opened(address("2001:db8:0:1::2")));
  EXPECT_TRUE(addresses.opened(address("2001:db8:0:2::1")));
}

TEST(AddressLimits, RequestsFillUpWithTime) {
  Limits limits;
  limits.requests_per_second = 2;
  AddressLimits addresses(limits);
  const Instant start;
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(addresses.asked(address("192.0.2.1"), start)) << i;
  EXPECT_EQ(addresses.asked(address("192.0.2.1"), start), 1s);
  EXPECT_FALSE(addresses.asked(address("192.0.2.2"), start));
  EXPECT_FALSE(addresses.asked(address("127.0.0.1"), start));
  EXPECT_FALSE(addresses.asked(address("192.0.2.1"), start.after(500ms)));
  EXPECT_TRUE(addresses.asked(address("192.0.2.1"), start.after(500ms)));
  for (int i = 0; i < 20; ++i)
    EXPECT_FALSE(addresses.asked(address("192.0.2.1"), start.after(1h))) << i;
  EXPECT_TRUE(addresses.asked(address("192.0.2.1"), start.after(1h)));
}

TEST(AddressLimits, NoLimitOfRequests) {
  Limits limits;
  limits.requests_per_second = 0;
  AddressLimits addresses(limits);
  for (int i = 0; i < 10'000; ++i)
    ASSERT_FALSE(addresses.asked(address("192.0.2.1"), {}));
}

}  // namespace
}  // namespace ledgram::http
