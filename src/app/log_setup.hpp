#pragma once

/// How the log is set up: a command says warnings on standard error, a service more, and either what the command line
/// asks for.

#include "ledgram/app/config.hpp"
#include "ledgram/base/log.hpp"
#include "ledgram/cli/command_line.hpp"

#include <filesystem>

namespace ledgram::app {

/// For commands that do one thing and end. They leave [log] alone: their lines do not belong into a service's file.
log::Setup command_log(const cli::LogOptions& options);

/// For `serve`: level info, lines written by a thread of their own, and [log] where the command line says nothing.
log::Setup service_log(const cli::LogOptions& options, const LogConfig& config, const std::filesystem::path& data);

/// log::configure(). Throws AppFailure Io if the file cannot be opened.
void set_up_log(const log::Setup& setup);

}  // namespace ledgram::app
