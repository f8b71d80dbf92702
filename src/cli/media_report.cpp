#include "ledgram/cli/media_report.hpp"

#include "ledgram/cli/date.hpp"
#include "ledgram/cli/size.hpp"
#include "ledgram/cli/text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace ledgram::cli {
namespace {

using media::FetchProgress;

/// More failures than this are counted, not listed.
constexpr std::size_t kMostListed = 20;

class ReportBase : public MediaReport {
 public:
  void on_file_failed(const ledger::MediaFile& file) override {
    if (failures_.size() < kMostListed)
      failures_.push_back(fmt::format("message {}, {} ({}): {}", file.number.value(), name_of_file(file),
                                      size_text(file.size), printable_line(file.reason)));
    ++failed_;
  }

  void on_finished(const media::FetchStats& stats) override {
    if (failed_ > 0) {
      errors_(
          fmt::format("ledgram: {} file{} of {} could not be fetched:\n", failed_, failed_ == 1 ? "" : "s", channel_));
      for (const std::string& line : failures_)
        errors_(fmt::format("  {}\n", line));
      if (failed_ > failures_.size())
        errors_(
            fmt::format("  and {} more; `ledgram media list {}` shows all\n", failed_ - failures_.size(), channel_));
    }
    std::string line = fmt::format("{}: {} file{}, {} in {:.1f} s", channel_, stats.stored,
                                   stats.stored == 1 ? "" : "s", size_text(stats.fetched), stats.seconds);
    if (stats.too_big > 0)
      line += fmt::format("; {} too big", stats.too_big);
    if (stats.waiting > 0)
      line += fmt::format("; {} failed before and wait for their time (--retry does not wait)", stats.waiting);
    out_(line + "\n");
  }

 protected:
  ReportBase(std::string channel, TextSink out, TextSink errors, const Clock& clock, nanoseconds interval)
      : channel_(std::move(channel)),
        out_(std::move(out)),
        errors_(std::move(errors)),
        clock_(clock),
        interval_(interval),
        start_(clock.now().monotonic),
        shown_(start_) {}

  /// True if nothing was shown for the interval; then it counts as shown now.
  bool due() {
    const nanoseconds now = clock_.now().monotonic;
    if (now - shown_ < interval_)
      return false;
    shown_ = now;
    return true;
  }

  /// "3 of 12 files, 4.0 MB of 23.1 MB, 1.2 MB/s, 15 s left"
  std::string describe(const FetchProgress& progress) const {
    std::string text = fmt::format("{} of {} files, {} of {}", progress.files_done, progress.files_total,
                                   size_text(progress.bytes_done), size_text(progress.bytes_total));
    const double elapsed = std::chrono::duration<double>(clock_.now().monotonic - start_).count();
    // The first moments say nothing about what follows.
    constexpr double kLeastSeconds = 0.2;
    if (elapsed < kLeastSeconds || progress.bytes_fetched <= 0)
      return text;
    const double rate = static_cast<double>(progress.bytes_fetched) / elapsed;
    text += fmt::format(", {}/s", size_text(static_cast<std::int64_t>(rate)));
    const auto left = static_cast<double>(progress.bytes_total - progress.bytes_done);
    if (left > 0)
      text += fmt::format(", {} left", duration(static_cast<std::int64_t>(left / rate) + 1));
    return text;
  }

  static int percent(const FetchProgress& progress) {
    if (progress.bytes_total <= 0)
      return 0;
    return static_cast<int>(std::clamp<std::int64_t>(progress.bytes_done * 100 / progress.bytes_total, 0, 100));
  }

  static std::string name_of_file(const ledger::MediaFile& file) {
    return file.name.empty() ? fmt::format("{} {}", ledger::name_of(file.kind), file.file) : printable_line(file.name);
  }

  static std::string slowed_text(std::chrono::seconds wait) {
    return fmt::format("Telegram slows downloads down (a pause of {}); this is how it treats accounts without Premium",
                       duration(wait.count()));
  }

  std::string channel_;
  TextSink out_;
  TextSink errors_;

