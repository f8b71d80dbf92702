#pragma once

/// What goes wrong in a chaos run, and when: drawn from a seed, so that the same seed makes the same run. Moments are
/// counted in published messages, not in time. Pure.

#include <boost/json/object.hpp>

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::bench {

struct PlanOptions {
  std::uint64_t seed = 1;
  std::int64_t messages = 2000;
  int kills = 5;
  int faults = 40;
  int rate = 1000;                  ///< messages a second, by which durations become counts
  int dcs = 5;                      ///< of the simulator
  std::vector<std::string> phones;  ///< of the accounts
  std::set<std::string> without;    ///< kinds that are not drawn; names as in fault_kinds()
};

struct Step {
  enum class Kind : std::uint8_t {
    Fault,     ///< POST /faults with `body`
    EndFault,  ///< DELETE the fault that step `begins` started
    Migrate,   ///< POST /migrate with `body`
    Kill,      ///< SIGKILL to the collector
    Restart,   ///< start it again
  };

  std::int64_t at = 0;  ///< when so many messages are published
  Kind kind{};
  std::string name;  ///< of the kind of fault
  boost::json::object body;
  std::size_t begins = 0;  ///< EndFault: the index of the step that it ends

  friend bool operator==(const Step&, const Step&) = default;
};

struct Plan {
  std::vector<Step> steps;  ///< in the order in which they are due
  /// The account whose session is opened elsewhere, for good; empty: none. Others take its channels over.
  std::string given_up;
};

Plan draw_plan(const PlanOptions& options);

/// An account moves to another data centre.
inline constexpr std::string_view kMigrate = "migrate";
/// Not drawn: it happens once in every run with private chats, unless it is left out.
inline constexpr std::string_view kMigrateGroup = "migrate_group";

/// Every kind that can be left out.
std::vector<std::string> fault_kinds();

}  // namespace ledgram::bench
