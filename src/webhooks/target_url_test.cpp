#include "ledgram/webhooks/target_url.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledgram::webhooks {
namespace {

TEST(TargetUrl, TakesHttpAndHttps) {
  const AddressGuard guard;
  for (const char* url : {"https://example.org/hook", "http://example.org", "HTTPS://EXAMPLE.ORG:8443/a?b=c&d=%20e",
                          "https://8.8.8.8/", "https://[2606:4700::1]:443/x", "http://xn--bcher-kva.example/"}) {
    const auto target = parse_target(url, guard);
    ASSERT_TRUE(target) << url << ": " << target.error().message;
    EXPECT_EQ(target->url, url);
  }
  EXPECT_EQ(parse_target("https://example.org:8443/secret?token=1", guard)->host, "example.org:8443");
}

TEST(TargetUrl, RefusesWhatIsNoSuchUrl) {
  const AddressGuard guard;
  for (const char* url : {"",
                          "example.org",
                          "/hook",
                          "//example.org/",
                          "ftp://example.org/",
                          "file:///etc/passwd",
                          "gopher://example.org/",
                          "unix:/run/socket",
                          "https://",
                          "https:///hook",
                          "https://user@example.org/",
                          "https://user:pass@example.org/",
                          "https://example.org/#part",
                          "https://example.org:0/",
                          "https://example.org:65536/",
                          "https://example.org:99999999/",
                          "https://exa mple.org/",
                          "https://example.org/\r\nX-Header: 1",
                          "https://example.org/a b",
                          "https://[::1",
                          "javascript:alert(1)",
                          "https://[v1.abc]/"}) {
    const auto target = parse_target(url, guard);
    ASSERT_FALSE(target) << url;
    EXPECT_EQ(target.error().code, WebhookErrc::BadUrl) << url;
  }
  EXPECT_FALSE(parse_target("https://example.org/" + std::string(kLongestUrl, 'a'), guard));
}

TEST(TargetUrl, RefusesAddressesThatTheGuardDoesNotPermit) {
  const AddressGuard guard;
  for (const char* url : {"http://127.0.0.1:8010/", "http://10.0.0.1/", "http://[::1]/", "http://[fe80::1]/",
                          "http://[::ffff:169.254.169.254]/latest/meta-data", "https://0.0.0.0/"}) {
    const auto target = parse_target(url, guard);
    ASSERT_FALSE(target) << url;
    EXPECT_EQ(target.error().code, WebhookErrc::ForbiddenAddress) << url;
  }
  const std::vector<std::string> allowed = {"127.0.0.0/8"};
  EXPECT_TRUE(parse_target("http://127.0.0.1:8010/", AddressGuard::allowing(allowed).value()));
}

}  // namespace
}  // namespace ledgram::webhooks
