#pragma once

/// Many accounts that follow many channels, as `ledgram account add` and `ledgram channel add` would have made them one
/// by one: the simulator with their truth, and a ledgram whose ledger knows them.

#include "ledgram_collector.hpp"
#include "process.hpp"
#include "scene.hpp"

#include <cstdint>
#include <filesystem>

namespace ledgram::bench {

struct ManyAccountsOptions {
  std::filesystem::path programs;  ///< the folder with ledgram and ledgram-sim
  std::uint64_t seed = 1;
  int accounts = 1000;
  int channels_each = 20;
  int shared_by = 10;  ///< accounts in one channel
};

class ManyAccounts {
 public:
  /// Starts the simulator, logs every account in, and has its channels followed by the accounts that the scene names.
  /// Each channel has one post. Throws std::runtime_error, Failure<LedgerError> or TelegramFailure.
  explicit ManyAccounts(const ManyAccountsOptions& options);

  /// Starts ledgram and returns when it says that it is serving. Throws std::runtime_error if it does not.
  void start();

  [[nodiscard]] std::int64_t channels() const { return std::int64_t(scene_.channels().size()); }
  Scene& scene() { return scene_; }
  LedgramCollector& serve() { return serve_; }

 private:
  ScratchFolder folder_;
  Scene scene_;
  LedgramCollector serve_;
};

}  // namespace ledgram::bench
