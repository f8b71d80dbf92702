#pragma once

/// Codes of a second factor: TOTP (RFC 6238) with SHA-1, six digits and steps of 30 seconds, which is what every
/// authenticator app does.

#include "ledgram/base/bytes.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::crypto {

inline constexpr std::int64_t kTotpStep = 30;

/// HOTP of RFC 4226 for one counter, six digits.
std::string hotp(ByteView secret, std::uint64_t counter);

/// The counter (unix time / 30) that `code` belongs to, at most one step before or after `unix_seconds`; nothing if it
/// is wrong. Who accepts it remembers the counter and takes only later ones.
std::optional<std::int64_t> totp_counter_of(ByteView secret, std::string_view code, std::int64_t unix_seconds);

/// Base32 of RFC 4648, without padding: how secrets are shown to people.
std::string to_base32(ByteView bytes);

}  // namespace ledgram::crypto
