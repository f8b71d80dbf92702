#pragma once

/// The command line of ledgram-sim.

#include "ledgram/base/log.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/sim_content/synthetic.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ledgram::sim {

struct PasswordOption {
  std::string phone;
  SecretText password;
};

struct Options {
  std::filesystem::path data;
  std::vector<std::filesystem::path> channels;  ///< export files; folders are already replaced by what is in them
  std::optional<SyntheticOptions> synthetic;
  std::vector<std::filesystem::path> schemas;
  std::vector<PasswordOption> passwords;
  std::vector<SecretText> bot_tokens;
  std::string listen = "127.0.0.1";
  std::uint16_t port = 0;
  std::uint16_t dcs = 5;
  std::size_t max_connections = 4000;
  log::Level log_level = log::Level::Warning;
};

/// Nothing is to be run: help or the version was shown (0), or the usage was wrong (2).
struct ExitCode {
  int code;
};

/// Prints help to stdout and errors to stderr.
std::variant<Options, ExitCode> parse_command_line(int argc, const char* const* argv);

}  // namespace ledgram::sim
