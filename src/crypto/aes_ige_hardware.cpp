#include "ledgram/crypto/aes_ige_impl.hpp"

#include <cstdlib>

#if defined(__x86_64__)

#include <immintrin.h>

// Only the functions in this file may use the AES instructions, and they run only after hardware_available().
#define LEDGRAM_AES_TARGET __attribute__((target("aes,sse4.1")))

namespace ledgram::crypto::ige {
namespace {

constexpr int kRounds = 14;

struct RoundKeys {
  __m128i key[kRounds + 1];
};

LEDGRAM_AES_TARGET inline __m128i load(const std::uint8_t* from) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}

LEDGRAM_AES_TARGET inline void store(std::uint8_t* to, __m128i block) {
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), block);
}

/// w[0], w[0]^w[1], w[0]^w[1]^w[2], w[0]^w[1]^w[2]^w[3] of FIPS 197 section 5.2, before the mixed-in word.
LEDGRAM_AES_TARGET inline __m128i running_xor(__m128i words) {
  words = _mm_xor_si128(words, _mm_slli_si128(words, 4));
  return _mm_xor_si128(words, _mm_slli_si128(words, 8));
}

/// Round keys kRound and kRound + 1 from the two before (FIPS 197 section 5.2 for 256-bit keys).
template <int kRound, int kRoundConstant>
LEDGRAM_AES_TARGET inline void expand_pair(RoundKeys& keys) {
  const __m128i rotated = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(keys.key[kRound - 1], kRoundConstant), 0xff);
  keys.key[kRound] = _mm_xor_si128(running_xor(keys.key[kRound - 2]), rotated);
  if constexpr (kRound < kRounds) {
    const __m128i plain = _mm_shuffle_epi32(_mm_aeskeygenassist_si128(keys.key[kRound], 0), 0xaa);
    keys.key[kRound + 1] = _mm_xor_si128(running_xor(keys.key[kRound - 1]), plain);
  }
}

LEDGRAM_AES_TARGET void expand_key(const AesKey& key, RoundKeys& keys) {
  keys.key[0] = load(key.data());
  keys.key[1] = load(key.data() + kAesBlockSize);
  expand_pair<2, 0x01>(keys);
  expand_pair<4, 0x02>(keys);
  expand_pair<6, 0x04>(keys);
  expand_pair<8, 0x08>(keys);
  expand_pair<10, 0x10>(keys);
  expand_pair<12, 0x20>(keys);
  expand_pair<14, 0x40>(keys);
}

/// The keys of the equivalent inverse cipher (FIPS 197 section 5.3.5).
LEDGRAM_AES_TARGET void invert_keys(const RoundKeys& keys, RoundKeys& inverse) {
  inverse.key[0] = keys.key[kRounds];
  for (int round = 1; round < kRounds; ++round)
    inverse.key[round] = _mm_aesimc_si128(keys.key[kRounds - round]);
  inverse.key[kRounds] = keys.key[0];
}

enum class Way { Encrypt, Decrypt };

template <Way kWay>
LEDGRAM_AES_TARGET inline __m128i round_of(__m128i state, __m128i key) {
  if constexpr (kWay == Way::Encrypt) {
    return _mm_aesenc_si128(state, key);
  } else {
    return _mm_aesdec_si128(state, key);
  }
}

template <Way kWay>
LEDGRAM_AES_TARGET inline __m128i last_round_of(__m128i state, __m128i key) {
  if constexpr (kWay == Way::Encrypt) {
    return _mm_aesenclast_si128(state, key);
  } else {
    return _mm_aesdeclast_si128(state, key);
  }
}

/// y[i] = F(x[i] ^ y[i-1]) ^ x[i-1] for both ways; `x` and `y` come in as x[0] and y[0].
///
/// Each block waits for the one before, so only latency counts. The first round-key addition, the XOR with x[i-1] and
/// the XOR with the next block x[i+1] are all known before F ends; folded into the key of the last round they make its
/// result the whitened state of the next block. What is left between two blocks is 14 AES instructions and nothing
/// else.
template <Way kWay>
LEDGRAM_AES_TARGET void run(const RoundKeys& keys, __m128i x, __m128i y, ByteView in, MutableByteView out) {
  if (in.empty())
    return;
  const __m128i* const k = keys.key;
  const std::uint8_t* from = in.data();
  const std::uint8_t* const last = from + in.size() - kAesBlockSize;
  std::uint8_t* to = out.data();

  __m128i previous = x;
  __m128i current = load(from);
  __m128i state = _mm_xor_si128(_mm_xor_si128(current, y), k[0]);
  while (true) {
    const bool at_end = from == last;
    const __m128i next = at_end ? _mm_setzero_si128() : load(from + kAesBlockSize);
    const __m128i whitening = _mm_xor_si128(next, k[0]);
    const __m128i final_key = _mm_xor_si128(_mm_xor_si128(whitening, previous), k[kRounds]);
    state = round_of<kWay>(state, k[1]);
    state = round_of<kWay>(state, k[2]);
    state = round_of<kWay>(state, k[3]);
    state = round_of<kWay>(state, k[4]);
    state = round_of<kWay>(state, k[5]);
    state = round_of<kWay>(state, k[6]);
    state = round_of<kWay>(state, k[7]);
    state = round_of<kWay>(state, k[8]);
    state = round_of<kWay>(state, k[9]);
    state = round_of<kWay>(state, k[10]);
    state = round_of<kWay>(state, k[11]);
    state = round_of<kWay>(state, k[12]);
    state = round_of<kWay>(state, k[13]);
    state = last_round_of<kWay>(state, final_key);
    store(to, _mm_xor_si128(state, whitening));
    if (at_end)
      return;
    previous = current;
    current = next;
    from += kAesBlockSize;
    to += kAesBlockSize;
  }
}

void wipe_keys(RoundKeys& keys) {
  wipe({reinterpret_cast<std::uint8_t*>(keys.key), sizeof keys.key});
}

}  // namespace

bool hardware_available() {
  static const bool available = __builtin_cpu_supports("aes") && __builtin_cpu_supports("sse4.1");
  return available;
}

LEDGRAM_AES_TARGET void encrypt_hardware(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out) {
  RoundKeys keys;
  expand_key(key, keys);
  run<Way::Encrypt>(keys, load(iv.data() + kAesBlockSize), load(iv.data()), in, out);
  wipe_keys(keys);
}

LEDGRAM_AES_TARGET void decrypt_hardware(const AesKey& key, const AesIgeIv& iv, ByteView in, MutableByteView out) {
  RoundKeys keys;
  expand_key(key, keys);
  RoundKeys inverse;
  invert_keys(keys, inverse);
  run<Way::Decrypt>(inverse, load(iv.data()), load(iv.data() + kAesBlockSize), in, out);
  wipe_keys(keys);
  wipe_keys(inverse);
}

}  // namespace ledgram::crypto::ige

#else

namespace ledgram::crypto::ige {

bool hardware_available() {
  return false;
}

void encrypt_hardware(const AesKey& /*key*/, const AesIgeIv& /*iv*/, ByteView /*in*/, MutableByteView /*out*/) {
  std::abort();  // unreachable: hardware_available() is false
}

void decrypt_hardware(const AesKey& /*key*/, const AesIgeIv& /*iv*/, ByteView /*in*/, MutableByteView /*out*/) {
  std::abort();  // unreachable: hardware_available() is false
}

}  // namespace ledgram::crypto::ige

#endif
