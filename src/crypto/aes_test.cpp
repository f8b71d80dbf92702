#include "ledgram/crypto/aes.hpp"

#include "ledgram/crypto/aes_ige_impl.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/crypto/test_support.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace ledgram::crypto {
namespace {

using testing::hex;
using testing::hex_array;
using testing::sequence;
using testing::sequence_array;

using IgeFunction = void (*)(const AesKey&, const AesIgeIv&, ByteView, MutableByteView);

struct IgeWay {
  const char* name;
  bool available;
  IgeFunction encrypt;
  IgeFunction decrypt;
};

class AesIge : public ::testing::TestWithParam<IgeWay> {
 protected:
  void SetUp() override {
    if (!GetParam().available)
      GTEST_SKIP() << "this processor has no AES instructions";
  }

  static Bytes encrypt(const AesKey& key, const AesIgeIv& iv, ByteView in) {
    Bytes out(in.size());
    GetParam().encrypt(key, iv, in, out);
    return out;
  }

  static Bytes decrypt(const AesKey& key, const AesIgeIv& iv, ByteView in) {
    Bytes out(in.size());
    GetParam().decrypt(key, iv, in, out);
    return out;
  }
};

INSTANTIATE_TEST_SUITE_P(Ways, AesIge,
                         ::testing::Values(IgeWay{"Dispatched", true, aes_ige_encrypt, aes_ige_decrypt},
                                           IgeWay{"Portable", true, ige::encrypt_portable, ige::decrypt_portable},
                                           IgeWay{"Hardware", ige::hardware_available(), ige::encrypt_hardware,
                                                  ige::decrypt_hardware}),
                         [](const auto& way) { return std::string(way.param.name); });

// core.telegram.org/mtproto/samples-auth_key, step 5: encrypted_answer, tmp_aes_key, tmp_aes_iv and answer.
TEST_P(AesIge, PublishedHandshakeSample) {
  const auto key = hex_array<32>("f011280887c7bb01df0fc4e17830e0b91fbb8be4b2267cb985ae25f33b527253");
  const auto iv = hex_array<32>("3212d579ee35452ed23e0d0c92841aa7d31b2e9bdef2151e80d15860311c85db");
  const Bytes encrypted =
      hex("28a92fe20173b347a8bb324b5fab2667c9a8bbce6468d5b509a4cbddc186240ac912cf7006af8926de606a2e74c0493caa57741e"
          "6c82451f54d3e068f5ccc49b4444124b9666ffb405aab564a3d01e67f6e912867c8d20d9882707dc330b17b4e0dd57cb53bfaafa"
          "9ef5be76ae6c1b9b6c51e2d6502a47c883095c46c81e3be25f62427b585488bb3bf239213bf48eb8fe34c9a026cc841393404397"
          "4db03556633038392cecb51f94824e140b98637730a4be79a8f9dafa39bae81e1095849ea4c83467c92a3a17d997817c8a7ac61c"
          "3ff414da37b7d66e949c0aec858f048224210fcc61f11c3a910b431ccbd104cccc8dc6d29d4a5d133be639a4c32bbff153e63aca"
          "3ac52f2e4709b8ae01844b142c1ee89d075d64f69a399feb04e656fe3675a6f8f412078f3d0b58da15311c1a9f8e53b3cd6bb557"
          "2c294904b726d0be337e2e21977da26dd6e33270251c2ca29dfcc70227f0755f84cfda9ac4b8dd5f84f1d1eb36ba45cddc70444d"
          "8c213e4bd8f63b8ab95a2d0b4180dc91283dc063acfb92d6a4e407cde7c8c69689f77a007441d4a6a8384b666502d9b77fc68b5b"
          "43cc607e60a146223e110fcb43bc3c942ef981930cdc4a1d310c0b64d5e55d308d863251ab90502c3e46cc599e886a927cda963b"
          "9eb16ce62603b68529ee98f9f5206419e03fb458ec4bd9454aa8f6ba777573cc54b328895b1df25ead9fb4cd5198ee022b2b81f3"
          "88d281d5e5bc580107ca01a50665c32b552715f335fd76264fad00ddd5ae45b94832ac79ce7c511d194bc42b70efa850bb15c201"
          "2c5215cabfe97ce66b8d8734d0ee759a638af013");
  const Bytes answer =
      hex("ba0d89b53e0549828cca27e966b301a48fece2fca5cf4d33f4a11ea877ba4aa57390733002000000fe000100c71caeb9c6b1c904"
          "8e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d22530f4dbfa336f6e0ac925139543aed4"
          "4cce7c3720fd51f69458705ac68cd4fe6b6b13abdc9746512969328454f18faf8c595f642477fe96bb2a941d5bcd1d4ac8cc4988"
          "0708fa9b378e3c4f3a9060bee67cf9a4a4a695811051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754fd17ed95"
          "0d5965b4b9dd46582db1178d169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959"
          "d956850ce929851f0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5bfe000100262aaba621cc4df5"
          "87dc94cf8252258c0b9337dfb47545a49cdd5c9b8eae7236c6cadc40b24e88590f1cc2cc762ebf1cf11dcc0b393caad6cee4ee58"
          "48001c73acbb1d127e4cb93072aa3d1c8151b6fb6aa6124b7cd782eaf981bdcfce9d7a00e423bd9d194e8af78ef6501f415522e4"
          "4522281c79d906ddb79c72e9c63d83fb2a940ff779dfb5f2fd786fb4ad71c9f08cf48758e534e9815f634f1e3a80a5e1c2af210c"
          "5ab762755ad4b2126dfa61a77fa9da967d65dfd0afb5cdf26c4d4e1a88b180f4e0d0b45ba1484f95cb2712b50bf3f5968d9d55c9"
          "9c0fb9fb67bff56d7d4481b634514fba3488c4cda2fc0659990e8e868b28632875a9aa703bcdce8fcb7ae551");

  const Bytes answer_with_hash = decrypt(key, iv, encrypted);
  ASSERT_EQ(answer_with_hash.size(), 592U);
  EXPECT_EQ(to_hex(ByteView(answer_with_hash).first(20)), to_hex(sha1(answer)));
  EXPECT_EQ(to_hex(ByteView(answer_with_hash).subspan(20, answer.size())), to_hex(answer));
  EXPECT_EQ(encrypt(key, iv, answer_with_hash), encrypted);
}

// Made with TgCrypto 1.2.5 (ige256_encrypt) and confirmed with cryptg 0.6.0 (encrypt_ige).
TEST_P(AesIge, VectorOfTgCrypto) {
  const auto key = sequence_array<32>(7, 1);
  const auto iv = sequence_array<32>(11, 5);
  const Bytes plain = sequence(96, 13, 3);
  const std::string_view expected =
      "e6ffb63448ef25390c14a77c06f69d54edb415234ea51d415dc61a9a73ed276a5fd89f0d1353f08b8c61d501c1c9140cb6ce4529"
      "86737be7e85c1697195457e21503b20ca75d163bcc5a57bfdf5cbe4a3ee1aa4499f396abf1ceb61761a79407";
  EXPECT_EQ(to_hex(encrypt(key, iv, plain)), expected);
  EXPECT_EQ(decrypt(key, iv, hex(expected)), plain);
}

// Longer than the chunks of the portable way, and not a multiple of them. Digests of the output of TgCrypto 1.2.5.
TEST_P(AesIge, LongVectorOfTgCrypto) {
  const auto key = sequence_array<32>(7, 1);
  const auto iv = sequence_array<32>(11, 5);
  const Bytes data = sequence(65536 + 48, 17, 9);
  EXPECT_EQ(to_hex(sha256(encrypt(key, iv, data))), "e8b6b656938b688e56dfb222bba44d5e183dcaa22d49d68917501093dc3d869e");
  EXPECT_EQ(to_hex(sha256(decrypt(key, iv, data))), "01594d1ac5dc1163557741d8c7baf129e2a22341b8449adf08655ada31b933fe");
}

TEST_P(AesIge, WorksInPlace) {
  const auto key = sequence_array<32>(7, 1);
  const auto iv = sequence_array<32>(11, 5);
  const Bytes plain = sequence(16 * 700, 13, 3);
  Bytes data = plain;
  GetParam().encrypt(key, iv, data, data);
  EXPECT_EQ(data, encrypt(key, iv, plain));
  GetParam().decrypt(key, iv, data, data);
  EXPECT_EQ(data, plain);
}

TEST_P(AesIge, NothingIsNothing) {
  EXPECT_TRUE(encrypt(AesKey{}, AesIgeIv{}, ByteView()).empty());
}

TEST(AesIgeWays, AgreeOnRandomData) {
  if (!ige::hardware_available())
    GTEST_SKIP() << "this processor has no AES instructions";
  constexpr std::uint64_t kSeed = 256;
  SCOPED_TRACE("seed " + std::to_string(kSeed));
  SeededRandom random(kSeed);
  for (int round = 0; round < 200; ++round) {
    AesKey key{};
    AesIgeIv iv{};
    random.fill(key);
    random.fill(iv);
    const Bytes in = random.bytes(kAesBlockSize * (1 + random.below(600)));
    Bytes portable(in.size());
    Bytes hardware(in.size());
    ige::encrypt_portable(key, iv, in, portable);
    ige::encrypt_hardware(key, iv, in, hardware);
    ASSERT_EQ(portable, hardware) << "encryption, round " << round;
    ige::decrypt_portable(key, iv, in, portable);
    ige::decrypt_hardware(key, iv, in, hardware);
    ASSERT_EQ(portable, hardware) << "decryption, round " << round;
  }
}

// NIST SP 800-38A, F.5.5 (CTR-AES256.Encrypt).
constexpr std::string_view kCtrKey = "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4";
constexpr std::string_view kCtrCounter = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
constexpr std::string_view kCtrPlain =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
constexpr std::string_view kCtrCipher =
    "601ec313775789a5b7a7f504bbf3d228f443e3ca4d62b59aca84e990cacaf5c5"
    "2b0930daa23de94ce87017ba2d84988ddfc9c58db67aada613c2dd08457941a6";

TEST(AesCtr, Sp80038a) {
  Bytes data = hex(kCtrPlain);
  AesCtr stream(hex_array<32>(kCtrKey), hex_array<16>(kCtrCounter));
  stream.apply(data);
  EXPECT_EQ(to_hex(data), kCtrCipher);
}

TEST(AesCtr, PiecesOfAnySizeContinueOneStream) {
  const Bytes plain = hex(kCtrPlain);
  for (std::size_t piece = 1; piece <= 17; ++piece) {
    AesCtr first(hex_array<32>(kCtrKey), hex_array<16>(kCtrCounter));
    Bytes data = plain;
    first.apply(MutableByteView(data).first(piece));
    AesCtr moved = std::move(first);
    for (std::size_t at = piece; at < data.size(); at += piece) {
      moved.apply(MutableByteView(data).subspan(at, std::min(piece, data.size() - at)));
    }
    EXPECT_EQ(to_hex(data), kCtrCipher) << "pieces of " << piece;
  }
}

}  // namespace
}  // namespace ledgram::crypto
