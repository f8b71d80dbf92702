#include "ledgram/crypto/aes.hpp"

#include "ledgram/crypto/aes_ige_impl.hpp"
#include "ledgram/crypto/openssl_handles.hpp"

#include <climits>

#include <algorithm>
#include <cassert>

namespace ledgram::crypto {

void aes_ige_encrypt(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out) {
  assert(in.size() % kAesBlockSize == 0 && in.size() == out.size());
  if (ige::hardware_available()) {
    ige::encrypt_hardware(key, iv, in, out);
  } else {
    ige::encrypt_portable(key, iv, in, out);
  }
}

void aes_ige_decrypt(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out) {
  assert(in.size() % kAesBlockSize == 0 && in.size() == out.size());
  if (ige::hardware_available()) {
    ige::decrypt_hardware(key, iv, in, out);
  } else {
    ige::decrypt_portable(key, iv, in, out);
  }
}

AesCtr::AesCtr(const AesKey& key, const ByteArray<16>& iv) : context_(require(EVP_CIPHER_CTX_new())) {
  require(EVP_EncryptInit_ex2(context_.get(), EVP_aes_256_ctr(), key.data(), iv.data(), nullptr) == 1);
}

void AesCtr::apply(MutableByteView in_place) {
  // OpenSSL counts in int; the largest multiple of the block size keeps its fast path.
  constexpr std::size_t kMaxStep = INT_MAX / kAesBlockSize * kAesBlockSize;
  while (!in_place.empty()) {
    const std::size_t step = std::min(in_place.size(), kMaxStep);
    int written = 0;
    require(EVP_EncryptUpdate(context_.get(), in_place.data(), &written, in_place.data(), static_cast<int>(step)) == 1);
    in_place = in_place.subspan(step);
  }
}

void AesCtr::FreeContext::operator()(evp_cipher_ctx_st* context) const {
  EVP_CIPHER_CTX_free(context);
}

}  // namespace ledgram::crypto
