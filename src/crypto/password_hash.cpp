#include "ledgram/crypto/password_hash.hpp"

#include <sodium.h>

#include <cstdlib>
#include <new>
#include <string>

namespace ledgram::crypto {
namespace {

void initialise() {
  static const bool ready = sodium_init() >= 0;
  if (!ready)
    std::abort();
}

}  // namespace

SecretText hash_password(std::string_view password) {
  initialise();
  std::string text(crypto_pwhash_STRBYTES, '\0');
  if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                            crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  text.resize(text.find('\0'));
  return SecretText(std::move(text));
}

bool password_matches(const SecretText& hash, std::string_view password) {
  initialise();
  return crypto_pwhash_str_verify(hash.reveal().c_str(), password.data(), password.size()) == 0;
}

}  // namespace ledgram::crypto
