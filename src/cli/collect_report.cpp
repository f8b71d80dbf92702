#include "ledgram/cli/collect_report.hpp"

#include "ledgram/cli/date.hpp"
#include "ledgram/cli/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <utility>

namespace ledgram::cli {
namespace {

using std::chrono::seconds;

/// Rate and time left of one channel, computed over its run so far.
class Pace {
 public:
  explicit Pace(nanoseconds start) : start_(start) {}

  [[nodiscard]] double rate(std::int64_t posts, nanoseconds now) const {
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    // The first moments say nothing about what follows.
    constexpr double kLeastSeconds = 0.2;
    return elapsed < kLeastSeconds ? 0 : static_cast<double>(posts) / elapsed;
  }

 private:
  nanoseconds start_;
};

/// Share of the channel that is in the ledger. The total is Telegram's estimate, so 100 is left for the end.
std::optional<int> percent(const collect::Progress& progress) {
  if (progress.total <= 0)
    return std::nullopt;
  return static_cast<int>(std::min<std::int64_t>(99, progress.stored * 100 / progress.total));
}

/// "12 345 posts, 1 234/s, 45 %, 10 s left"
std::string describe(const collect::Progress& progress, double rate) {
  std::string text = fmt::format("{} new posts", progress.posts_added);
  if (rate >= 1)
    text += fmt::format(", {:.0f}/s", rate);
  if (const auto share = percent(progress)) {
    text += fmt::format(", {} %", *share);
    const std::int64_t left = progress.total - progress.stored;
    if (rate >= 1 && left > 0) {
      text += fmt::format(", {} left", duration(static_cast<std::int64_t>(static_cast<double>(left) / rate) + 1));
    }
  }
  return text;
}

std::string done_line(std::string_view name, const collect::CollectStats& stats) {
  std::string text = fmt::format("{}: {} new posts", name, stats.posts_added);
  if (stats.updated > 0)
    text += fmt::format(", {} changed", stats.updated);
  return text + fmt::format(", {:.1f} s\n", stats.seconds);
}

std::string finished_line(const CollectSummary& summary) {
  return fmt::format("{} new posts from {} channel{} in {:.1f} s\n", summary.posts_added, summary.channels,
                     summary.channels == 1 ? "" : "s", summary.seconds);
}

/// What the three reports share: when each channel began and when it was last shown.
class ReportBase : public CollectReport {
 protected:
  ReportBase(TextSink out, TextSink errors, const Clock& clock, nanoseconds interval)
      : out_(std::move(out)), errors_(std::move(errors)), clock_(clock), interval_(interval) {}

  /// True if the channel was not shown for the interval; then it counts as shown now.
  bool due(std::string_view name) {
    const nanoseconds now = clock_.now().monotonic;
    Shown& shown = shown_of(name, now);
    if (now - shown.last < interval_)
      return false;
    shown.last = now;
    return true;
  }

  double rate(const collect::Progress& progress) {
    const nanoseconds now = clock_.now().monotonic;
    return shown_of(progress.name, now).pace.rate(progress.posts_added, now);
  }

  void write(std::string_view text) { out_(text); }

  void write_failure(std::string_view name, std::string_view reason) {
    // Most reasons name the channel themselves.
    const bool named = reason.find(name) != std::string_view::npos;
    errors_(named ? fmt::format("ledgram: {}\n", reason) : fmt::format("ledgram: {}: {}\n", name, reason));
  }

 private:
  struct Shown {
    Pace pace;
    nanoseconds last;
  };

  Shown& shown_of(std::string_view name, nanoseconds now) {
    return shown_.try_emplace(std::string(name), Shown{Pace(now), now}).first->second;
  }

  TextSink out_;
  TextSink errors_;
  const Clock& clock_;
  nanoseconds interval_;
  std::map<std::string, Shown, std::less<>> shown_;
};

class BarReport final : public ReportBase {
 public:
  BarReport(TextSink out, TextSink errors, const Clock& clock, std::size_t width)
      : ReportBase(std::move(out), std::move(errors), clock, std::chrono::milliseconds(100)), width_(width) {}

  void on_progress(const collect::Progress& progress) override {
    if (due(progress.name))
      draw(progress);
  }

  void on_flood_wait(std::string_view name, seconds wait) override {
    clear();
    write(
        fmt::format("{}: Telegram asks to wait {}; Ctrl-C stops, a later run goes on\n", name, duration(wait.count())));
  }

