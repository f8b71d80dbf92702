#include "live_bench.hpp"

#include "ledgram/app/data_folder.hpp"

#include "ledgram_collector.hpp"
#include "process.hpp"
#include "progress.hpp"
#include "scene.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

namespace ledgram::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// How often the ledger is looked at; half of it is the mean error of a latency.
constexpr auto kLook = 300us;
constexpr auto kMemoryInterval = 500ms;
constexpr auto kStateInterval = 200ms;
constexpr auto kStart = 60s;
/// The last messages must be there so soon after the traffic ended.
constexpr auto kPatience = 60s;
constexpr std::int64_t kEventsAtOnce = 10'000;
constexpr std::string_view kSentMark = "sent_us=";

std::int64_t unix_us() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

/// When the simulator sent the message, as its text says; 0 if it does not.
std::int64_t sent_us(std::string_view text) {
  const std::size_t mark = text.rfind(kSentMark);
  std::int64_t moment = 0;
  if (mark != std::string_view::npos)
    std::from_chars(text.data() + mark + kSentMark.size(), text.data() + text.size(), moment);
  return moment;
}

/// Notes when each message was first seen in the ledger.
class Watcher {
 public:
  explicit Watcher(const std::filesystem::path& file) : ledger_(open(file)) { next_ = value(ledger_.last_event()) + 1; }

  void look() {
    const std::int64_t version = value(ledger_.data_version());
    if (version == version_)
      return;
    version_ = version;
    std::vector<ledger::Event> events;
    do {
      events = value(ledger_.events({.from = next_, .limit = kEventsAtOnce, .type = ledger::EventType::MessageNew}));
      const std::int64_t now = unix_us();
      for (const ledger::Event& event : events)
        seen_[{event.channel.value().value(), event.message.value().value()}] = now;
      if (!events.empty())
        next_ = events.back().number + 1;
    } while (std::ssize(events) == kEventsAtOnce);
  }

  [[nodiscard]] std::int64_t count() const { return std::ssize(seen_); }

  /// Milliseconds from sending to seeing, in rising order. Reads the texts, so it comes last.
  std::vector<double> latencies(const std::vector<SceneChannel>& channels) {
    std::vector<double> found;
    found.reserve(seen_.size());
    for (const SceneChannel& channel : channels) {
      ledger::PostFilter filter;
      filter.channel = ChannelId(channel.id);
      value(ledger_.posts(filter, [&](const ledger::Post& post) {
        const auto seen = seen_.find({channel.id, post.message.number.value()});
        const std::int64_t sent = sent_us(post.message.text);
        if (seen != seen_.end() && sent != 0)
          found.push_back(static_cast<double>(seen->second - sent) / 1000);
        return ledger::Visit::Continue;
      }));
    }
    std::ranges::sort(found);
    return found;
  }

 private:
  template <class T>
  static T value(ledger::LedgerResult<T> result) {
    if (!result)
      throw std::runtime_error(fmt::format("the ledger: {}", result.error().message));
    if constexpr (!std::is_void_v<T>)
      return std::move(*result);
  }

  static ledger::Ledger open(const std::filesystem::path& file) {
    return value(ledger::Ledger::open(file, {.mode = ledger::OpenMode::ReadOnly}));
  }

  ledger::Ledger ledger_;
  std::int64_t version_ = -1;
  std::int64_t next_ = 1;
  std::map<std::pair<std::int64_t, std::int32_t>, std::int64_t> seen_;
};

double quantile(const std::vector<double>& sorted, double share) {
  return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
}

double size_mb(const std::filesystem::path& folder) {
  double bytes = 0;
  for (const char* name : {"ledger.db", "ledger.db-wal"}) {
    std::error_code missing;
    const auto size = std::filesystem::file_size(folder / name, missing);
    bytes += missing ? 0 : static_cast<double>(size);
  }
  return bytes / 1e6;
}

