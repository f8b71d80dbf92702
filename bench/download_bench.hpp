#pragma once

/// `ledgram-bench download`: what it costs to fetch one large file from a simulator in another process.

#include <cstdint>
#include <filesystem>

namespace ledgram::bench {

struct DownloadOptions {
  std::filesystem::path programs;  ///< the folder with ledgram and ledgram-sim
  std::int64_t size = 1'000'000'000;
};

struct DownloadResult {
  std::int64_t bytes = 0;
  double wall_seconds = 0;  ///< of the ledgram process, its start and end included
  double cpu_seconds = 0;   ///< of the ledgram process, all threads
  double mb_per_second = 0;
  double mb_per_cpu_second = 0;  ///< what one core of the client carries
  double simulator_cpu_seconds = 0;
  double rss_mb = 0;         ///< at the end of the run, 10^6 bytes
  double peak_rss_mb = 0;    ///< the highest of the run
  double rss_growth_mb = 0;  ///< between a quarter of the run and its end
};

/// Throws std::runtime_error if a process fails, or if what is stored is not what the simulator has.
DownloadResult download_bench(const DownloadOptions& options);

}  // namespace ledgram::bench
