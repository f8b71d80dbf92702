#include "ledgram/base/utf8.hpp"

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

/// Whether eight bytes are whole characters of one and two bytes, looked at all at once: of a byte 110xxxxx the next
/// one is 10xxxxxx, and no other one is. `open` says if the last character before them wants one byte more, and
/// afterwards if theirs does.
bool are_short(const char* bytes, bool& open) {
  constexpr std::uint64_t kHighs = 0x8080808080808080U;
  std::uint64_t eight = 0;
  std::memcpy(&eight, bytes, kAtOnce);
  if constexpr (std::endian::native == std::endian::big)
    eight = __builtin_bswap64(eight);
  const std::uint64_t first = eight & kHighs;
  const std::uint64_t second = (eight << 1U) & kHighs;
  const std::uint64_t third = (eight << 2U) & kHighs;
  const std::uint64_t leads = first & second;
  const std::uint64_t following = first & ~second;
  // In a byte that leads two, some of these four bits are set, or the form is overlong.
  const std::uint64_t not_overlong = ((eight & 0x1e1e1e1e1e1e1e1eU) + 0x7e7e7e7e7e7e7e7eU) & kHighs;
  const std::uint64_t wanted = (leads << 8U) | (open ? 0x80U : 0U);
  if ((leads & third) != 0 || following != wanted || (leads & ~not_overlong) != 0)
    return false;
  open = (leads >> 63U) != 0;
  return true;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (true) {
    bool open = false;
    while (at + kAtOnce <= text.size() && are_short(text.data() + at, open))
      at += kAtOnce;
    // Here is a longer character, something wrong, or the rest.
    if (open)
      --at;
    if (at == text.size())
      return true;
    const std::size_t length = character_length(text.substr(at));
    if (length == 0)
      return false;
    at += length;
  }
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
