#pragma once

/// Checking data against the keywords that Schema writes. For the inside of this floor.

#include "ledgram/api/schema.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace ledgram::api {

std::vector<Breach> check_against(const Schema& schema, const json::value& value);

/// Unix seconds of an RFC 3339 time ("2026-01-31T12:30:00Z", with fraction or offset); nothing if it is none.
std::optional<std::int64_t> parse_time(std::string_view text);

}  // namespace ledgram::api
