#include "catchup_bench.hpp"

#include "ledgram/app/data_folder.hpp"

#include "many_accounts.hpp"
#include "progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>

namespace ledgram::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr auto kLook = 100ms;
/// As fast as the simulator can: nobody listens.
constexpr double kAtOnce = 100'000;
/// Events that one answer of getChannelDifference holds at most (U28).
constexpr std::int64_t kChannelLimit = 100;

double seconds_since(SteadyClock::time_point start) {
  return std::chrono::duration<double>(SteadyClock::now() - start).count();
}

template <class T>
T value_of(ledger::LedgerResult<T> result) {
  if (!result)
    throw std::runtime_error(fmt::format("the ledger: {}", result.error().message));
  return std::move(*result);
}

/// Waits until so many messages are in the ledger.
void wait_for_messages(ledger::Ledger& ledger, std::int64_t wanted, int patience, Progress& progress) {
  const auto end = SteadyClock::now() + std::chrono::seconds(patience);
  std::int64_t version = -1;
  std::int64_t count = 0;
  while (count < wanted) {
    if (const std::int64_t found = value_of(ledger.data_version()); found != version) {
      version = found;
      count = value_of(ledger.message_count());
      progress.show(count);
    }
    if (SteadyClock::now() > end)
      throw std::runtime_error(fmt::format("{} of {} messages arrived within {} s", count, wanted, patience));
    std::this_thread::sleep_for(kLook);
  }
}

void stop(LedgramCollector& serve, double& seconds) {
  const StopReport report = serve.stop();
  if (!report.problems.empty())
    throw std::runtime_error("ledgram serve: " + report.problems.front());
  seconds = report.seconds;
}

/// What protocol.md asks for: no state that jumps over what was missed (U25), no look-ups of names that are known, and
/// differences only where something happened (U27).
std::vector<std::string> called_too_often(const CatchupResult& result, std::int64_t news_of_a_channel) {
  const std::int64_t pages = 1 + news_of_a_channel / kChannelLimit;
  const std::map<std::string, std::int64_t> most{
      {"updates.getState", 0},
      {"contacts.resolveUsername", 0},
      {"messages.getHistory", 0},
      {"updates.getDifference", 3 * result.accounts},
      {"updates.getChannelDifference", result.channels * (pages + 1)},
  };
  std::vector<std::string> words;
  for (const auto& [method, bound] : most) {
    const auto found = result.calls.find(method);
    if (found != result.calls.end() && found->second > bound)
      words.push_back(fmt::format("{} {} times, which is more than {}", method, found->second, bound));
  }
  return words;
}

}  // namespace

CatchupResult catchup_bench(const CatchupOptions& options) {
  ManyAccounts many({.programs = options.programs,
                     .seed = options.seed,
                     .accounts = options.accounts,
                     .channels_each = options.channels_each,
                     .shared_by = options.shared_by});
  Scene& scene = many.scene();
  LedgramCollector& serve = many.serve();
  CatchupResult result;
  result.accounts = options.accounts;
  result.channels = many.channels();

  // A first life, in which it takes over its state and reads the history that there is.
  many.start();
  ledger::Ledger ledger =
      value_of(ledger::Ledger::open(app::ledger_path(serve.data()), {.mode = ledger::OpenMode::ReadOnly}));
  {
    Progress progress("history", result.channels);
    wait_for_messages(ledger, result.channels, options.patience, progress);
  }
  stop(serve, result.stop_seconds);

  const std::int64_t before = value_of(ledger.message_count());
  const auto news = static_cast<std::int64_t>(options.per_hour * options.away / 3600);
  result.messages = std::max<std::int64_t>(news, 1) * result.channels;
  scene.start_traffic({.messages = result.messages, .rate = kAtOnce, .seed = options.seed});
  while (scene.traffic().running)
    std::this_thread::sleep_for(kLook);
  result.messages = scene.traffic().published;
  const auto calls_before = scene.calls();

  const auto start = SteadyClock::now();
  many.start();
  result.connect_seconds = seconds_since(start);
  Progress progress("catching up", before + result.messages);
  wait_for_messages(ledger, before + result.messages, options.patience, progress);
  result.catch_up_seconds = seconds_since(start);
  const Consumption used = serve.process().consumption();
  result.cpu_seconds = used.cpu_seconds;
  result.rss_mb = used.rss_mb;
  for (const auto& [method, count] : scene.calls()) {
    const auto earlier = calls_before.find(method);
    const std::int64_t more = count - (earlier == calls_before.end() ? 0 : earlier->second);
    if (more > 0)
      result.calls[method] = more;
  }
  result.too_often = called_too_often(result, news);
  stop(serve, result.stop_seconds);
  return result;
}

}  // namespace ledgram::bench
