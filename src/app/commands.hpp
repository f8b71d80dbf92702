#pragma once

/// What each command of the command line does. All print their result on standard output and throw for what failed;
/// main.cpp turns that into a line on standard error and an exit code.

#include "ledgram/cli/command_line.hpp"
#include "ledgram/cli/exit_code.hpp"

#include <filesystem>

namespace ledgram::app {

/// Carries the command out.
cli::ExitCode execute(const cli::Invocation& invocation);

cli::ExitCode init(const std::filesystem::path& data, const cli::InitCommand& command);

cli::ExitCode add_account(const std::filesystem::path& data, const cli::AccountAddCommand& command);
cli::ExitCode list_accounts(const std::filesystem::path& data);
cli::ExitCode import_account(const std::filesystem::path& data, const cli::AccountImportCommand& command);
cli::ExitCode export_account(const std::filesystem::path& data, const cli::AccountExportCommand& command);
cli::ExitCode remove_account(const std::filesystem::path& data, const cli::AccountRemoveCommand& command);
cli::ExitCode account_proxy(const std::filesystem::path& data, const cli::AccountProxyCommand& command);

cli::ExitCode add_channels(const std::filesystem::path& data, const cli::ChannelAddCommand& command);
cli::ExitCode list_channels(const std::filesystem::path& data);
cli::ExitCode remove_channel(const std::filesystem::path& data, const cli::ChannelRemoveCommand& command);

cli::ExitCode collect_channels(const std::filesystem::path& data, const cli::CollectCommand& command);
cli::ExitCode serve(const std::filesystem::path& data, const cli::ServeCommand& command, const cli::LogOptions& log);
cli::ExitCode show_posts(const std::filesystem::path& data, const cli::PostsCommand& command);
cli::ExitCode show_events(const std::filesystem::path& data, const cli::EventsCommand& command);
cli::ExitCode settle_deletions(const std::filesystem::path& data, const cli::DeletionsCommand& command);
cli::ExitCode doctor(const std::filesystem::path& data, const cli::DoctorCommand& command);
cli::ExitCode fetch_media(const std::filesystem::path& data, const cli::MediaFetchCommand& command);
cli::ExitCode list_media(const std::filesystem::path& data, const cli::MediaListCommand& command);
cli::ExitCode verify(const std::filesystem::path& data, const cli::VerifyCommand& command);

}  // namespace ledgram::app
