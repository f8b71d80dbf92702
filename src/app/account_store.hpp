#pragma once

/// How an account that has just logged in, or was imported, gets into the ledger.

#include "ledgram/base/secret.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/telegram/session_store.hpp"

#include <optional>

namespace ledgram::app {

/// Stores the account with its session, in one transaction. One that logs in again (`known`) keeps its row and loses
/// its access hashes, which the new login made void. `proxy` as for save_proxy_choice(). Throws Failure<LedgerError>,
/// TelegramFailure BadProxy.
void save_account(ledger::Ledger& ledger, const std::optional<ledger::Account>& known, ledger::Account account,
                  const SecretText& proxy, const telegram::StoredSession& session);

}  // namespace ledgram::app
