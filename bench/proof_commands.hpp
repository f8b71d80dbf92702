#pragma once

/// The subcommands of ledgram-bench that prove reliability and measure the live path: chaos, live, catchup and
/// stop.

#include "catchup_bench.hpp"
#include "chaos_bench.hpp"
#include "live_bench.hpp"
#include "stop_bench.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace ledgram::bench {

class ProofCommands {
 public:
  /// Adds them to `app`, which must outlive this object. `programs`: the folder with ledgram and ledgram-sim.
  ProofCommands(CLI::App& app, const std::filesystem::path& programs);

  /// Carries out the one that was given; its exit code, or nothing if none was. Throws std::exception.
  std::optional<int> run();

 private:
  int run_chaos();
  int run_live();
  int run_catchup();
  int run_stop();

  ChaosOptions chaos_;
  LiveOptions live_;
  CatchupOptions catchup_;
  StopOptions stop_;
  int seeds_ = 1;
  std::vector<std::string> without_;
  std::vector<std::string> only_;
  bool json_ = false;
  CLI::App* chaos_command_ = nullptr;
  CLI::App* live_command_ = nullptr;
  CLI::App* catchup_command_ = nullptr;
  CLI::App* stop_command_ = nullptr;
};

}  // namespace ledgram::bench
