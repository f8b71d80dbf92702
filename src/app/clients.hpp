#pragma once

/// Telegram clients as the configuration describes them, and where their sessions are kept.

#include "ledgram/app/account_route.hpp"
#include "ledgram/app/config.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/collect/ledger_worker.hpp"
#include "ledgram/telegram/options.hpp"
#include "ledgram/telegram/session_store.hpp"

namespace ledgram::app {

/// Throws AppFailure NoSimulator.
telegram::ClientOptions client_options(const Config& config, const AccountRoute& route);

/// The deadline policy of commands: Config::patience without an answer is an error, flood waits are returned at once.
telegram::CallOptions call_options(const Config& config);

/// Keeps one account's session sealed in the ledger, which must outlive it. Its calls throw LedgerFailure or
/// TelegramFailure BadStoredSession.
class LedgerKeyStore final : public telegram::KeyStore {
 public:
  LedgerKeyStore(collect::LedgerWorker& ledger, AccountId account) : ledger_(ledger), account_(account) {}

  asio::awaitable<std::optional<telegram::StoredSession>> load() override;
  asio::awaitable<void> save(telegram::StoredSession session) override;
  asio::awaitable<void> erase() override;

 private:
  collect::LedgerWorker& ledger_;
  AccountId account_;
};

}  // namespace ledgram::app
