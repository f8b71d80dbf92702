#include "ledgram/crypto/key_stretching.hpp"

#include "ledgram/crypto/openssl_handles.hpp"

#include <argon2.h>

namespace ledgram::crypto {
namespace {

std::unexpected<CryptoError> bad_cost(std::string_view function) {
  return std::unexpected(
      CryptoError{CryptoErrc::BadValue,
                  std::string(function) + ": the cost parameters are not allowed, or would take too much memory"});
}

}  // namespace

SecretBytes pbkdf2_hmac_sha512(ByteView password, ByteView salt, std::uint32_t iterations, std::size_t size) {
  Bytes result(size);
  const std::string_view text = as_text(password);
  require(PKCS5_PBKDF2_HMAC(text.data(), static_cast<int>(text.size()), salt.data(), static_cast<int>(salt.size()),
                            static_cast<int>(iterations), EVP_sha512(), static_cast<int>(size), result.data()) == 1);
  return SecretBytes(std::move(result));
}

Result<SecretBytes, CryptoError> argon2id(ByteView password, ByteView salt, const Argon2Cost& cost, std::size_t size) {
  Bytes result(size);
  const int code = argon2id_hash_raw(cost.passes, cost.memory, cost.lanes, password.data(), password.size(),
                                     salt.data(), salt.size(), result.data(), result.size());
  require(code != ARGON2_MEMORY_ALLOCATION_ERROR);
  if (code != ARGON2_OK)
    return bad_cost("Argon2id");
  return SecretBytes(std::move(result));
}

Result<SecretBytes, CryptoError> scrypt(ByteView password, ByteView salt, const ScryptCost& cost,
                                        std::uint64_t most_memory, std::size_t size) {
  Bytes result(size);
  const std::string_view text = as_text(password);
  if (EVP_PBE_scrypt(text.data(), text.size(), salt.data(), salt.size(), cost.n, cost.r, cost.p, most_memory,
                     result.data(), result.size()) != 1)
    return bad_cost("scrypt");
  return SecretBytes(std::move(result));
}

}  // namespace ledgram::crypto
