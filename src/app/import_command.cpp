#include "ledgram/app/account_store.hpp"
#include "ledgram/app/clients.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/app/event_loop.hpp"
#include "ledgram/app/foreign_source.hpp"
#include "ledgram/app/prompt.hpp"
#include "ledgram/app/with_client.hpp"
#include "ledgram/cli/text.hpp"
#include "ledgram/net/random.hpp"
#include "ledgram/telegram/client.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

/// `ledgram account import`: another program's session becomes an account of this ledger.

namespace ledgram::app {
namespace {

using sessions::ForeignSession;
using sessions::SessionsErrc;
using telegram::TelegramErrc;
using telegram::TelegramFailure;

[[noreturn]] void refuse(const std::string& label, std::string_view why) {
  throw AppFailure({AppErrc::ImportRefused, fmt::format("cannot import {}: {}", label, why)});
}

void check_format(const FoundSession& found, const ForeignSession& session, cli::SessionFormat wanted) {
  const auto is = [&session](sessions::Program program) { return sessions::program_of(session.source) == program; };
  const bool right = wanted == cli::SessionFormat::Auto ||
                     (wanted == cli::SessionFormat::Telethon && is(sessions::Program::Telethon)) ||
                     (wanted == cli::SessionFormat::Pyrogram && is(sessions::Program::Pyrogram)) ||
                     (wanted == cli::SessionFormat::Tdata && is(sessions::Program::TelegramDesktop));
  if (!right)
    refuse(found.label, fmt::format("it is {}, and --format says something else", sessions::describe(session.source)));
}

/// Which servers a session is for shows in some forms only. The simulator is whatever it is taken for.
void check_environment(const std::string& label, const ForeignSession& session, const Config& config) {
  if (config.environment == Environment::Simulator || session.servers == sessions::Servers::Unknown)
    return;
  const bool test = session.servers == sessions::Servers::Test;
  if (test == (config.environment == Environment::Test))
    return;
  refuse(label, fmt::format("it is for Telegram's {} servers, and the configuration names the {} ones",
                            test ? "test" : "production", test ? "production" : "test"));
}

/// The same key in two accounts would be two programs in one.
void check_not_here(const std::string& label, const ForeignSession& session, ledger::Ledger& ledger) {
  for (const ledger::Account& account : value_or_throw(ledger.accounts())) {
    const std::optional<SecretBytes> stored = value_or_throw(ledger.load_session(account.id));
    if (!stored)
      continue;
    const auto known = telegram::from_bytes(stored->reveal());
    const bool same = known && std::ranges::any_of(known->keys, [&session](const telegram::StoredKey& key) {
                        return key.key.id() == session.key.id();
                      });
    if (same) {
      throw AppFailure({AppErrc::AlreadyThere, fmt::format("{} is here already, as the account {}", label,
                                                           cli::printable_line(account.name))});
    }
  }
}

/// The account of that name, if it is there and logged out, so that it may be logged in again.
std::optional<ledger::Account> replaceable(ledger::Ledger& ledger, const std::string& name) {
  auto known = value_or_throw(ledger.find_account(name));
  if (known && known->state == ledger::AccountState::Active) {
    throw AppFailure({AppErrc::AlreadyThere,
                      fmt::format("there is an account {} that is logged in; choose another name with --name", name)});
  }
  return known;
}

telegram::StoredSession stored_session(const ForeignSession& foreign, const Config& config) {
  telegram::StoredSession session;
  session.main_dc = foreign.dc;
  session.environment =
      config.environment == Environment::Test ? telegram::DcEnvironment::Test : telegram::DcEnvironment::Production;
  session.user = foreign.user.value_or(UserId());
  session.keys.push_back(telegram::StoredKey{foreign.dc, foreign.key, {}, {}, true});
  return session;
}

/// What Telegram says to a key that is of no use any more, in the words of somebody who imports.
AppError explain(const std::string& label, const telegram::TelegramError& error) {
  std::string why;
  switch (error.code) {
    case TelegramErrc::KeyDuplicated:
      why = "Telegram has revoked it, because two programs used it at once (AUTH_KEY_DUPLICATED)";
      break;
    case TelegramErrc::SessionLost:
      why = "Telegram does not know its key";
      break;
    default:
      why = fmt::format("Telegram does not accept it{}; it was logged out, or never logged in",
                        error.rpc ? fmt::format(" ({})", cli::printable_line(error.rpc->text)) : "");
  }
  return {AppErrc::LoginRefused, fmt::format("cannot import {}: {}. Log in with `ledgram account add`", label, why)};
}

bool ends_the_login(TelegramErrc code) {
  return code == TelegramErrc::LoggedOut || code == TelegramErrc::SessionLost || code == TelegramErrc::KeyDuplicated;
}

/// Uses the session once. `keys` holds it, and afterwards what was learned about its key.
asio::awaitable<telegram::Self> ask_who_it_is(const Config& config, const AccountRoute& route, const std::string& label,
                                              telegram::MemoryKeyStore& keys) {
  telegram::Self self;
  const ClientWork work = [&self](telegram::Client& client) -> asio::awaitable<void> { self = co_await client.self(); };
  try {
    co_await with_client(config, route, keys, work);
  } catch (const TelegramFailure& failure) {
    if (ends_the_login(failure.error().code))
      throw AppFailure(explain(label, failure.error()));
    throw;
  }
  co_return self;
}

ledger::Account account_row(const std::string& name, const telegram::Self& self) {
  ledger::Account account;
  account.name = name;
  account.kind = self.kind == telegram::AccountKind::Bot ? ledger::AccountKind::Bot : ledger::AccountKind::User;
  account.state = ledger::AccountState::Active;
  account.phone = self.phone;
  account.user = self.user;
  account.first_name = self.first_name;
  if (!self.last_name.empty())
    account.first_name += (account.first_name.empty() ? "" : " ") + self.last_name;
  account.username = self.username;
  account.created = std::chrono::duration_cast<std::chrono::seconds>(net::SystemClock().now().unix_time).count();
  return account;
}

/// An account that is replaced keeps its own proxy unless another is given.
AccountRoute import_route(ExclusiveData& store, const std::string& name, const SecretText& proxy) {
  const auto known = name.empty() ? std::nullopt : replaceable(store.ledger, name);
  if (known && proxy.empty())
    return route_of(store.ledger, store.config, *known);
  return route_for(store.config, "the imported account", proxy);
}

asio::awaitable<void> import_one(ExclusiveData& store, const FoundSession& found, const ForeignSession& foreign,
                                 std::string name, const SecretText& proxy) {
  check_environment(found.label, foreign, store.config);
  check_not_here(found.label, foreign, store.ledger);
  const AccountRoute route = import_route(store, name, proxy);
  if (client_options(store.config, route).dcs.addresses(foreign.dc, telegram::Way::Direct).empty())
    refuse(found.label, fmt::format("it is for data centre {}, which has no address here", foreign.dc.value()));
  if (foreign.api_id && *foreign.api_id != store.config.api_id && store.config.environment != Environment::Simulator) {
    fmt::print(stderr, "note: {} was logged in with api_id {}; here it is used with {}\n", found.label, *foreign.api_id,
               store.config.api_id);
  }

  telegram::MemoryKeyStore keys(stored_session(foreign, store.config));
  const telegram::Self self = co_await ask_who_it_is(store.config, route, found.label, keys);
  if (name.empty())
    name = self.phone.empty() ? std::to_string(self.user.value()) : self.phone.reveal();
  const auto known = replaceable(store.ledger, name);
  telegram::StoredSession session = keys.session().value();
  session.user = self.user;
  session.kind = self.kind;
  const ledger::Account account = account_row(name, self);
  // Nothing else runs on this loop, so the ledger may be used from it.
  save_account(store.ledger, known, account, proxy, session);
  fmt::print("imported {} ({}) from {}\n", cli::printable_line(account.first_name), cli::printable_line(name),
             sessions::describe(foreign.source));
}

/// The sessions in what was given, after asking for what is missing.
asio::awaitable<std::vector<FoundSession>> find_sessions(const cli::AccountImportCommand& command) {
  const std::string label = label_of(command.source);
  sessions::SessionsResult<std::vector<FoundSession>> found;
  if (command.source.reveal() == "-") {
    SecretText text;
    if (cli::is_terminal(cli::StreamKind::Input)) {
      auto answer = co_await ask("Session string", cli::Echo::Hidden);
      text = std::move(answer).value_or(SecretText());
    } else {
      text = read_standard_input();
    }
    found = read_foreign_string(text);
  } else {
    found = read_foreign_source(command.source, command.passcode);
  }
  if (!found && found.error().code == SessionsErrc::PasscodeNeeded) {
    auto passcode = co_await ask("Local passcode of Telegram Desktop", cli::Echo::Hidden);
    if (passcode && !passcode->empty())
      found = read_foreign_source(command.source, *passcode);
  }
  if (!found)
    refuse(label, found.error().message);
  if (command.only) {
    const auto wanted = static_cast<std::size_t>(*command.only);
    if (wanted > found->size())
      refuse(label, fmt::format("it has {} account{} and --only asks for number {}", found->size(),
                                found->size() == 1 ? "" : "s", wanted));
    std::vector<FoundSession> one;
    one.push_back(std::move((*found)[wanted - 1]));
    co_return one;
  }
  if (found->size() > 1 && !command.name.empty()) {
    refuse(label, fmt::format("it has {} accounts, which cannot all be named {}; choose one with --only N",
                              found->size(), command.name));
  }
  co_return std::move(*found);
}

}  // namespace

cli::ExitCode import_account(const std::filesystem::path& data, const cli::AccountImportCommand& command) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  std::size_t imported = 0;
  std::size_t refused = 0;
  const RunEnd end = run_event_loop([&]() -> asio::awaitable<void> {
    const std::vector<FoundSession> all = co_await find_sessions(command);
    for (const FoundSession& found : all) {
      try {
        if (!found.session)
          refuse(found.label, found.session.error().message);
        check_format(found, *found.session, command.format);
        std::string name = command.name;
        co_await import_one(store, found, *found.session, std::move(name), command.proxy);
        ++imported;
      } catch (const AppFailure& failure) {
        // The other accounts of a folder are no worse for it.
        if (all.size() == 1)
          throw;
        ++refused;
        fmt::print(stderr, "ledgram: {}\n", failure.what());
      }
    }
  });
  if (imported > 0) {
    fmt::print(stderr,
               "From now on only Ledgram may use {}: Telegram revokes a session that two programs use at once. Do not "
               "start the other program with it again, and do not log out there.\n",
               imported == 1 ? "this session" : "these sessions");
  }
  if (end == RunEnd::Interrupted)
    return cli::ExitCode::Interrupted;
  if (refused > 0)
    return cli::ExitCode::Failed;
  fmt::print("next: ledgram channel add @name\n");
  return cli::ExitCode::Done;
}

}  // namespace ledgram::app
