#pragma once

/// The configuration file DIR/ledgram.toml: reading it with every setting checked, and writing the first one.

#include "ledgram/app/error.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/follow/policy.hpp"
#include "ledgram/http/options.hpp"
#include "ledgram/login/desk.hpp"
#include "ledgram/mtproto/frame.hpp"
#include "ledgram/telegram/options.hpp"
#include "ledgram/telegram/proxy.hpp"
#include "ledgram/webhooks/http_client.hpp"
#include "ledgram/webhooks/retry.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::app {

enum class Environment : std::uint8_t { Production, Test, Simulator };

/// What `ledgram serve` stores, and when it becomes careful.
struct FollowConfig {
  follow::Keep private_chats = follow::Keep::No;
  follow::Keep groups = follow::Keep::No;  ///< basic groups; supergroups are followed like channels
  /// Deletions a minute and channel that are believed at once; further ones are recorded and held back. 0: no limit.
  std::int64_t wave_limit = 0;
  /// An account or channel that heard nothing for so long asks.
  std::chrono::seconds silence{15 * 60};
};

/// [log], for `ledgram serve`. What the command line says goes before it.
struct LogConfig {
  log::LevelSpec levels;
  std::optional<log::Format> format;
  std::filesystem::path file;  ///< empty: standard error; relative to the data folder
  std::uint64_t max_size = log::FileSetup().max_size;
  std::size_t keep = log::FileSetup().keep;
};

/// [http], for `ledgram serve`.
struct HttpConfig {
  http::ServerOptions server;
  std::vector<std::string> allowed_origins;
  std::size_t readers = 2;  ///< threads that read the ledger
  /// A login to Telegram that nobody comes back to is given up after this time.
  std::chrono::seconds login_time = login::DeskOptions().idle_time;
};

/// [webhooks], for `ledgram serve`.
struct WebhookConfig {
  webhooks::AddressGuard guard;
  webhooks::RetryPolicy retry;
  nanoseconds request_time = webhooks::HttpLimits().whole_time;
  std::filesystem::path ca_file;  ///< empty: the system's authorities
};

struct Config {
  std::int32_t api_id = 0;
  SecretText api_hash;
  Environment environment = Environment::Production;
  std::filesystem::path simulator;  ///< the simulator's data folder, if that is the environment
  mtproto::TransportKind transport = mtproto::TransportKind::Intermediate;
  bool obfuscated = false;
  telegram::ForwardSecrecy forward_secrecy = telegram::ForwardSecrecy::On;
  std::optional<telegram::Proxy> proxy;  ///< for accounts without one of their own
  /// A command gives up when Telegram has not answered for so long. Flood waits do not count.
  std::chrono::seconds patience{30};
  FollowConfig follow;
  LogConfig log;
  HttpConfig http;
  WebhookConfig webhooks;
};

/// Where the configuration of a data folder stands.
std::filesystem::path config_path(const std::filesystem::path& data);

/// Errors: NotInitialised (no file), BadConfiguration (names the file and the line or the setting).
AppResult<Config> read_config(const std::filesystem::path& data);

/// `text` is the file's content; `path` only names it in errors.
AppResult<Config> parse_config(std::string_view text, const std::filesystem::path& path);

/// The text of a first configuration with a comment for each setting.
std::string config_text(const Config& config);

}  // namespace ledgram::app
