#pragma once

/// `ledgram-bench collect`: what it costs to collect a channel from a simulator in another process.

#include <cstdint>
#include <filesystem>

namespace ledgram::bench {

struct CollectOptions {
  std::filesystem::path programs;  ///< the folder with ledgram and ledgram-sim
  std::int64_t posts = 200'000;
  std::uint64_t seed = 1;
};

struct CollectResult {
  std::int64_t messages = 0;      ///< committed to the ledger
  double cpu_us_per_message = 0;  ///< of the ledgram process, its start and end included
  double wall_seconds = 0;
  double rss_mb = 0;         ///< at the end of the run, 10^6 bytes
  double peak_rss_mb = 0;    ///< the highest of the run
  double rss_growth_mb = 0;  ///< between a quarter of the run and its end
};

/// Throws std::runtime_error if a process fails or if the ledger does not hold what the simulator served.
CollectResult collect_bench(const CollectOptions& options);

}  // namespace ledgram::bench
