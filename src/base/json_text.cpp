#include "ledgram/base/json_text.hpp"

#include "ledgram/base/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace ledgram {
namespace {

// True for ASCII that stands in JSON as it is, which most texts here are.
bool is_plain(std::string_view text) {
  // In parts, so that a text in another script is given up soon.
  constexpr std::size_t kPart = 64;
  for (; !text.empty(); text.remove_prefix(std::min(kPart, text.size()))) {
    bool plain = true;
    for (const char c : text.substr(0, kPart))
      plain &= c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
    if (!plain)
      return false;
  }
  return true;
}

/// Whether none of eight bytes has to be escaped. The usual arithmetic on all of them at once: a byte below 0x20
/// borrows into its highest bit, and one that equals the wanted one is zero after the exclusive or.
bool needs_no_escape(const char* bytes) {
  constexpr std::uint64_t kOnes = 0x0101010101010101U;
  constexpr std::uint64_t kHighs = 0x8080808080808080U;
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, sizeof eight);
  const auto below = [](std::uint64_t word, std::uint64_t bound) { return (word - kOnes * bound) & ~word & kHighs; };
  const std::uint64_t controls = below(eight, 0x20);
  const std::uint64_t quotes = below(eight ^ (kOnes * std::uint64_t{'"'}), 1);
  const std::uint64_t backslashes = below(eight ^ (kOnes * std::uint64_t{'\\'}), 1);
  return (controls | quotes | backslashes) == 0;
}

void append_quoted(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::size_t kAtOnce = sizeof(std::uint64_t);
  out.reserve(out.size() + text.size() + text.size() / kAtOnce);
  out.push_back('"');
  std::size_t plain_from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i + kAtOnce <= text.size() && needs_no_escape(text.data() + i)) {
      i += kAtOnce - 1;
      continue;
    }
    const char c = text[i];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\')
      continue;
    out.append(text, plain_from, i - plain_from);
    plain_from = i + 1;
    out.push_back('\\');
    switch (c) {
      case '"':
      case '\\':
        out.push_back(c);
        break;
      case '\n':
        out.push_back('n');
        break;
      case '\t':
        out.push_back('t');
        break;
      case '\r':
        out.push_back('r');
        break;
      default:
        out.append("u00");
        out.push_back(kDigits[static_cast<std::size_t>(c) >> 4U]);
        out.push_back(kDigits[static_cast<std::size_t>(c) & 0xfU]);
        break;
    }
  }
  out.append(text, plain_from, text.size() - plain_from);
  out.push_back('"');
}

}  // namespace

void JsonText::separate() {
  if (needs_comma_)
    text_.push_back(',');
  needs_comma_ = true;
}

void JsonText::open(char bracket) {
  separate();
  text_.push_back(bracket);
  needs_comma_ = false;
}

void JsonText::close(char bracket) {
  text_.push_back(bracket);
  needs_comma_ = true;
}

void JsonText::key(std::string_view name) {
  separate();
  text_.push_back('"');
  text_.append(name);
  text_.append("\":");
  needs_comma_ = false;
}

void JsonText::value(std::string_view text) {
  separate();
  if (is_plain(text)) {
    text_.push_back('"');
    text_.append(text);
    text_.push_back('"');
  } else if (is_valid_utf8(text)) {
    append_quoted(text_, text);
  } else {
    append_quoted(text_, to_valid_utf8(text));
  }
}

void JsonText::value(bool truth) {
  raw(truth ? "true" : "false");
}

void JsonText::value(double number) {
  // JSON has no infinities and no NaN.
  if (!std::isfinite(number)) {
    raw("null");
    return;
  }
  separate();
  fmt::format_to(std::back_inserter(text_), "{}", number);
}

void JsonText::integer(std::int64_t number) {
  separate();
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), number).ptr;
  text_.append(digits, end);
}

void JsonText::raw(std::string_view json) {
  separate();
  text_.append(json);
}

void JsonText::member_id(std::string_view name, std::int64_t id) {
  key(name);
  char digits[24];
  const auto end = std::to_chars(std::begin(digits), std::end(digits), id).ptr;
  value(std::string_view(digits, end));
}

}  // namespace ledgram
