#include "ledgram/app/clients.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/app/log_in.hpp"
#include "ledgram/app/with_client.hpp"
#include "ledgram/cli/date.hpp"
#include "ledgram/cli/text.hpp"
#include "ledgram/login/new_account.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/telegram/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace ledgram::app {
namespace {

using telegram::SignedIn;

/// Whose login Telegram has ended keeps name, channels and everything collected.
void tell_how_to_log_in(const ledger::Account& account) {
  const bool bot = account.kind == ledger::AccountKind::Bot;
  const std::string who =
      bot ? "--bot-token TOKEN" : "--phone +" + (account.phone.empty() ? "NUMBER" : account.phone.reveal());
  fmt::print(stderr, "Telegram has ended the login of {0}; log in again: ledgram account add --name {0} {1}\n",
             account.name, who);
}

/// How many followed channels this account collects.
std::ptrdiff_t channels_of(ledger::Ledger& ledger, const ledger::Account& account) {
  return std::ranges::count_if(value_or_throw(ledger.channels()), [&account](const ledger::Channel& channel) {
    return channel.follow == ledger::FollowState::Followed && channel.account == account.id;
  });
}

/// Fails if an account of this name is logged in.
void require_free(ledger::Ledger& ledger, const std::string& name) {
  const auto known = value_or_throw(ledger.find_account(name));
  if (known && known->state == ledger::AccountState::Active) {
    throw AppFailure({AppErrc::AlreadyThere, fmt::format("the account {0} is logged in; `ledgram account remove {0} "
                                                         "--log-out` logs it out",
                                                         name)});
  }
}

void require_no_such_bot(ledger::Ledger& ledger, const std::string& number) {
  const std::vector<ledger::Account> known = value_or_throw(ledger.accounts());
  if (const auto account = login::bot_logged_in(known, number)) {
    throw AppFailure(
        {AppErrc::AlreadyThere, fmt::format("this bot is logged in as {}, and two logins would take each other's "
                                            "updates; use that account",
                                            account->name)});
  }
}

/// What the account is called if nobody said, before the login as far as that can be known.
std::string early_name(const cli::AccountAddCommand& command) {
  if (!command.name.empty())
    return command.name;
  if (!command.bot_token.empty())
    return login::bot_number(command.bot_token.reveal());
  return login::digits_of(command.phone.reveal());
}

std::vector<UserId> users_logged_in(ledger::Ledger& ledger) {
  std::vector<UserId> users;
  for (const ledger::Account& account : value_or_throw(ledger.accounts())) {
    if (account.kind == ledger::AccountKind::User && account.state == ledger::AccountState::Active)
      users.push_back(account.user);
  }
  return users;
}

/// An account that logs in again goes its own way, unless another was given.
AccountRoute route_of_login(ExclusiveData& store, const std::string& name, const SecretText& proxy) {
  if (name.empty())
    return route_for(store.config, "the new account", proxy);
  const auto known = value_or_throw(store.ledger.find_account(name));
  return proxy.empty() && known ? route_of(store.ledger, store.config, *known) : route_for(store.config, name, proxy);
}

asio::awaitable<SignedIn> log_in(telegram::Client& client, ledger::Ledger& ledger,
                                 const cli::AccountAddCommand& command) {
  if (!command.bot_token.empty())
    co_return co_await client.sign_in_bot(command.bot_token);
  if (command.way == cli::LoginWay::Qr) {
    std::vector<UserId> already = users_logged_in(ledger);
    co_return co_await log_in_by_qr(client, command, std::move(already));
  }
  co_return co_await log_in_by_phone(client, command);
}

}  // namespace

