#pragma once

/// How the connections of one account reach Telegram: its own proxy if one was set, or else the configuration's.
///
/// Every client needs a route, so that no command can go past a proxy that somebody relies on.

#include "ledgram/app/config.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/telegram/proxy.hpp"

#include <optional>
#include <string>

namespace ledgram::app {

/// What people write for "no proxy, whatever the configuration says".
inline constexpr std::string_view kNoProxy = "none";

/// What people write for "as the configuration says".
inline constexpr std::string_view kDefaultProxy = "default";

struct AccountRoute {
  std::string name;  ///< the account's, for the log
  std::optional<telegram::Proxy> proxy;
};

/// For a new account. `choice` is empty (as the configuration says), "none", "default" or a proxy's address. Throws
/// TelegramFailure BadProxy.
AccountRoute route_for(const Config& config, std::string name, const SecretText& choice);

/// For a stored account; ledger.use_seal_key() comes first. Throws Failure<LedgerError> and TelegramFailure BadProxy.
AccountRoute route_of(ledger::Ledger& ledger, const Config& config, const ledger::Account& account);

/// Stores a choice as in route_for() for the account; an empty one changes nothing. Throws as route_for() does.
void save_proxy_choice(ledger::Ledger& ledger, AccountId account, const SecretText& choice);

}  // namespace ledgram::app
