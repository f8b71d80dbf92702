#include "ledgram/crypto/aes_ige_impl.hpp"
#include "ledgram/crypto/openssl_handles.hpp"

#include <algorithm>
#include <cstring>

namespace ledgram::crypto::ige {
namespace {

struct Block {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend Block operator^(Block a, Block b) { return {a.low ^ b.low, a.high ^ b.high}; }
};
static_assert(sizeof(Block) == kAesBlockSize);

Block load(const std::uint8_t* from) {
  Block block;
  std::memcpy(&block, from, sizeof block);
  return block;
}

void store(std::uint8_t* to, Block block) {
  std::memcpy(to, &block, sizeof block);
}

// Large enough that the cost of a call to OpenSSL does not count, small enough to stay in the first-level cache.
constexpr std::size_t kChunk = 4096;

}  // namespace

// IGE is y[i] = E(x[i] ^ y[i-1]) ^ x[i-1]. With d[i] = y[i] ^ x[i-1] it becomes d[i] = E((x[i] ^ x[i-2]) ^ d[i-1]),
// which is CBC over x[i] ^ x[i-2]. So whole chunks go to OpenSSL's CBC, and the rest is XOR.
void encrypt_portable(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out) {
  const CipherContext cbc(require(EVP_CIPHER_CTX_new()));
  require(EVP_EncryptInit_ex2(cbc.get(), EVP_aes_256_cbc(), key.data(), iv.data(), nullptr) == 1);
  EVP_CIPHER_CTX_set_padding(cbc.get(), 0);

  ByteArray<kChunk> work{};
  Block before_last;  // x[-1] does not exist: the CBC IV already is y[0].
  Block last = load(iv.data() + kAesBlockSize);
  for (std::size_t done = 0; done < in.size(); done += kChunk) {
    const std::size_t size = std::min(kChunk, in.size() - done);
    const Block carried = last;
    for (std::size_t i = 0; i < size; i += kAesBlockSize) {
      const Block current = load(in.data() + done + i);
      store(work.data() + i, current ^ before_last);
      before_last = last;
      last = current;
    }
    int written = 0;
    require(EVP_EncryptUpdate(cbc.get(), work.data(), &written, work.data(), static_cast<int>(size)) == 1);
    // `in` may be `out`, so each plaintext block is read before the ciphertext takes its place.
    Block previous = carried;
    for (std::size_t i = 0; i < size; i += kAesBlockSize) {
      const Block current = load(in.data() + done + i);
      store(out.data() + done + i, load(work.data() + i) ^ previous);
      previous = current;
    }
  }
  wipe(work);
}

// The same trick would need CBC encryption with the inverse cipher, which OpenSSL does not have: block by block.
void decrypt_portable(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out) {
  const CipherContext ecb(require(EVP_CIPHER_CTX_new()));
  require(EVP_DecryptInit_ex2(ecb.get(), EVP_aes_256_ecb(), key.data(), nullptr, nullptr) == 1);
  EVP_CIPHER_CTX_set_padding(ecb.get(), 0);

  Block last_cipher = load(iv.data());
  Block last_plain = load(iv.data() + kAesBlockSize);
  ByteArray<kAesBlockSize> work{};
  for (std::size_t i = 0; i < in.size(); i += kAesBlockSize) {
    const Block cipher = load(in.data() + i);
    store(work.data(), cipher ^ last_plain);
    int written = 0;
    require(EVP_DecryptUpdate(ecb.get(), work.data(), &written, work.data(), static_cast<int>(work.size())) == 1);
    last_plain = load(work.data()) ^ last_cipher;
    store(out.data() + i, last_plain);
    last_cipher = cipher;
  }
  wipe(work);
}

}  // namespace ledgram::crypto::ige
