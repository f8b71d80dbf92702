#include "ledgram/base/utf8.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace ledgram {
namespace {

/// Bytes of the character at the start of `text`, 0 if there is none (RFC 3629 section 4).
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const auto follows = [&](std::size_t at) { return at < text.size() && (byte(at) & 0xc0U) == 0x80U; };
  const std::uint8_t first = byte(0);
  if (first < 0x80)
    return 1;
  if (first < 0xc2)
    return 0;  // a continuation byte, or an overlong form
  if (!follows(1))
    return 0;
  if (first < 0xe0)
    return 2;
  if (!follows(2))
    return 0;
  if (first < 0xf0) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) >= 0xa0;
    return overlong || surrogate ? 0 : 3;
  }
  if (first > 0xf4 || !follows(3))
    return 0;
  const bool overlong = first == 0xf0 && byte(1) < 0x90;
  const bool too_large = first == 0xf4 && byte(1) >= 0x90;
  return overlong || too_large ? 0 : 4;
}

constexpr std::size_t kAtOnce = sizeof(std::uint64_t);

/// Eight characters of one byte.
bool are_ascii(const char* bytes) {
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, kAtOnce);
  return (eight & 0x8080808080808080U) == 0;
}

/// Four characters of two bytes: 110xxxxx 10xxxxxx, and of the first x some of the upper four set, or the form is
/// overlong.
bool are_pairs(const char* bytes) {
  constexpr auto kForms =
      std::bit_cast<std::uint64_t>(std::array<std::uint8_t, 8>{0xc0, 0x80, 0xc0, 0x80, 0xc0, 0x80, 0xc0, 0x80});
  constexpr auto kFormBits =
      std::bit_cast<std::uint64_t>(std::array<std::uint8_t, 8>{0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0, 0xe0, 0xc0});
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, kAtOnce);
  if ((eight & kFormBits) != kForms)
    return false;
  bool overlong = false;
  for (std::size_t at = 0; at < kAtOnce; at += 2)
    overlong |= static_cast<std::uint8_t>(bytes[at]) < 0xc2;
  return !overlong;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    // Most of a text is ASCII or, in Cyrillic, characters of two bytes.
    if (text.size() >= kAtOnce && (are_ascii(text.data()) || are_pairs(text.data()))) {
      text.remove_prefix(kAtOnce);
      continue;
    }
    const std::size_t length = character_length(text);
    if (length == 0)
      return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string to_valid_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = character_length(text);
    if (length == 0) {
      result += "\xef\xbf\xbd";
      text.remove_prefix(1);
    } else {
      result += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return result;
}

}  // namespace ledgram
