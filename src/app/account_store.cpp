#include "ledgram/app/account_store.hpp"

namespace ledgram::app {

void save_account(ledger::Ledger& ledger, std::optional<ledger::Account> known, ledger::Account account,
                  const telegram::StoredSession& session) {
  if (known) {
    account.id = known->id;
    account.created = known->created;
    value_or_throw(ledger.update_account(account));
    value_or_throw(ledger.forget_peers(account.id));
  } else {
    account.id = value_or_throw(ledger.add_account(account));
  }
  const SecretBytes bytes(telegram::to_bytes(session));
  value_or_throw(ledger.save_session(account.id, bytes.reveal()));
}

}  // namespace ledgram::app
