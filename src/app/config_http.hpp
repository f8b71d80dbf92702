#pragma once

/// The section [http] of ledgram.toml. For config.cpp.

#include "ledgram/app/config.hpp"

#include <toml++/toml.h>

#include <filesystem>
#include <optional>
#include <string>

namespace ledgram::app {

std::optional<AppError> read_http(const toml::table& table, const std::filesystem::path& path, HttpConfig& config);

/// With a comment for each setting.
std::string http_config_text();

}  // namespace ledgram::app
