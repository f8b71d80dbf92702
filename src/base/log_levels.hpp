#pragma once

/// How much the log shows: one level for all, others for single modules.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ledgram::log {

enum class Level : std::uint8_t { Trace, Debug, Info, Warning, Error, Off };

/// "trace", "debug", "info", "warning", "error", "off".
[[nodiscard]] std::string_view name_of(Level level);

/// What a person asked for: "info", "warn,telegram=debug", "telegram=debug".
struct LevelSpec {
  std::optional<Level> base;
  std::vector<std::pair<std::string, Level>> modules;
};

/// Levels by their names, "warn" too, parts separated by commas. The error says which part is wrong.
std::expected<LevelSpec, std::string> parse_level_spec(std::string_view text);

/// What is shown.
class Levels {
 public:
  Levels() = default;
  explicit Levels(Level base) : base_(base) {}

  /// A spec with a base replaces all that was set before; one without adds to it.
  void apply(const LevelSpec& spec);

  [[nodiscard]] Level of(std::string_view module) const;
  /// No module shows less important lines than this.
  [[nodiscard]] Level lowest() const;

 private:
  Level base_ = Level::Warning;
  std::vector<std::pair<std::string, Level>> modules_;
};

}  // namespace ledgram::log
