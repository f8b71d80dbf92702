#pragma once

/// The version that --version prints and Telegram is told as app_version. CHANGELOG.md names what each brought.

#include <string_view>

namespace ledgram::cli {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace ledgram::cli
