#include "ledgram/telegram/proxy.hpp"

#include "ledgram/telegram/dc_link.hpp"

#include <gtest/gtest.h>

namespace ledgram::telegram {
namespace {

using Disguise = mtproto::ParsedProxySecret::Disguise;

constexpr std::string_view kKey = "00112233445566778899aabbccddeeff";

Proxy proxy(std::string_view text) {
  auto parsed = parse_proxy(text);
  if (!parsed) {
    ADD_FAILURE() << text << ": " << parsed.error().message;
    return {};
  }
  return std::move(*parsed);
}

net::ProxyServer server(std::string_view text) {
  const Proxy parsed = proxy(text);
  return std::get<net::ProxyServer>(parsed);
}

MtproxyOptions mtproxy(std::string_view text) {
  const Proxy parsed = proxy(text);
  return std::get<MtproxyOptions>(parsed);
}

TEST(ProxyAddress, Socks5) {
  const auto plain = server("socks5://proxy.example.org:1080");
  EXPECT_EQ(plain.kind, net::ProxyKind::Socks5);
  EXPECT_EQ(plain.address, (net::Address{"proxy.example.org", 1080}));
  EXPECT_TRUE(plain.login.empty());
  const auto login = server(" SOCKS5h://an%6E:p%40ss%3Aw%2F%23@127.0.0.1:1/\n");
  EXPECT_EQ(login.login.user.reveal(), "ann");
  EXPECT_EQ(login.login.password.reveal(), "p@ss:w/#");
  EXPECT_EQ(server("socks5://ann@[2001:db8::1]:9").address, (net::Address{"2001:db8::1", 9}));
  const auto link = server("https://t.me/socks?server=proxy.example.org&port=1080&user=ann&pass=p%40ss");
  EXPECT_EQ(link.kind, net::ProxyKind::Socks5);
  EXPECT_EQ(link.login.password.reveal(), "p@ss");
  EXPECT_EQ(server("tg://socks?server=h&port=5").address, (net::Address{"h", 5}));
}

TEST(ProxyAddress, HttpConnect) {
  const auto plain = server("http://proxy.example.org:3128");
  EXPECT_EQ(plain.kind, net::ProxyKind::HttpConnect);
  EXPECT_EQ(server("http://ann:b%20c@h:8080").login.password.reveal(), "b c");
}

TEST(ProxyAddress, MtproxyLinksWithEverySecret) {
  for (const std::string_view head : {"tg://proxy", "https://t.me/proxy", "http://telegram.me/proxy", "TG://proxy"}) {
    const std::string begin = std::string(head) + "?server=proxy.example.org&port=443&secret=";
    const auto plain = mtproxy(begin + std::string(kKey));
    EXPECT_EQ(plain.address, (net::Address{"proxy.example.org", 443}));
    EXPECT_EQ(to_hex(plain.secret), kKey);
    EXPECT_EQ(plain.disguise, Disguise::None);
    EXPECT_EQ(mtproxy(begin + "dd" + std::string(kKey)).disguise, Disguise::Padding);
    const auto tls = mtproxy(begin + "ee" + std::string(kKey) + to_hex(as_bytes("example.org")));
    EXPECT_EQ(tls.disguise, Disguise::Tls);
    EXPECT_EQ(tls.tls_host, "example.org");
  }
  // base64 with every sign that a query could misread, raw and percent-encoded
  for (const std::string_view secret :
       {"++8AESIzRFVmd4iZqrvM3Q==", "--8AESIzRFVmd4iZqrvM3Q", "%2B%2B8AESIzRFVmd4iZqrvM3Q%3D%3D"}) {
    EXPECT_EQ(to_hex(mtproxy("tg://proxy?port=1&server=h&secret=" + std::string(secret)).secret),
              "fbef00112233445566778899aabbccdd");
  }
}

TEST(ProxyAddress, RefusesTheRestWithoutRepeatingIt) {
  const std::string long_name(300, 'u');
  for (const std::string& text : std::vector<std::string>{"",
                                                          "hunter2",
                                                          "hunter2:1080",
                                                          "socks5://",
                                                          "socks5://:1080",
                                                          "socks5://hunter2",
                                                          "socks5://hunter2:0",
                                                          "socks5://hunter2:65536",
                                                          "socks5://hunter2:12x",
                                                          "socks5://hunter2:1080/path",
                                                          "socks5://hunter2:1080?x=hunter2",
                                                          "socks5://:hunter2@h:1",
                                                          "socks5://" + long_name + ":hunter2@h:1",
                                                          "http://a%3Ab:hunter2@h:1",
                                                          "http://h%0d%0aX:hunter2:1",
                                                          "https://hunter2:443",
                                                          "ftp://hunter2:21",
                                                          "socks4://hunter2:1080",
                                                          "tg://proxy",
                                                          "tg://proxy?server=hunter2&port=443",
                                                          "tg://proxy?server=hunter2&port=443&secret=hunter2",
                                                          "tg://proxy?server=&port=443&secret=" + std::string(kKey),
                                                          "tg://hunter2?server=h&port=1",
                                                          "https://t.me/hunter2?server=h&port=1",
                                                          "https://t.me",
                                                          "socks5://h:1" + std::string(5000, '1')}) {
    const auto parsed = parse_proxy(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, TelegramErrc::BadProxy);
    EXPECT_EQ(parsed.error().message.find("hunter2"), std::string::npos) << parsed.error().message;
  }
}

TEST(ProxyAddress, IsShownWithoutSecrets) {
  EXPECT_EQ(describe(proxy("socks5://ann:hunter2@h:1")), "socks5://h:1");
  EXPECT_EQ(describe(proxy("http://ann:hunter2@[::1]:1")), "http://[::1]:1");
  const std::string link = "tg://proxy?server=h&port=443&secret=";
  EXPECT_EQ(describe(proxy(link + std::string(kKey))), "MTProxy h:443");
  EXPECT_EQ(describe(proxy(link + "dd" + std::string(kKey))), "MTProxy h:443 (dd)");
  EXPECT_EQ(describe(proxy(link + "ee" + std::string(kKey) + "6162")), "MTProxy h:443 (looks like TLS)");
}

TEST(ProxyAddress, DecidesHowALinkIsMade) {
  DcOption option;
  option.dc = DcId(2);
  option.host = "149.154.167.51";
  ClientOptions options;
  options.transport = mtproto::TransportKind::Abridged;
  use_proxy(options, proxy("socks5://h:1"));
  LinkPlan plan = plan_link(option, options);
  ASSERT_TRUE(plan.tunnel);
  EXPECT_EQ(plan.tunnel->address, (net::Address{"h", 1}));
  EXPECT_EQ(plan.address, (net::Address{"149.154.167.51", 443}));
  EXPECT_EQ(plan.transport.obfuscation, mtproto::Obfuscation::None);
  EXPECT_TRUE(plan.tls_host.empty());

  const std::string link = "tg://proxy?server=p&port=443&secret=";
  use_proxy(options, proxy(link + std::string(kKey)));
  plan = plan_link(option, options);
  EXPECT_FALSE(plan.tunnel) << "the proxy before is not used any more";
  EXPECT_EQ(plan.transport.kind, mtproto::TransportKind::Abridged);
  EXPECT_EQ(plan.transport.wire_dc, 2);
  use_proxy(options, proxy(link + "dd" + std::string(kKey)));
  EXPECT_EQ(plan_link(option, options).transport.kind, mtproto::TransportKind::PaddedIntermediate);
  use_proxy(options, proxy(link + "ee" + std::string(kKey) + "6162"));
  plan = plan_link(option, options);
  EXPECT_EQ(plan.transport.kind, mtproto::TransportKind::PaddedIntermediate);
  EXPECT_EQ(plan.transport.obfuscation, mtproto::Obfuscation::MtproxySecret);
  EXPECT_EQ(plan.tls_host, "ab");
  EXPECT_EQ(plan.address, (net::Address{"p", 443}));
}

}  // namespace
}  // namespace ledgram::telegram
