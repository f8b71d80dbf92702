#pragma once

/// AES-256 in the two modes of MTProto: IGE for messages, CTR for obfuscated transports.

#include "ledgram/base/bytes.hpp"

#include <cstdint>
#include <memory>

struct evp_cipher_ctx_st;

namespace ledgram::crypto {

inline constexpr std::size_t kAesBlockSize = 16;

using AesKey = ByteArray<32>;

/// The first half stands for the ciphertext block before the first one, the second half for the plaintext block before
/// it (core.telegram.org/mtproto/description#defining-aes-key-and-initialization-vector).
using AesIgeIv = ByteArray<32>;

/// AES-256-IGE. `in` and `out` have the same size, a multiple of 16 bytes (asserted); they are the same memory or do
/// not overlap. Uses the AES instructions of the processor where it has them. IGE does not authenticate: the caller
/// compares the message key or the hash afterwards.
void aes_ige_encrypt(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out);
void aes_ige_decrypt(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out);

/// One direction of an AES-256-CTR stream: each call goes on where the one before stopped. Encrypting and decrypting
/// are the same. The counter is the whole IV as one big-endian number.
class AesCtr {
 public:
  AesCtr(const AesKey& key, const ByteArray<16>& iv);

  void apply(MutableByteView in_place);

 private:
  struct FreeContext {
    void operator()(evp_cipher_ctx_st* context) const;
  };

  std::unique_ptr<evp_cipher_ctx_st, FreeContext> context_;
};

}  // namespace ledgram::crypto
