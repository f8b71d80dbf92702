#include "ledgram/base/log_line.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <iterator>

namespace ledgram::log {
namespace {

using Out = std::back_insert_iterator<std::string>;

/// The length of the UTF-8 character that `text` begins with; 0 if its first byte begins none.
std::size_t character_length(std::string_view text) {
  const auto at = [text](std::size_t index) { return static_cast<std::uint8_t>(text[index]); };
  const std::uint8_t first = at(0);
  if (first < 0x80)
    return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  // 0xc0 and 0xc1 could only begin what is shorter otherwise; nothing above U+10FFFF begins with more than 0xf4.
  if (first < 0xc2 || first > 0xf4 || text.size() < length)
    return 0;
  // The second byte rules out overlong forms, surrogates and numbers that are too large.
  const std::uint8_t second = at(1);
  const std::uint8_t lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest)
    return 0;
  for (std::size_t index = 2; index < length; ++index) {
    if ((at(index) & 0xc0) != 0x80)
      return 0;
  }
  return length;
}

/// C0, DEL, and the controls of U+0080 to U+009F, some of which move a terminal's cursor.
bool is_control(std::string_view character) {
  const auto first = static_cast<std::uint8_t>(character[0]);
  if (character.size() == 1)
    return first < 0x20 || first == 0x7f;
  return first == 0xc2 && static_cast<std::uint8_t>(character[1]) < 0xa0;
}

void append_hex(std::string& out, std::string_view slash, std::string_view bytes) {
  for (const char byte : bytes)
    fmt::format_to(Out(out), "{}x{:02x}", slash, static_cast<std::uint8_t>(byte));
}

/// `quoted`: it will stand in quotes, so quotes and backslashes are escaped.
void append_text(std::string& out, std::string_view text, bool quoted) {
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
    if (length != 0 && !is_control(character)) {
      if (quoted && (character == "\"" || character == "\\"))
        out += '\\';
      out += character;
    } else if (character == "\n") {
      out += "\\n";
    } else if (character == "\t") {
      out += "\\t";
    } else {
      append_hex(out, "\\", character);
    }
    text.remove_prefix(character.size());
  }
}

void append_json(std::string& out, std::string_view text) {
  out += '"';
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    const std::string_view character = text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0) {
      append_hex(out, "\\\\", character);
    } else if (character == "\"" || character == "\\") {
      out += '\\';
      out += character;
    } else if (character == "\n") {
      out += "\\n";
    } else if (is_control(character)) {
      // Of the two bytes of U+0080 to U+009F the second is the number.
      fmt::format_to(Out(out), "\\u{:04x}", static_cast<std::uint8_t>(character.back()));
    } else {
      out += character;
    }
    text.remove_prefix(character.size());
  }
  out += '"';
}

bool needs_quotes(std::string_view text) {
  return text.empty() || std::ranges::any_of(text, [](char c) {
           const auto byte = static_cast<std::uint8_t>(c);
           return byte <= 0x20 || byte >= 0x7f || c == '"' || c == '=' || c == '\\';
         });
}

/// How a field's value is written, but for texts.
struct NumberWriter {
  std::string& out;

  void operator()(std::int64_t number) const { fmt::format_to(Out(out), "{}", number); }
  void operator()(std::uint64_t number) const { fmt::format_to(Out(out), "{}", number); }
  void operator()(bool truth) const { out += truth ? "true" : "false"; }
  void operator()(double number) const {
    if (std::isfinite(number)) {
      fmt::format_to(Out(out), "{}", number);
    } else {
      out += "null";
    }
  }
};

struct TextWriter : NumberWriter {
  using NumberWriter::operator();
  void operator()(std::string_view text) const {
    if (!needs_quotes(text)) {
      out += text;
      return;
    }
    out += '"';
    append_text(out, text, true);
    out += '"';
  }
};

struct JsonWriter : NumberWriter {
  using NumberWriter::operator();
  void operator()(std::string_view text) const { append_json(out, text); }
};

int milliseconds_of(std::chrono::system_clock::time_point time) {
  const auto since = std::chrono::floor<std::chrono::milliseconds>(time.time_since_epoch());
  const auto part = since - std::chrono::floor<std::chrono::seconds>(since);
  return static_cast<int>(part.count());
}

std::time_t seconds_of(std::chrono::system_clock::time_point time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

[[maybe_unused]] bool is_reserved(std::string_view key) {
  constexpr std::array<std::string_view, 4> kReserved{"time", "level", "module", "message"};
  return std::ranges::find(kReserved, key) != kReserved.end();
}

}  // namespace

std::string to_text(const Line& line) {
  const std::tm local = fmt::localtime(seconds_of(line.time));
  std::string out = fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}{:%z} {} [{}] ", local, milliseconds_of(line.time), local,
                                name_of(line.level), line.module);
  append_text(out, line.message, false);
  for (const Field& field : line.fields) {
    out += ' ';
    append_text(out, field.key, false);
    out += '=';
    std::visit(TextWriter{out}, field.value);
  }
  out += '\n';
  return out;
}

std::string to_json(const Line& line) {
  const std::tm utc = fmt::gmtime(seconds_of(line.time));
  std::string out = fmt::format(R"({{"time":"{:%Y-%m-%dT%H:%M:%S}.{:03}Z","level":"{}","module":)", utc,
                                milliseconds_of(line.time), name_of(line.level));
  append_json(out, line.module);
  out += R"(,"message":)";
  append_json(out, line.message);
  for (const Field& field : line.fields) {
    assert(!is_reserved(field.key));
    out += ',';
    append_json(out, field.key);
    out += ':';
    std::visit(JsonWriter{out}, field.value);
  }
  out += "}\n";
  return out;
}

}  // namespace ledgram::log
