#pragma once

/// How a collection is shown: a bar on a terminal, a line now and then elsewhere, JSON lines for programs.

#include "ledgram/base/clock.hpp"
#include "ledgram/collect/collector.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace ledgram::cli {

/// What a whole run brought.
struct CollectSummary {
  std::int64_t channels = 0;  ///< brought up to date
  std::int64_t posts_added = 0;
  double seconds = 0;
};

/// Follows one run of `collect`. Progress and flood waits come from the collectors, the rest from the command.
class CollectReport : public collect::ProgressListener {
 public:
  virtual void on_channel_done(std::string_view name, const collect::CollectStats& stats) = 0;

  /// `reason` is a sentence for people. The command repeats nothing of it.
  virtual void on_channel_failed(std::string_view name, std::string_view reason) = 0;

  virtual void on_finished(const CollectSummary& summary) = 0;
};

/// Takes text as it is to be written, line feeds and carriage returns included.
using TextSink = std::function<void(std::string_view)>;

/// A bar that is redrawn in place, at most ten times a second; `width` is the terminal's columns.
std::unique_ptr<CollectReport> make_bar_report(TextSink out, TextSink errors, const Clock& clock, std::size_t width);

/// A line for each channel, and one every ten seconds while a channel takes longer.
std::unique_ptr<CollectReport> make_plain_report(TextSink out, TextSink errors, const Clock& clock);

/// One JSON object a line. Events: progress (at most one a second and channel), flood_wait, channel, failed. The last
/// line is the summary: channels, posts_added, seconds. Failures are on `errors` as text, too.
std::unique_ptr<CollectReport> make_json_report(TextSink out, TextSink errors, const Clock& clock);

}  // namespace ledgram::cli
