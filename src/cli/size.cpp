#include "ledgram/cli/size.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace ledgram::cli {

namespace {

constexpr double kStep = 1024;
constexpr std::string_view kUnits = "KMGT";
constexpr double kMost = 4.6e18;  // just under 2^62

}  // namespace

std::optional<std::int64_t> parse_size(std::string_view text) {
  double number = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (problem != std::errc{} || !(number >= 0))
    return std::nullopt;
  std::string unit;
  for (const char c : text.substr(static_cast<std::size_t>(end - text.data()))) {
    if (c != ' ')
      unit += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  if (!unit.empty() && unit != "B") {
    const std::size_t power = kUnits.find(unit.front());
    const std::string_view rest = std::string_view(unit).substr(1);
    if (power == std::string_view::npos || (!rest.empty() && rest != "B" && rest != "IB"))
      return std::nullopt;
    number *= std::pow(kStep, static_cast<double>(power + 1));
  }
  if (number > kMost)
    return std::nullopt;
  return static_cast<std::int64_t>(number);
}

std::string size_text(std::int64_t bytes) {
  auto number = static_cast<double>(bytes);
  if (number < 1000)
    return fmt::format("{} B", bytes);
  std::size_t unit = 0;
  for (number /= kStep; number >= 1000 && unit + 1 < kUnits.size(); ++unit)
    number /= kStep;
  return fmt::format("{:.1f} {}B", number, kUnits[unit]);
}

}  // namespace ledgram::cli
