#include "ledgram/app/commands.hpp"

#include <variant>

namespace ledgram::app {
namespace {

/// One overload a command, so that a command that nobody carries out does not compile.
struct Executor {
  const std::filesystem::path& data;
  const cli::LogOptions& log;

  cli::ExitCode operator()(const cli::InitCommand& command) const { return init(data, command); }
  cli::ExitCode operator()(const cli::AccountAddCommand& command) const { return add_account(data, command); }
  cli::ExitCode operator()(const cli::AccountListCommand&) const { return list_accounts(data); }
  cli::ExitCode operator()(const cli::AccountImportCommand& command) const { return import_account(data, command); }
  cli::ExitCode operator()(const cli::AccountExportCommand& command) const { return export_account(data, command); }
  cli::ExitCode operator()(const cli::AccountRemoveCommand& command) const { return remove_account(data, command); }
  cli::ExitCode operator()(const cli::AccountProxyCommand& command) const { return account_proxy(data, command); }
  cli::ExitCode operator()(const cli::ChannelAddCommand& command) const { return add_channels(data, command); }
  cli::ExitCode operator()(const cli::ChannelListCommand&) const { return list_channels(data); }
  cli::ExitCode operator()(const cli::ChannelRemoveCommand& command) const { return remove_channel(data, command); }
  cli::ExitCode operator()(const cli::CollectCommand& command) const { return collect_channels(data, command); }
  cli::ExitCode operator()(const cli::ServeCommand& command) const { return serve(data, command, log); }
  cli::ExitCode operator()(const cli::PostsCommand& command) const { return show_posts(data, command); }
  cli::ExitCode operator()(const cli::EventsCommand& command) const { return show_events(data, command); }
  cli::ExitCode operator()(const cli::DeletionsCommand& command) const { return settle_deletions(data, command); }
  cli::ExitCode operator()(const cli::DoctorCommand& command) const { return doctor(data, command); }
  cli::ExitCode operator()(const cli::VerifyCommand& command) const { return verify(data, command); }
  cli::ExitCode operator()(const cli::MediaFetchCommand& command) const { return fetch_media(data, command); }
  cli::ExitCode operator()(const cli::MediaListCommand& command) const { return list_media(data, command); }
};

}  // namespace

cli::ExitCode execute(const cli::Invocation& invocation) {
  return std::visit(Executor{invocation.data, invocation.log}, invocation.command);
}

}  // namespace ledgram::app
