#pragma once

/// Times as programs read them.

#include <cstdint>
#include <string>

namespace ledgram {

/// "2026-01-31T12:30:00Z" for unix seconds.
std::string iso8601(std::int64_t unix_seconds);

/// "2026-01-31T12:30:00.250Z" for unix milliseconds.
std::string iso8601_millis(std::int64_t unix_millis);

}  // namespace ledgram
