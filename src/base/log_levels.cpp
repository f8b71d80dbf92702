#include "ledgram/base/log_levels.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace ledgram::log {
namespace {

constexpr std::array<std::string_view, 6> kNames{"trace", "debug", "info", "warning", "error", "off"};

std::optional<Level> level_named(std::string_view name) {
  if (name == "warn")
    return Level::Warning;
  const auto* const found = std::ranges::find(kNames, name);
  if (found == kNames.end())
    return std::nullopt;
  return static_cast<Level>(found - kNames.begin());
}

}  // namespace

std::string_view name_of(Level level) {
  return kNames.at(static_cast<std::size_t>(level));
}

std::expected<LevelSpec, std::string> parse_level_spec(std::string_view text) {
  LevelSpec spec;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = text.substr(0, comma);
    const std::size_t equals = part.find('=');
    const std::string_view name = equals == std::string_view::npos ? part : part.substr(equals + 1);
    const std::optional<Level> level = level_named(name);
    if (!level) {
      return std::unexpected(
          fmt::format("'{}' is no log level; use trace, debug, info, warning, error or off, and module=level", name));
    }
    if (equals == 0)
      return std::unexpected(fmt::format("'{}' names no module", part));
    if (equals != std::string_view::npos) {
      spec.modules.emplace_back(part.substr(0, equals), *level);
    } else if (spec.base) {
      return std::unexpected(fmt::format("'{}' is a second level for everything", part));
    } else {
      spec.base = level;
    }
    if (comma == std::string_view::npos)
      return spec;
    text.remove_prefix(comma + 1);
  }
}

void Levels::apply(const LevelSpec& spec) {
  if (spec.base) {
    base_ = *spec.base;
    modules_.clear();
  }
  for (const auto& [module, level] : spec.modules) {
    const auto found = std::ranges::find(modules_, module, &std::pair<std::string, Level>::first);
    if (found == modules_.end()) {
      modules_.emplace_back(module, level);
    } else {
      found->second = level;
    }
  }
}

Level Levels::of(std::string_view module) const {
  const auto found = std::ranges::find(modules_, module, &std::pair<std::string, Level>::first);
  return found == modules_.end() ? base_ : found->second;
}

Level Levels::lowest() const {
  Level lowest = base_;
  for (const auto& [module, level] : modules_)
    lowest = std::min(lowest, level);
  return lowest;
}

}  // namespace ledgram::log
