#include "progress.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace ledgram::bench {
namespace {

constexpr std::int64_t kWidth = 30;

}  // namespace

Progress::Progress(std::string what, std::int64_t whole)
    : what_(std::move(what)), whole_(std::max<std::int64_t>(whole, 1)), terminal_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (drawn_)
    fmt::print(stderr, "\n");
}

void Progress::show(std::int64_t done, std::string_view note) {
  done = std::clamp<std::int64_t>(done, 0, whole_);
  if (terminal_) {
    const auto filled = static_cast<std::size_t>(kWidth * done / whole_);
    // The escape clears what a longer note left behind.
    fmt::print(stderr, "\r{} [{:<{}}] {}/{} {}\x1b[K", what_, std::string(filled, '#'), kWidth, done, whole_, note);
    std::fflush(stderr);
    drawn_ = true;
    return;
  }
  const std::int64_t tenth = 10 * done / whole_;
  if (tenth == last_tenth_)
    return;
  last_tenth_ = tenth;
  fmt::print(stderr, "{}: {}/{} {}\n", what_, done, whole_, note);
}

}  // namespace ledgram::bench
