#pragma once

/// The grammar of the command line: argv in, one command as a plain value out. Nothing is carried out here.

#include "ledgram/base/log.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/cli/exit_code.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ledgram::cli {

enum class Overwrite : std::uint8_t { Refuse, Allow };
enum class OutputFormat : std::uint8_t { Table, Jsonl };
enum class ReportFormat : std::uint8_t { Text, Json };
enum class Follow : std::uint8_t { No, Yes };
enum class LogOut : std::uint8_t { No, Yes };
enum class RetryNow : std::uint8_t { No, Yes };
enum class SessionFormat : std::uint8_t { Auto, Telethon, Pyrogram, Tdata };
enum class Confirmation : std::uint8_t { Ask, Given };

/// `init`: writes DIR/ledgram.toml.
struct InitCommand {
  std::optional<std::filesystem::path> simulator;  ///< the simulator's data folder
  std::optional<std::int32_t> api_id;
  SecretText api_hash;
  Overwrite overwrite{Overwrite::Refuse};
};

/// How `account add` logs in when neither a phone number nor a bot token is given.
enum class LoginWay : std::uint8_t { Phone, Qr };

/// `account add`: phone, bot token or QR code, one of them.
struct AccountAddCommand {
  std::string name;  ///< empty: made from the phone number or the bot's number
  LoginWay way{LoginWay::Phone};
  SecretText phone;
  SecretText code;
  SecretText password;
  SecretText bot_token;
  SecretText proxy;       ///< as AccountProxyCommand has it
  SecretText email;       ///< to set up, if Telegram asks for a login e-mail
  SecretText email_code;  ///< that was sent to this address
};

/// `account import`: a session of another program.
struct AccountImportCommand {
  SecretText source;  ///< a file, a folder, "-" for standard input, or a session string itself
  std::string name;   ///< empty: made from the phone number or the user's number
  SecretText passcode;
  SessionFormat format{SessionFormat::Auto};
  std::optional<int> only;  ///< one account of several, counted from 1
  SecretText proxy;         ///< as AccountProxyCommand has it
};

struct AccountExportCommand {
  std::string name;
  std::optional<std::filesystem::path> output;  ///< nothing: standard output
  Confirmation confirmation{Confirmation::Ask};
};

struct AccountListCommand {};

struct AccountRemoveCommand {
  std::string name;
  LogOut log_out{LogOut::No};
};

/// `account proxy`: a proxy's address, "none" or "default"; empty: show the one in use.
struct AccountProxyCommand {
  std::string name;
  SecretText proxy;
};

/// Channel names are without "@" and without "https://t.me/".
struct ChannelAddCommand {
  std::vector<std::string> channels;
  std::string account;  ///< empty: the only account
};

struct ChannelListCommand {};

struct ChannelRemoveCommand {
  std::string channel;
};

struct CollectCommand {
  std::vector<std::string> channels;  ///< empty: all that are followed
  ReportFormat format{ReportFormat::Text};
};

struct PostsCommand {
  std::string channel;  ///< empty: all
  std::optional<std::int64_t> since;
  std::int64_t limit = 20;
  OutputFormat format{OutputFormat::Table};
  bool deleted = false;   ///< deleted ones, too, and whether they are
  bool versions = false;  ///< with what they were before they were edited; JSON only
};

/// `events`: the outbox as JSON lines.
struct EventsCommand {
  std::int64_t from = 1;
  std::optional<std::int64_t> limit;
  std::string type;  ///< empty: all
  Follow follow{Follow::No};
};

/// `deletions`: what is done with those that are held back.
enum class DeletionsAction : std::uint8_t { List, Release, Reject };

struct DeletionsCommand {
  DeletionsAction action{};
  std::string channel;
};

struct VerifyCommand {
  std::string channel;  ///< empty: all
};

enum class HttpInterface : std::uint8_t { On, Off };

/// `serve`: every account connected, every followed channel live, until it is stopped.
struct ServeCommand {
  HttpInterface http{HttpInterface::On};
};

/// `doctor`: what is wrong with the set-up.
struct DoctorCommand {
  ReportFormat format{ReportFormat::Text};
};

/// `media fetch`: files of one channel's messages into DIR/media.
struct MediaFetchCommand {
  std::string channel;
  std::optional<std::int64_t> max_size;  ///< bytes
  RetryNow retry{RetryNow::No};          ///< files that failed are tried at once
  ReportFormat format{ReportFormat::Text};
};

struct MediaListCommand {
  std::string channel;
  OutputFormat format{OutputFormat::Table};
};

using Command =
    std::variant<InitCommand, AccountAddCommand, AccountImportCommand, AccountExportCommand, AccountListCommand,
                 AccountRemoveCommand, AccountProxyCommand, ChannelAddCommand, ChannelListCommand, ChannelRemoveCommand,
                 CollectCommand, ServeCommand, PostsCommand, EventsCommand, DeletionsCommand, VerifyCommand,
                 DoctorCommand, MediaFetchCommand, MediaListCommand>;

/// What the command line says of the log; what it does not say is for others to choose.
struct LogOptions {
  log::LevelSpec levels;
  std::optional<log::Format> format;
  std::optional<std::filesystem::path> file;
};

struct Invocation {
  std::filesystem::path data;
  LogOptions log;
  Command command;
};

/// The answer when there is nothing to carry out: help, version, or a usage error.
struct Reply {
  ExitCode code{};
  std::string text;  ///< for standard output if code is Done, else for standard error
};

/// `now`: unix seconds, for dates like 24h. Environment: LEDGRAM_DATA stands for --data.
std::variant<Invocation, Reply> parse_command_line(int argc, const char* const* argv, std::int64_t now);

/// "synthetic1" for "@synthetic1", "t.me/synthetic1" and "https://t.me/synthetic1"; nothing if it cannot be a username
/// (5 to 32 letters, digits and underscores, core.telegram.org/method/account.checkUsername; some are shorter).
std::optional<std::string> channel_name(std::string_view text);

}  // namespace ledgram::cli
