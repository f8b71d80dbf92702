#include "ledgram/app/clients.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/app/with_client.hpp"
#include "ledgram/cli/collect_report.hpp"
#include "ledgram/cli/terminal.hpp"
#include "ledgram/collect/collector.hpp"
#include "ledgram/collect/username_book.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/net/task_group.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <map>
#include <optional>
#include <vector>

namespace ledgram::app {
namespace {

using telegram::TelegramErrc;
using telegram::TelegramFailure;

void write_now(std::FILE* to, std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), to);
  std::fflush(to);
}

std::unique_ptr<cli::CollectReport> make_report(cli::ReportFormat format, const Clock& clock) {
  const cli::TextSink out = [](std::string_view text) { write_now(stdout, text); };
  const cli::TextSink errors = [](std::string_view text) { write_now(stderr, text); };
  if (format == cli::ReportFormat::Json)
    return cli::make_json_report(out, errors, clock);
  if (cli::is_terminal(cli::StreamKind::Output)) {
    return cli::make_bar_report(out, errors, clock, cli::terminal_width(cli::StreamKind::Output));
  }
  return cli::make_plain_report(out, errors, clock);
}

/// The channels of one account, collected one after the other.
struct AccountWork {
  ledger::Account account;
  AccountRoute route;
  std::vector<ledger::Channel> channels;
};

std::string display_name(const ledger::Channel& channel) {
  return channel.username.empty() ? channel.title : "@" + channel.username;
}

/// True if the account itself has lost its login, so that no call of it can succeed any more.
bool login_is_lost(TelegramErrc code) {
  return code == TelegramErrc::LoggedOut || code == TelegramErrc::KeyDuplicated || code == TelegramErrc::SessionLost;
}

class Run {
 public:
  Run(const Config& config, collect::LedgerWorker& ledger, const Clock& clock, cli::CollectReport& report)
      : config_(config), ledger_(ledger), clock_(clock), report_(report) {}

  asio::awaitable<void> collect_all(std::vector<AccountWork> work) {
    const nanoseconds start = clock_.now().monotonic;
    const auto executor = co_await asio::this_coro::executor;
    names_.emplace(executor, ledger_, clock_);
    net::TaskGroup accounts(executor);
    for (AccountWork& one : work) {
      const std::string name = one.account.name;
      accounts.spawn("collect with " + name,
                     [this, one = std::move(one)]() -> asio::awaitable<void> { return collect_with(one); });
    }
    co_await accounts.join();
    summary_.seconds = std::chrono::duration<double>(clock_.now().monotonic - start).count();
    report_.on_finished(summary_);
  }

  [[nodiscard]] bool failed() const { return failed_; }

 private:
  asio::awaitable<void> collect_with(const AccountWork& work) {
    LedgerKeyStore keys(ledger_, work.account.id);
    std::string current = display_name(work.channels.front());
    std::optional<TelegramErrc> code;
    std::string reason;
    try {
      co_await with_client(config_, work.route, keys, [&](telegram::Client& client) -> asio::awaitable<void> {
        for (const ledger::Channel& channel : work.channels) {
          current = display_name(channel);
          co_await collect_one(client, channel);
        }
      });
    } catch (const TelegramFailure& failure) {
      code = failure.error().code;
      if (failure.error().rpc)
        reason = failure.error().rpc->name;
      fail(current, failure.what());
    }
    if (code && login_is_lost(*code)) {
      ledger::Batch news;
      news.seen_at_ms = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.now().unix_time).count();
      news.seen_at = news.seen_at_ms / 1000;
      news.accounts.push_back(
          {.account = work.account.id, .state = ledger::AccountState::LoggedOut, .reason = std::move(reason)});
      auto mark = [&news](ledger::Ledger& ledger) { return ledger.commit(news); };
      co_await ledger_.run(mark);
    }
  }

  /// What only this channel cannot do is reported, and the others go on; what the account cannot do is thrown.
  asio::awaitable<void> collect_one(telegram::Client& client, const ledger::Channel& channel) {
    collect::ClientCaller caller(client);
    const std::string name = display_name(channel);
    try {
      collect::ChannelTarget target;
      bool reached = true;
      try {
        target = co_await collect::find_target(ledger_, channel);
        co_await collect_target(caller, name, target);
      } catch (const collect::CollectFailure& failure) {
        if (failure.error().code != collect::CollectErrc::NoAccess)
          throw;
        reached = false;
      }
      if (reached)
        co_return;
      // No access hash, or one that Telegram takes no more: the name is looked up anew, once.
      telegram::CallOptions options = call_options(config_);
      target = co_await names_->reach_again(caller, channel, std::move(options));
      co_await collect_target(caller, name, target);
    } catch (const collect::CollectFailure& failure) {
      fail(name, failure.what());
    }
  }

  asio::awaitable<void> collect_target(collect::ApiCaller& caller, const std::string& name,
                                       collect::ChannelTarget target) {
    collect::CollectOptions options;
    options.page_time = config_.patience;
    const collect::CollectStats stats =
        co_await collect::collect_channel(caller, ledger_, clock_, std::move(target), options, report_);
    ++summary_.channels;
    summary_.posts_added += stats.posts_added;
    report_.on_channel_done(name, stats);
  }

  void fail(const std::string& name, std::string_view reason) {
    failed_ = true;
    report_.on_channel_failed(name, reason);
  }

  const Config& config_;
  collect::LedgerWorker& ledger_;
  const Clock& clock_;
  cli::CollectReport& report_;
  std::optional<collect::UsernameBook> names_;
  cli::CollectSummary summary_;
  bool failed_ = false;
};

