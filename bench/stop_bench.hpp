#pragma once

/// `ledgram-bench stop`: many accounts under load are asked to stop. How long until the process has ended, and whether
/// it ended as it should: exit code 0, no task pending, nothing on standard error.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ledgram::bench {

struct StopOptions {
  std::filesystem::path programs;  ///< the folder with ledgram and ledgram-sim
  int accounts = 1000;
  int channels_each = 20;
  int shared_by = 10;  ///< accounts in one channel
  int rate = 500;      ///< messages a second; each is pushed to all accounts in its channel
  int seconds = 5;     ///< of traffic before each stop
  int times = 5;       ///< how often it is started and stopped
  std::uint64_t seed = 1;
};

struct StopResult {
  std::int64_t accounts = 0;
  std::int64_t channels = 0;
  int rate = 0;
  std::vector<double> seconds;          ///< from SIGTERM to the end of the process, of each stop
  std::vector<std::int64_t> committed;  ///< messages that each run says it has stored
  std::vector<std::string> problems;    ///< in words; empty: each ended as it should
};

/// Throws std::runtime_error if it does not start.
StopResult stop_bench(const StopOptions& options);

}  // namespace ledgram::bench
