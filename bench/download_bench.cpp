#include "download_bench.hpp"

#include "process.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
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

void write_export(const std::filesystem::path& file, std::int64_t size) {
  std::ofstream out(file);
  out << fmt::format(
      R"({{"name":"Big","type":"public_channel","id":1500,"messages":[{{"id":1,"type":"message",)"
      R"("date_unixtime":"1700000000","text":"","file":"big.bin","file_name":"big.bin","file_size":{}}}]}})",
      size);
  if (!out.flush())
    throw std::runtime_error("cannot write " + file.string());
}

std::int64_t stored_bytes(const std::filesystem::path& media) {
  std::int64_t bytes = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(media)) {
    if (entry.is_regular_file() && entry.path().extension() != ".part")
      bytes += static_cast<std::int64_t>(entry.file_size());
  }
  return bytes;
}

}  // namespace

DownloadResult download_bench(const DownloadOptions& options) {
  const ScratchFolder scratch;
  const std::string ledgram = options.programs / "ledgram";
  const std::string data = scratch.path() / "data";
  const std::string simulated = scratch.path() / "sim";
  const std::filesystem::path content = scratch.path() / "bigfile.json";
  write_export(content, options.size);
  Process simulator({options.programs / "ledgram-sim", "--data", simulated, "--channel", content});
  if (simulator.read_line().find("\"ready\"") == std::string::npos)
    throw std::runtime_error("the simulator did not start");
  run({ledgram, "--data", data, "init", "--sim", simulated});
  run({ledgram, "--data", data, "account", "add", "--phone", kPhone, "--code", kCode});
  run({ledgram, "--data", data, "channel", "add", "@bigfile"});
  run({ledgram, "--data", data, "collect"});

  const auto start = std::chrono::steady_clock::now();
  Process fetching({ledgram, "--data", data, "media", "fetch", "@bigfile", "--json"});
  std::vector<MemorySample> samples;
  const Usage usage = fetching.wait(kSampleInterval, samples);
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
  if (usage.exit_code != 0)
    throw std::runtime_error(fmt::format("ledgram media fetch ended with {}", usage.exit_code));
  // The last sample may have met a process that had given its memory back already.
  std::erase_if(samples, [](const MemorySample& sample) { return sample.rss_mb == 0; });
  if (samples.empty())
    throw std::runtime_error("the run was too short to measure its memory; use a larger size");
  if (stored_bytes(std::filesystem::path(data) / "media") != options.size)
    throw std::runtime_error("the stored file is not of the right size");
  simulator.terminate();
  const Usage served = simulator.wait();

  DownloadResult result;
  result.bytes = options.size;
  result.wall_seconds = wall.count();
  result.cpu_seconds = usage.cpu_seconds;
  result.mb_per_second = static_cast<double>(options.size) / 1e6 / result.wall_seconds;
  result.mb_per_cpu_second = static_cast<double>(options.size) / 1e6 / std::max(usage.cpu_seconds, 1e-3);
  result.simulator_cpu_seconds = served.cpu_seconds;
  result.rss_mb = samples.back().rss_mb;
  result.peak_rss_mb = usage.peak_rss_mb;
  result.rss_growth_mb = samples.back().rss_mb - rss_at_quarter(samples);
  return result;
}

}  // namespace ledgram::bench
