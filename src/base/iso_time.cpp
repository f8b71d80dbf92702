#include "ledgram/base/iso_time.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <chrono>

namespace ledgram {
namespace {

using std::chrono::milliseconds;

// Without what follows the seconds.
std::string date_and_time(std::chrono::seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const std::chrono::hh_mm_ss clock{time - day};
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}"), static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count());
}

}  // namespace

std::string iso8601(std::int64_t unix_seconds) {
  return date_and_time(std::chrono::seconds(unix_seconds)) + 'Z';
}

std::string iso8601_millis(std::int64_t unix_millis) {
  const milliseconds time(unix_millis);
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return date_and_time(whole) + fmt::format(FMT_COMPILE(".{:03}Z"), (time - whole).count());
}

}  // namespace ledgram
