#include "ledgram/app/account_route.hpp"

namespace ledgram::app {

AccountRoute route_for(const Config& config, std::string name, const SecretText& choice) {
  AccountRoute route;
  route.name = std::move(name);
  const std::string& text = choice.reveal();
  if (text.empty() || text == kDefaultProxy) {
    route.proxy = config.proxy;
  } else if (text != kNoProxy) {
    route.proxy = value_or_throw(telegram::parse_proxy(text));
  }
  return route;
}

AccountRoute route_of(ledger::Ledger& ledger, const Config& config, const ledger::Account& account) {
  const auto stored = value_or_throw(ledger.account_proxy(account.id));
  return route_for(config, account.name, stored.value_or(SecretText()));
}

void save_proxy_choice(ledger::Ledger& ledger, AccountId account, const SecretText& choice) {
  if (choice.empty())
    return;
  const std::string& text = choice.reveal();
  std::optional<SecretText> stored;
  if (text != kDefaultProxy) {
    if (text != kNoProxy)
      value_or_throw(telegram::parse_proxy(text));
    stored = choice;
  }
  value_or_throw(ledger.set_account_proxy(account, stored));
}

}  // namespace ledgram::app
