#pragma once

/// How a receiver knows that a delivery comes from here and is not an old one: the scheme of Standard Webhooks
/// (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md), for which libraries exist in most
/// languages. Described for users in docs/webhooks.md.

#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ledgram::webhooks {

/// "whsec_" and 32 random bytes in base64.
SecretText make_secret(RandomSource& random);

/// True if it is a secret of that form, with 24 to 64 bytes.
bool is_secret(std::string_view text);

/// The value of the header webhook-signature: "v1," and the base64 of HMAC-SHA256 over "ID.TIME.BODY". `unix_seconds`
/// is what the header webhook-timestamp says. The secret must be one (asserted).
std::string signature(const SecretText& secret, std::string_view id, std::int64_t unix_seconds, std::string_view body);

}  // namespace ledgram::webhooks
