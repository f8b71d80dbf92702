#include "ledgram/app/commands.hpp"
#include "ledgram/app/doctor_checks.hpp"
#include "ledgram/app/doctor_network.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/cli/terminal.hpp"
#include "ledgram/cli/text.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/random.hpp"

#include <fmt/format.h>

#include <cstdio>

namespace ledgram::app {

namespace {

/// Prints each finding once, as soon as it is there; JSON is one object and so comes at the end.
class Printer {
 public:
  explicit Printer(cli::ReportFormat format) : format_(format) {}

  void show_new(const Findings& findings) {
    hide_progress();
    for (; shown_ < findings.size(); ++shown_) {
      if (format_ == cli::ReportFormat::Text)
        fmt::print("{}", cli::to_text(findings[shown_]));
    }
    std::fflush(stdout);
  }

  void finish(const Findings& findings) {
    show_new(findings);
    fmt::print("{}", format_ == cli::ReportFormat::Json ? cli::to_json(findings) : cli::summary_text(findings));
  }

  /// On a terminal only, and gone when there is something to show.
  void show_progress(std::string_view line) {
    if (!cli::is_terminal(cli::StreamKind::Error))
      return;
    progress_ = true;
    const std::size_t width = cli::terminal_width(cli::StreamKind::Error);
    fmt::print(stderr, "\r\x1b[K{}", cli::shortened(line, width > 1 ? width - 1 : 1));
    std::fflush(stderr);
  }

 private:
  void hide_progress() {
    if (!std::exchange(progress_, false))
      return;
    fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
  }

  cli::ReportFormat format_;
  std::size_t shown_ = 0;
  bool progress_ = false;
};

}  // namespace

cli::ExitCode doctor(const std::filesystem::path& data, const cli::DoctorCommand& command) {
  net::SystemRandom random;
  const net::SystemClock clock;
  Findings findings;
  Printer printer(command.format);
  const DoctorSubject subject = check_machine(data, random, findings);
  printer.show_new(findings);
  const ProgressLine progress = [&printer](std::string_view line) { printer.show_progress(line); };
  for (const AccountRoute& route : subject.routes) {
    try {
      const RunEnd end =
          run_event_loop([&] { return check_network(*subject.config, route, random, clock, progress, findings); });
      if (end == RunEnd::Interrupted) {
        printer.show_new(findings);
        return cli::ExitCode::Interrupted;
      }
    } catch (const AppFailure& failure) {
      findings.push_back({cli::Health::Problem, "network", failure.what(), {}});
    }
    printer.show_new(findings);
  }
  printer.finish(findings);
  return cli::is_healthy(findings) ? cli::ExitCode::Done : cli::ExitCode::Failed;
}

}  // namespace ledgram::app
