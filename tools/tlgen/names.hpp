#pragma once

/// Telegram's names as C++ names.

#include "ledgram/tl/schema.hpp"

#include <string>
#include <string_view>

namespace ledgram::tlgen {

/// "messages.getHistory" -> "messages_getHistory"; a C++ keyword gets a trailing underscore.
std::string identifier(std::string_view name);

/// The type of a value that is there: "std::int32_t", "Peer", "std::vector<std::string>", "tl::RawObject".
std::string cpp_type(const tl::Schema& schema, tl::Type type);

/// The type of a data member: std::optional around cpp_type for optional fields, but for flags (bool) and abstract
/// types (whose handle can be empty).
std::string member_type(const tl::Schema& schema, const tl::Field& field);

}  // namespace ledgram::tlgen
