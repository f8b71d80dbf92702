#include "ledgram/http/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>

namespace ledgram::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// How well a range fits: 0 not at all, 3 exactly.
int closeness(std::string_view range, std::string_view thing) {
  if (equal_ignoring_case(range, thing))
    return 3;
  if (range == "*" || range == "*/*")
    return 1;
  const std::size_t slash = thing.find('/');
  if (slash != std::string_view::npos && range.ends_with("/*") &&
      equal_ignoring_case(range.substr(0, range.size() - 2), thing.substr(0, slash)))
    return 2;
  return 0;
}

/// True for "q=0", "q=0.000".
bool refuses(std::string_view parameter) {
  if (parameter.size() < 3 || lower(parameter[0]) != 'q' || parameter[1] != '=')
    return false;
  return parameter.substr(2).find_first_not_of("0.") == std::string_view::npos;
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos)
      return parts;
    text.remove_prefix(end + 1);
  }
}

bool list_holds(std::string_view list, std::string_view token) {
  return std::ranges::any_of(split(list, ','),
                             [token](std::string_view part) { return equal_ignoring_case(trim(part), token); });
}

bool accepts(std::string_view header, std::string_view thing) {
  if (trim(header).empty())
    return true;
  int best = 0;
  bool accepted = false;
  for (const std::string_view item : split(header, ',')) {
    const std::vector<std::string_view> parts = split(item, ';');
    const int fit = closeness(trim(parts.front()), thing);
    if (fit <= best)
      continue;
    best = fit;
    accepted = std::none_of(parts.begin() + 1, parts.end(), [](std::string_view part) { return refuses(trim(part)); });
  }
  return accepted;
}

std::string http_date(std::int64_t unix_seconds) {
  using namespace std::chrono;
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const sys_seconds moment{seconds(unix_seconds)};
  const sys_days day = floor<days>(moment);
  const year_month_day date(day);
  const hh_mm_ss time(moment - day);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
                     time.seconds().count());
}

}  // namespace ledgram::http
