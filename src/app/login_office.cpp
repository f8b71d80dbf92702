#include "ledgram/app/login_office.hpp"

#include "ledgram/app/account_route.hpp"
#include "ledgram/app/clients.hpp"
#include "ledgram/ledger/ownership.hpp"
#include "ledgram/login/error.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace ledgram::app {

asio::awaitable<telegram::ClientOptions> ServiceOffice::options_of(ledger::Account account) {
  auto load = [id = account.id](ledger::Ledger& ledger) { return ledger.account_proxy(id); };
  const std::optional<SecretText> proxy = co_await ledger_.run(load);
  const AccountRoute route = route_for(config_, account.name, proxy.value_or(SecretText()));
  telegram::ClientOptions options = app::client_options(config_, route);
  options.connection_log = &connections_;
  options.on_call = on_call_;
  co_return options;
}

asio::awaitable<telegram::ClientOptions> ServiceOffice::client_options(ledger::Account account) {
  telegram::ClientOptions options = co_await options_of(std::move(account));
  auto load = [](ledger::Ledger& ledger) { return ledger.logout_tokens(); };
  options.logout_tokens = co_await ledger_.run(load);
  options.default_call_time = config_.patience;
  co_return options;
}

asio::awaitable<std::vector<AccountId>> ServiceOffice::siblings(AccountId account) {
  auto load = [account](ledger::Ledger& ledger) -> ledger::LedgerResult<std::vector<AccountId>> {
    const auto owner = ledger.ownership().owner_of(account);
    if (!owner)
      return std::unexpected(owner.error());
    if (!*owner)
      return std::vector{account};
    return ledger.ownership().accounts_of(**owner);
  };
  co_return co_await ledger_.run(load);
}

asio::awaitable<void> ServiceOffice::serve(AccountId id) {
  auto load = [](ledger::Ledger& ledger) { return ledger.accounts(); };
  const std::vector<ledger::Account> known = co_await ledger_.run(load);
  const auto found = std::ranges::find(known, id, &ledger::Account::id);
  if (found == known.end())
    throw login::LoginFailure({login::LoginErrc::UnknownAccount, "the account was removed while it logged in"});
  follow::ServiceAccount account;
  account.account = *found;
  account.client = co_await options_of(*found);
  account.keys = std::make_unique<LedgerKeyStore>(ledger_, id);
  co_await service_.add_account(std::move(account));
}

}  // namespace ledgram::app
