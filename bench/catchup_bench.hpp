#pragma once

/// `ledgram-bench catchup`: many accounts come back after a time away. How long until the ledger has everything, and
/// how often each method was called for it.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace ledgram::bench {

struct CatchupOptions {
  std::filesystem::path programs;  ///< the folder with ledgram and ledgram-sim
  int accounts = 1000;
  int channels_each = 20;
  int shared_by = 10;   ///< accounts in one channel
  int away = 3600;      ///< seconds
  double per_hour = 5;  ///< messages that a channel has in an hour
  int patience = 600;   ///< seconds until it is given up
  std::uint64_t seed = 1;
};

struct CatchupResult {
  std::int64_t accounts = 0;
  std::int64_t channels = 0;
  std::int64_t messages = 0;    ///< published while they were away
  double connect_seconds = 0;   ///< from the start of the process until all accounts are connected
  double catch_up_seconds = 0;  ///< from the start of the process until the ledger has every message
  double cpu_seconds = 0;       ///< of the process until then
  double rss_mb = 0;            ///< of the process then, 10^6 bytes
  double stop_seconds = 0;
  std::map<std::string, std::int64_t> calls;  ///< until then, by method
  std::vector<std::string> too_often;         ///< methods that were called more often than they should be, in words
};

/// Throws std::runtime_error if a process fails, or if messages do not arrive.
CatchupResult catchup_bench(const CatchupOptions& options);

}  // namespace ledgram::bench
