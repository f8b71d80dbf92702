#include "ledgram/app/commands.hpp"
#include "ledgram/app/config.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/simulator.hpp"
#include "ledgram/ledger/seal_key.hpp"
#include "ledgram/net/random.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace ledgram::app {
namespace {

[[noreturn]] void throw_io(const std::filesystem::path& path, int reason) {
  throw AppFailure({AppErrc::Io, fmt::format("cannot write {}: {}", path.string(), std::strerror(reason))});
}

/// Writes a file of mode 0600 so that a crash leaves the old one or the new one.
void write_private_file(const std::filesystem::path& path, std::string_view text) {
  const std::filesystem::path fresh = path.string() + ".new";
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0)
    throw_io(fresh, errno);
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t written = ::write(file, left.data(), left.size());
    if (written < 0 && errno != EINTR) {
      const int reason = errno;
      close(file);
      throw_io(fresh, reason);
    }
    if (written > 0)
      left.remove_prefix(static_cast<std::size_t>(written));
  }
  const bool synced = fsync(file) == 0;
  const int reason = errno;
  close(file);
  if (!synced)
    throw_io(fresh, reason);
  if (rename(fresh.c_str(), path.c_str()) != 0)
    throw_io(path, errno);
}

}  // namespace

cli::ExitCode init(const std::filesystem::path& data, const cli::InitCommand& command) {
  Config config;
  if (command.simulator) {
    config.environment = Environment::Simulator;
    config.simulator = std::filesystem::absolute(*command.simulator).lexically_normal();
    value_or_throw(simulator_dcs(config.simulator));
    // The simulator takes every application; these are as good as any.
    config.api_id = 1;
    config.api_hash = SecretText(std::string("simulated"));
  } else {
    config.api_id = command.api_id.value();
    config.api_hash = command.api_hash;
  }
  const auto lock = value_or_throw(ledger::DataLock::acquire(data));
  const std::filesystem::path path = config_path(data);
  if (command.overwrite == cli::Overwrite::Refuse && std::filesystem::exists(path)) {
    throw AppFailure(
        {AppErrc::AlreadyThere, fmt::format("{} is there already; use --force to replace it", path.string())});
  }
  // The ledger and its key are made now, so that what is wrong with the folder shows here and not at the first login.
  net::SystemRandom random;
  auto key = value_or_throw(ledger::load_or_create_seal_key(data, random));
  auto ledger = value_or_throw(ledger::Ledger::open(ledger_path(data)));
  value_or_throw(ledger.use_seal_key(std::move(key), random));
  write_private_file(path, config_text(config));
  fmt::print("wrote {}\nnext: ledgram account add --phone +NUMBER\n", path.string());
  return cli::ExitCode::Done;
}

}  // namespace ledgram::app
