#pragma once

/// Names for ids in logs and error messages, over everything this build knows.

#include <cstdint>
#include <string_view>

namespace ledgram::tl {

/// Telegram's name of a constructor or method of the API, of MTProto, or of the language (boolTrue, vector,
/// msg_container); "unknown" for anything else.
std::string_view constructor_name(std::uint32_t id);

}  // namespace ledgram::tl
