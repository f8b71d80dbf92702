#pragma once

/// Passwords of people as they are stored: Argon2id (RFC 9106) in libsodium's text form, salt and cost included.

#include "ledgram/base/secret.hpp"

#include <string_view>

namespace ledgram::crypto {

/// libsodium's cost for logins: 64 MB and some 100 ms, so not on an event loop. Throws std::bad_alloc without that
/// memory.
SecretText hash_password(std::string_view password);

/// False also for text that is no such hash.
bool password_matches(const SecretText& hash, std::string_view password);

}  // namespace ledgram::crypto
