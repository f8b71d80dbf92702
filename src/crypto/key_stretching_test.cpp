#include "ledgram/crypto/key_stretching.hpp"

#include "ledgram/crypto/hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ledgram::crypto {
namespace {

// Python 3.11: hashlib.pbkdf2_hmac("sha512", b"password", b"saltSALT", 3, 256).
TEST(KeyStretching, Pbkdf2OfSeveralBlocks) {
  const SecretBytes key = pbkdf2_hmac_sha512(as_bytes("password"), as_bytes("saltSALT"), 3, 256);
  EXPECT_EQ(to_hex(key.reveal()),
            "48f6a074676c99387c54d1d7716703a05aa861c9cf0adb4edf0090ea8212183b599b7e446ae483131cb7892ee5ca3efb"
            "aba3af434cedfd82995e64fca5597afc515d1625cb838adc585c1c4fa10507fcdb9c546f6fb4d1cd0b4c7797b3230d48"
            "2186354c57d62678b3ee5e981c12dc78ca13edac8814008e50a365e0178a5c55f663dd2ffe25a76b0337664ff4fe0be0"
            "d245bbfa81c60785525e11990101844f0b9fba254b166542c3d8b1dd7d16807379b138ae4e85854b421bfac1e2f70bb8"
            "d66e4d55a17148b156ce4aa01b37f7958117b8c0264edd0f4ec17f39dcc41d46fce5cbbb92195dad3fe7d620465a3e91"
            "5703e4df8e40bf01c8122785426a5404");
}

TEST(KeyStretching, Pbkdf2OfOneBlockIsTheShortForm) {
  const SecretBytes key = pbkdf2_hmac_sha512(as_bytes("password"), as_bytes("salt"), 5, 64);
  EXPECT_TRUE(std::ranges::equal(key.reveal(), pbkdf2_hmac_sha512(as_bytes("password"), as_bytes("salt"), 5)));
}

// RFC 9106 section 5.3 has a secret and associated data, which the library's simple call does not take; this is the
// last Argon2id vector of the reference implementation's test.c (version 0x13, t=2, m=2^16, p=1).
TEST(KeyStretching, Argon2id) {
  const auto key = argon2id(as_bytes("password"), as_bytes("somesalt"), {.memory = 65536, .passes = 2, .lanes = 1}, 32);
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->reveal()), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
  EXPECT_FALSE(argon2id(as_bytes("password"), as_bytes("short"), {.memory = 64, .passes = 1, .lanes = 1}, 32));
  EXPECT_FALSE(argon2id(as_bytes("password"), as_bytes("somesalt"), {.memory = 64, .passes = 0, .lanes = 1}, 32));
  EXPECT_FALSE(argon2id(as_bytes("password"), as_bytes("somesalt"), {.memory = 1, .passes = 1, .lanes = 1}, 32));
}

// RFC 7914 section 12, third vector.
TEST(KeyStretching, Scrypt) {
  const ScryptCost cost{.n = 16384, .r = 8, .p = 1};
  const auto key = scrypt(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"), cost, 64U << 20U, 64);
  ASSERT_TRUE(key);
  EXPECT_EQ(to_hex(key->reveal()),
            "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
            "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
  EXPECT_FALSE(scrypt(as_bytes("x"), as_bytes("y"), cost, 1U << 20U, 64)) << "more memory than allowed";
  EXPECT_FALSE(scrypt(as_bytes("x"), as_bytes("y"), {.n = 1000, .r = 8, .p = 1}, 64U << 20U, 64));
}

}  // namespace
}  // namespace ledgram::crypto
