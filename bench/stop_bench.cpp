#include "stop_bench.hpp"

#include "many_accounts.hpp"
#include "progress.hpp"

#include <charconv>
#include <chrono>
#include <iterator>
#include <string_view>
#include <thread>
#include <utility>

namespace ledgram::bench {
namespace {

using namespace std::chrono_literals;

constexpr auto kLook = 100ms;
/// The traffic must not end before the stop.
constexpr std::int64_t kEndless = 100'000'000;

/// From "stopped: 0 tasks pending, 1234 messages committed"; 0 if there is no such line.
std::int64_t committed_of(const std::vector<std::string>& lines) {
  constexpr std::string_view kBegin = "stopped: 0 tasks pending, ";
  std::int64_t count = 0;
  for (const std::string& line : lines) {
    if (line.starts_with(kBegin))
      std::from_chars(line.data() + kBegin.size(), line.data() + line.size(), count);
  }
  return count;
}

}  // namespace

StopResult stop_bench(const StopOptions& options) {
  ManyAccounts many({.programs = options.programs,
                     .seed = options.seed,
                     .accounts = options.accounts,
                     .channels_each = options.channels_each,
                     .shared_by = options.shared_by});
  Scene& scene = many.scene();
  StopResult result{.accounts = options.accounts, .channels = many.channels(), .rate = options.rate};
  Progress progress("stops", options.times);
  for (int i = 0; i < options.times; ++i) {
    many.start();
    scene.start_traffic({.messages = kEndless,
                         .rate = static_cast<double>(options.rate),
                         .edits = 0.1,
                         .deletes = 0.05,
                         .seed = options.seed + static_cast<std::uint64_t>(i)});
    while (scene.traffic().published < std::int64_t{options.rate} * options.seconds)
      std::this_thread::sleep_for(kLook);
    StopReport report = many.serve().stop();
    scene.control().remove("/traffic");
    result.seconds.push_back(report.seconds);
    result.committed.push_back(committed_of(report.lines));
    std::ranges::move(report.problems, std::back_inserter(result.problems));
    progress.show(i + 1);
  }
  return result;
}

}  // namespace ledgram::bench
