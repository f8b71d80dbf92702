#include "ledgram/http/networks.hpp"

#include <gtest/gtest.h>

namespace ledgram::http {
namespace {

asio::ip::address address(const char* text) {
  return asio::ip::make_address(text);
}

TEST(Networks, HoldAddressesAndNetworks) {
  Networks networks;
  EXPECT_TRUE(networks.empty());
  ASSERT_TRUE(networks.add("10.0.0.0/8"));
  ASSERT_TRUE(networks.add("192.0.2.7"));
  ASSERT_TRUE(networks.add("2001:db8::/32"));
  EXPECT_TRUE(networks.contain(address("10.200.3.4")));
  EXPECT_FALSE(networks.contain(address("11.0.0.1")));
  EXPECT_TRUE(networks.contain(address("192.0.2.7")));
  EXPECT_FALSE(networks.contain(address("192.0.2.8")));
  EXPECT_TRUE(networks.contain(address("2001:db8:1::1")));
  EXPECT_FALSE(networks.contain(address("2001:db9::1")));
  EXPECT_TRUE(networks.contain(address("::ffff:10.1.2.3")));
}

TEST(Networks, WhatIsNoneIsRefused) {
  Networks networks;
  for (const char* text : {"", "localhost", "10.0.0.0/33", "10.0.0", "10.0.0.0/", "::/129", "1.2.3.4:80"})
    EXPECT_FALSE(networks.add(text)) << text;
  EXPECT_TRUE(networks.empty());
}

TEST(Networks, AddressesInHeaders) {
  EXPECT_EQ(address_in(" 192.0.2.7 "), address("192.0.2.7"));
  EXPECT_EQ(address_in("192.0.2.7:4711"), address("192.0.2.7"));
  EXPECT_EQ(address_in("[2001:db8::1]:4711"), address("2001:db8::1"));
  EXPECT_EQ(address_in("2001:db8::1"), address("2001:db8::1"));
  EXPECT_FALSE(address_in("unknown"));
  EXPECT_FALSE(address_in(""));
  EXPECT_FALSE(address_in("["));
}

}  // namespace
}  // namespace ledgram::http
