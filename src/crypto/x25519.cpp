#include "ledgram/crypto/x25519.hpp"

#include "ledgram/crypto/openssl_handles.hpp"

namespace ledgram::crypto {

namespace {

using Pkey = std::unique_ptr<EVP_PKEY, FreeWith<EVP_PKEY_free>>;

}  // namespace

X25519Key x25519_public_key(const X25519Key& private_key) {
  const Pkey key(
      require(EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, nullptr, private_key.data(), private_key.size())));
  X25519Key public_key{};
  std::size_t size = public_key.size();
  require(EVP_PKEY_get_raw_public_key(key.get(), public_key.data(), &size) == 1 && size == public_key.size());
  return public_key;
}

X25519Key random_x25519_public_key(RandomSource& random) {
  X25519Key private_key{};
  random.fill(private_key);
  const X25519Key public_key = x25519_public_key(private_key);
  wipe(private_key);
  return public_key;
}

}  // namespace ledgram::crypto
