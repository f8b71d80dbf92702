#pragma once

/// How `media fetch` is shown: a bar on a terminal, a line now and then elsewhere, JSON lines for programs.

#include "ledgram/base/clock.hpp"
#include "ledgram/cli/collect_report.hpp"
#include "ledgram/media/fetch.hpp"

#include <memory>
#include <string>

namespace ledgram::cli {

class MediaReport : public media::FetchListener {
 public:
  /// Lists what failed, with the reasons, and sums up. JSON: the last line has files, bytes, failed, waiting, too_big
  /// and seconds.
  virtual void on_finished(const media::FetchStats& stats) = 0;
};

/// A bar that is redrawn in place, at most ten times a second; `width` is the terminal's columns.
std::unique_ptr<MediaReport> make_media_bar(std::string channel, TextSink out, TextSink errors, const Clock& clock,
                                            std::size_t width);

/// A line every ten seconds.
std::unique_ptr<MediaReport> make_media_lines(std::string channel, TextSink out, TextSink errors, const Clock& clock);

/// One JSON object a line: progress (at most one a second), slowed_down, failed, and the summary.
std::unique_ptr<MediaReport> make_media_json(std::string channel, TextSink out, TextSink errors, const Clock& clock);

}  // namespace ledgram::cli
