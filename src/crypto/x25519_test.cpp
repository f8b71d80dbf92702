#include "ledgram/crypto/x25519.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace ledgram::crypto {
namespace {

X25519Key key(std::string_view hex) {
  const Bytes bytes = *from_hex(hex);
  X25519Key made{};
  std::ranges::copy(bytes, made.begin());
  return made;
}

// RFC 7748: Bob's key of section 6.1, and the first iteration of section 5.2, which is the public key of "9".
TEST(X25519, PublicKeysOfTheStandard) {
  EXPECT_EQ(to_hex(x25519_public_key(key("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"))),
            "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  EXPECT_EQ(to_hex(x25519_public_key(key("09" + std::string(62, '0')))),
            "422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079");
}

TEST(X25519, RandomOnesDiffer) {
  SeededRandom random(3);
  EXPECT_NE(to_hex(random_x25519_public_key(random)), to_hex(random_x25519_public_key(random)));
}

}  // namespace
}  // namespace ledgram::crypto
