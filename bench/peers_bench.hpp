#pragma once

/// `ledgram-bench peers`: what other Telegram libraries use to read the same posts, beside `ledgram collect`.

#include "collect_bench.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace ledgram::bench {

struct PeersOptions {
  std::filesystem::path programs;  ///< the folder with ledgram and ledgram-sim
  std::int64_t posts = 50'000;
};

/// One library. It hands the messages over and stores nothing; Ledgram's own figure includes its ledger.
struct PeerResult {
  std::string name;
  std::string absent;  ///< why it was not run; empty if it was
  double cpu_us_per_message = 0;
  double peak_rss_mb = 0;  ///< 10^6 bytes
};

struct PeersResult {
  CollectResult ledgram;
  std::vector<PeerResult> peers;
};

/// Runs one after the other. Throws std::runtime_error if one fails; a library that was not fetched is reported absent.
PeersResult peers_bench(const PeersOptions& options);

}  // namespace ledgram::bench
