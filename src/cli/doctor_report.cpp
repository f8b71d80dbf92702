#include "ledgram/cli/doctor_report.hpp"

#include "ledgram/cli/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace ledgram::cli {

namespace {

/// As wide as "problem" and "warning", with two spaces behind.
constexpr std::size_t kHealthWidth = 9;
constexpr std::size_t kCheckWidth = 16;

std::int64_t count_of(const std::vector<Finding>& findings, Health health) {
  return std::ranges::count(findings, health, &Finding::health);
}

std::string counted(std::int64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

}  // namespace

std::string to_text(const Finding& finding) {
  std::string line = padded(name_of(finding.health), kHealthWidth) + padded(finding.check, kCheckWidth);
  line += fmt::format("{}{}\n", finding.check.size() >= kCheckWidth ? " " : "", printable_line(finding.text));
  if (!finding.advice.empty())
    line += fmt::format("{}{}\n", std::string(kHealthWidth, ' '), printable_line("-> " + finding.advice));
  return line;
}

std::string summary_text(const std::vector<Finding>& findings) {
  const std::int64_t problems = count_of(findings, Health::Problem);
  const std::int64_t warnings = count_of(findings, Health::Warning);
  if (problems == 0 && warnings == 0)
    return "nothing is wrong\n";
  if (problems == 0)
    return fmt::format("nothing is wrong, {}\n", counted(warnings, "warning"));
  return fmt::format("{}, {}\n", counted(problems, "problem"), counted(warnings, "warning"));
}

std::string to_json(const std::vector<Finding>& findings) {
  boost::json::array list;
  for (const Finding& finding : findings) {
    list.push_back({{"check", finding.check},
                    {"health", name_of(finding.health)},
                    {"text", finding.text},
                    {"advice", finding.advice}});
  }
  const boost::json::object report{{"findings", std::move(list)},
                                   {"warnings", count_of(findings, Health::Warning)},
                                   {"problems", count_of(findings, Health::Problem)}};
  return boost::json::serialize(report) + "\n";
}

bool is_healthy(const std::vector<Finding>& findings) {
  return count_of(findings, Health::Problem) == 0;
}

}  // namespace ledgram::cli
