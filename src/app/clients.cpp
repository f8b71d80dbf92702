#include "ledgram/app/clients.hpp"

#include "ledgram/app/simulator.hpp"
#include "ledgram/cli/version.hpp"

#include <utility>

namespace ledgram::app {
namespace {

telegram::DcTable dcs_of(const Config& config) {
  switch (config.environment) {
    case Environment::Production:
      return telegram::DcTable::production();
    case Environment::Test:
      return telegram::DcTable::test();
    case Environment::Simulator:
      return value_or_throw(simulator_dcs(config.simulator));
  }
  std::unreachable();
}

}  // namespace

telegram::ClientOptions client_options(const Config& config, const AccountRoute& route) {
  telegram::ClientOptions options;
  options.app.api_id = config.api_id;
  options.app.api_hash = config.api_hash;
  options.app.app_version = std::string(cli::kVersion);
  options.dcs = dcs_of(config);
  options.transport = config.transport;
  options.obfuscated = config.obfuscated;
  options.forward_secrecy = config.forward_secrecy;
  options.account_name = route.name;
  if (route.proxy)
    telegram::use_proxy(options, *route.proxy);
  return options;
}

telegram::CallOptions call_options(const Config& config) {
  telegram::CallOptions options;
  options.deadline = net::deadline_after(config.patience);
  options.flood.longest_wait = std::chrono::seconds(0);
  return options;
}

asio::awaitable<std::optional<telegram::StoredSession>> LedgerKeyStore::load() {
  auto read = [account = account_](ledger::Ledger& ledger) { return ledger.load_session(account); };
  const std::optional<SecretBytes> bytes = co_await ledger_.run(read);
  if (!bytes)
    co_return std::nullopt;
  auto session = telegram::from_bytes(bytes->reveal());
  if (!session)
    throw telegram::TelegramFailure(std::move(session.error()));
  co_return std::move(*session);
}

asio::awaitable<void> LedgerKeyStore::save(telegram::StoredSession session) {
  const SecretBytes bytes(telegram::to_bytes(session));
  auto write = [account = account_, &bytes](ledger::Ledger& ledger) {
    return ledger.save_session(account, bytes.reveal());
  };
  co_await ledger_.run(write);
}

asio::awaitable<void> LedgerKeyStore::erase() {
  auto remove = [account = account_](ledger::Ledger& ledger) { return ledger.erase_session(account); };
  co_await ledger_.run(remove);
}

}  // namespace ledgram::app
