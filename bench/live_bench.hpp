#pragma once

/// `ledgram-bench live`: how long a message takes from the simulator's send to the committed row, and what that costs.
///
/// The generated texts end with `sent_us=` and the moment of sending. The ledger is followed by a reader of its own,
/// which looks for a commit more often than every millisecond and notes when a message.new event is first visible to
/// it.

#include <cstdint>
#include <filesystem>

namespace ledgram::bench {

struct LiveOptions {
  std::filesystem::path programs;  ///< the folder with ledgram and ledgram-sim
  int rate = 5000;                 ///< messages a second, all to one account
  int seconds = 60;
  int channels = 10;
  std::uint64_t seed = 1;
};

struct LiveResult {
  std::int64_t messages = 0;
  double messages_per_second = 0;  ///< that the simulator really sent
  double p50_ms = 0;
  double p99_ms = 0;
  double max_ms = 0;
  double cpu_us_per_message = 0;  ///< of the serve process, all threads, while the messages came
  double rss_mb = 0;              ///< at the end, 10^6 bytes
  double rss_growth_mb = 0;       ///< between a quarter of the run and its end
  double ledger_mb = 0;           ///< size of the ledger's files at the end
};

/// Throws std::runtime_error if a process fails, or if messages do not arrive.
LiveResult live_bench(const LiveOptions& options);

}  // namespace ledgram::bench
