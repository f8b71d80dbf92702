#include "ledgram/crypto/sealed.hpp"

#include "ledgram/crypto/test_support.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ledgram::crypto {
namespace {

using testing::hex;
using testing::sequence;
using testing::SequenceRandom;

static_assert(!fmt::is_formattable<SealKey>::value, "a seal key must not be formattable");

SealKey test_key() {
  return SealKey::from_bytes(sequence(32, 3, 7)).value();
}

// Made with pycryptodome 3.21.0 (ChaCha20_Poly1305 with a nonce of 24 bytes), not with libsodium.
const std::string_view kSealed =
    "01090e13181d22272c31363b40454a4f54595e63686d72777c7fe39d7417b04080acd9c825edb58d4c78a07f45b95e9a4d63eb02e03ac6ff2b"
    "ff7dbeb5";

TEST(Sealed, FormatOfVersionOne) {
  SequenceRandom random(5, 9);
  EXPECT_EQ(to_hex(seal(test_key(), as_bytes("an authorization key"), as_bytes("account 7"), random)), kSealed);
  const auto opened = open_sealed(test_key(), hex(kSealed), as_bytes("account 7"));
  ASSERT_TRUE(opened.has_value()) << opened.error().message;
  EXPECT_EQ(as_text(opened->reveal()), "an authorization key");
}

TEST(Sealed, EmptyContentAndEmptyAssociatedData) {
  SeededRandom random(1);
  const Bytes sealed = seal(test_key(), ByteView(), ByteView(), random);
  EXPECT_EQ(sealed.size(), kSealOverhead);
  const auto opened = open_sealed(test_key(), sealed, ByteView());
  ASSERT_TRUE(opened.has_value());
  EXPECT_TRUE(opened->empty());
}

TEST(Sealed, TwoSealsOfTheSameDiffer) {
  SeededRandom random(2);
  EXPECT_NE(seal(test_key(), as_bytes("x"), ByteView(), random), seal(test_key(), as_bytes("x"), ByteView(), random));
}

TEST(Sealed, EveryChangedByteIsNoticed) {
  const Bytes sealed = hex(kSealed);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 0x01;
    const auto opened = open_sealed(test_key(), changed, as_bytes("account 7"));
    ASSERT_FALSE(opened.has_value()) << "byte " << i;
    EXPECT_EQ(opened.error().code, i == 0 ? CryptoErrc::UnknownVersion : CryptoErrc::Mismatch) << "byte " << i;
  }
}

TEST(Sealed, OtherKeyOrOtherOwnerIsRefused) {
  SeededRandom random(3);
  EXPECT_EQ(open_sealed(SealKey::generate(random), hex(kSealed), as_bytes("account 7")).error().code,
            CryptoErrc::Mismatch);
  EXPECT_EQ(open_sealed(test_key(), hex(kSealed), as_bytes("account 8")).error().code, CryptoErrc::Mismatch);
  EXPECT_EQ(open_sealed(test_key(), hex(kSealed), ByteView()).error().code, CryptoErrc::Mismatch);
}

TEST(Sealed, EveryShorterPieceIsRefused) {
  const Bytes sealed = hex(kSealed);
  for (std::size_t size = 0; size < sealed.size(); ++size) {
    const auto opened = open_sealed(test_key(), ByteView(sealed).first(size), as_bytes("account 7"));
    ASSERT_FALSE(opened.has_value()) << size;
    EXPECT_EQ(opened.error().code, size < kSealOverhead ? CryptoErrc::BadLength : CryptoErrc::Mismatch) << size;
  }
}

TEST(Sealed, KeysHave32Bytes) {
  for (const std::size_t size : {0U, 16U, 31U, 33U}) {
    const auto key = SealKey::from_bytes(Bytes(size));
    ASSERT_FALSE(key.has_value()) << size;
    EXPECT_EQ(key.error().code, CryptoErrc::BadLength);
  }
}

}  // namespace
}  // namespace ledgram::crypto
