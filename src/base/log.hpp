#pragma once

/// The log. One process-wide sink on stderr, text lines, levels; messages are formatted only when they are shown.
///
/// What Telegram or people wrote (message texts, names, phone numbers) does not belong into it at info or above.

#include <fmt/format.h>

#include <cstdint>
#include <string_view>
#include <utility>

namespace ledgram::log {

enum class Level : std::uint8_t { Trace, Debug, Info, Warning, Error, Off };

/// Lines below `level` are dropped from now on. The default is Warning. Thread-safe.
void set_level(Level level);

[[nodiscard]] bool enabled(Level level);

/// Writes one line "time level [module] text". Thread-safe.
void write(Level level, std::string_view module, std::string_view text);

template <class... Args>
void debug(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::Debug))
    write(Level::Debug, module, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void info(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::Info))
    write(Level::Info, module, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void warning(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::Warning))
    write(Level::Warning, module, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void error(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::Error))
    write(Level::Error, module, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace ledgram::log