 private:
  const Clock& clock_;
  nanoseconds interval_;
  nanoseconds start_;
  nanoseconds shown_;
  std::vector<std::string> failures_;
  std::size_t failed_ = 0;
};

class BarReport final : public ReportBase {
 public:
  BarReport(std::string channel, TextSink out, TextSink errors, const Clock& clock, std::size_t width)
      : ReportBase(std::move(channel), std::move(out), std::move(errors), clock, std::chrono::milliseconds(100)),
        width_(width) {}

  void on_progress(const FetchProgress& progress) override {
    if (!due())
      return;
    constexpr std::size_t kBarColumns = 24;
    const auto filled = static_cast<std::size_t>(percent(progress)) * kBarColumns / 100;
    // The last column stays free: some terminals wrap when it is written.
    const std::string line =
        shortened(fmt::format("{} [{}{}] {} % {}", channel_, std::string(filled, '#'),
                              std::string(kBarColumns - filled, '.'), percent(progress), describe(progress)),
                  width_ - 1);
    out_(fmt::format("\r{}", padded(line, drawn_)));
    drawn_ = display_width(line);
  }

  void on_slowed_down(std::chrono::seconds wait) override {
    clear();
    out_(fmt::format("{}\n", slowed_text(wait)));
  }

  void on_finished(const media::FetchStats& stats) override {
    clear();
    ReportBase::on_finished(stats);
  }

 private:
  void clear() {
    if (drawn_ == 0)
      return;
    out_(fmt::format("\r{:{}}\r", "", drawn_));
    drawn_ = 0;
  }

  std::size_t width_;
  std::size_t drawn_ = 0;  ///< columns of what stands on the bar's line now
};

class LineReport final : public ReportBase {
 public:
  LineReport(std::string channel, TextSink out, TextSink errors, const Clock& clock)
      : ReportBase(std::move(channel), std::move(out), std::move(errors), clock, std::chrono::seconds(10)) {}

  void on_progress(const FetchProgress& progress) override {
    if (due())
      out_(fmt::format("{}: {}\n", channel_, describe(progress)));
  }
  void on_slowed_down(std::chrono::seconds wait) override { out_(fmt::format("{}\n", slowed_text(wait))); }
};

class JsonReport final : public ReportBase {
 public:
  JsonReport(std::string channel, TextSink out, TextSink errors, const Clock& clock)
      : ReportBase(std::move(channel), std::move(out), std::move(errors), clock, std::chrono::seconds(1)) {}

  void on_progress(const FetchProgress& progress) override {
    if (!due())
      return;
    line({{"event", "progress"},
          {"files_done", progress.files_done},
          {"files_total", progress.files_total},
          {"bytes_done", progress.bytes_done},
          {"bytes_total", progress.bytes_total}});
  }
  void on_slowed_down(std::chrono::seconds wait) override {
    line({{"event", "slowed_down"}, {"seconds", wait.count()}});
  }
  void on_file_failed(const ledger::MediaFile& file) override {
    ReportBase::on_file_failed(file);
    line({{"event", "failed"},
          {"message", file.number.value()},
          {"size", file.size},
          {"error", file.reason},
          {"next_try", file.next_try}});
  }
  void on_finished(const media::FetchStats& stats) override {
    line({{"files", stats.stored},
          {"bytes", stats.fetched},
          {"failed", stats.failed},
          {"waiting", stats.waiting},
          {"too_big", stats.too_big},
          {"seconds", stats.seconds}});
  }

 private:
  void line(const boost::json::object& object) { out_(boost::json::serialize(object) + "\n"); }
};

}  // namespace

std::unique_ptr<MediaReport> make_media_bar(std::string channel, TextSink out, TextSink errors, const Clock& clock,
                                            std::size_t width) {
  return std::make_unique<BarReport>(std::move(channel), std::move(out), std::move(errors), clock, width);
}

std::unique_ptr<MediaReport> make_media_lines(std::string channel, TextSink out, TextSink errors, const Clock& clock) {
  return std::make_unique<LineReport>(std::move(channel), std::move(out), std::move(errors), clock);
}

std::unique_ptr<MediaReport> make_media_json(std::string channel, TextSink out, TextSink errors, const Clock& clock) {
  return std::make_unique<JsonReport>(std::move(channel), std::move(out), std::move(errors), clock);
}

}  // namespace ledgram::cli
