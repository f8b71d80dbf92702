#include "ledgram/app/account_store.hpp"

#include "ledgram/app/account_route.hpp"

namespace ledgram::app {

void save_account(ledger::Ledger& ledger, std::optional<ledger::Account> known, ledger::Account account,
                  const SecretText& proxy, const telegram::StoredSession& session) {
  if (known) {
    account.id = known->id;
    account.created = known->created;
    value_or_throw(ledger.update_account(account));
    value_or_throw(ledger.forget_peers(account.id));
  } else {
    account.id = value_or_throw(ledger.add_account(account));
  }
  save_proxy_choice(ledger, account.id, proxy);
  const SecretBytes bytes(telegram::to_bytes(session));
  value_or_throw(ledger.save_session(account.id, bytes.reveal()));
}

}  // namespace ledgram::app
