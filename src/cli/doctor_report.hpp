#pragma once

/// What `ledgram doctor` found out, and how it is shown.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::cli {

enum class Health : std::uint8_t {
  Ok,
  Warning,  ///< works, and should be looked at
  Problem,  ///< something does not work
};

constexpr std::string_view name_of(Health health) {
  switch (health) {
    case Health::Ok:
      return "ok";
    case Health::Warning:
      return "warning";
    case Health::Problem:
      return "problem";
  }
  return "?";
}

struct Finding {
  Health health = Health::Ok;
  std::string check;   ///< what was looked at: "configuration", "data centre 2"
  std::string text;    ///< what was found
  std::string advice;  ///< what to do about it; empty if nothing is to be done
};

/// One line a finding, and one below it with the advice.
std::string to_text(const Finding& finding);

/// The last line: "nothing is wrong" or how many findings of which kind.
std::string summary_text(const std::vector<Finding>& findings);

/// One object: findings (check, health, text, advice), warnings, problems. Ends with a line feed.
std::string to_json(const std::vector<Finding>& findings);

/// False if there is a problem.
bool is_healthy(const std::vector<Finding>& findings);

}  // namespace ledgram::cli
