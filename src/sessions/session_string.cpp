#include "ledgram/sessions/session_string.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

namespace ledgram::sessions {
namespace {

constexpr char kTelethonVersion = '1';
constexpr std::size_t kKeySize = crypto::AuthKey::kSize;

// Sizes of what the text holds, in bytes.
constexpr std::size_t kTelethonV4 = 1 + 4 + 2 + kKeySize;
constexpr std::size_t kTelethonV6 = 1 + 16 + 2 + kKeySize;
constexpr std::size_t kPyrogram32 = 1 + 1 + kKeySize + 4 + 1;
constexpr std::size_t kPyrogram64 = 1 + 1 + kKeySize + 8 + 1;
constexpr std::size_t kPyrogramApiId = 1 + 4 + 1 + kKeySize + 8 + 1;

/// Characters of unpadded base64.
constexpr std::size_t characters(std::size_t bytes) {
  return (bytes * 8 + 5) / 6;
}

/// Far from file names and words, and far below and above every format.
constexpr std::size_t kShortest = 300;
constexpr std::size_t kLongest = 1000;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos)
    return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// A character of one of the two base64 alphabets.
bool is_digit(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
         c == '-' || c == '_';
}

std::unexpected<SessionsError> no_session() {
  return refuse(SessionsErrc::Foreign, "this is no session of Telethon or Pyrogram");
}

std::unexpected<SessionsError> damaged(std::string_view source) {
  return refuse(SessionsErrc::Damaged, fmt::format("this {} is damaged; copy it again from where it was made", source));
}

std::uint64_t big_endian(ByteView bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes)
    value = value << 8U | byte;
  return value;
}

SessionsResult<crypto::AuthKey> key_from(ByteView bytes) {
  if (std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; }))
    return refuse(SessionsErrc::NotLoggedIn, "it holds no key, so it was never logged in");
  return crypto::AuthKey::from_bytes(bytes).value();
}

ForeignSession session_of(Source source, std::uint8_t dc, const crypto::AuthKey& key) {
  return {.source = source, .dc = DcId(dc), .key = key, .servers = Servers::Unknown, .user = {}, .api_id = {}};
}

SessionsResult<ForeignSession> parse_telethon(ByteView bytes) {
  const std::size_t ip_size = bytes.size() == kTelethonV4 ? 4 : 16;
  const std::uint8_t dc = bytes[0];
  if (dc == 0)
    return damaged("Telethon string session");
  auto key = key_from(bytes.subspan(1 + ip_size + 2, kKeySize));
  if (!key)
    return std::unexpected(std::move(key.error()));
  return session_of(Source::TelethonString, dc, *key);
}

SessionsResult<ForeignSession> parse_pyrogram(ByteView bytes) {
  const bool with_api_id = bytes.size() == kPyrogramApiId;
  const std::size_t user_size = bytes.size() == kPyrogram32 ? 4 : 8;
  const std::uint8_t dc = bytes[0];
  const ByteView rest = bytes.subspan(with_api_id ? 5 : 1);
  const std::uint8_t test = rest[0];
  const std::uint8_t bot = rest.back();
  if (dc == 0 || test > 1 || bot > 1)
    return damaged("Pyrogram session string");
  auto key = key_from(rest.subspan(1, kKeySize));
  if (!key)
    return std::unexpected(std::move(key.error()));
  ForeignSession session = session_of(Source::PyrogramString, dc, *key);
  session.servers = test == 1 ? Servers::Test : Servers::Production;
  session.user = UserId(static_cast<std::int64_t>(big_endian(rest.subspan(1 + kKeySize, user_size))));
  if (with_api_id)
    session.api_id = static_cast<std::int32_t>(big_endian(bytes.subspan(1, 4)));
  return session;
}

}  // namespace

bool looks_like_session_string(std::string_view text) {
  text = trimmed(text);
  if (text.size() < kShortest || text.size() > kLongest)
    return false;
  while (text.ends_with('='))
    text.remove_suffix(1);
  return std::ranges::all_of(text, is_digit);
}

SessionsResult<ForeignSession> parse_session_string(std::string_view text) {
  text = trimmed(text);
  if (!looks_like_session_string(text))
    return no_session();
  while (text.ends_with('='))
    text.remove_suffix(1);
  // Without the padding, which some tools drop, the five forms have five lengths.
  const std::size_t length = text.size();
  if (text.front() == kTelethonVersion &&
      (length == 1 + characters(kTelethonV4) || length == 1 + characters(kTelethonV6))) {
    const SecretBytes bytes(from_base64(text.substr(1)).value_or(Bytes()));
    if (bytes.reveal().size() != kTelethonV4 && bytes.reveal().size() != kTelethonV6)
      return damaged("Telethon string session");
    return parse_telethon(bytes.reveal());
  }
  if (length == characters(kPyrogram32) || length == characters(kPyrogram64) || length == characters(kPyrogramApiId)) {
    const SecretBytes bytes(from_base64(text).value_or(Bytes()));
    const std::size_t size = bytes.reveal().size();
    if (size != kPyrogram32 && size != kPyrogram64 && size != kPyrogramApiId)
      return damaged("Pyrogram session string");
    return parse_pyrogram(bytes.reveal());
  }
  return refuse(
      SessionsErrc::Damaged,
      fmt::format("it looks like a session string, but has {} characters without its padding; Telethon's have {} or "
                  "{}, Pyrogram's {}, {} or {}. It is cut off, or another library made it",
                  length, 1 + characters(kTelethonV4), 1 + characters(kTelethonV6), characters(kPyrogram32),
                  characters(kPyrogram64), characters(kPyrogramApiId)));
}

SecretText telethon_string(DcId dc, ByteView ip, std::uint16_t port, const crypto::AuthKey& key) {
  assert(ip.size() == 4 || ip.size() == 16);
  assert(dc.value() > 0 && dc.value() < 256);
  Bytes bytes;
  bytes.reserve(kTelethonV6);
  bytes.push_back(static_cast<std::uint8_t>(dc.value()));
  append(bytes, ip);
  bytes.push_back(static_cast<std::uint8_t>(port >> 8U));
  bytes.push_back(static_cast<std::uint8_t>(port & 0xffU));
  append(bytes, key.reveal());
  const SecretBytes content(std::move(bytes));
  std::string text(1, kTelethonVersion);
  text += SecretText(to_base64(content.reveal())).reveal();
  std::ranges::replace(text, '+', '-');
  std::ranges::replace(text, '/', '_');
  return SecretText(std::move(text));
}

}  // namespace ledgram::sessions
