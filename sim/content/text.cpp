#include "ledgram/sim_content/text.hpp"

#include <algorithm>
#include <cstddef>

namespace ledgram::sim {

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

bool is_continuation(std::uint8_t byte) {
  return (byte & 0xC0U) == 0x80U;
}

/// Code units that the character starting with this byte takes: characters above U+FFFF have four bytes and two units.
std::int32_t units_of(std::uint8_t first) {
  return is_continuation(first) ? 0 : (first >= 0xF0U ? 2 : 1);
}

/// Byte position of a UTF-16 offset, at the start of a character.
std::size_t byte_position(std::string_view text, std::int32_t units) {
  std::int32_t seen = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto step = units_of(byte_at(text, at));
    if (step > 0 && seen + step > units)
      return at;
    seen += step;
  }
  return text.size();
}

}  // namespace

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

bool same_username(std::string_view a, std::string_view b) {
  if (a.starts_with('@'))
    a.remove_prefix(1);
  if (b.starts_with('@'))
    b.remove_prefix(1);
  return a.size() == b.size() && lower_ascii(a) == lower_ascii(b);
}

bool is_username(std::string_view text) {
  if (text.empty() || text.size() > 32 || !is_letter(text[0]))
    return false;
  return std::ranges::all_of(text, [](char c) { return is_letter(c) || is_digit(c) || c == '_'; });
}

std::int32_t utf16_length(std::string_view text) {
  // Without branches, so that the compiler counts many bytes at once.
  std::int32_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<std::uint8_t>(c);
    units += static_cast<std::int32_t>(!is_continuation(byte)) + static_cast<std::int32_t>(byte >= 0xF0U);
  }
  return units;
}

std::size_t character_count(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return !is_continuation(static_cast<std::uint8_t>(c)); }));
}

std::string_view utf16_slice(std::string_view text, std::int32_t offset, std::int32_t length) {
  const auto from = byte_position(text, offset);
  const auto to = byte_position(text.substr(from), length);
  return text.substr(from, to);
}

std::string_view utf16_prefix(std::string_view text, std::int32_t units) {
  return utf16_slice(text, 0, units);
}

bool is_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto first = byte_at(text, at);
    std::size_t more = 0;
    std::uint32_t code = 0;
    std::uint32_t least = 0;
    if (first < 0x80U) {
      ++at;
      continue;
    }
    if ((first & 0xE0U) == 0xC0U) {
      more = 1, code = first & 0x1FU, least = 0x80U;
    } else if ((first & 0xF0U) == 0xE0U) {
      more = 2, code = first & 0x0FU, least = 0x800U;
    } else if ((first & 0xF8U) == 0xF0U) {
      more = 3, code = first & 0x07U, least = 0x10000U;
    } else {
      return false;
    }
    if (text.size() - at <= more)
      return false;
    for (std::size_t i = 1; i <= more; ++i) {
      const auto next = byte_at(text, at + i);
      if (!is_continuation(next))
        return false;
      code = (code << 6U) | (next & 0x3FU);
    }
    if (code < least || code > 0x10FFFFU || (code >= 0xD800U && code <= 0xDFFFU))
      return false;
    at += more + 1;
  }
  return true;
}

}  // namespace ledgram::sim
