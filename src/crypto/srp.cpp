#include "ledgram/crypto/srp.hpp"

#include "ledgram/crypto/dh.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/crypto/openssl_handles.hpp"
#include "ledgram/crypto/srp_steps.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace ledgram::crypto {
namespace {

// From the name of the algorithm, passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow.
constexpr std::uint32_t kPbkdf2Iterations = 100'000;

// A fresh exponent gives a public value too close to an end with a probability of about 2^-63.
constexpr int kMaxDraws = 16;

/// SH(data, salt) of the specification.
Sha256Digest salted(ByteView data, ByteView salt) {
  return sha256({salt, data, salt});
}

Bytes padded_generator(std::int32_t g) {
  Bytes bytes(kDhSize);
  bytes.back() = static_cast<std::uint8_t>(g);
  return bytes;
}

Bytes left_padded(ByteView number) {
  Bytes bytes(kDhSize - number.size());
  append(bytes, number);
  return bytes;
}

/// k = H(p | g)
BigNumber multiplier(const SrpParams& params) {
  return number_from(sha256({params.p, padded_generator(params.g)}));
}

/// u = H(g_a | g_b)
Sha256Digest scrambler(ByteView a, ByteView b) {
  return sha256({a, b});
}

/// M1 = H(H(p) xor H(g) | H(salt1) | H(salt2) | g_a | g_b | K) with K = H(S)
Sha256Digest proof(const SrpParams& params, ByteView a, ByteView b, ByteView s) {
  Sha256Digest group = sha256(params.p);
  const Sha256Digest hash_of_g = sha256(padded_generator(params.g));
  for (std::size_t i = 0; i < group.size(); ++i)
    group[i] ^= hash_of_g[i];
  return sha256({group, sha256(params.salt1), sha256(params.salt2), a, b, sha256(s)});
}

/// L6: 0 < value < p, given as at most 256 bytes.
Result<void, CryptoError> check_public(ByteView value, ByteView p, const char* name) {
  const auto fail = [name] {
    return std::unexpected(CryptoError{
        CryptoErrc::UnsafePublic, std::string("the value ") + name + " of the password check is not between 0 and p"});
  };
  if (value.size() > kDhSize)
    return fail();
  const BigNumber number = number_from(value);
  const BigNumber limit = number_from(p);
  if (BN_is_zero(number.get()) || BN_cmp(number.get(), limit.get()) >= 0)
    return fail();
  return {};
}

}  // namespace

namespace srp {

SecretBytes password_hash(const SrpParams& params, const SecretText& password) {
  Sha256Digest primary = salted(salted(as_bytes(password.reveal()), params.salt1), params.salt2);
  Sha512Digest stretched = pbkdf2_hmac_sha512(primary, params.salt1, kPbkdf2Iterations);
  const Sha256Digest x = salted(stretched, params.salt2);
  wipe(primary);
  wipe(stretched);
  return SecretBytes(Bytes(x.begin(), x.end()));
}

SrpAnswer answer(const SrpParams& params, ByteView b, const SecretText& password, ByteView secret_a) {
  const SecretBytes x_bytes = password_hash(params, password);
  const Bytes public_a = mod_exp(params.g, secret_a, params.p);
  const Bytes public_b = left_padded(b);

  const BigNumberContext context = new_context();
  const BigNumber p = number_from(params.p);
  const BigNumber u = number_from(scrambler(public_a, public_b));
  const BigNumber k = multiplier(params);
  const BigNumber x = secret_number_from(x_bytes.reveal());
  const BigNumber g_x = secret_number_from(mod_exp(params.g, x_bytes.reveal(), params.p));

  // base = (B - k * g^x) mod p, not negative
  const BigNumber base = number_from(public_b);
  const BigNumber k_g_x = new_number();
  require(BN_mod_mul(k_g_x.get(), k.get(), g_x.get(), p.get(), context.get()) == 1);
  require(BN_mod_sub(base.get(), base.get(), k_g_x.get(), p.get(), context.get()) == 1);

  // exponent = a + u * x, without a modulus
  const BigNumber exponent = secret_number_from(secret_a);
  const BigNumber u_x = new_number();
  require(BN_mul(u_x.get(), u.get(), x.get(), context.get()) == 1);
  require(BN_add(exponent.get(), exponent.get(), u_x.get()) == 1);

  const BigNumber s = new_number();
  require(BN_mod_exp_mont_consttime(s.get(), base.get(), exponent.get(), p.get(), context.get(), nullptr) == 1);
  const SecretBytes shared(padded_bytes(s.get(), kDhSize));
  return {.a = public_a, .m1 = proof(params, public_a, public_b, shared.reveal())};
}

}  // namespace srp

