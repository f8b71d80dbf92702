#include "ledgram/crypto/auth_key.hpp"

#include "ledgram/crypto/hash.hpp"
#include "ledgram/crypto/test_support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <concepts>
#include <ostream>

namespace ledgram::crypto {
namespace {

using testing::hex;
using testing::hex_array;
using testing::sequence_array;

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!fmt::is_formattable<AuthKey>::value, "an authorization key must not be formattable");
static_assert(!Streamable<AuthKey>, "an authorization key must not have a stream operator");
static_assert(!std::convertible_to<AuthKey, Bytes>, "an authorization key must not turn into bytes by itself");

// Telethon 1.45.0, telethon.crypto.AuthKey: key_id and aux_hash.
TEST(AuthKey, IdAndAuxHash) {
  const AuthKey key(sequence_array<256>(29, 7));
  EXPECT_EQ(key.id().value(), 0xd5c5466184762ec5U);
  EXPECT_EQ(key.aux_hash(), 0x82e74eeaa37caa4fU);
}

// core.telegram.org/mtproto/samples-auth_key, step 9: new_nonce_hash1 of the published authorization key.
TEST(AuthKey, AuxHashGivesThePublishedNonceHash) {
  const AuthKey key(hex_array<256>(
      "ab96e207c631300986f30ef97df55e179e63c112675f0ce502ee76d74bbee6cbd1e95772818881e9f2ff54bd52c258787474f6a7"
      "bea61eabe49d1d01d55f64fc07bc31685716ec8fb46feacf9502e42cfd6b9f45a08e90aa5c2b5933ac767cbe1cd50d8e64f89727"
      "ca4a1a5d32c0db80a9fcdbddd4f8d5a1e774198f1a4299f927c484feec395f29647e43c3243986f93609e23538c21871df50e000"
      "70b3b6a8fa9bc15628e8b43ff977409a61ceec5a21cf7dfb5a4cc28f5257bc30cd8f2fb92fbf21e28924065f50e0bbd5e11a4203"
      "00e2c136b80e9826c6c5609b5371b7850aa628323b6422f3a94f6dfde4c3dc1ea60f7e11ee63122b3f39cbd1a8430157"));
  ByteArray<8> aux_hash{};
  store_le64(aux_hash, key.aux_hash());
  const Bytes new_nonce = hex("311c85db234aa2640afc4a76a735cf5b1f0fd68bd17fa181e1229ad867cc024d");
  const Sha1Digest digest = sha1({new_nonce, Bytes{1}, aux_hash});
  EXPECT_EQ(to_hex(ByteView(digest).last(16)), "ccebc0217266e1edec7fb0a0eed6c220");
}

TEST(AuthKey, ShortKeysArePaddedOnTheLeft) {
  ByteArray<256> padded{};
  padded[254] = 1;
  padded[255] = 2;
  const auto key = AuthKey::from_bytes(Bytes{1, 2});
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(*key, AuthKey(padded));
  EXPECT_EQ(key->id(), AuthKey(padded).id());
}

TEST(AuthKey, OtherSizesAreRefused) {
  EXPECT_EQ(AuthKey::from_bytes(ByteView()).error().code, CryptoErrc::BadLength);
  EXPECT_EQ(AuthKey::from_bytes(Bytes(257, 1)).error().code, CryptoErrc::BadLength);
}

TEST(AuthKey, EqualOnlyIfAllBytesAre) {
  ByteArray<256> bytes = sequence_array<256>(29, 7);
  const AuthKey key(bytes);
  EXPECT_EQ(key, AuthKey(bytes));
  bytes[255] ^= 1;
  EXPECT_FALSE(key == AuthKey(bytes));
}

}  // namespace
}  // namespace ledgram::crypto
