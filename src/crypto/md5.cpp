#include "ledgram/crypto/md5.hpp"

#include "ledgram/crypto/openssl_handles.hpp"

namespace ledgram::crypto {

Md5Digest md5(std::initializer_list<ByteView> parts) {
  using DigestContext = std::unique_ptr<EVP_MD_CTX, FreeWith<EVP_MD_CTX_free>>;
  const DigestContext context(require(EVP_MD_CTX_new()));
  require(EVP_DigestInit_ex2(context.get(), EVP_md5(), nullptr) == 1);
  for (const ByteView part : parts)
    require(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  Md5Digest result{};
  require(EVP_DigestFinal_ex(context.get(), result.data(), nullptr) == 1);
  return result;
}

}  // namespace ledgram::crypto
