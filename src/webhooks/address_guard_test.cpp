#include "ledgram/webhooks/address_guard.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace ledgram::webhooks {
namespace {

asio::ip::address address(const std::string& text) {
  return asio::ip::make_address(text);
}

using Row = std::pair<const char*, AddressKind>;

const std::vector<Row> kTable = {
    {"8.8.8.8", AddressKind::Public},
    {"1.1.1.1", AddressKind::Public},
    {"9.255.255.255", AddressKind::Public},
    {"11.0.0.0", AddressKind::Public},
    {"172.15.255.255", AddressKind::Public},
    {"172.32.0.0", AddressKind::Public},
    {"192.167.255.255", AddressKind::Public},
    {"192.169.0.0", AddressKind::Public},
    {"100.63.255.255", AddressKind::Public},
    {"100.128.0.0", AddressKind::Public},
    {"169.253.255.255", AddressKind::Public},
    {"169.255.0.0", AddressKind::Public},
    {"223.255.255.255", AddressKind::Public},
    {"0.0.0.0", AddressKind::Unspecified},
    {"0.1.2.3", AddressKind::Unspecified},
    {"10.0.0.0", AddressKind::Private},
    {"10.255.255.255", AddressKind::Private},
    {"172.16.0.0", AddressKind::Private},
    {"172.31.255.255", AddressKind::Private},
    {"192.168.0.1", AddressKind::Private},
    {"192.168.255.255", AddressKind::Private},
    {"127.0.0.1", AddressKind::Loopback},
    {"127.255.255.254", AddressKind::Loopback},
    {"169.254.0.0", AddressKind::LinkLocal},
    {"169.254.169.254", AddressKind::LinkLocal},
    {"100.64.0.0", AddressKind::Shared},
    {"100.127.255.255", AddressKind::Shared},
    {"192.0.0.8", AddressKind::Reserved},
    {"192.0.2.1", AddressKind::Reserved},
    {"198.18.0.1", AddressKind::Reserved},
    {"198.19.255.255", AddressKind::Reserved},
    {"198.51.100.7", AddressKind::Reserved},
    {"203.0.113.7", AddressKind::Reserved},
    {"192.88.99.1", AddressKind::Translated},
    {"224.0.0.1", AddressKind::Multicast},
    {"239.255.255.255", AddressKind::Multicast},
    {"240.0.0.1", AddressKind::Reserved},
    {"255.255.255.255", AddressKind::Reserved},

    {"2606:4700:4700::1111", AddressKind::Public},
    {"2a00:1450::1", AddressKind::Public},
    {"2001:4860:4860::8888", AddressKind::Public},
    {"2001:200::1", AddressKind::Public},
    {"3ffe::1", AddressKind::Public},
    {"::", AddressKind::Unspecified},
    {"::1", AddressKind::Loopback},
    {"::2", AddressKind::Translated},
    {"::127.0.0.1", AddressKind::Translated},
    {"::8.8.8.8", AddressKind::Translated},
    {"::ffff:8.8.8.8", AddressKind::Public},
    {"::ffff:127.0.0.1", AddressKind::Loopback},
    {"::ffff:10.1.2.3", AddressKind::Private},
    {"::ffff:169.254.169.254", AddressKind::LinkLocal},
    {"::ffff:0:127.0.0.1", AddressKind::Reserved},
    {"64:ff9b::10.0.0.1", AddressKind::Translated},
    {"64:ff9b:1::1", AddressKind::Translated},
    {"2002:7f00:1::", AddressKind::Translated},
    {"2001::1", AddressKind::Translated},
    {"2001:2::1", AddressKind::Reserved},
    {"2001:db8::1", AddressKind::Reserved},
    {"3fff::1", AddressKind::Reserved},
    {"100::1", AddressKind::Reserved},
    {"5f00::1", AddressKind::Reserved},
    {"4000::1", AddressKind::Reserved},
    {"1fff::1", AddressKind::Reserved},
    {"fc00::1", AddressKind::Private},
    {"fdff:ffff::1", AddressKind::Private},
    {"fec0::1", AddressKind::Private},
    {"feff::1", AddressKind::Private},
    {"fe80::1", AddressKind::LinkLocal},
    {"fe80::1%1", AddressKind::LinkLocal},
    {"febf::1", AddressKind::LinkLocal},
    {"fe00::1", AddressKind::Reserved},
    {"ff02::1", AddressKind::Multicast},
    {"ff0e::1", AddressKind::Multicast},
};

TEST(AddressGuard, KnowsWhatAnAddressIsFor) {
  for (const auto& [text, kind] : kTable)
    EXPECT_EQ(name_of(kind_of(address(text))), name_of(kind)) << text;
}

TEST(AddressGuard, PermitsPublicAddressesOnly) {
  const AddressGuard guard;
  for (const auto& [text, kind] : kTable)
    EXPECT_EQ(guard.permits(address(text)), kind == AddressKind::Public) << text;
}

AddressGuard allowing(const std::vector<std::string>& allowed) {
  auto guard = AddressGuard::allowing(allowed);
  EXPECT_TRUE(guard) << guard.error();
  return guard.value_or(AddressGuard());
}

TEST(AddressGuard, PermitsWhatTheConfigurationAllowsAndNoMore) {
  const AddressGuard guard = allowing({"10.1.0.0/16", "127.0.0.1", "fd00:1::/32", "::1"});
  for (const char* text : {"10.1.0.0", "10.1.255.255", "127.0.0.1", "::ffff:10.1.2.3", "::ffff:127.0.0.1", "fd00:1::5",
                           "::1", "8.8.8.8", "2606:4700::1"})
    EXPECT_TRUE(guard.permits(address(text))) << text;
  for (const char* text : {"10.0.255.255", "10.2.0.0", "127.0.0.2", "::ffff:10.2.0.0", "fd00:2::1", "::2",
                           "::", "0.0.0.0", "169.254.169.254", "64:ff9b::10.1.0.1", "::10.1.0.1", "2002:a01::"})
    EXPECT_FALSE(guard.permits(address(text))) << text;
}

TEST(AddressGuard, ANetworkMayBeNamedByAnyOfItsAddresses) {
  const AddressGuard guard = allowing({"192.168.7.9/24", "fd00::1234/64"});
  EXPECT_TRUE(guard.permits(address("192.168.7.1")));
  EXPECT_FALSE(guard.permits(address("192.168.8.1")));
  EXPECT_TRUE(guard.permits(address("fd00::1")));
  EXPECT_FALSE(guard.permits(address("fd00:0:0:1::1")));
}

TEST(AddressGuard, EverythingCanBeAllowed) {
  const AddressGuard guard = allowing({"0.0.0.0/0", "::/0"});
  for (const auto& [text, kind] : kTable)
    EXPECT_TRUE(guard.permits(address(text))) << text;
}

TEST(AddressGuard, NamesWhatIsNoNetwork) {
  for (const char* text :
       {"", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0/8", "fd00::/129", "1.2.3.4/8/8", "/8"}) {
    const std::vector<std::string> allowed = {"10.0.0.0/8", text};
    const auto guard = AddressGuard::allowing(allowed);
    ASSERT_FALSE(guard) << text;
    EXPECT_NE(guard.error().find('"' + std::string(text) + '"'), std::string::npos) << guard.error();
  }
}

}  // namespace
}  // namespace ledgram::webhooks
