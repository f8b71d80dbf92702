#include "ledgram/crypto/auth_key.hpp"

#include "ledgram/crypto/hash.hpp"

#include <algorithm>
#include <string>

namespace ledgram::crypto {

AuthKey::AuthKey(const ByteArray<kSize>& key) : key_(key) {
  const Sha1Digest digest = sha1(key_);
  id_ = AuthKeyId(load_le64(ByteView(digest).last<8>()));
  aux_hash_ = load_le64(ByteView(digest).first<8>());
}

AuthKey::~AuthKey() {
  wipe(key_);
}

Result<AuthKey, CryptoError> AuthKey::from_bytes(ByteView key) {
  if (key.empty() || key.size() > kSize) {
    return std::unexpected(CryptoError{
        CryptoErrc::BadLength, "an authorization key of " + std::to_string(key.size()) + " bytes, expected 1 to 256"});
  }
  ByteArray<kSize> padded{};
  std::ranges::copy_backward(key, padded.end());
  AuthKey result(padded);
  wipe(padded);
  return result;
}

}  // namespace ledgram::crypto
