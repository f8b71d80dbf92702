#pragma once

/// The section [webhooks] of ledgram.toml. For config.cpp.

#include "ledgram/app/config.hpp"

#include <toml++/toml.h>

#include <filesystem>
#include <optional>
#include <string>

namespace ledgram::app {

std::optional<AppError> read_webhooks(const toml::table& table, const std::filesystem::path& path,
                                      WebhookConfig& config);

/// With a comment for each setting.
std::string webhook_config_text();

}  // namespace ledgram::app
