#include "ledgram/app/account_store.hpp"
#include "ledgram/app/clients.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/app/prompt.hpp"
#include "ledgram/app/with_client.hpp"
#include "ledgram/cli/date.hpp"
#include "ledgram/cli/text.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/telegram/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <variant>

namespace ledgram::app {
namespace {

using telegram::PasswordNeeded;
using telegram::SentCode;
using telegram::SignedIn;
using telegram::TelegramErrc;
using telegram::TelegramFailure;

/// How often a person at a terminal may mistype before Telegram would begin to count.
constexpr int kAttempts = 3;

/// The digits of a phone number as people write it.
std::string digits_of(std::string_view phone) {
  std::string digits;
  std::ranges::copy_if(phone, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

/// The account's number in a bot token, which is what stands before the colon.
std::string bot_number(std::string_view token) {
  return std::string(token.substr(0, token.find(':')));
}

/// What was given on the command line, or else what the person answers.
asio::awaitable<SecretText> given_or_asked(SecretText given, std::string question, cli::Echo echo, std::string option) {
  if (!given.empty())
    co_return given;
  auto answer = co_await ask(std::move(question), echo);
  if (!answer || answer->empty()) {
    throw AppFailure(
        {AppErrc::InputMissing, fmt::format("Telegram waits for an answer and there is no terminal to ask on; give it "
                                            "with {}",
                                            option)});
  }
  co_return std::move(*answer);
}

/// Whether a person can be asked once more after `error`.
bool can_ask_again(const TelegramFailure& failure, TelegramErrc wrong, bool was_given, int attempt) {
  return failure.error().code == wrong && !was_given && attempt + 1 < kAttempts;
}

asio::awaitable<SignedIn> enter_password(telegram::Client& client, SecretText given, std::string hint) {
  const std::string question =
      hint.empty() ? "Two-step verification password" : fmt::format("Two-step verification password (hint: {})", hint);
  const bool was_given = !given.empty();
  for (int attempt = 0;; ++attempt) {
    SecretText password = co_await given_or_asked(given, question, cli::Echo::Hidden, "--password");
    bool again = false;
    try {
      co_return co_await client.check_password(std::move(password));
    } catch (const TelegramFailure& failure) {
      again = can_ask_again(failure, TelegramErrc::WrongPassword, was_given, attempt);
      if (!again)
        throw;
      fmt::print(stderr, "{}\n", failure.what());
    }
  }
}

void tell_where_the_code_is(const SentCode& sent) {
  std::string line = fmt::format("Telegram sends the login code by {}", telegram::describe(sent.type));
  if (sent.length > 0)
    line += fmt::format(" ({} digits)", sent.length);
  if (!sent.hint.empty())
    line += fmt::format(", {}", cli::printable_line(sent.hint));
  fmt::print(stderr, "{}\n", line);
}

/// Asks for the code; an empty answer means "send it again another way".
asio::awaitable<SecretText> enter_code(telegram::Client& client, SentCode sent) {
  while (true) {
    std::string question = sent.next_type ? "Login code (Enter alone: send it another way)" : "Login code";
    auto answer = co_await ask(std::move(question), cli::Echo::Shown);
    if (!answer) {
      throw AppFailure({AppErrc::InputMissing,
                        "Telegram has sent a login code and there is no terminal to ask for it; give it with --code"});
    }
    if (!answer->empty())
      co_return std::move(*answer);
    if (!sent.next_type)
      continue;
    auto resent = co_await client.resend_code();
    if (auto* next = std::get_if<SentCode>(&resent)) {
      sent = std::move(*next);
      tell_where_the_code_is(sent);
    }
  }
}

asio::awaitable<SignedIn> log_in_by_phone(telegram::Client& client, const cli::AccountAddCommand& command) {
  auto first = co_await client.send_code(command.phone);
  if (auto* signed_in = std::get_if<SignedIn>(&first))
    co_return std::move(*signed_in);
  SentCode sent = std::get<SentCode>(std::move(first));
  const bool was_given = !command.code.empty();
  if (!was_given)
    tell_where_the_code_is(sent);
  for (int attempt = 0;; ++attempt) {
    SecretText code = command.code;
    if (!was_given)
      code = co_await enter_code(client, sent);
    std::optional<telegram::SignInResult> result;
    try {
      result = co_await client.sign_in(std::move(code));
    } catch (const TelegramFailure& failure) {
      if (!can_ask_again(failure, TelegramErrc::WrongCode, was_given, attempt))
        throw;
      fmt::print(stderr, "{}\n", failure.what());
    }
    if (!result)
      continue;
    if (auto* signed_in = std::get_if<SignedIn>(&*result))
      co_return std::move(*signed_in);
    if (auto* needed = std::get_if<PasswordNeeded>(&*result)) {
      std::string hint = needed->hint;
      co_return co_await enter_password(client, command.password, std::move(hint));
    }
    throw AppFailure({AppErrc::LoginRefused,
                      "this phone number has no Telegram account; make one in an official app, then log in here"});
  }
}

ledger::Account account_row(const cli::AccountAddCommand& command, const std::string& name, const SignedIn& signed_in) {
  ledger::Account account;
  account.name = name;
  account.kind = signed_in.kind == telegram::AccountKind::Bot ? ledger::AccountKind::Bot : ledger::AccountKind::User;
  account.state = ledger::AccountState::Active;
  account.phone = SecretText(digits_of(command.phone.reveal()));
  account.user = signed_in.user;
  account.first_name = signed_in.name;
  account.username = signed_in.username;
  account.created = std::chrono::duration_cast<std::chrono::seconds>(net::SystemClock().now().unix_time).count();
  return account;
}

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

}  // namespace

cli::ExitCode add_account(const std::filesystem::path& data, const cli::AccountAddCommand& given) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  cli::AccountAddCommand command = given;
  const RunEnd end = run_event_loop([&]() -> asio::awaitable<void> {
    if (command.phone.empty() && command.bot_token.empty()) {
      command.phone = co_await given_or_asked({}, "Phone number, with country code", cli::Echo::Shown, "--phone");
    }
    std::string name = command.name;
    if (name.empty()) {
      name = command.bot_token.empty() ? digits_of(command.phone.reveal()) : bot_number(command.bot_token.reveal());
    }
    auto known = value_or_throw(store.ledger.find_account(name));
    if (known && known->state == ledger::AccountState::Active) {
      throw AppFailure({AppErrc::AlreadyThere, fmt::format("the account {0} is logged in; `ledgram account remove {0} "
                                                           "--log-out` logs it out",
                                                           name)});
    }
    const AccountRoute route = command.proxy.empty() && known ? route_of(store.ledger, store.config, *known)
                                                              : route_for(store.config, name, command.proxy);
    telegram::MemoryKeyStore keys;
    co_await with_client(store.config, route, keys, [&](telegram::Client& client) -> asio::awaitable<void> {
      std::optional<SignedIn> signed_in;
      if (command.bot_token.empty()) {
        signed_in = co_await log_in_by_phone(client, command);
      } else {
        signed_in = co_await client.sign_in_bot(command.bot_token);
      }
      // Nothing else runs on this loop, so the ledger may be used from it.
      save_account(store.ledger, known, account_row(command, name, *signed_in), command.proxy, keys.session().value());
      fmt::print("logged in as {} ({})\nnext: ledgram channel add @name\n", cli::printable_line(signed_in->name), name);
    });
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
                    account.state == ledger::AccountState::Active ? "logged in" : "logged out",
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
      co_await with_client(store.config, route, keys,
                           [](telegram::Client& client) -> asio::awaitable<void> { co_await client.log_out(); });
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
