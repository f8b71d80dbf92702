#include "collector.hpp"

#include "ledgram_collector.hpp"
#include "peer_collector.hpp"

#include <fmt/format.h>

#include <stdexcept>
#include <utility>

namespace ledgram::bench {
namespace {

/// What has not ended by then never will.
constexpr auto kStopPatience = std::chrono::seconds(30);

}  // namespace

void Collector::start() {
  process_.emplace(command(), errors());
}

std::optional<std::string> Collector::wait_until_serving(std::chrono::milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (process_) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    auto line = process_->read_line_within(left);
    if (!line || (line->empty() && !process_->running()))
      return std::nullopt;
    // Libraries greet on standard output.
    if (line->starts_with("serving "))
      return line;
  }
  return std::nullopt;
}

std::uintmax_t Collector::lose_power(double /*share*/) {
  throw std::runtime_error("a power failure is known for ledgram only");
}

void Collector::kill() {
  process_->kill();
  process_.reset();
}

int Collector::take_end() {
  const int code = process_->wait().exit_code;
  process_.reset();
  return code;
}

Collector::~Collector() {
  // What hangs would not end by itself.
  if (process_)
    process_->kill();
}

StopReport Collector::stop() {
  StopReport report;
  const auto asked = std::chrono::steady_clock::now();
  process_->terminate();
  while (process_->running() && std::chrono::steady_clock::now() - asked < kStopPatience) {
    auto line = process_->read_line_within(std::chrono::milliseconds(100));
    if (line && !line->empty())
      report.lines.push_back(std::move(*line));
  }
  if (process_->running()) {
    report.problems.push_back(fmt::format("it did not end within {} s of SIGTERM", kStopPatience.count()));
    process_->kill();
    process_.reset();
    return report;
  }
  report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - asked).count();
  for (std::string line = process_->read_line(); !line.empty(); line = process_->read_line())
    report.lines.push_back(std::move(line));
  report.exit_code = process_->wait().exit_code;
  process_.reset();
  check_stop(report);
  return report;
}

std::unique_ptr<Collector> make_collector(const CollectorOptions& options, const Scene& scene) {
  if (options.name == "ledgram")
    return std::make_unique<LedgramCollector>(options, scene);
  return std::make_unique<PeerCollector>(options, scene);
}

}  // namespace ledgram::bench