cli::ExitCode add_account(const std::filesystem::path& data, const cli::AccountAddCommand& given) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  cli::AccountAddCommand command = given;
  const RunEnd end = run_event_loop([&]() -> asio::awaitable<void> {
    const bool by_phone = command.bot_token.empty() && command.way == cli::LoginWay::Phone;
    if (by_phone && command.phone.empty())
      command.phone = co_await given_or_asked({}, "Phone number, with country code", cli::Echo::Shown, "--phone");
    std::string name = early_name(command);
    if (!name.empty())
      require_free(store.ledger, name);
    if (!command.bot_token.empty())
      require_no_such_bot(store.ledger, login::bot_number(command.bot_token.reveal()));
    const AccountRoute route = route_of_login(store, name, command.proxy);
    telegram::MemoryKeyStore keys;
    std::vector<SecretBytes> tokens = value_or_throw(store.ledger.logout_tokens());
    const ClientWork work = [&](telegram::Client& client) -> asio::awaitable<void> {
      const SignedIn signed_in = co_await log_in(client, store.ledger, command);
      const SecretText& phone = command.phone.empty() ? signed_in.phone : command.phone;
      if (name.empty())
        name = login::usual_name(phone, signed_in);
      std::exception_ptr taken;
      try {
        require_free(store.ledger, name);
      } catch (const AppFailure&) {
        taken = std::current_exception();
      }
      if (taken) {
        co_await login::take_back(client);
        std::rethrow_exception(taken);
      }
      // Nothing else runs on this loop, so the ledger may be used from it.
      const SecretBytes session(telegram::to_bytes(keys.session().value()));
      const auto now = std::chrono::duration_cast<std::chrono::seconds>(net::SystemClock().now().unix_time).count();
      const AccountId id =
          value_or_throw(store.ledger.save_login(login::account_row(name, phone, signed_in, now), session.reveal()));
      save_proxy_choice(store.ledger, id, command.proxy);
      for (const SecretBytes& token : client.future_auth_tokens())
        value_or_throw(store.ledger.add_logout_token(token.reveal()));
      co_await login::begin_updates(client);
      fmt::print("logged in as {} ({})\nnext: ledgram channel add @name\n", cli::printable_line(signed_in.name), name);
    };
    co_await with_new_client(store.config, route, std::move(tokens), keys, work);
  });
  return end == RunEnd::Interrupted ? cli::ExitCode::Interrupted : cli::ExitCode::Done;
}

cli::ExitCode list_accounts(const std::filesystem::path& data) {
  auto store = ReadOnlyData::open(data);
  std::vector<std::vector<std::string>> rows;
  std::vector<ledger::Account> logged_out;
  for (const ledger::Account& account : value_or_throw(store.ledger.accounts())) {
    if (account.state == ledger::AccountState::LoggedOut)
      logged_out.push_back(account);
    rows.push_back({account.name, account.kind == ledger::AccountKind::Bot ? "bot" : "user",
                    account.state == ledger::AccountState::Active ? "logged in" : std::string(name_of(account.state)),
                    account.phone.empty() ? "" : "+" + account.phone.reveal(),
                    account.username.empty() ? "" : "@" + account.username, cli::short_date(account.created),
                    cli::printable_line(account.first_name)});
  }
  if (rows.empty()) {
    fmt::print("no accounts yet; `ledgram account add --phone +NUMBER` logs one in\n");
    return cli::ExitCode::Done;
  }
  fmt::print("{}", cli::table({"name", "kind", "state", "phone", "username", "since (UTC)", "display name"}, rows,
                              cli::terminal_width(cli::StreamKind::Output)));
  for (const ledger::Account& account : logged_out)
    tell_how_to_log_in(account);
  return cli::ExitCode::Done;
}

cli::ExitCode remove_account(const std::filesystem::path& data, const cli::AccountRemoveCommand& command) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  const ledger::Account account = account_named(store.ledger, command.name);
  const std::ptrdiff_t orphans = channels_of(store.ledger, account);
  const bool log_out = command.log_out == cli::LogOut::Yes && account.state == ledger::AccountState::Active;
  AccountRoute route;
  if (log_out)
    route = route_of(store.ledger, store.config, account);
  collect::LedgerWorker ledger(std::move(store.ledger));
  const RunEnd end = run_event_loop([&]() -> asio::awaitable<void> {
    if (log_out) {
      LedgerKeyStore keys(ledger, account.id);
      std::vector<SecretBytes> tokens;
      co_await with_client(store.config, route, keys, [&](telegram::Client& client) -> asio::awaitable<void> {
        co_await client.log_out();
        tokens = client.future_auth_tokens();
      });
      for (const SecretBytes& token : tokens) {
        auto keep = [&token](ledger::Ledger& open) { return open.add_logout_token(token.reveal()); };
        co_await ledger.run(keep);
      }
    }
    auto forget = [&account](ledger::Ledger& open) { return open.remove_account(account.id); };
    co_await ledger.run(forget);
  });
  if (end == RunEnd::Interrupted)
    return cli::ExitCode::Interrupted;
  fmt::print("removed the account {}; what it collected stays in the ledger\n", account.name);
  if (command.log_out == cli::LogOut::No && account.state == ledger::AccountState::Active) {
    fmt::print(stderr,
               "Its session at Telegram lives on; end it in a Telegram app under Settings, Devices, unless another "
               "program uses it now.\n");
  }
  if (orphans > 0) {
    fmt::print(stderr, "{} followed channel{} no account now; `ledgram channel add @NAME --account OTHER` gives one.\n",
               orphans, orphans == 1 ? " has" : "s have");
  }
  return cli::ExitCode::Done;
}

}  // namespace ledgram::app
