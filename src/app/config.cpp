#include "ledgram/app/config.hpp"

#include "ledgram/app/config_http.hpp"
#include "ledgram/app/config_table.hpp"
#include "ledgram/app/config_webhooks.hpp"
#include "ledgram/cli/size.hpp"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

namespace ledgram::app {
namespace {

using mtproto::TransportKind;

struct NamedTransport {
  std::string_view name;
  TransportKind kind;
};

constexpr std::array<NamedTransport, 4> kTransports{{{"abridged", TransportKind::Abridged},
                                                     {"intermediate", TransportKind::Intermediate},
                                                     {"padded", TransportKind::PaddedIntermediate},
                                                     {"full", TransportKind::Full}}};

std::optional<AppError> read_proxy(const toml::table& table, const std::filesystem::path& path, Config& config) {
  TableReader reader(table, "telegram.mtproxy", path);
  net::Address address;
  address.host = reader.text("host").value_or("");
  const std::int64_t port = reader.number("port").value_or(0);
  if (port < 1 || port > 65535)
    reader.fail("port", "a port number from 1 to 65535");
  address.port = static_cast<std::uint16_t>(port);
  const SecretText secret(reader.text("secret").value_or(""));
  const auto parsed = mtproto::parse_proxy_secret(secret.reveal());
  if (!parsed)
    reader.fail("secret", "the secret of an MTProxy, as its link has it");
  if (auto error = reader.error())
    return error;
  if (address.host.empty() || port == 0 || !parsed) {
    return AppError{AppErrc::BadConfiguration, fmt::format("{} line {}: [telegram.mtproxy] needs host, port and secret",
                                                           path.string(), table.source().begin.line)};
  }
  config.proxy = telegram::mtproxy_options(std::move(address), *parsed);
  return std::nullopt;
}

std::optional<AppError> read_telegram(const toml::table& table, const std::filesystem::path& path, Config& config) {
  TableReader reader(table, "telegram", path);
  const std::int64_t api_id = reader.number("api_id").value_or(0);
  if (api_id < 0 || api_id > INT32_MAX)
    reader.fail("api_id", "the number that my.telegram.org shows");
  config.api_id = static_cast<std::int32_t>(api_id);
  config.api_hash = SecretText(reader.text("api_hash").value_or(""));

  const std::string environment = reader.text("environment").value_or("production");
  if (environment == "test") {
    config.environment = Environment::Test;
  } else if (environment != "production") {
    reader.fail("environment", R"("production" or "test")");
  }
  if (auto simulator = reader.text("simulator")) {
    config.environment = Environment::Simulator;
    config.simulator = *simulator;
  }
  if (auto name = reader.text("transport")) {
    const auto* found = std::ranges::find(kTransports, *name, &NamedTransport::name);
    if (found == kTransports.end()) {
      reader.fail("transport", R"("abridged", "intermediate", "padded" or "full")");
    } else {
      config.transport = found->kind;
    }
  }
  config.obfuscated = reader.boolean("obfuscated").value_or(config.obfuscated);
  if (const auto wanted = reader.boolean("forward_secrecy"))
    config.forward_secrecy = *wanted ? telegram::ForwardSecrecy::On : telegram::ForwardSecrecy::Off;
  const std::int64_t patience = reader.number("patience").value_or(config.patience.count());
  constexpr std::int64_t kLongestPatience = 86400;
  if (patience < 1 || patience > kLongestPatience)
    reader.fail("patience", "a number of seconds from 1 to 86400");
  config.patience = std::chrono::seconds(patience);
  const SecretText proxy(reader.text("proxy").value_or(""));
  if (!proxy.empty()) {
    if (auto parsed = telegram::parse_proxy(proxy.reveal())) {
      config.proxy = std::move(*parsed);
    } else {
      reader.fail("proxy", parsed.error().message);
    }
  }
  const toml::table* mtproxy = reader.table("mtproxy");
  if (mtproxy != nullptr && !proxy.empty())
    reader.fail("mtproxy", "left out when telegram.proxy is there");
  if (auto error = reader.error())
    return error;
  if (mtproxy != nullptr)
    return read_proxy(*mtproxy, path, config);
  return std::nullopt;
}

std::optional<AppError> read_follow(const toml::table& table, const std::filesystem::path& path, Config& config) {
  TableReader reader(table, "follow", path);
  FollowConfig& follow = config.follow;
  const auto keep = [](bool wanted) { return wanted ? follow::Keep::Yes : follow::Keep::No; };
  follow.private_chats = keep(reader.boolean("private_chats").value_or(false));
  follow.groups = keep(reader.boolean("groups").value_or(false));
  follow.wave_limit = reader.number("wave_limit").value_or(follow.wave_limit);
  if (follow.wave_limit < 0)
    reader.fail("wave_limit", "a number of deletions a minute, or 0 for any number");
  const std::int64_t silence = reader.number("silence").value_or(follow.silence.count());
  constexpr std::int64_t kLongestSilence = 86400;
  if (silence < 1 || silence > kLongestSilence)
    reader.fail("silence", "a number of seconds from 1 to 86400");
  follow.silence = std::chrono::seconds(silence);
  return reader.error();
}

std::optional<AppError> read_log(const toml::table& table, const std::filesystem::path& path, LogConfig& config) {
  TableReader reader(table, "log", path);
  if (const auto level = reader.text("level")) {
    if (auto spec = log::parse_level_spec(*level)) {
      config.levels = std::move(*spec);
    } else {
      reader.fail("level", R"(a level as "info", or levels of modules as "info,telegram=debug": )" + spec.error());
    }
  }
  if (const auto format = reader.text("format")) {
    if (*format == "text") {
      config.format = log::Format::Text;
    } else if (*format == "json") {
      config.format = log::Format::Json;
    } else {
      reader.fail("format", R"("text" or "json")");
    }
  }
  config.file = reader.text("file").value_or("");
  if (const auto size = reader.text("max_size")) {
    constexpr std::int64_t kLeast = 4096;
    const auto bytes = cli::parse_size(*size);
    if (!bytes || *bytes < kLeast)
      reader.fail("max_size", R"(a size of at least 4K, as "50M")");
    config.max_size = static_cast<std::uint64_t>(bytes.value_or(kLeast));
  }
  const std::int64_t keep = reader.number("keep").value_or(static_cast<std::int64_t>(config.keep));
  constexpr std::int64_t kMostFiles = 1000;
  if (keep < 0 || keep > kMostFiles)
    reader.fail("keep", "a number of files from 0 to 1000");
  config.keep = static_cast<std::size_t>(keep);
  return reader.error();
}

}  // namespace

std::filesystem::path config_path(const std::filesystem::path& data) {
  return data / "ledgram.toml";
}

AppResult<Config> parse_config(std::string_view text, const std::filesystem::path& path) {
  toml::table root;
  try {
    root = toml::parse(text, path.string());
  } catch (const toml::parse_error& error) {
    return std::unexpected(AppError{AppErrc::BadConfiguration,
                                    fmt::format("{} line {}: {}; correct the file and run the command again",
                                                path.string(), error.source().begin.line, error.description())});
  }
  Config config;
  TableReader reader(root, "", path);
  const toml::table* telegram = reader.table("telegram");
  const toml::table* follow = reader.table("follow");
  const toml::table* log = reader.table("log");
  const toml::table* http = reader.table("http");
  const toml::table* webhooks = reader.table("webhooks");
  if (auto error = reader.error())
    return std::unexpected(std::move(*error));
  if (telegram != nullptr) {
    if (auto error = read_telegram(*telegram, path, config))
      return std::unexpected(std::move(*error));
  }
  if (follow != nullptr) {
    if (auto error = read_follow(*follow, path, config))
      return std::unexpected(std::move(*error));
  }
  if (log != nullptr) {
    if (auto error = read_log(*log, path, config.log))
      return std::unexpected(std::move(*error));
  }
  if (http != nullptr) {
    if (auto error = read_http(*http, path, config.http))
      return std::unexpected(std::move(*error));
  }
  if (webhooks != nullptr) {
    if (auto error = read_webhooks(*webhooks, path, config.webhooks))
      return std::unexpected(std::move(*error));
  }
  if (config.environment != Environment::Simulator && (config.api_id == 0 || config.api_hash.empty())) {
    return std::unexpected(AppError{
        AppErrc::BadConfiguration,
        fmt::format("{}: [telegram] needs api_id and api_hash; get them from my.telegram.org", path.string())});
  }
  return config;
}

AppResult<Config> read_config(const std::filesystem::path& data) {
  const std::filesystem::path path = config_path(data);
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int reason = errno;
    if (reason == ENOENT) {
      return std::unexpected(
          AppError{AppErrc::NotInitialised,
                   fmt::format("there is no configuration in {}; run `ledgram init` first", data.string())});
    }
    return std::unexpected(
        AppError{AppErrc::BadConfiguration, fmt::format("cannot read {}: {}", path.string(), std::strerror(reason))});
  }
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return parse_config(text, path);
}

