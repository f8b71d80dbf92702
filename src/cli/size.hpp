#pragma once

/// Sizes of files as people write and read them. K, M and G are powers of 1024 when read, as file managers count.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ledgram::cli {

/// "1048576", "500K", "20MB", "1.5 GiB"; case does not matter. Nothing for other texts and for more than 2^62 bytes.
std::optional<std::int64_t> parse_size(std::string_view text);

/// "0 B", "999 B", "1.5 KB", "23.1 MB".
std::string size_text(std::int64_t bytes);

}  // namespace ledgram::cli
