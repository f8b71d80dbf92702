#pragma once

/// Comparing texts without regard to case, in every script that has cases.

#include <string>
#include <string_view>

namespace ledgram {

/// Small letters in the place of large ones, one for one (German sharp s stays as it is). Bytes that are no UTF-8 stay.
[[nodiscard]] std::string fold_case(std::string_view text);

}  // namespace ledgram
