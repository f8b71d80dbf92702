#include "ledgram/cli/text.hpp"

#include <wchar.h>

#include <algorithm>
#include <clocale>
#include <cstdint>

namespace ledgram::cli {
namespace {

constexpr char32_t kReplacement = 0xfffd;
constexpr std::string_view kEllipsis = "…";

/// The next code point and how many bytes it takes; kReplacement and 1 for a byte that starts nothing valid.
struct Decoded {
  char32_t code;
  std::size_t size;
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80)
    return {first, 1};
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
  if (size == 0 || first > 0xf4 || text.size() < size)
    return {kReplacement, 1};
  char32_t code = first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0U) != 0x80)
      return {kReplacement, 1};
    code = code << 6 | (byte(i) & 0x3fU);
  }
  const bool overlong = (size == 3 && code < 0x800) || (size == 4 && code < 0x10000);
  const bool surrogate = code >= 0xd800 && code < 0xe000;
  if (overlong || surrogate || code > 0x10ffff)
    return {kReplacement, 1};
  return {code, size};
}

/// The C library's width tables follow the character locale, which this makes a Unicode one.
std::size_t columns_of(char32_t code) {
  static const bool unicode_locale = std::setlocale(LC_CTYPE, "C.UTF-8") != nullptr;
  if (!unicode_locale)
    return 1;
  const int columns = wcwidth(static_cast<wchar_t>(code));
  return columns < 0 ? 0 : static_cast<std::size_t>(columns);
}

bool is_space_or_control(char32_t code) {
  const bool c0_or_c1 = code < 0x20 || (code >= 0x7f && code < 0xa0);
  const bool separator = code == ' ' || code == 0x2028 || code == 0x2029;
  // Embeddings, overrides and isolates would reorder the rest of the line.
  const bool bidi_control = (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
  return c0_or_c1 || separator || bidi_control;
}

}  // namespace

std::string printable_line(std::string_view text) {
  std::string line;
  line.reserve(text.size());
  bool space_pending = false;
  while (!text.empty()) {
    const auto [code, size] = decode(text);
    if (is_space_or_control(code)) {
      space_pending = !line.empty();
    } else {
      if (space_pending)
        line.push_back(' ');
      space_pending = false;
      if (code == kReplacement) {
        line += "\xef\xbf\xbd";
      } else {
        line += text.substr(0, size);
      }
    }
    text.remove_prefix(size);
  }
  return line;
}

std::size_t display_width(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    const auto [code, size] = decode(text);
    width += columns_of(code);
    text.remove_prefix(size);
  }
  return width;
}

std::string shortened(std::string_view text, std::size_t columns) {
  if (display_width(text) <= columns)
    return std::string(text);
  if (columns == 0)
    return "";
  std::size_t width = 0;
  std::size_t end = 0;
  while (end < text.size()) {
    const auto [code, size] = decode(text.substr(end));
    const std::size_t next = width + columns_of(code);
    if (next > columns - 1)
      break;
    width = next;
    end += size;
  }
  return std::string(text.substr(0, end)) + std::string(kEllipsis);
}

std::string padded(std::string_view text, std::size_t columns) {
  const std::size_t width = display_width(text);
  std::string result(text);
  if (width < columns)
    result.append(columns - width, ' ');
  return result;
}

std::string table(const std::vector<std::string>& header, const std::vector<std::vector<std::string>>& rows,
                  std::size_t max_width) {
  constexpr std::size_t kGap = 2;
  std::vector<std::size_t> widths;
  for (const std::string& title : header)
    widths.push_back(display_width(title));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  std::size_t before_last = 0;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i)
    before_last += widths[i] + kGap;
  // Even on a very narrow terminal the last column keeps enough to be recognised.
  constexpr std::size_t kLeastLast = 10;
  const std::size_t last = max_width > before_last + kLeastLast ? max_width - before_last : kLeastLast;

  std::string text;
  const auto add_line = [&](const std::vector<std::string>& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i + 1 == cells.size()) {
        line += shortened(cells[i], last);
      } else {
        line += padded(cells[i], widths[i] + kGap);
      }
    }
    while (!line.empty() && line.back() == ' ')
      line.pop_back();
    text += line;
    text += '\n';
  };
  add_line(header);
  for (const auto& row : rows)
    add_line(row);
  return text;
}

}  // namespace ledgram::cli