  void on_channel_done(std::string_view name, const collect::CollectStats& stats) override {
    clear();
    write(done_line(name, stats));
  }

  void on_channel_failed(std::string_view name, std::string_view reason) override {
    clear();
    write_failure(name, reason);
  }

  void on_finished(const CollectSummary& summary) override {
    clear();
    write(finished_line(summary));
  }

 private:
  void draw(const collect::Progress& progress) {
    constexpr std::size_t kBarColumns = 24;
    std::string bar;
    if (const auto share = percent(progress)) {
      const std::size_t filled = static_cast<std::size_t>(*share) * kBarColumns / 100;
      bar = fmt::format(" [{}{}]", std::string(filled, '#'), std::string(kBarColumns - filled, '.'));
    }
    // The last column stays free: some terminals wrap when it is written.
    const std::string line =
        shortened(fmt::format("{}{} {}", progress.name, bar, describe(progress, rate(progress))), width_ - 1);
    write(fmt::format("\r{}", padded(line, drawn_)));
    drawn_ = display_width(line);
  }

  void clear() {
    if (drawn_ == 0)
      return;
    write(fmt::format("\r{:{}}\r", "", drawn_));
    drawn_ = 0;
  }

  std::size_t width_;
  std::size_t drawn_ = 0;  ///< columns of what stands on the bar's line now
};

class PlainReport final : public ReportBase {
 public:
  PlainReport(TextSink out, TextSink errors, const Clock& clock)
      : ReportBase(std::move(out), std::move(errors), clock, seconds(10)) {}

  void on_progress(const collect::Progress& progress) override {
    if (due(progress.name))
      write(fmt::format("{}: {}\n", progress.name, describe(progress, rate(progress))));
  }
  void on_flood_wait(std::string_view name, seconds wait) override {
    write(fmt::format("{}: Telegram asks to wait {}\n", name, duration(wait.count())));
  }
  void on_channel_done(std::string_view name, const collect::CollectStats& stats) override {
    write(done_line(name, stats));
  }
  void on_channel_failed(std::string_view name, std::string_view reason) override { write_failure(name, reason); }
  void on_finished(const CollectSummary& summary) override { write(finished_line(summary)); }
};

class JsonReport final : public ReportBase {
 public:
  JsonReport(TextSink out, TextSink errors, const Clock& clock)
      : ReportBase(std::move(out), std::move(errors), clock, seconds(1)) {}

  void on_progress(const collect::Progress& progress) override {
    if (!due(progress.name))
      return;
    line({{"event", "progress"},
          {"channel", progress.name},
          {"posts_added", progress.posts_added},
          {"stored", progress.stored},
          {"total", progress.total}});
  }
  void on_flood_wait(std::string_view name, seconds wait) override {
    line({{"event", "flood_wait"}, {"channel", name}, {"seconds", wait.count()}});
  }
  void on_channel_done(std::string_view name, const collect::CollectStats& stats) override {
    line({{"event", "channel"},
          {"channel", name},
          {"posts_added", stats.posts_added},
          {"updated", stats.updated},
          {"seconds", stats.seconds}});
  }
  void on_channel_failed(std::string_view name, std::string_view reason) override {
    line({{"event", "failed"}, {"channel", name}, {"error", reason}});
    write_failure(name, reason);
  }
  void on_finished(const CollectSummary& summary) override {
    line({{"channels", summary.channels}, {"posts_added", summary.posts_added}, {"seconds", summary.seconds}});
  }

 private:
  void line(const boost::json::object& object) { write(boost::json::serialize(object) + "\n"); }
};

}  // namespace

std::unique_ptr<CollectReport> make_bar_report(TextSink out, TextSink errors, const Clock& clock, std::size_t width) {
  return std::make_unique<BarReport>(std::move(out), std::move(errors), clock, width);
}

std::unique_ptr<CollectReport> make_plain_report(TextSink out, TextSink errors, const Clock& clock) {
  return std::make_unique<PlainReport>(std::move(out), std::move(errors), clock);
}

std::unique_ptr<CollectReport> make_json_report(TextSink out, TextSink errors, const Clock& clock) {
  return std::make_unique<JsonReport>(std::move(out), std::move(errors), clock);
}

}  // namespace ledgram::cli
