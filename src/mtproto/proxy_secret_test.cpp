#include "ledgram/mtproto/proxy_secret.hpp"

#include <gtest/gtest.h>

namespace ledgram::mtproto {
namespace {

using Disguise = ParsedProxySecret::Disguise;

constexpr std::string_view kKeyHex = "00112233445566778899aabbccddeeff";

TEST(ProxySecret, SixteenBytesInEveryAlphabet) {
  // base64 and base64url of fbef00112233445566778899aabbccdd, from Python's base64 module.
  for (const std::string_view text : {"fbef00112233445566778899aabbccdd", "FBEF00112233445566778899AABBCCDD",
                                      "++8AESIzRFVmd4iZqrvM3Q==", "--8AESIzRFVmd4iZqrvM3Q"}) {
    const auto parsed = parse_proxy_secret(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(to_hex(parsed->key), "fbef00112233445566778899aabbccdd");
    EXPECT_EQ(parsed->disguise, Disguise::None);
    EXPECT_EQ(parsed->transport(TransportKind::Abridged), TransportKind::Abridged);
  }
}

TEST(ProxySecret, SeventeenBytesDemandPadding) {
  for (const std::string_view first : {"dd", "01", "ee"}) {
    const auto parsed = parse_proxy_secret(std::string(first) + std::string(kKeyHex));
    ASSERT_TRUE(parsed) << first;
    EXPECT_EQ(to_hex(parsed->key), kKeyHex);
    EXPECT_EQ(parsed->disguise, Disguise::Padding);
    EXPECT_EQ(parsed->transport(TransportKind::Abridged), TransportKind::PaddedIntermediate);
  }
}

TEST(ProxySecret, TlsSecretsCarryAHost) {
  const auto parsed = parse_proxy_secret("ee" + std::string(kKeyHex) + to_hex(as_bytes("example.org")));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(to_hex(parsed->key), kKeyHex);
  EXPECT_EQ(parsed->disguise, Disguise::Tls);
  EXPECT_EQ(parsed->tls_host, "example.org");
}

TEST(ProxySecret, RefusesRubbishWithoutRepeatingIt) {
  const std::string long_host = "ee" + std::string(kKeyHex) + to_hex(Bytes(183, 'a'));
  for (const std::string& text :
       {std::string("secret!"), std::string("0011"), std::string(), long_host, "dd" + std::string(kKeyHex) + "00"}) {
    const auto parsed = parse_proxy_secret(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().code, MtprotoErrc::BadProxySecret);
    if (!text.empty()) {
      EXPECT_EQ(parsed.error().message.find(text), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace ledgram::mtproto