std::vector<ledger::Channel> wanted_channels(ledger::Ledger& ledger, const std::vector<std::string>& names) {
  std::vector<ledger::Channel> channels;
  if (names.empty()) {
    channels = value_or_throw(ledger.channels());
    std::erase_if(channels, [](const auto& channel) { return channel.follow != ledger::FollowState::Followed; });
  }
  for (const std::string& name : names)
    channels.push_back(followed_channel(ledger, name));
  return channels;
}

/// Sorts the channels by account. Channels whose account was removed, or has to log in again, are reported as failed.
std::vector<AccountWork> plan(ledger::Ledger& ledger, const Config& config, std::vector<ledger::Channel> channels,
                              bool& failed, cli::CollectReport& report) {
  std::map<AccountId, AccountWork> work;
  for (ledger::Account& account : value_or_throw(ledger.accounts())) {
    work[account.id].account = std::move(account);
  }
  for (ledger::Channel& channel : channels) {
    const std::string name = display_name(channel);
    const auto found = channel.account ? work.find(*channel.account) : work.end();
    if (found == work.end()) {
      failed = true;
      report.on_channel_failed(
          name, fmt::format("no account collects {0} any more; choose one with `ledgram channel add {0}`", name));
    } else if (found->second.account.state != ledger::AccountState::Active) {
      failed = true;
      report.on_channel_failed(name, fmt::format("{}: the account {} is logged out; log it in again with `ledgram "
                                                 "account add`",
                                                 name, found->second.account.name));
    } else {
      found->second.channels.push_back(std::move(channel));
    }
  }
  std::vector<AccountWork> plan;
  for (auto& [id, one] : work) {
    if (one.channels.empty())
      continue;
    one.route = route_of(ledger, config, one.account);
    plan.push_back(std::move(one));
  }
  return plan;
}

}  // namespace

cli::ExitCode collect_channels(const std::filesystem::path& data, const cli::CollectCommand& command) {
  net::SystemRandom random;
  const net::SystemClock clock;
  auto store = ExclusiveData::open(data, random);
  const auto report = make_report(command.format, clock);
  bool failed = false;
  std::vector<AccountWork> work =
      plan(store.ledger, store.config, wanted_channels(store.ledger, command.channels), failed, *report);
  if (work.empty() && !failed && command.format == cli::ReportFormat::Text) {
    fmt::print("no channels yet; `ledgram channel add @name` follows one\n");
    return cli::ExitCode::Done;
  }
  collect::LedgerWorker ledger(std::move(store.ledger));
  Run run(store.config, ledger, clock, *report);
  const RunEnd end = run_event_loop([&] { return run.collect_all(std::move(work)); });
  if (end == RunEnd::Interrupted)
    return cli::ExitCode::Interrupted;
  return failed || run.failed() ? cli::ExitCode::Failed : cli::ExitCode::Done;
}

}  // namespace ledgram::app
