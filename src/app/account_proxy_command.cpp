#include "ledgram/app/account_route.hpp"
#include "ledgram/app/commands.hpp"
#include "ledgram/app/data_folder.hpp"
#include "ledgram/net/random.hpp"

#include <fmt/format.h>

namespace ledgram::app {

cli::ExitCode account_proxy(const std::filesystem::path& data, const cli::AccountProxyCommand& command) {
  net::SystemRandom random;
  auto store = ExclusiveData::open(data, random);
  const ledger::Account account = account_named(store.ledger, command.name);
  save_proxy_choice(store.ledger, account.id, command.proxy);
  const bool own = value_or_throw(store.ledger.account_proxy(account.id)).has_value();
  const AccountRoute route = route_of(store.ledger, store.config, account);
  fmt::print("{} connects {}{}\n", account.name,
             route.proxy ? "through " + telegram::describe(*route.proxy) : "without a proxy",
             own ? "" : " (as ledgram.toml says)");
  return cli::ExitCode::Done;
}

}  // namespace ledgram::app
