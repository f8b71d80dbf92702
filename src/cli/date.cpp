#include "ledgram/cli/date.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <charconv>
#include <chrono>

namespace ledgram::cli {
namespace {

using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;

/// Reads exactly `digits` decimal digits and moves past them.
std::optional<int> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits)
    return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + digits, number);
  if (error != std::errc() || end != text.data() + digits || number < 0)
    return std::nullopt;
  text.remove_prefix(digits);
  return number;
}

bool take(std::string_view& text, char expected) {
  if (text.empty() || text.front() != expected)
    return false;
  text.remove_prefix(1);
  return true;
}

std::optional<std::int64_t> parse_relative(std::string_view text, std::int64_t now) {
  if (text.size() < 2)
    return std::nullopt;
  std::int64_t unit = 0;
  switch (text.back()) {
    case 'm':
      unit = 60;
      break;
    case 'h':
      unit = 3600;
      break;
    case 'd':
      unit = 86400;
      break;
    default:
      return std::nullopt;
  }
  text.remove_suffix(1);
  std::int32_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 0)
    return std::nullopt;
  return now - count * unit;
}

/// The time of day after a date, in seconds; 0 when nothing follows.
std::optional<std::int64_t> parse_time_of_day(std::string_view text) {
  if (text.empty())
    return 0;
  if (!take(text, 'T') && !take(text, ' '))
    return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || *hour > 23 || !take(text, ':'))
    return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || *minute > 59)
    return std::nullopt;
  int second = 0;
  if (take(text, ':')) {
    const auto given = take_number(text, 2);
    if (!given || *given > 59)
      return std::nullopt;
    second = *given;
  }
  take(text, 'Z');
  if (!text.empty())
    return std::nullopt;
  return *hour * 3600 + *minute * 60 + second;
}

}  // namespace

std::string short_date(std::int64_t unix_seconds) {
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(unix_seconds)));
}

std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now) {
  if (const auto relative = parse_relative(text, now))
    return relative;
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-'))
    return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-'))
    return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day)
    return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  const auto time = parse_time_of_day(text);
  if (!date.ok() || !time)
    return std::nullopt;
  return sys_seconds(sys_days(date)).time_since_epoch().count() + *time;
}

std::string duration(std::int64_t total) {
  if (total < 60)
    return fmt::format("{} s", total);
  if (total < 3600)
    return fmt::format("{} min {:02} s", total / 60, total % 60);
  return fmt::format("{} h {:02} min", total / 3600, total % 3600 / 60);
}

}  // namespace ledgram::cli
