#include "ledgram/mtproto/handshake_faults.hpp"

#include "ledgram/crypto/aes.hpp"
#include "ledgram/crypto/dh.hpp"
#include "ledgram/crypto/pq.hpp"

#include <algorithm>
#include <string_view>

namespace ledgram::mtproto {
namespace {

namespace mt = tl::mt;

/// A prime of 2048 bits, p mod 3 = 2 as it must be for g = 3, whose half is not prime. Found by a search from a fixed
/// seed; checked with OpenSSL.
constexpr std::string_view kUnsafePrime =
    "b4da2e5c1ba1e618a60eca2f63de2bd848cd1e3bb215ae840f60c8589a6e910696842b62b26d84ca473cb0fc863dc91e"
    "33e9aa40d48929fc7868519f7f74ceb203f8c797f1a9250d5b18a718d736802d968fa1fb0b8b33427b2b60d7fad8e70a"
    "4fe37534d02d33465a1e5869236eccda6d0a7e88a0534d62b6cb0a26da59abca7f07e29303025a0a7c51907a5df606c0"
    "07724d8611217a5fe814103ac36e135002e3c6dfc6a2fd1c08f0bf7197588dddee7e938f8fbafba57f2d69a2992a10f1"
    "273800694abc133641be074d59244083cc203342e8679f285bf56139c91685262369ac9cfddddff42659ee1c919673b4"
    "f64eeb6ded2d72374dd37868e51c070d";

/// The fingerprint of no key.
constexpr std::int64_t kNobodysFingerprint = 0x0123456789abcdef;

void damage(tl::Int128& value) {
  value[7] ^= 1U;
}

}  // namespace

Bytes serialize(const DhGenAnswer& answer) {
  switch (answer.verdict) {
    case DhVerdict::Ok:
      return tl::serialize(
          mt::dh_gen_ok{.nonce = answer.nonce, .server_nonce = answer.server_nonce, .new_nonce_hash1 = answer.hash});
    case DhVerdict::Retry:
      return tl::serialize(
          mt::dh_gen_retry{.nonce = answer.nonce, .server_nonce = answer.server_nonce, .new_nonce_hash2 = answer.hash});
    case DhVerdict::Fail:
      return tl::serialize(
          mt::dh_gen_fail{.nonce = answer.nonce, .server_nonce = answer.server_nonce, .new_nonce_hash3 = answer.hash});
  }
  return {};
}

bool FaultPlan::take(HandshakeFault fault) {
  const auto found = std::ranges::find(faults_, fault);
  if (found == faults_.end())
    return false;
  faults_.erase(found);
  return true;
}

void FaultPlan::spoil(mt::resPQ& answer, RandomSource& random) {
  if (take(HandshakeFault::WrongNonceInResPq))
    damage(answer.nonce);
  if (take(HandshakeFault::UnknownFingerprint))
    answer.server_public_key_fingerprints = {kNobodysFingerprint};
  if (take(HandshakeFault::PqIsPrime)) {
    std::uint64_t prime = 0;
    do {
      prime = (std::uint64_t{1} << 61) + random.below(std::uint64_t{1} << 60);
    } while (!crypto::is_prime(prime));
    answer.pq = crypto::to_minimal_big_endian(prime);
  }
  if (take(HandshakeFault::PqTooLarge))
    answer.pq = crypto::to_minimal_big_endian(std::uint64_t{1} << 63 | 1U);
  if (take(HandshakeFault::PqTooLong))
    answer.pq.insert(answer.pq.begin(), 1);
}

void FaultPlan::spoil_group(DhParameters& dh) {
  if (take(HandshakeFault::UnsafePrime))
    dh.prime = from_hex(kUnsafePrime).value();
  // With these two bits turned over the known prime is composite, and still right for g = 3.
  if (take(HandshakeFault::CompositeGroup))
    dh.prime[128] ^= 0x03U;
  if (take(HandshakeFault::WrongResidue))
    dh.g = 2;
  if (take(HandshakeFault::GeneratorTooLarge))
    dh.g = 8;
}

void FaultPlan::spoil_public(DhParameters& dh) {
  if (take(HandshakeFault::GaIsOne)) {
    dh.g_a.assign(crypto::kDhSize, 0);
    dh.g_a.back() = 1;
  }
  if (take(HandshakeFault::GaIsPrimeMinusOne)) {
    dh.g_a = dh.prime;
    dh.g_a.back() ^= 1U;  // the prime is odd
  }
  if (take(HandshakeFault::GaTooSmall)) {
    // 2^1984 is a one and 248 bytes of zeros; this is the largest number below it.
    dh.g_a.assign(crypto::kDhSize, 0xff);
    std::fill_n(dh.g_a.begin(), 8, std::uint8_t{0});
  }
  if (take(HandshakeFault::GaTooLarge)) {
    // The prime without its last bytes is more than p - 2^1984.
    dh.g_a = dh.prime;
    std::fill(dh.g_a.begin() + 128, dh.g_a.end(), std::uint8_t{0});
  }
}

Bytes FaultPlan::seal(const crypto::AesKeyIv& aes, mt::server_DH_inner_data inside, RandomSource& random) {
  if (take(HandshakeFault::WrongNonceInside))
    damage(inside.nonce);
  if (take(HandshakeFault::WrongServerNonceInside))
    damage(inside.server_nonce);
  const Bytes object = tl::serialize(inside);
  const bool wrong_hash = take(HandshakeFault::WrongHashInside);
  const bool padding_of_16 = take(HandshakeFault::PaddingOf16);
  const bool not_whole_blocks = take(HandshakeFault::NotWholeBlocks);
  Bytes sealed = seal_handshake_object(aes, object, random);
  if (not_whole_blocks)
    sealed.resize(sealed.size() - 4);
  if (!wrong_hash && !padding_of_16)
    return sealed;

  Bytes plain(sealed.size());
  crypto::aes_ige_decrypt(aes.key, aes.iv, sealed, plain);
  if (wrong_hash)
    plain.front() ^= 1U;
  if (padding_of_16)
    append(plain, random.bytes(crypto::kAesBlockSize));
  crypto::aes_ige_encrypt(aes.key, aes.iv, plain, plain);
  return plain;
}

void FaultPlan::spoil(mt::server_DH_params_ok& answer) {
  if (take(HandshakeFault::WrongNonceInDhParams))
    damage(answer.nonce);
  if (take(HandshakeFault::WrongServerNonceInDhParams))
    damage(answer.server_nonce);
}

DhVerdict FaultPlan::choose_verdict() {
  const auto next = [this](HandshakeFault fault) { return std::ranges::find(faults_, fault) != faults_.end(); };
  if (next(HandshakeFault::RetryWithWrongHash) || take(HandshakeFault::DhGenRetry))
    return DhVerdict::Retry;
  if (next(HandshakeFault::FailWithWrongHash) || take(HandshakeFault::DhGenFail))
    return DhVerdict::Fail;
  return DhVerdict::Ok;
}

void FaultPlan::spoil(DhGenAnswer& answer) {
  if (take(HandshakeFault::WrongNonceInDhGen))
    damage(answer.nonce);
  if (take(HandshakeFault::WrongServerNonceInDhGen))
    damage(answer.server_nonce);
  const bool wrong = (answer.verdict == DhVerdict::Ok && take(HandshakeFault::WrongNewNonceHash)) ||
                     (answer.verdict == DhVerdict::Retry && take(HandshakeFault::RetryWithWrongHash)) ||
                     (answer.verdict == DhVerdict::Fail && take(HandshakeFault::FailWithWrongHash));
  if (wrong)
    damage(answer.hash);
}

}  // namespace ledgram::mtproto
