#include "ledgram/app/qr_screen.hpp"

#include "ledgram/cli/qr_code.hpp"
#include "ledgram/cli/terminal.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::app {
namespace {

/// A terminal that says it understands no control sequences.
bool is_dumb() {
  const char* term = std::getenv("TERM");
  return term == nullptr || std::string_view(term) == "dumb";
}

/// Lines that a text takes on the terminal.
std::size_t lines_of(std::size_t length, std::size_t width) {
  return length == 0 ? 1 : (length + width - 1) / width;
}

}  // namespace

void QrScreen::show(const telegram::LoginToken& token) {
  const std::string& link = token.link.reveal();
  if (!cli::is_terminal(cli::StreamKind::Error)) {
    fmt::print("{}\n", link);
    std::fflush(stdout);
    return;
  }
  const std::size_t width = cli::terminal_width(cli::StreamKind::Error);
  const std::string advice = fmt::format(
      "Telegram on your phone: Settings, Devices, Link Desktop Device. Renewed every {} s.", token.valid_for.count());
  const std::size_t text_lines = lines_of(advice.size(), width) + lines_of(link.size(), width);
  std::optional<cli::QrDrawing> drawing;
  if (!is_dumb())
    drawing = cli::draw_qr(link);
  // A drawing of which a part scrolled away or was wrapped cannot be scanned, nor taken back.
  const bool fits = drawing && drawing->columns <= width &&
                    drawing->lines.size() + text_lines < cli::terminal_height(cli::StreamKind::Error);
  clear();
  if (fits)
    fmt::print(stderr, "{}", cli::coloured(*drawing));
  fmt::print(stderr, "{}\n{}\n", advice, link);
  std::fflush(stderr);
  lines_shown_ = is_dumb() ? 0 : text_lines + (fits ? drawing->lines.size() : 0);
}

void QrScreen::clear() {
  if (lines_shown_ == 0)
    return;
  // Up to the first line, and erase from there (ECMA-48 CPL, ED).
  fmt::print(stderr, "\x1b[{}F\x1b[J", lines_shown_);
  std::fflush(stderr);
  lines_shown_ = 0;
}

}  // namespace ledgram::app
