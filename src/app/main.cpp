/// ledgram: the program. What the command line says is parsed in floor cli and carried out here in floor app.

#include "ledgram/app/commands.hpp"
#include "ledgram/app/log_setup.hpp"
#include "ledgram/cli/command_line.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/open_files.hpp"

#include <fmt/format.h>

#include <malloc.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <variant>

namespace {

/// Parts of files are half a megabyte and come by the thousand. The allocator would give the memory of each back to the
/// kernel and ask for it again, which took a tenth of the processor time of a download.
void keep_freed_memory() {
  constexpr int kLargestKept = 4 * 1024 * 1024;
  constexpr int kMostKept = 16 * 1024 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, kLargestKept);
  ::mallopt(M_TRIM_THRESHOLD, kMostKept);
}

}  // namespace

int main(int argc, char** argv) {
  using ledgram::cli::ExitCode;
  // A reader that goes away (`ledgram posts | head`) shows as a failed write, not as the end of the process.
  std::signal(SIGPIPE, SIG_IGN);
  keep_freed_memory();
  ledgram::net::raise_open_file_limit();
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(ledgram::net::SystemClock().now().unix_time);
  const auto parsed = ledgram::cli::parse_command_line(argc, argv, now.count());
  if (const auto* reply = std::get_if<ledgram::cli::Reply>(&parsed)) {
    fmt::print(reply->code == ExitCode::Done ? stdout : stderr, "{}", reply->text);
    return to_int(reply->code);
  }
  const auto& invocation = std::get<ledgram::cli::Invocation>(parsed);
  try {
    ledgram::app::set_up_log(ledgram::app::command_log(invocation.log));
    const ExitCode code = ledgram::app::execute(invocation);
    if (code == ExitCode::Interrupted)
      fmt::print(stderr, "ledgram: interrupted; run the command again to go on\n");
    return to_int(code);
  } catch (const std::exception& error) {
    // Every failure of the floors below carries a sentence for people.
    std::fflush(stdout);
    fmt::print(stderr, "ledgram: {}\n", error.what());
    return to_int(ExitCode::Failed);
  }
}