struct Course {
  Consumption before;
  Consumption after;
  std::vector<MemorySample> memory;
  double sending_seconds = 0;
  TrafficState traffic;
};

/// Looks at the ledger until everything that was published is there.
Course watch(Scene& scene, const LedgramCollector& serve, Watcher& watcher, const LiveOptions& options) {
  Course course{.before = serve.process().consumption()};
  const std::int64_t wanted = std::int64_t{options.rate} * options.seconds;
  scene.start_traffic({.messages = wanted, .rate = static_cast<double>(options.rate), .seed = options.seed});
  const auto start = SteadyClock::now();
  auto memory_due = start;
  auto state_due = start;
  auto last_growth = start;
  std::int64_t count = 0;
  course.traffic.running = true;
  Progress progress("live", wanted);
  while (course.traffic.running || watcher.count() < course.traffic.published) {
    watcher.look();
    const auto now = SteadyClock::now();
    if (now >= memory_due) {
      course.after = serve.process().consumption();
      course.memory.push_back({now, course.after.rss_mb});
      memory_due = now + kMemoryInterval;
    }
    if (now >= state_due && course.traffic.running) {
      course.traffic = scene.traffic();
      course.sending_seconds = std::chrono::duration<double>(now - start).count();
      progress.show(watcher.count());
      state_due = now + kStateInterval;
    }
    if (watcher.count() > count) {
      count = watcher.count();
      last_growth = now;
    }
    if (now - last_growth > kPatience)
      throw std::runtime_error(fmt::format("{} of {} messages arrived", count, course.traffic.published));
    std::this_thread::sleep_for(kLook);
  }
  course.after = serve.process().consumption();
  course.memory.push_back({SteadyClock::now(), course.after.rss_mb});
  return course;
}

/// By a quarter of the run every buffer and cache has its size, so what comes later is growth.
double growth_since_quarter(const std::vector<MemorySample>& samples) {
  const auto quarter = samples.front().when + (samples.back().when - samples.front().when) / 4;
  const auto found = std::ranges::find_if(samples, [&](const MemorySample& sample) { return sample.when >= quarter; });
  return samples.back().rss_mb - found->rss_mb;
}

}  // namespace

LiveResult live_bench(const LiveOptions& options) {
  const ScratchFolder folder;
  Scene scene({.programs = options.programs,
               .folder = folder.path(),
               .seed = options.seed,
               .accounts = 1,
               .channels = options.channels,
               .history = 1});
  scene.join();
  LedgramCollector serve({.programs = options.programs, .folder = folder.path()}, scene);
  serve.prepare();
  serve.start();
  if (!serve.wait_until_serving(kStart))
    throw std::runtime_error("ledgram serve did not say that it is serving");
  Watcher watcher(app::ledger_path(serve.data()));
  const Course course = watch(scene, serve, watcher, options);
  if (const StopReport report = serve.stop(); !report.problems.empty())
    throw std::runtime_error("ledgram serve: " + report.problems.front());

  const std::vector<double> latencies = watcher.latencies(scene.channels());
  if (std::ssize(latencies) < course.traffic.published)
    throw std::runtime_error(
        fmt::format("{} of {} messages say when they were sent", latencies.size(), course.traffic.published));
  LiveResult result;
  result.messages = course.traffic.published;
  const auto count = static_cast<double>(result.messages);
  result.messages_per_second = count / course.sending_seconds;
  result.p50_ms = quantile(latencies, 0.5);
  result.p99_ms = quantile(latencies, 0.99);
  result.max_ms = latencies.back();
  result.cpu_us_per_message = (course.after.cpu_seconds - course.before.cpu_seconds) * 1e6 / count;
  result.rss_mb = course.after.rss_mb;
  result.rss_growth_mb = growth_since_quarter(course.memory);
  result.ledger_mb = size_mb(serve.data());
  return result;
}

}  // namespace ledgram::bench
