#include "ledgram/app/config_http.hpp"

#include "ledgram/app/config_table.hpp"
#include "ledgram/cli/size.hpp"

#include <chrono>
#include <utility>

namespace ledgram::app {
namespace {

constexpr std::int64_t kDay = 86400;

/// A setting of seconds, or what was there before.
nanoseconds seconds(TableReader& reader, std::string_view key, nanoseconds usual) {
  const auto given = reader.number(key);
  if (!given)
    return usual;
  if (*given < 1 || *given > kDay)
    reader.fail(key, "a number of seconds from 1 to 86400");
  return std::chrono::seconds(*given);
}

std::size_t count(TableReader& reader, std::string_view key, std::size_t usual) {
  constexpr std::int64_t kMost = 10'000'000;
  const std::int64_t given = reader.number(key).value_or(static_cast<std::int64_t>(usual));
  if (given < 1 || given > kMost)
    reader.fail(key, "a number from 1 to 10000000");
  return static_cast<std::size_t>(given);
}

std::size_t size(TableReader& reader, std::string_view key, std::size_t usual, std::int64_t most) {
  const auto given = reader.text(key);
  if (!given)
    return usual;
  constexpr std::int64_t kLeast = 1024;
  const auto bytes = cli::parse_size(*given);
  if (!bytes || *bytes < kLeast || *bytes > most)
    reader.fail(key, "a size of at least 1K and not too large, as \"64K\"");
  return static_cast<std::size_t>(bytes.value_or(kLeast));
}

void networks(TableReader& reader, std::string_view key, http::Networks& into) {
  for (const std::string& text : reader.texts(key)) {
    if (!into.add(text))
      reader.fail(key, "a list of addresses and networks, as [\"127.0.0.1\", \"10.0.0.0/8\"]");
  }
}

void read_limits(TableReader& reader, http::Limits& limits) {
  constexpr std::int64_t kMostHeader = 1 << 20;
  constexpr std::int64_t kMostBody = 1 << 28;
  limits.read.header_bytes = size(reader, "max_headers", limits.read.header_bytes, kMostHeader);
  limits.read.body_bytes = size(reader, "max_body", limits.read.body_bytes, kMostBody);
  limits.header_time = seconds(reader, "header_time", limits.header_time);
  limits.body_time = seconds(reader, "body_time", limits.body_time);
  limits.idle_time = seconds(reader, "idle_time", limits.idle_time);
  limits.write_time = seconds(reader, "write_time", limits.write_time);
  limits.request_time = seconds(reader, "request_time", limits.request_time);
  limits.connections = count(reader, "connections", limits.connections);
  limits.connections_per_address = count(reader, "connections_per_address", limits.connections_per_address);
  limits.requests_per_connection = count(reader, "requests_per_connection", limits.requests_per_connection);
  const std::int64_t rate =
      reader.number("requests_per_second").value_or(static_cast<std::int64_t>(limits.requests_per_second));
  if (rate < 0)
    reader.fail("requests_per_second", "a number of requests, or 0 for any number");
  limits.requests_per_second = static_cast<double>(rate);
  if (reader.has("unlimited")) {
    limits.unlimited = {};
    networks(reader, "unlimited", limits.unlimited);
  }
}

bool is_origin(std::string_view text) {
  const bool has_scheme = text.starts_with("https://") || text.starts_with("http://");
  return has_scheme && text.find('/', text.find("://") + 3) == std::string_view::npos;
}

}  // namespace

std::optional<AppError> read_http(const toml::table& table, const std::filesystem::path& path, HttpConfig& config) {
  TableReader reader(table, "http", path);
  http::ServerOptions& server = config.server;
  server.address = reader.text("address").value_or(server.address);
  if (!http::address_in(server.address))
    reader.fail("address", "an IP address of this machine, or \"0.0.0.0\" or \"::\" for all");
  const std::int64_t port = reader.number("port").value_or(server.port);
  if (port < 0 || port > 65535)
    reader.fail("port", "a port number from 1 to 65535, or 0 for any that is free");
  server.port = static_cast<std::uint16_t>(port);
  const std::string certificate = reader.text("certificate").value_or("");
  const std::string key = reader.text("key").value_or("");
  if (certificate.empty() != key.empty())
    reader.fail(certificate.empty() ? "key" : "certificate", "beside the other of certificate and key");
  if (!certificate.empty())
    server.tls = http::TlsFiles{path.parent_path() / certificate, path.parent_path() / key};
  networks(reader, "trusted_proxies", server.trusted_proxies);
  config.allowed_origins = reader.texts("allowed_origins");
  for (const std::string& origin : config.allowed_origins) {
    if (!is_origin(origin))
      reader.fail("allowed_origins", "a list of origins, as [\"https://app.example.org\"]");
  }
  read_limits(reader, server.limits);
  config.readers = count(reader, "readers", config.readers);
  config.login_time =
      std::chrono::duration_cast<std::chrono::seconds>(seconds(reader, "login_time", config.login_time));
  return reader.error();
}

std::string http_config_text() {
  return "# The HTTP interface of `ledgram serve`.\n"
         "[http]\n"
         "# Where it listens. Port 0 takes any free one; serve prints it.\n"
         "# address = \"127.0.0.1\"\n"
         "# port = 8010\n\n"
         "# Certificate (with its chain) and key, as PEM, in this folder unless they have a path. Without them: plain "
         "HTTP.\n"
         "# certificate = \"cert.pem\"\n"
         "# key = \"key.pem\"\n\n"
         "# Reverse proxies whose X-Forwarded-For, -Proto and -Host are believed.\n"
         "# trusted_proxies = [\"127.0.0.1\"]\n\n"
         "# Pages of other origins that may use it in a browser.\n"
         "# allowed_origins = [\"https://app.example.org\"]\n\n"
         "# Limits: docs/http.md names all of them.\n"
         "# max_body = \"1M\"\n"
         "# request_time = 30\n"
         "# login_time = 600\n"
         "# connections_per_address = 256\n"
         "# requests_per_second = 100\n";
}

}  // namespace ledgram::app
