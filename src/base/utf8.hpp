#pragma once

/// UTF-8 of texts that a peer sent; nothing makes them valid on the way.

#include <string>
#include <string_view>

namespace ledgram {

[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// Each byte that belongs to no character becomes U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

}  // namespace ledgram
