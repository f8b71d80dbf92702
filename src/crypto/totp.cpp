#include "ledgram/crypto/totp.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>

namespace ledgram::crypto {
namespace {

ByteArray<20> hmac_sha1(ByteView key, ByteView data) {
  ByteArray<20> digest{};
  unsigned int size = 0;
  if (HMAC(EVP_sha1(), key.data(), static_cast<int>(key.size()), data.data(), data.size(), digest.data(), &size) ==
      nullptr)
    std::abort();
  return digest;
}

}  // namespace

std::string hotp(ByteView secret, std::uint64_t counter) {
  ByteArray<8> message{};
  for (std::size_t i = 0; i < message.size(); ++i)
    message[i] = static_cast<std::uint8_t>(counter >> (8 * (message.size() - 1 - i)));
  const auto digest = hmac_sha1(secret, message);
  // Dynamic truncation (RFC 4226, 5.3).
  const std::size_t offset = digest.back() & 0x0f;
  const std::uint32_t number = (std::uint32_t{digest[offset]} & 0x7f) << 24 | std::uint32_t{digest[offset + 1]} << 16 |
                               std::uint32_t{digest[offset + 2]} << 8 | std::uint32_t{digest[offset + 3]};
  const std::string digits = std::to_string(number % 1'000'000);
  return std::string(6 - digits.size(), '0') + digits;
}

std::optional<std::int64_t> totp_counter_of(ByteView secret, std::string_view code, std::int64_t unix_seconds) {
  const std::int64_t now = unix_seconds / kTotpStep;
  std::optional<std::int64_t> found;
  for (std::int64_t counter = now - 1; counter <= now + 1; ++counter) {
    const std::string wanted = hotp(secret, static_cast<std::uint64_t>(counter));
    if (equal_in_constant_time(as_bytes(wanted), as_bytes(code)))
      found = counter;
  }
  return found;
}

std::string to_base32(ByteView bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8 | byte;
    count += 8;
    while (count >= 5) {
      count -= 5;
      text += kLetters[bits >> count & 31];
    }
  }
  if (count > 0)
    text += kLetters[bits << (5 - count) & 31];
  return text;
}

}  // namespace ledgram::crypto
