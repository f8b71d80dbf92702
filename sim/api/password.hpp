#pragma once

/// The server's side of two-step passwords (core.telegram.org/api/srp). Used inside the API floor.

#include "ledgram/base/random.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/sim_api/key_table.hpp"
#include "ledgram/sim_content/account_store.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::sim {

/// Generator for the known prime, as the real servers send it.
inline constexpr std::int32_t kPasswordG = 3;

/// What is stored of a new password. Takes some 100 ms of processor time.
PasswordRecord make_password_record(const SecretText& password, std::string_view hint, RandomSource& random);

/// The account must have a password.
PasswordAttempt start_password_attempt(const Account& account, RandomSource& random);

}  // namespace ledgram::sim
