#include "ledgram/crypto/hash.hpp"

#include "ledgram/crypto/test_support.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ledgram::crypto {
namespace {

constexpr std::string_view kTwoBlocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";

// FIPS 180 examples (NIST, "Examples with Intermediate Values").
TEST(Hash, Sha1OfFips180) {
  EXPECT_EQ(to_hex(sha1(as_bytes("abc"))), "a9993e364706816aba3e25717850c26c9cd0d89d");
  EXPECT_EQ(to_hex(sha1(as_bytes(kTwoBlocks))), "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
  EXPECT_EQ(to_hex(sha1(ByteView())), "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST(Hash, Sha256OfFips180) {
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256(as_bytes(kTwoBlocks))), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(to_hex(sha256(as_bytes(std::string(1'000'000, 'a')))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Hash, Sha512OfFips180) {
  EXPECT_EQ(to_hex(sha512(as_bytes("abc"))),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST(Hash, PartsAreHashedAsIfJoined) {
  EXPECT_EQ(sha1({as_bytes("a"), ByteView(), as_bytes("bc")}), sha1(as_bytes("abc")));
  EXPECT_EQ(sha256({as_bytes("ab"), as_bytes("c")}), sha256(as_bytes("abc")));
  EXPECT_EQ(sha512({as_bytes("a"), as_bytes("bc")}), sha512(as_bytes("abc")));
  EXPECT_NE(sha256({as_bytes("ab"), as_bytes("d")}), sha256(as_bytes("abc")));
}

// RFC 4231, test cases 1, 2 and 6.
TEST(Hash, HmacOfRfc4231) {
  const Bytes key1(20, 0x0b);
  EXPECT_EQ(to_hex(hmac_sha256(key1, as_bytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(to_hex(hmac_sha512(key1, as_bytes("Hi There"))),
            "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
            "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854");
  EXPECT_EQ(to_hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const Bytes long_key(131, 0xaa);
  EXPECT_EQ(to_hex(hmac_sha256(long_key, as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// Python 3.11 hmac.new(b"", b"", "sha256"): an empty key is a key.
TEST(Hash, HmacWithAnEmptyKey) {
  EXPECT_EQ(to_hex(hmac_sha256(ByteView(), ByteView())),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

// The inputs of RFC 6070 with SHA-512 instead of SHA-1, as published by several implementations of PBKDF2.
TEST(Hash, Pbkdf2HmacSha512) {
  EXPECT_EQ(to_hex(pbkdf2_hmac_sha512(as_bytes("password"), as_bytes("salt"), 1)),
            "867f70cf1ade02cff3752599a3a53dc4af34c7a669815ae5d513554e1c8cf252"
            "c02d470a285a0501bad999bfe943c08f050235d7d68b1da55e63f73b60a57fce");
  EXPECT_EQ(to_hex(pbkdf2_hmac_sha512(as_bytes("password"), as_bytes("salt"), 4096)),
            "d197b1b33db0143e018b12f3d1d1479e6cdebdcc97c5c0f87f6902e072f457b5"
            "143f30602641b3d55cd335988cb36b84376060ecd532e039b742a239434af2d5");
}

}  // namespace
}  // namespace ledgram::crypto
