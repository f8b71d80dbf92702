#include "ledgram/app/config.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace ledgram::app {
namespace {

using namespace std::chrono_literals;

AppResult<Config> parse(std::string_view settings) {
  return parse_config("[telegram]\nsimulator = \"/s\"\n[http]\n" + std::string(settings), "/data/ledgram.toml");
}

std::string complaint(std::string_view settings) {
  const auto parsed = parse(settings);
  return parsed ? "" : parsed.error().message;
}

TEST(HttpConfig, StandardIsThisMachineOnly) {
  const HttpConfig http = parse("").value().http;
  EXPECT_EQ(http.server.address, "127.0.0.1");
  EXPECT_EQ(http.server.port, 8010);
  EXPECT_FALSE(http.server.tls);
  EXPECT_TRUE(http.server.trusted_proxies.empty());
  EXPECT_TRUE(http.allowed_origins.empty());
}

TEST(HttpConfig, EverySettingIsRead) {
  const HttpConfig http = parse(R"(
address = "::"
port = 0
certificate = "cert.pem"
key = "/etc/key.pem"
trusted_proxies = ["10.0.0.0/8", "::1"]
allowed_origins = ["https://app.example.org", "http://localhost:3000"]
readers = 4
max_headers = "8K"
max_body = "2M"
header_time = 1
body_time = 2
idle_time = 3
write_time = 4
request_time = 5
connections = 6
connections_per_address = 7
requests_per_connection = 8
requests_per_second = 9
unlimited = []
)")
                              .value()
                              .http;
  EXPECT_EQ(http.server.address, "::");
  EXPECT_EQ(http.server.port, 0);
  ASSERT_TRUE(http.server.tls);
  EXPECT_EQ(http.server.tls->certificate, "/data/cert.pem");
  EXPECT_EQ(http.server.tls->key, "/etc/key.pem");
  EXPECT_TRUE(http.server.trusted_proxies.contain(asio::ip::make_address("10.1.2.3")));
  EXPECT_EQ(http.allowed_origins.size(), 2U);
  EXPECT_EQ(http.readers, 4U);
  const http::Limits& limits = http.server.limits;
  EXPECT_EQ(limits.read.header_bytes, 8192U);
  EXPECT_EQ(limits.read.body_bytes, std::size_t{2} << 20);
  EXPECT_EQ(limits.header_time, 1s);
  EXPECT_EQ(limits.body_time, 2s);
  EXPECT_EQ(limits.idle_time, 3s);
  EXPECT_EQ(limits.write_time, 4s);
  EXPECT_EQ(limits.request_time, 5s);
  EXPECT_EQ(limits.connections, 6U);
  EXPECT_EQ(limits.connections_per_address, 7U);
  EXPECT_EQ(limits.requests_per_connection, 8U);
  EXPECT_EQ(limits.requests_per_second, 9.0);
  EXPECT_TRUE(limits.unlimited.empty());
}

TEST(HttpConfig, MistakesAreNamed) {
  for (const auto& [settings, name] :
       {std::pair{"address = \"everywhere\"", "http.address"}, std::pair{"port = 70000", "http.port"},
        std::pair{"certificate = \"c\"", "http.certificate"}, std::pair{"key = \"k\"", "http.key"},
        std::pair{"trusted_proxies = [\"proxy\"]", "http.trusted_proxies"},
        std::pair{"trusted_proxies = \"::1\"", "http.trusted_proxies"}, std::pair{"unlimited = [1]", "http.unlimited"},
        std::pair{"allowed_origins = [\"app.example.org\"]", "http.allowed_origins"},
        std::pair{"allowed_origins = [\"https://a/b\"]", "http.allowed_origins"},
        std::pair{"max_body = \"1\"", "http.max_body"}, std::pair{"max_headers = \"2M\"", "http.max_headers"},
        std::pair{"request_time = 0", "http.request_time"}, std::pair{"connections = 0", "http.connections"},
        std::pair{"requests_per_second = -1", "http.requests_per_second"}, std::pair{"prot = 80", "http.prot"}})
    EXPECT_NE(complaint(settings).find(name), std::string::npos) << settings << ": " << complaint(settings);
}

}  // namespace
}  // namespace ledgram::app
