#include "ledgram/app/clients.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/app/with_client.hpp"
#include "ledgram/cli/date.hpp"
#include "ledgram/cli/terminal.hpp"
#include "ledgram/cli/text.hpp"
#include "ledgram/collect/username_book.hpp"
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

asio::awaitable<void> follow(collect::UsernameBook& book, telegram::Client& client, collect::LedgerWorker& ledger,
                             const Config& config, const ledger::Account& account, std::string username) {
  collect::ClientCaller caller(client);
  telegram::CallOptions options = call_options(config);
  const ledger::Channel channel =
      co_await book.find_channel(caller, account.id, std::move(username), std::move(options));
  auto store = [&channel](ledger::Ledger& open) { return open.follow_channel(channel); };
  co_await ledger.run(store);
  fmt::print("following @{} ({})\n", channel.username, cli::printable_line(channel.title));
}

/// Follows each; what is wrong with one name alone is told, and the others go on. True if all are followed.
asio::awaitable<bool> follow_all(telegram::Client& client, collect::LedgerWorker& ledger, const Config& config,
                                 const ledger::Account& account, const std::vector<std::string>& usernames) {
  const net::SystemClock clock;
  const auto executor = co_await asio::this_coro::executor;
  collect::UsernameBook book(executor, ledger, clock);
  bool all = true;
  for (const std::string& username : usernames) {
    std::string problem;
    try {
      co_await follow(book, client, ledger, config, account, username);
    } catch (const collect::CollectFailure& failure) {
      problem = failure.what();
    } catch (const telegram::TelegramFailure& failure) {
      // The names that are known go on also when Telegram answers no more questions today.
      if (failure.error().code != telegram::TelegramErrc::FloodWait)
        throw;
      problem = fmt::format("@{}: {}", username, failure.what());
    }
    if (problem.empty())
      continue;
    fmt::print(stderr, "ledgram: {}\n", cli::printable_line(problem));
    all = false;
  }
  co_return all;
}

}  // namespace

cli::ExitCode add_channels(const std::filesystem::path& data, const cli::ChannelAddCommand& command) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  const ledger::Account account = collecting_account(store.ledger, command.account);
  const AccountRoute route = route_of(store.ledger, store.config, account);
  collect::LedgerWorker ledger(std::move(store.ledger));
  LedgerKeyStore keys(ledger, account.id);
  bool all = false;
  const RunEnd end = run_event_loop([&]() -> asio::awaitable<void> {
    co_await with_client(store.config, route, keys, [&](telegram::Client& client) -> asio::awaitable<void> {
      all = co_await follow_all(client, ledger, store.config, account, command.channels);
    });
  });
  if (end == RunEnd::Interrupted)
    return cli::ExitCode::Interrupted;
  if (!all)
    return cli::ExitCode::Failed;
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
