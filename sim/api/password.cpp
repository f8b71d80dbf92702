#include "ledgram/sim_api/password.hpp"

#include "ledgram/crypto/dh.hpp"
#include "ledgram/crypto/srp.hpp"

#include <cassert>

namespace ledgram::sim {

namespace {

/// Telegram's servers begin salt1 with 8 bytes to which the client that sets the password adds 32.
constexpr std::size_t kSalt1Size = 40;
constexpr std::size_t kSalt2Size = 16;

crypto::SrpParams params_of(const PasswordRecord& record) {
  const auto prime = crypto::known_dh_prime();
  return {.g = kPasswordG, .p = Bytes(prime.begin(), prime.end()), .salt1 = record.salt1, .salt2 = record.salt2};
}

}  // namespace

PasswordRecord make_password_record(const SecretText& password, std::string_view hint, RandomSource& random) {
  PasswordRecord record{
      .salt1 = random.bytes(kSalt1Size), .salt2 = random.bytes(kSalt2Size), .verifier = {}, .hint = std::string(hint)};
  const auto verifier = crypto::make_verifier(params_of(record), password);
  assert(verifier);  // The group is the known one.
  record.verifier = verifier->reveal();
  return record;
}

PasswordAttempt start_password_attempt(const Account& account, RandomSource& random) {
  const PasswordRecord& record = *account.password;
  return {.id = static_cast<std::int64_t>(random.next_u64() >> 1U),
          .account = account.id,
          .exchange = crypto::SrpServerExchange(params_of(record), SecretBytes(record.verifier), random)};
}

}  // namespace ledgram::sim
