#pragma once

/// The log. A line is a level, a module, a message and named values; it goes to standard error or to a file, as text or
/// as JSON. Messages are formatted only when they are shown. Nothing here throws, and a disk that is full or a reader
/// that has stopped costs lines, which are counted, and never the caller. All functions are thread-safe.
///
/// What Telegram or people wrote (message texts, names, phone numbers) does not belong into it at info or above.

#include "ledgram/base/log_levels.hpp"
#include "ledgram/base/log_line.hpp"
#include "ledgram/base/log_output.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cstdint>
#include <expected>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ledgram::log {

/// Who waits for a line to be written: the caller, or a thread of the log's own (for a service, which must not wait).
enum class Delivery : std::uint8_t { Direct, Thread };

struct Setup {
  Levels levels;
  Format format = Format::Text;
  std::optional<FileSetup> file;  ///< nothing: standard error
  Delivery delivery = Delivery::Direct;
};

/// Replaces the default: warnings and errors on standard error, as text. The error says why the file cannot be opened;
/// then nothing has changed.
std::expected<void, std::string> configure(const Setup& setup);

/// For tests: lines go there from now on.
void set_output(std::unique_ptr<Output> output, Format format);

/// Less important lines are dropped from now on, whatever their module.
void set_level(Level level);
void set_levels(const Levels& levels);

[[nodiscard]] bool enabled(Level level, std::string_view module);

/// Opens the log file anew after somebody has moved it away; harmless when there is none.
void reopen() noexcept;

/// Waits until all lines so far have been written, for `time` at most; for the end of a process.
bool flush(std::chrono::milliseconds time) noexcept;

struct Counters {
  std::uint64_t written = 0;
  std::uint64_t lost = 0;  ///< could not be written
};

/// Since the start of the process.
[[nodiscard]] Counters counters() noexcept;

/// Writes one line if its level is enabled.
void write(Level level, std::string_view module, std::string_view message, std::span<const Field> fields = {}) noexcept;

/// The same with named values: `log::event(Level::Info, "follow", "channel lost", {{"account", name}, {"channel",
/// 7}})`.
inline void event(Level level, std::string_view module, std::string_view message,
                  std::initializer_list<Field> fields) noexcept {
  write(level, module, message, std::span<const Field>(fields.begin(), fields.size()));
}

template <class... Args>
void debug(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::Debug, module))
    write(Level::Debug, module, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void info(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::Info, module))
    write(Level::Info, module, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void warning(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::Warning, module))
    write(Level::Warning, module, fmt::format(format, std::forward<Args>(args)...));
}

template <class... Args>
void error(std::string_view module, fmt::format_string<Args...> format, Args&&... args) {
  if (enabled(Level::Error, module))
    write(Level::Error, module, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace ledgram::log
