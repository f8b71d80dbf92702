#include "ledgram/crypto/srp.hpp"

#include "ledgram/crypto/dh.hpp"
#include "ledgram/crypto/srp_steps.hpp"
#include "ledgram/crypto/test_support.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ledgram::crypto {
namespace {

using testing::ConstantRandom;
using testing::hex;
using testing::sequence;
using testing::SequenceRandom;

SecretText secret(std::string_view text) {
  return SecretText(std::string(text));
}

Bytes known_prime() {
  return {known_dh_prime().begin(), known_dh_prime().end()};
}

SrpParams test_params() {
  return {.g = 3, .p = known_prime(), .salt1 = sequence(40, 3, 1), .salt2 = sequence(16, 5, 2)};
}

// Telethon 1.45.0 (telethon.password: compute_digest and compute_check) with these parameters, the secret exponents
// 41 * i + 11 (client) and 43 * i + 13 (server), and the password below.
const SecretText kPassword = secret("пароль 🔑 correct horse");
constexpr std::string_view kVerifier =
    "0ffe3c286dce83b6296eba7f93a6ccfbead333995e2c49d964961f10c4ab857f94716c8d96385f5a95ef1e5e0aae1844ec78fbdc"
    "e2d4661465a286d236227c5e4eebeb18582c509b38784b8365bc7f82b2c1b5bf172999e1d90838dcbf5c65bd9b3db0299f7fe8bd"
    "5a108dbba28e3d924fcf86c93b970cf43ddf283f4b40f6f13bec82fce5b6577d8f4ccb06a6dbf982d2add7b3e0e650f5a06698e6"
    "5d445eb2aeb3217ef6a2412771a54ab9d10f9f96a658feb90c332b2a9807da4b9753f7467cd88f0e78019522dd378814a27bd97c"
    "f5972e1f6dbcc4f3e9c967f8439f7d9c074412dc382920fbaf8d11fbcd324f5c1c313c82c83cc6c2bba115d0dc612478";
constexpr std::string_view kB =
    "99b6f5cbea77ed20246a9d589b239b98b5e7996e6952885ae2d014288bb57b7e9ea171674050825cb61a347c3a981dc18f13dbb7"
    "8a61996b16984b95b0483a23558d4228f979a8238bee1ce8550e06726d4b8e3b9d59bb96ad51bd8164f95d613747f46fe938c380"
    "456850dc05bdde65d5f95c8bfcb8bb5bff21ff590800f382078271c858c65dae3351ba00abae84423faba9bba33d7aaf3eb54398"
    "11d352f571389c9d8b800809bebf9e2c458e6848462df07a7a2a455978e3597de628775657a6c5d261b467c38618a6de5c9e1b45"
    "60529af523f45b645c3b9bf22316c0ed3e56165a6c92ae5b45372e8a631ef4f7e4d901b2af71ad1c9562d7d7df4cf9c6";
constexpr std::string_view kA =
    "0f408a5dc6f96ccb97293a87153199a4120ff42eafbde7e389a72dde4991a21f43c191f32ec011eb763e1b0f1aef9e02b34a477e"
    "5856cb84ba8cf035b0557bccccaf9ad5d20602529d1783815d08520ce19a2c324808108175101c7a8d0b2e767de009b62e54b50a"
    "b919805923b9a92ac205d93bb5a5d008bb011bd8a89d7bfb93a4453914e536ffa35fade57f4f4945fdea7c88323f6d5f6125bd8d"
    "0854550c262a71668aa677dc2ffe6618fa79603855812c2458b4f2413043a57e7ae897a348ab608708b5e990a784db02266c6e55"
    "aadc061d56cb2441a950aad71ac0d6f15188a8974e0127519708ba1154679cf54aac89fefc5ded7751d040ea7bde8627";
constexpr std::string_view kM1 = "66fe3a6334a3c9a9db010b99d695eff14bedcc333824a19431e69e08c311eb5a";

TEST(Srp, VerifierOfTelethon) {
  const auto verifier = make_verifier(test_params(), kPassword);
  ASSERT_TRUE(verifier.has_value()) << verifier.error().message;
  EXPECT_EQ(to_hex(verifier->reveal()), kVerifier);
}

TEST(Srp, AnswerOfTelethon) {
  SequenceRandom random(41, 11);
  const auto answer = srp_client(test_params(), hex(kB), kPassword, random);
  ASSERT_TRUE(answer.has_value()) << answer.error().message;
  EXPECT_EQ(to_hex(answer->a), kA);
  EXPECT_EQ(to_hex(answer->m1), kM1);
}

TEST(Srp, AnswerOfTelethonToAnEmptyPassword) {
  SequenceRandom random(41, 11);
  const auto answer = srp_client(test_params(), hex(kB), SecretText(), random);
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(to_hex(answer->m1), "e989909276cc8a4fa19f00023e074dfbef3d5c34460314f19a101d89ed9e9231");
}

TEST(Srp, TheServerAgreesWithTelethon) {
  SequenceRandom random(43, 13);
  const SrpServerExchange exchange(test_params(), SecretBytes(hex(kVerifier)), random);
  EXPECT_EQ(to_hex(exchange.b()), kB);
  EXPECT_TRUE(exchange.check(hex(kA), hex(kM1)).has_value());
}

// Values of the tests of gotd/td (crypto/srp/srp_test.go): password 123123, secret exponent 1, so A = g.
TEST(Srp, AnswerOfGotd) {
  const SrpParams params{
      .g = 3,
      .p = known_prime(),
      .salt1 = hex("4d11fb6bec38f9d2546bb0f61e4f1c99a1bc0db8f0d5f35b1291b37b213123d7ed48f3c6794d495b"),
      .salt2 = hex("a1b181aafe88188680ae32860d60bb01")};
  const Bytes b =
      hex("9c52401a6a8084ec82f01c3725d3fb448bd2f0c909f9d97726eac4b7a74172d952f02466be6734fa274d2b7429e27397f10372d6"
          "6b400b80a5c5ae3f28b17bf3105d7a2d2a885998cdc2defc208aec217ab58859a9abc2374ad93dc285f4b3fbcaff4143d7888f24"
          "25bd2fb711b25609ceb21757d935b1ef2f042173ad0ce2fe0e474dac53914bd25a8a9aed4aea8953d55cb88621db37b871ea0d04"
          "393ac0987f68094ccc9de8239251375d8fffd263316cd528c097b7bc9fb919fbedb76c525df3413c374ee076d97a1e6d352bb7cc"
          "80fd13651b04b32e2e48c5268150842cfd07cf855958b1b5ea9c36fdad697fe3aec8dcc6b1efec36874af226204676cf");
  Bytes exponent(kDhSize);
  exponent.back() = 1;
  const SrpAnswer answer = srp::answer(params, b, secret("123123"), exponent);
  EXPECT_EQ(answer.a, mod_exp(3, Bytes{1}, params.p));
  EXPECT_EQ(to_hex(answer.m1), "999df906bda2c6cbb52f503406eba2d0d0503ace0cc302c38f13ee5010ad4051");
}

// crypto/srp/new_hash_test.go of gotd/td: the first 32 bytes of the verifier of newPassword.
TEST(Srp, VerifierOfGotd) {
  Bytes salt1 = hex("e6c8957ddf988d48");
  salt1.resize(40);
  const auto verifier =
      make_verifier({.g = 3, .p = known_prime(), .salt1 = salt1, .salt2 = hex("9f6344822b096cff87efa426f57857b6")},
                    secret("newPassword"));
  ASSERT_TRUE(verifier.has_value());
  EXPECT_EQ(to_hex(ByteView(verifier->reveal()).first(32)),
            "186ac18dcc5790bf6bba21bd958d375ee5481af0029e9bd7a9c68ec926bd5196");
}

TEST(Srp, BothRolesAgreeAndAWrongPasswordIsRefused) {
  constexpr std::uint64_t kSeed = 7;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  SeededRandom random(kSeed);
  const auto verifier = make_verifier(test_params(), secret("right"));
  ASSERT_TRUE(verifier.has_value());
  const SrpServerExchange exchange(test_params(), *verifier, random);

  const auto right = srp_client(test_params(), exchange.b(), secret("right"), random);
  ASSERT_TRUE(right.has_value());
  EXPECT_TRUE(exchange.check(right->a, right->m1).has_value());

  const auto wrong = srp_client(test_params(), exchange.b(), secret("Right"), random);
  ASSERT_TRUE(wrong.has_value());
  const auto verdict = exchange.check(wrong->a, wrong->m1);
  ASSERT_FALSE(verdict.has_value());
  EXPECT_EQ(verdict.error().code, CryptoErrc::Mismatch);

  const SrpServerExchange another(test_params(), *verifier, random);
  EXPECT_FALSE(another.check(right->a, right->m1).has_value()) << "an answer is for one B only";
}

TEST(Srp, TheServerRefusesChangedAnswersAndForgedPublicValues) {
  SequenceRandom random(43, 13);
  const SrpServerExchange exchange(test_params(), SecretBytes(hex(kVerifier)), random);
  Bytes m1 = hex(kM1);
  m1[5] ^= 1;
  EXPECT_EQ(exchange.check(hex(kA), m1).error().code, CryptoErrc::Mismatch);
  EXPECT_EQ(exchange.check(hex(kA), ByteView(m1).first(31)).error().code, CryptoErrc::Mismatch);
  EXPECT_EQ(exchange.check(hex(kA), ByteView()).error().code, CryptoErrc::Mismatch);
  for (const Bytes& a : {Bytes(), Bytes(kDhSize), known_prime(), Bytes(kDhSize, 0xff), Bytes(kDhSize + 1, 1)}) {
    const auto verdict = exchange.check(a, hex(kM1));
    ASSERT_FALSE(verdict.has_value());
    EXPECT_EQ(verdict.error().code, CryptoErrc::UnsafePublic);
  }
}

TEST(Srp, TheClientRefusesABadB) {
  SeededRandom random(8);
  for (const Bytes& b :
       {Bytes(), Bytes{0}, Bytes(kDhSize), known_prime(), Bytes(kDhSize, 0xff), Bytes(kDhSize + 1, 1)}) {
    const auto answer = srp_client(test_params(), b, kPassword, random);
    ASSERT_FALSE(answer.has_value()) << to_hex(b);
    EXPECT_EQ(answer.error().code, CryptoErrc::UnsafePublic);
  }
}

TEST(Srp, BothSidesRefuseABadGroup) {
  SeededRandom random(9);
  SrpParams even = test_params();
  even.p.back() = 0;
  SrpParams changed = test_params();
  changed.p[17] ^= 0x10;
  SrpParams short_prime = test_params();
  short_prime.p.pop_back();
  SrpParams bad_g = test_params();
  bad_g.g = 5;  // no residue of the known prime
  SrpParams no_g = test_params();
  no_g.g = 0;
  for (const SrpParams& params : {even, changed, short_prime, bad_g, no_g, SrpParams{}}) {
    const auto answer = srp_client(params, hex(kB), kPassword, random);
    ASSERT_FALSE(answer.has_value());
    EXPECT_EQ(answer.error().code, CryptoErrc::UnsafeGroup);
    EXPECT_EQ(make_verifier(params, kPassword).error().code, CryptoErrc::UnsafeGroup);
  }
}

// B may come without its leading zeros; it is hashed with them.
TEST(Srp, ShortBIsPadded) {
  Bytes padded(kDhSize);
  padded.back() = 9;
  SequenceRandom first(41, 11);
  SequenceRandom second(41, 11);
  const auto from_short = srp_client(test_params(), Bytes{9}, kPassword, first);
  const auto from_padded = srp_client(test_params(), padded, kPassword, second);
  ASSERT_TRUE(from_short.has_value() && from_padded.has_value());
  EXPECT_EQ(from_short->m1, from_padded->m1);
}

TEST(Srp, ARandomSourceWithoutRandomnessIsAnErrorNotALoop) {
  ConstantRandom zeros(0);  // a = 0 gives A = 1
  const auto answer = srp_client(test_params(), hex(kB), kPassword, zeros);
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().code, CryptoErrc::BadValue);
}

}  // namespace
}  // namespace ledgram::crypto
