#include "ledgram/cli/terminal.hpp"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <utility>

namespace ledgram::cli {
namespace {

int descriptor_of(StreamKind stream) {
  switch (stream) {
    case StreamKind::Input:
      return STDIN_FILENO;
    case StreamKind::Output:
      return STDOUT_FILENO;
    case StreamKind::Error:
      return STDERR_FILENO;
  }
  std::unreachable();
}

}  // namespace

bool is_terminal(StreamKind stream) {
  return isatty(descriptor_of(stream)) == 1;
}

std::size_t terminal_width(StreamKind stream) {
  // A line that is not shown on a terminal is cut where a wide terminal would cut it.
  constexpr std::size_t kWithoutTerminal = 100;
  winsize size{};
  if (ioctl(descriptor_of(stream), TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
    return kWithoutTerminal;
  return size.ws_col;
}

std::size_t terminal_height(StreamKind stream) {
  constexpr std::size_t kUsual = 24;
  winsize size{};
  if (ioctl(descriptor_of(stream), TIOCGWINSZ, &size) != 0 || size.ws_row == 0)
    return kUsual;
  return size.ws_row;
}

struct EchoGuard::Saved {
  termios before{};
};

EchoGuard::EchoGuard(Echo echo) {
  if (echo == Echo::Shown || !is_terminal(StreamKind::Input))
    return;
  auto saved = std::make_unique<Saved>();
  if (tcgetattr(STDIN_FILENO, &saved->before) != 0)
    return;
  termios hidden = saved->before;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0)
    saved_ = std::move(saved);
}

EchoGuard::~EchoGuard() {
  if (!saved_)
    return;
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &saved_->before);
  // The line feed that ended the answer was not echoed either.
  fmt::print(stderr, "\n");
}

}  // namespace ledgram::cli
