#include "ledgram/app/clients.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/app/with_client.hpp"
#include "ledgram/cli/date.hpp"
#include "ledgram/cli/media_report.hpp"
#include "ledgram/cli/size.hpp"
#include "ledgram/cli/terminal.hpp"
#include "ledgram/cli/text.hpp"
#include "ledgram/collect/collector.hpp"
#include "ledgram/media/fetch.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/random.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cstdio>
#include <optional>
#include <vector>

namespace ledgram::app {
namespace {

void write_now(std::FILE* to, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), to);
  std::fflush(to);
}

std::unique_ptr<cli::MediaReport> make_report(cli::ReportFormat format, std::string channel, const Clock& clock) {
  const cli::TextSink out = [](std::string_view text) { write_now(stdout, text); };
  const cli::TextSink errors = [](std::string_view text) { write_now(stderr, text); };
  if (format == cli::ReportFormat::Json)
    return cli::make_media_json(std::move(channel), out, errors, clock);
  if (cli::is_terminal(cli::StreamKind::Output)) {
    return cli::make_media_bar(std::move(channel), out, errors, clock, cli::terminal_width(cli::StreamKind::Output));
  }
  return cli::make_media_lines(std::move(channel), out, errors, clock);
}

/// The account that collects the channel.
ledger::Account account_of(ledger::Ledger& ledger, const ledger::Channel& channel) {
  for (ledger::Account& account : value_or_throw(ledger.accounts())) {
    if (channel.account != account.id)
      continue;
    if (account.state != ledger::AccountState::Active) {
      throw AppFailure(
          {AppErrc::UnknownAccount,
           fmt::format("the account {} is logged out; log it in again with `ledgram account add`", account.name)});
    }
    return std::move(account);
  }
  throw AppFailure(
      {AppErrc::UnknownAccount,
       fmt::format("no account collects @{0} any more; choose one with `ledgram channel add @{0}`", channel.username)});
}

}  // namespace

cli::ExitCode fetch_media(const std::filesystem::path& data, const cli::MediaFetchCommand& command) {
  net::SystemRandom random;
  const net::SystemClock clock;
  auto open = ExclusiveData::open(data, random);
  const ledger::Channel channel = followed_channel(open.ledger, command.channel);
  const ledger::Account account = account_of(open.ledger, channel);
  const AccountRoute route = route_of(open.ledger, open.config, account);
  media::MediaStore store = value_or_throw(media::MediaStore::open(media_folder(data)));
  const auto report = make_report(command.format, "@" + channel.username, clock);
  collect::LedgerWorker ledger(std::move(open.ledger));
  LedgerKeyStore keys(ledger, account.id);
  // Parts wait here for the disk: more would only be memory.
  constexpr std::size_t kDiskQueue = 4;
  net::Worker disk("media", kDiskQueue);
  media::FetchOptions options;
  options.max_size = command.max_size;
  options.retry = command.retry == cli::RetryNow::Yes ? media::RetryNow::Yes : media::RetryNow::No;
  std::optional<media::FetchStats> stats;
  const RunEnd end = run_event_loop([&]() -> asio::awaitable<void> {
    co_await with_client(open.config, route, keys, [&](telegram::Client& client) -> asio::awaitable<void> {
      collect::ClientCaller caller(client);
      collect::ChannelTarget target = co_await collect::find_target(ledger, channel);
      stats = co_await media::fetch_media(caller, ledger, disk, store, clock, std::move(target), options, *report);
    });
  });
  if (end == RunEnd::Interrupted || !stats)
    return cli::ExitCode::Interrupted;
  report->on_finished(*stats);
  return stats->failed > 0 || stats->waiting > 0 ? cli::ExitCode::Failed : cli::ExitCode::Done;
}

cli::ExitCode list_media(const std::filesystem::path& data, const cli::MediaListCommand& command) {
  auto open = ReadOnlyData::open(data);
  const ledger::Channel channel = followed_channel(open.ledger, command.channel);
  std::vector<std::vector<std::string>> rows;
  const auto path_of = [&data](const ledger::MediaFile& file) {
    const std::string hash = to_hex(file.sha256);
    return file.sha256.empty() ? std::string() : (media_folder(data) / hash.substr(0, 2) / hash).string();
  };
  const auto show = [&](const ledger::MediaFile& file) {
    if (command.format == cli::OutputFormat::Jsonl) {
      boost::json::object line{{"message", file.number.value()},
                               {"kind", ledger::name_of(file.kind)},
                               {"size", file.size},
                               {"state", ledger::name_of(file.state)},
                               {"attempts", file.attempts}};
      const auto text = [&line](std::string_view name, const std::string& value) {
        if (!value.empty())
          line[name] = value;
      };
      text("name", file.name);
      text("mime", file.mime);
      text("sha256", to_hex(file.sha256));
      text("path", path_of(file));
      if (file.state == ledger::MediaState::Failed) {
        text("error", file.reason);
        line["next_try"] = file.next_try;
      }
      fmt::print("{}\n", boost::json::serialize(line));
    } else {
      const std::string where = file.state == ledger::MediaState::Failed ? file.reason : path_of(file);
      rows.push_back({std::to_string(file.number.value()), std::string(ledger::name_of(file.kind)),
                      cli::size_text(file.size), std::string(ledger::name_of(file.state)),
                      cli::printable_line(file.name), cli::printable_line(where)});
    }
    return ledger::Visit::Continue;
  };
  value_or_throw(open.ledger.media_files(channel.id, show));
  if (command.format == cli::OutputFormat::Jsonl)
    return cli::ExitCode::Done;
  if (rows.empty()) {
    fmt::print("no files are known yet; `ledgram media fetch @{}` looks for them\n", channel.username);
    return cli::ExitCode::Done;
  }
  // Paths are for copying, so they are not cut.
  constexpr std::size_t kNoLimit = 10'000;
  fmt::print("{}", cli::table({"message", "kind", "size", "state", "name", "file"}, rows, kNoLimit));
  return cli::ExitCode::Done;
}

}  // namespace ledgram::app
