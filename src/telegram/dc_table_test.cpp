#include "ledgram/telegram/dc_table.hpp"

#include "ledgram/telegram/dc_link.hpp"

#include <gtest/gtest.h>

namespace ledgram::telegram {
namespace {

DcOption option(std::int32_t dc, std::string host, std::uint16_t port = 443) {
  DcOption made;
  made.dc = DcId(dc);
  made.host = std::move(host);
  made.port = port;
  return made;
}

// The fingerprints are those of the keys that Telegram publishes for its production and test servers.
TEST(DcTable, BuiltInKeysHaveTelegramsFingerprints) {
  ASSERT_EQ(DcTable::production().rsa_keys.size(), 1U);
  EXPECT_EQ(static_cast<std::uint64_t>(DcTable::production().rsa_keys[0].fingerprint()), 0xd09d1d85de64fd85U);
  ASSERT_EQ(DcTable::test().rsa_keys.size(), 1U);
  EXPECT_EQ(static_cast<std::uint64_t>(DcTable::test().rsa_keys[0].fingerprint()), 0xb25898df208d2603U);
}

TEST(DcTable, BuiltInAddressesCoverEveryDataCentreIpv4First) {
  const DcTable production = DcTable::production();
  for (std::int32_t dc = 1; dc <= 5; ++dc) {
    const auto found = production.addresses(DcId(dc), Way::Direct);
    ASSERT_EQ(found.size(), 2U) << dc;
    EXPECT_FALSE(found[0].ipv6);
    EXPECT_TRUE(found[1].ipv6);
  }
  EXPECT_EQ(production.addresses(DcId(2), Way::Direct)[0].host, "149.154.167.51");
  EXPECT_TRUE(production.addresses(DcId(6), Way::Direct).empty());
  EXPECT_EQ(DcTable::test().environment, DcEnvironment::Test);
  EXPECT_EQ(DcTable::test().addresses(DcId(3), Way::Direct).size(), 2U);
}

TEST(DcTable, MergePutsFreshAddressesFirstAndKeepsTheOldAsFallBack) {
  DcTable table;
  table.options = {option(1, "10.0.0.1"), option(2, "10.0.0.2")};
  table.merge({option(2, "10.0.0.22"), option(1, "10.0.0.1"), option(3, "10.0.0.3")});
  ASSERT_EQ(table.addresses(DcId(2), Way::Direct).size(), 2U);
  EXPECT_EQ(table.addresses(DcId(2), Way::Direct)[0].host, "10.0.0.22");
  EXPECT_EQ(table.addresses(DcId(2), Way::Direct)[1].host, "10.0.0.2");
  EXPECT_EQ(table.addresses(DcId(1), Way::Direct).size(), 1U);
  EXPECT_EQ(table.addresses(DcId(3), Way::Direct).size(), 1U);
}

TEST(DcTable, MediaAndCdnAddressesAreNotForCalls) {
  DcTable table;
  DcOption media = option(2, "10.0.0.1");
  media.media_only = true;
  DcOption cdn = option(203, "10.0.0.2");
  cdn.cdn = true;
  table.merge({media, cdn, option(2, "10.0.0.3")});
  ASSERT_EQ(table.addresses(DcId(2), Way::Direct).size(), 1U);
  EXPECT_EQ(table.addresses(DcId(2), Way::Direct)[0].host, "10.0.0.3");
  EXPECT_TRUE(table.addresses(DcId(203), Way::Direct).empty());
}

// C8: a tunnel may be allowed to reach static addresses only.
TEST(DcTable, StaticAddressesGoFirstThroughATunnel) {
  DcTable table;
  DcOption ipv6 = option(2, "2001:db8::1");
  ipv6.ipv6 = true;
  DcOption fixed = option(2, "10.0.0.7");
  fixed.static_ip = true;
  table.options = {ipv6, option(2, "10.0.0.1"), fixed};
  const auto hosts = [&table](Way way) {
    std::vector<std::string> found;
    for (const DcOption& known : table.addresses(DcId(2), way))
      found.push_back(known.host);
    return found;
  };
  EXPECT_EQ(hosts(Way::Direct), (std::vector<std::string>{"10.0.0.1", "10.0.0.7", "2001:db8::1"}));
  EXPECT_EQ(hosts(Way::Tunnel), (std::vector<std::string>{"10.0.0.7", "10.0.0.1", "2001:db8::1"}));
  ClientOptions options;
  EXPECT_EQ(way_of(options), Way::Direct);
  options.tunnel = net::ProxyServer{};
  EXPECT_EQ(way_of(options), Way::Tunnel);
}

TEST(DcTable, MergeLeavesOutWhatCannotBeUsed) {
  DcTable table;
  table.options = {option(2, "10.0.0.2")};
  std::vector<DcOption> fresh = {option(0, "10.0.0.1"), option(-3, "10.0.0.1"), option(20000, "10.0.0.1"),
                                 option(2, "not an address"), option(2, "10.0.0.9", 0)};
  for (int i = 0; i < 5000; ++i)
    fresh.push_back(option(2, "10.1." + std::to_string(i / 250) + "." + std::to_string(i % 250)));
  table.merge(std::move(fresh));
  EXPECT_LE(table.options.size(), 512U);
  for (const DcOption& known : table.options)
    EXPECT_EQ(known.dc, DcId(2));
  EXPECT_EQ(table.options.back().host, "10.0.0.2");
}

TEST(LinkPlan, ChoosesAddressAndDisguise) {
  ClientOptions options;
  options.dcs = DcTable::test();
  const LinkPlan plain = plan_link(option(2, "10.0.0.2"), options);
  EXPECT_EQ(plain.address, (net::Address{"10.0.0.2", 443}));
  EXPECT_EQ(plain.transport.obfuscation, mtproto::Obfuscation::None);
  EXPECT_EQ(plain.transport.wire_dc, 10002);

  DcOption tcpo = option(2, "10.0.0.2");
  tcpo.tcpo_only = true;
  EXPECT_EQ(plan_link(tcpo, options).transport.obfuscation, mtproto::Obfuscation::Plain);

  DcOption with_secret = option(2, "10.0.0.2");
  with_secret.secret = Bytes(17, 0x11);
  with_secret.secret[0] = 0xdd;
  const LinkPlan padded = plan_link(with_secret, options);
  EXPECT_EQ(padded.transport.obfuscation, mtproto::Obfuscation::MtproxySecret);
  EXPECT_EQ(padded.transport.kind, mtproto::TransportKind::PaddedIntermediate);
  EXPECT_EQ(padded.transport.secret[0], 0x11);

  with_secret.secret[0] = 0xee;
  with_secret.secret.push_back('h');
  EXPECT_EQ(plan_link(with_secret, options).tls_host, "h");
  EXPECT_EQ(plan_link(with_secret, options).transport.kind, mtproto::TransportKind::PaddedIntermediate);
  with_secret.secret = Bytes(5, 0x11);
  EXPECT_EQ(plan_link(with_secret, options).transport.obfuscation, mtproto::Obfuscation::None);

  options.transport = mtproto::TransportKind::Full;
  options.obfuscated = true;
  EXPECT_EQ(plan_link(option(2, "10.0.0.2"), options).transport.kind, mtproto::TransportKind::Intermediate);

  options.mtproxy = MtproxyOptions{{"proxy.example", 8443}, {}};
  const LinkPlan proxied = plan_link(option(4, "10.0.0.4"), options);
  EXPECT_EQ(proxied.address, (net::Address{"proxy.example", 8443}));
  EXPECT_EQ(proxied.transport.obfuscation, mtproto::Obfuscation::MtproxySecret);
  EXPECT_EQ(proxied.transport.wire_dc, 10004);
}

}  // namespace
}  // namespace ledgram::telegram
