#pragma once

/// `ledgram-bench accounts`: what it costs to keep many idle accounts logged in, in one process on one event loop.
///
/// The simulator runs in a process of its own. A first process logs the accounts in and writes their sessions to a
/// file; the measured process starts from that file, as ledgram does after a restart, so that nothing of the logins is
/// counted.

#include <cstdint>
#include <filesystem>

namespace ledgram::bench {

struct AccountsOptions {
  std::filesystem::path programs;  ///< the folder with ledgram-bench and ledgram-sim
  std::int32_t count = 1000;
};

struct AccountsResult {
  std::int32_t accounts = 0;
  double kb_per_account = 0;   ///< resident memory over that before the first client, 1,000 bytes
  double connect_seconds = 0;  ///< from the first client to the last one's answered call
  double stop_seconds = 0;     ///< until every client is closed
  double rss_mb = 0;           ///< of the whole process, all accounts connected and idle, 10^6 bytes
  double login_seconds = 0;    ///< of the process that logged them in
};

/// Throws std::runtime_error if a process fails or an account does not connect.
AccountsResult accounts_bench(const AccountsOptions& options);

/// The two processes above, as subcommands that accounts_bench() starts. Each prints one line of JSON.
void log_accounts_in(const std::filesystem::path& simulator, const std::filesystem::path& sessions, std::int32_t count);
void connect_accounts(const std::filesystem::path& simulator, const std::filesystem::path& sessions);

}  // namespace ledgram::bench
