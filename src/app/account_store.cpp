#include "ledgram/app/account_store.hpp"

#include "ledgram/app/account_route.hpp"

namespace ledgram::app {

void save_account(ledger::Ledger& ledger, const std::optional<ledger::Account>& known, ledger::Account account,
                  const SecretText& proxy, const telegram::StoredSession& session) {
  if (known)
    account.name = known->name;
  const SecretBytes bytes(telegram::to_bytes(session));
  const AccountId id = value_or_throw(ledger.save_login(account, bytes.reveal()));
  save_proxy_choice(ledger, id, proxy);
}

}  // namespace ledgram::app
