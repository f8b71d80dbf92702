#pragma once

/// The schemas that this build's api.hpp and mt.hpp were generated from, at run time. Parsed at the first use, then
/// shared by all threads for the life of the process.

#include "ledgram/tl/schema.hpp"

#include <string_view>

namespace ledgram::tl {

/// schema/api.tl: Telegram's API.
const Schema& builtin_api_schema();

/// schema/mtproto.tl: MTProto's own objects.
const Schema& builtin_mt_schema();

/// The texts themselves, embedded by the build.
std::string_view api_schema_text();
std::string_view mt_schema_text();

}  // namespace ledgram::tl
