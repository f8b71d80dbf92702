#include "ledgram/base/case_fold.hpp"

#include <locale.h>

#include <clocale>
#include <cstddef>
#include <cstdint>
#include <cwctype>

namespace ledgram {
namespace {

/// The C library's tables of all Unicode letters. The object lives as long as the process.
locale_t unicode_letters() {
  static locale_t const letters = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  return letters;
}

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  ///< in bytes; 0: these bytes are no character
};

Character next_character(std::string_view text) {
  const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<std::uint8_t>(text[at])}; };
  const auto tail = [&](std::size_t at) { return byte(at) & 0x3fU; };
  const auto follows = [&](std::size_t at) { return at < text.size() && (byte(at) & 0xc0U) == 0x80U; };
  const std::uint32_t first = byte(0);
  if (first >= 0xc2 && first < 0xe0 && follows(1))
    return {(first & 0x1fU) << 6U | tail(1), 2};
  if (first >= 0xe0 && first < 0xf0 && follows(1) && follows(2))
    return {(first & 0x0fU) << 12U | tail(1) << 6U | tail(2), 3};
  if (first >= 0xf0 && first < 0xf5 && follows(1) && follows(2) && follows(3))
    return {(first & 0x07U) << 18U | tail(1) << 12U | tail(2) << 6U | tail(3), 4};
  return {};
}

void append(std::string& text, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) { text += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0U | code >> 6U);
    put(0x80U | (code & 0x3fU));
  } else if (code < 0x10000) {
    put(0xe0U | code >> 12U);
    put(0x80U | (code >> 6U & 0x3fU));
    put(0x80U | (code & 0x3fU));
  } else {
    put(0xf0U | code >> 18U);
    put(0x80U | (code >> 12U & 0x3fU));
    put(0x80U | (code >> 6U & 0x3fU));
    put(0x80U | (code & 0x3fU));
  }
}

}  // namespace

std::string fold_case(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const char first = text.front();
    if (static_cast<std::uint8_t>(first) < 0x80) {
      result += first >= 'A' && first <= 'Z' ? static_cast<char>(first - 'A' + 'a') : first;
      text.remove_prefix(1);
      continue;
    }
    const Character character = next_character(text);
    if (character.length == 0) {
      result += first;
      text.remove_prefix(1);
      continue;
    }
    append(result,
           static_cast<std::uint32_t>(::towlower_l(static_cast<std::wint_t>(character.code), unicode_letters())));
    text.remove_prefix(character.length);
  }
  return result;
}

}  // namespace ledgram
