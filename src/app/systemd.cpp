#include "ledgram/app/systemd.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>
#include <systemd/sd-daemon.h>

namespace ledgram::app::systemd {
namespace {

/// One assignment a line is the form; a status must not make a second.
std::string status_line(std::string_view status) {
  std::string line = "STATUS=" + std::string(status);
  std::ranges::replace(line, '\n', ' ');
  return line;
}

/// Whether systemd got it is its affair: the service runs all the same.
void notify(const std::string& state) {
  ::sd_notify(0, state.c_str());
}

}  // namespace

void notify_ready(std::string_view status) {
  notify("READY=1\n" + status_line(status));
}

void notify_status(std::string_view status) {
  notify(status_line(status));
}

void notify_stopping() {
  notify("STOPPING=1");
}

void notify_alive() {
  notify("WATCHDOG=1");
}

std::optional<nanoseconds> watchdog_time() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0)
    return std::nullopt;
  return std::chrono::microseconds(static_cast<std::int64_t>(microseconds));
}

}  // namespace ledgram::app::systemd
