#pragma once

/// How an account that has just logged in, or was imported, gets into the ledger.

#include "ledgram/ledger/ledger.hpp"
#include "ledgram/telegram/session_store.hpp"

#include <optional>

namespace ledgram::app {

/// Stores the account with its session. One that logs in again (`known`) keeps its row and loses its access hashes,
/// which the new login made void. Throws Failure<LedgerError>.
void save_account(ledger::Ledger& ledger, std::optional<ledger::Account> known, ledger::Account account,
                  const telegram::StoredSession& session);

}  // namespace ledgram::app
