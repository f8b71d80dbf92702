#pragma once

/// One login of the desk. For the inside of this floor.

#include "ledgram/login/desk.hpp"
#include "ledgram/telegram/session_store.hpp"

#include <exception>
#include <optional>

namespace ledgram::login {

struct LoginDesk::Attempt {
  Attempt(const asio::any_io_executor& executor, ledger::Account given)
      : account(std::move(given)), changed(executor) {}

  ledger::Account account;  ///< as it was before
  LoginStatus status;
  telegram::MemoryKeyStore keys;
  std::optional<telegram::Client> client;
  SecretText phone;         ///< as it was given
  net::Condition changed;   ///< the status, or what is below
  nanoseconds last_used{};  ///< monotonic
  bool busy = false;        ///< a step is under way
  bool closing = false;
  bool closed = false;         ///< the client
  std::exception_ptr failure;  ///< of a login that goes on by itself
};

}  // namespace ledgram::login
