#include "ledgram/app/clients.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/app/with_client.hpp"
#include "ledgram/cli/date.hpp"
#include "ledgram/cli/terminal.hpp"
#include "ledgram/cli/text.hpp"
#include "ledgram/collect/resolve.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace ledgram::app {

namespace {

/// The account that a new channel is collected with: the one that was named, or else the only user account. Bots cannot
/// read history.
ledger::Account collecting_account(ledger::Ledger& ledger, const std::string& name) {
  if (!name.empty())
    return account_named(ledger, name);
  std::vector<ledger::Account> users = value_or_throw(ledger.accounts());
  std::erase_if(users, [](const auto& account) { return account.kind == ledger::AccountKind::Bot; });
  if (users.empty()) {
    throw AppFailure({AppErrc::UnknownAccount,
                      "there is no user account yet; log one in with `ledgram account add --phone +NUMBER`"});
  }
  if (users.size() > 1) {
    throw AppFailure({AppErrc::AmbiguousAccount,
                      "there are several accounts; say with --account NAME which of them shall collect the channel "
                      "(`ledgram account list` shows them)"});
  }
  return std::move(users.front());
}

asio::awaitable<void> follow(telegram::Client& client, collect::LedgerWorker& ledger, const Config& config,
                             const ledger::Account& account, std::string username) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(net::SystemClock().now().unix_time).count();
  collect::ClientCaller caller(client);
  telegram::CallOptions options = call_options(config);
  collect::ResolvedChannel resolved =
      co_await collect::resolve_channel(caller, std::move(username), account.id, now, std::move(options));
  auto store = [&resolved](ledger::Ledger& open) -> ledger::LedgerResult<void> {
    if (auto followed = open.follow_channel(resolved.channel); !followed)
      return followed;
    ledger::Batch batch;
    batch.peers = std::move(resolved.peers);
    auto committed = open.commit(batch);
    if (!committed)
      return std::unexpected(std::move(committed.error()));
    return {};
  };
  co_await ledger.run(store);
  fmt::print("following @{} ({})\n", resolved.channel.username, cli::printable_line(resolved.channel.title));
}

}  // namespace

cli::ExitCode add_channels(const std::filesystem::path& data, const cli::ChannelAddCommand& command) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  const ledger::Account account = collecting_account(store.ledger, command.account);
  const AccountRoute route = route_of(store.ledger, store.config, account);
  collect::LedgerWorker ledger(std::move(store.ledger));
  LedgerKeyStore keys(ledger, account.id);
  const RunEnd end = run_event_loop([&]() -> asio::awaitable<void> {
    co_await with_client(store.config, route, keys, [&](telegram::Client& client) -> asio::awaitable<void> {
      for (const std::string& username : command.channels) {
        co_await follow(client, ledger, store.config, account, username);
      }
    });
  });
  if (end == RunEnd::Interrupted)
    return cli::ExitCode::Interrupted;
  fmt::print("next: ledgram collect\n");
  return cli::ExitCode::Done;
}

cli::ExitCode list_channels(const std::filesystem::path& data) {
  auto store = ReadOnlyData::open(data);
  std::vector<std::vector<std::string>> rows;
  for (const ledger::Channel& channel : value_or_throw(store.ledger.channels())) {
    if (channel.follow != ledger::FollowState::Followed)
      continue;
    const ledger::ChannelReport report = value_or_throw(store.ledger.report(channel.id));
    const std::string state = report.never_collected() ? "not collected yet"
                              : report.complete()      ? "complete"
                                                       : fmt::format("{} holes", report.holes.size());
    rows.push_back({"@" + channel.username, std::to_string(report.messages), state,
                    channel.last_collect == 0 ? "never" : cli::short_date(channel.last_collect),
                    cli::printable_line(channel.title)});
  }
  if (rows.empty()) {
    fmt::print("no channels yet; `ledgram channel add @name` follows one\n");
    return cli::ExitCode::Done;
  }
  fmt::print("{}", cli::table({"channel", "messages", "history", "last collected", "title"}, rows,
                              cli::terminal_width(cli::StreamKind::Output)));
  return cli::ExitCode::Done;
}

cli::ExitCode remove_channel(const std::filesystem::path& data, const cli::ChannelRemoveCommand& command) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  const ledger::Channel channel = followed_channel(store.ledger, command.channel);
  value_or_throw(store.ledger.unfollow_channel(channel.id));
  fmt::print("@{} is not followed any more; its posts stay in the ledger\n", channel.username);
  return cli::ExitCode::Done;
}

}  // namespace ledgram::app