std::string config_text(const Config& config) {
  std::string text =
      "# Configuration of ledgram. It holds a secret: keep it readable by its owner only.\n\n"
      "[telegram]\n";
  if (config.environment == Environment::Simulator) {
    text += fmt::format(
        "# The data folder of a running ledgram-sim; its addresses and key are read from there at each start.\n"
        "simulator = {}\n\n",
        fmt::streamed(toml::value<std::string>(config.simulator.string())));
  }
  text += fmt::format(
      "# Your application's identity, from my.telegram.org.\n"
      "api_id = {}\napi_hash = {}\n\n",
      config.api_id, fmt::streamed(toml::value<std::string>(config.api_hash.reveal())));
  text +=
      "# Telegram's servers: \"production\" or \"test\".\n"
      "# environment = \"production\"\n\n"
      "# How messages are framed: \"abridged\", \"intermediate\", \"padded\" or \"full\".\n"
      "# transport = \"intermediate\"\n\n"
      "# Whether connections are obfuscated, for networks that block Telegram by its first bytes.\n"
      "# obfuscated = false\n\n"
      "# Whether messages are encrypted with keys that are forgotten after a day. Off only for servers that cannot do "
      "it.\n"
      "# forward_secrecy = true\n\n"
      "# A command gives up when Telegram has not answered for so many seconds. Flood waits do not count.\n"
      "# patience = 30\n\n"
      "# A proxy for the accounts that have none of their own (`ledgram account proxy`):\n"
      "# socks5://[user:password@]host:port, http://[user:password@]host:port, or the link of an MTProxy.\n"
      "# proxy = \"tg://proxy?server=proxy.example.org&port=443&secret=...\"\n\n"
      "# What `ledgram serve` stores beside the channels and supergroups that are followed.\n"
      "[follow]\n"
      "# private_chats = false\n"
      "# groups = false\n\n"
      "# Deletions a minute that a channel may have before further ones are recorded and held back. 0: any number.\n"
      "# wave_limit = 0\n\n"
      "# An account or channel that has heard nothing for so many seconds asks Telegram for what it missed.\n"
      "# silence = 900\n\n"
      "# The log of `ledgram serve`.\n"
      "[log]\n"
      "# What it shows: trace, debug, info, warning, error or off, and other levels for single modules.\n"
      "# level = \"info,telegram=debug\"\n\n"
      "# \"text\", or \"json\": one object a line.\n"
      "# format = \"text\"\n\n"
      "# A file instead of standard error, in this folder unless it has a path; rotated when it has this size.\n"
      "# file = \"ledgram.log\"\n"
      "# max_size = \"50M\"\n"
      "# keep = 5\n\n";
  text += http_config_text();
  text += '\n' + webhook_config_text();
  return text;
}

}  // namespace ledgram::app
