#include "ledgram/crypto/sha256_stream.hpp"

#include "ledgram/crypto/openssl_handles.hpp"

namespace ledgram::crypto {

namespace {

void begin(EVP_MD_CTX* context) {
  require(EVP_DigestInit_ex2(context, EVP_sha256(), nullptr) == 1);
}

}  // namespace

void Sha256Stream::FreeContext::operator()(evp_md_ctx_st* context) const {
  EVP_MD_CTX_free(context);
}

Sha256Stream::Sha256Stream() : context_(require(EVP_MD_CTX_new())) {
  begin(context_.get());
}

void Sha256Stream::add(ByteView piece) {
  if (!piece.empty())
    require(EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1);
}

Sha256Digest Sha256Stream::finish() {
  Sha256Digest digest{};
  require(EVP_DigestFinal_ex(context_.get(), digest.data(), nullptr) == 1);
  begin(context_.get());
  return digest;
}

}  // namespace ledgram::crypto
