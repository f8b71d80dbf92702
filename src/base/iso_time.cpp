#include "ledgram/base/iso_time.hpp"

#include <array>
#include <chrono>
#include <cstddef>

namespace ledgram {
namespace {

using std::chrono::milliseconds;

/// Appends `number` with so many digits. Faster than a formatter, and lists have two times an item.
void append_digits(std::string& text, unsigned number, std::size_t digits) {
  std::array<char, 4> written{};
  for (std::size_t at = digits; at-- > 0; number /= 10)
    written[at] = static_cast<char>('0' + number % 10);
  text.append(written.data(), digits);
}

// Without what follows the seconds. Years have four digits here; nothing of ours is as old or as new as to need more.
std::string date_and_time(std::chrono::seconds time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const auto seconds = static_cast<unsigned>((time - day).count());
  std::string text;
  text.reserve(sizeof "2026-01-31T12:30:00.250Z");
  append_digits(text, static_cast<unsigned>(static_cast<int>(date.year())), 4);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.month()), 2);
  text += '-';
  append_digits(text, static_cast<unsigned>(date.day()), 2);
  text += 'T';
  append_digits(text, seconds / 3600, 2);
  text += ':';
  append_digits(text, seconds / 60 % 60, 2);
  text += ':';
  append_digits(text, seconds % 60, 2);
  return text;
}

}  // namespace

std::string iso8601(std::int64_t unix_seconds) {
  return date_and_time(std::chrono::seconds(unix_seconds)) + 'Z';
}

std::string iso8601_millis(std::int64_t unix_millis) {
  const milliseconds time(unix_millis);
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  std::string text = date_and_time(whole);
  text += '.';
  append_digits(text, static_cast<unsigned>((time - whole).count()), 3);
  text += 'Z';
  return text;
}

}  // namespace ledgram