Result<SrpAnswer, CryptoError> srp_client(const SrpParams& params, ByteView b, const SecretText& password,
                                          RandomSource& random) {
  if (auto group = check_dh_group(params.g, params.p); !group)
    return std::unexpected(std::move(group.error()));
  if (auto value = check_public(b, params.p, "B"); !value)
    return std::unexpected(std::move(value.error()));
  const Bytes public_b = left_padded(b);
  for (int draw = 0; draw < kMaxDraws; ++draw) {
    const SecretBytes secret_a(random.bytes(kDhSize));
    const Bytes public_a = mod_exp(params.g, secret_a.reveal(), params.p);
    if (!check_dh_public(public_a, params.p))
      continue;
    if (std::ranges::count(scrambler(public_a, public_b), 0) == 32)
      continue;  // u = 0 would leave the password out
    return srp::answer(params, public_b, password, secret_a.reveal());
  }
  return std::unexpected(
      CryptoError{CryptoErrc::BadValue, "the password check found no usable exponent: the random source is broken"});
}

Result<SecretBytes, CryptoError> make_verifier(const SrpParams& params, const SecretText& password) {
  if (auto group = check_dh_group(params.g, params.p); !group)
    return std::unexpected(std::move(group.error()));
  return SecretBytes(mod_exp(params.g, srp::password_hash(params, password).reveal(), params.p));
}

SrpServerExchange::SrpServerExchange(SrpParams params, SecretBytes verifier, RandomSource& random)
    : params_(std::move(params)), verifier_(std::move(verifier)), secret_(random.bytes(kDhSize)) {
  // B = (k * v + g^b) mod p
  const BigNumberContext context = new_context();
  const BigNumber p = number_from(params_.p);
  const BigNumber k = multiplier(params_);
  const BigNumber v = secret_number_from(verifier_.reveal());
  const BigNumber g_b = number_from(mod_exp(params_.g, secret_.reveal(), params_.p));
  const BigNumber sum = new_number();
  require(BN_mod_mul(sum.get(), k.get(), v.get(), p.get(), context.get()) == 1);
  require(BN_mod_add(sum.get(), sum.get(), g_b.get(), p.get(), context.get()) == 1);
  public_ = padded_bytes(sum.get(), kDhSize);
}

Result<void, CryptoError> SrpServerExchange::check(ByteView a, ByteView m1) const {
  if (auto value = check_public(a, params_.p, "A"); !value)
    return value;
  const Bytes public_a = left_padded(a);

  // S = (A * v^u) ^ b mod p
  const BigNumberContext context = new_context();
  const BigNumber p = number_from(params_.p);
  const BigNumber base = number_from(mod_exp(verifier_.reveal(), scrambler(public_a, public_), params_.p));
  const BigNumber number_a = number_from(public_a);
  require(BN_mod_mul(base.get(), base.get(), number_a.get(), p.get(), context.get()) == 1);
  const SecretBytes shared(mod_exp(padded_bytes(base.get(), kDhSize), secret_.reveal(), params_.p));
  if (!equal_in_constant_time(proof(params_, public_a, public_, shared.reveal()), m1)) {
    return std::unexpected(CryptoError{CryptoErrc::Mismatch, "the password is wrong"});
  }
  return {};
}

}  // namespace ledgram::crypto
