#pragma once

/// Dates as people write them on a command line and as programs read them.

#include "ledgram/base/iso_time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::cli {

using ledgram::iso8601;

/// "2026-01-31 12:30", UTC, for tables.
std::string short_date(std::int64_t unix_seconds);

/// Unix seconds of a date (2026-01-31), a date with a time (2026-01-31T12:30, 2026-01-31 12:30:15, an optional Z at the
/// end), all UTC, or of a time before `now` (90m, 24h, 7d). Nothing if `text` is none of these or names no real day.
std::optional<std::int64_t> parse_date(std::string_view text, std::int64_t now);

/// "3 s", "4 min 05 s", "2 h 10 min": how long something takes, for people.
std::string duration(std::int64_t seconds);

}  // namespace ledgram::cli
