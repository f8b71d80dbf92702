#include "collect_bench.hpp"

#include "process.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

namespace ledgram::bench {
namespace {

constexpr const char* kPhone = "+9996621234";
constexpr const char* kCode = "22222";
constexpr auto kSampleInterval = std::chrono::milliseconds(50);

/// Memory at a quarter of the run: by then every buffer and cache has its size, so what comes later is growth.
double rss_at_quarter(const std::vector<MemorySample>& samples) {
  const auto first = samples.front().when;
  const auto quarter = first + (samples.back().when - first) / 4;
  const auto found = std::ranges::find_if(samples, [&](const MemorySample& sample) { return sample.when >= quarter; });
  return found->rss_mb;
}

std::int64_t messages_in_ledger(const std::string& ledgram, const std::string& data) {
  Process process({ledgram, "--data", data, "posts", "--format", "jsonl", "--limit", "1000000000"});
  std::int64_t count = 0;
  while (!process.read_line().empty())
    ++count;
  process.wait();
  return count;
}

}  // namespace

CollectResult collect_bench(const CollectOptions& options) {
  const ScratchFolder scratch;
  const std::string ledgram = options.programs / "ledgram";
  const std::string data = scratch.path() / "data";
  const std::string simulated = scratch.path() / "sim";
  Process simulator({options.programs / "ledgram-sim", "--data", simulated, "--synthetic",
                     fmt::format("channels=1,posts={},seed={}", options.posts, options.seed)});
  if (simulator.read_line().find("\"ready\"") == std::string::npos) {
    throw std::runtime_error("the simulator did not start");
  }
  run({ledgram, "--data", data, "init", "--sim", simulated});
  run({ledgram, "--data", data, "account", "add", "--phone", kPhone, "--code", kCode});
  run({ledgram, "--data", data, "channel", "add", "@synthetic1"});

  const auto start = std::chrono::steady_clock::now();
  Process collecting({ledgram, "--data", data, "collect", "--json"});
  std::vector<MemorySample> samples;
  const Usage usage = collecting.wait(kSampleInterval, samples);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (usage.exit_code != 0)
    throw std::runtime_error(fmt::format("ledgram collect ended with {}", usage.exit_code));
  // The last sample may have met a process that had given its memory back already.
  std::erase_if(samples, [](const MemorySample& sample) { return sample.rss_mb == 0; });
  if (samples.empty())
    throw std::runtime_error("the run was too short to measure its memory; use more posts");

  CollectResult result;
  result.messages = messages_in_ledger(ledgram, data);
  if (result.messages == 0)
    throw std::runtime_error("nothing was collected");
  result.cpu_us_per_message = usage.cpu_seconds * 1e6 / static_cast<double>(result.messages);
  result.wall_seconds = wall.count();
  result.rss_mb = samples.back().rss_mb;
  result.peak_rss_mb = usage.peak_rss_mb;
  result.rss_growth_mb = samples.back().rss_mb - rss_at_quarter(samples);
  return result;
}

}  // namespace ledgram::bench
