#include "ledgram/crypto/password_hash.hpp"

#include <gtest/gtest.h>

namespace ledgram::crypto {
namespace {

TEST(PasswordHash, IsArgon2idAndMatchesOnlyItsPassword) {
  const SecretText hash = hash_password("correct horse");
  EXPECT_TRUE(hash.reveal().starts_with("$argon2id$v=19$m=65536,t=2,p=1$"));
  EXPECT_TRUE(password_matches(hash, "correct horse"));
  EXPECT_FALSE(password_matches(hash, "correct horsf"));
  EXPECT_FALSE(password_matches(hash, ""));
}

TEST(PasswordHash, SaltsDiffer) {
  EXPECT_NE(hash_password("same").reveal(), hash_password("same").reveal());
}

TEST(PasswordHash, TextThatIsNoHashMatchesNothing) {
  EXPECT_FALSE(password_matches(SecretText("correct horse"), "correct horse"));
  EXPECT_FALSE(password_matches(SecretText(), ""));
}

}  // namespace
}  // namespace ledgram::crypto
