#pragma once

/// One line of the log as a value, and how it is written as text and as JSON.

#include "ledgram/base/log_levels.hpp"

#include <chrono>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace ledgram::log {

enum class Format : std::uint8_t { Text, Json };

/// A named value of a line. Texts are not copied: a field lives no longer than the call that it is an argument of.
/// There is no way from a BasicSecret to a field.
struct Field {
  using Value = std::variant<std::int64_t, std::uint64_t, double, bool, std::string_view>;

  template <std::signed_integral T>
  Field(std::string_view name, T number) : key(name), value(std::int64_t{number}) {}
  template <std::unsigned_integral T>
    requires(!std::same_as<T, bool>)
  Field(std::string_view name, T number) : key(name), value(std::uint64_t{number}) {}
  Field(std::string_view name, double number) : key(name), value(number) {}
  template <std::same_as<bool> T>
  Field(std::string_view name, T truth) : key(name), value(truth) {}
  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, const std::string& text) : key(name), value(std::string_view(text)) {}

  std::string_view key;  ///< a word in the code, none of time, level, module and message
  Value value;
};

struct Line {
  std::chrono::system_clock::time_point time;
  Level level{};
  std::string_view module;
  std::string_view message;
  std::span<const Field> fields{};
};

/// `2026-01-31T12:00:00.123+0100 info [module] message key=1 other="two words"` with a line feed, in local time.
/// Control characters and bytes that are not UTF-8 stand as \n, \x1b, \xff: no text can begin a line of its own or move
/// a cursor.
[[nodiscard]] std::string to_text(const Line& line);

/// One JSON object with a line feed: time (UTC), level, module, message, then the fields. It is valid JSON whatever the
/// texts hold; a byte that is not UTF-8 becomes the four characters \xff.
[[nodiscard]] std::string to_json(const Line& line);

}  // namespace ledgram::log
