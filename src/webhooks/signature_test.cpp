#include "ledgram/webhooks/signature.hpp"

#include "ledgram/base/bytes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace ledgram::webhooks {
namespace {

// Made with the package standardwebhooks 1.1.0 of PyPI.
TEST(Signature, IsThatOfStandardWebhooks) {
  const SecretText secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  EXPECT_EQ(signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, DependsOnEverythingThatIsSigned) {
  const SecretText secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  const std::string right = signature(secret, "1-1", 5, "{}");
  EXPECT_NE(signature(secret, "1-2", 5, "{}"), right);
  EXPECT_NE(signature(secret, "1-1", 6, "{}"), right);
  EXPECT_NE(signature(secret, "1-1", 5, "{ }"), right);
  EXPECT_NE(signature(SecretText("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), "1-1", 5, "{}"), right);
}

TEST(Signature, SecretsAreLongAndDiffer) {
  SeededRandom random(1);
  const SecretText one = make_secret(random);
  const SecretText two = make_secret(random);
  EXPECT_NE(one.reveal(), two.reveal());
  EXPECT_TRUE(is_secret(one.reveal()));
  EXPECT_EQ(from_base64(one.reveal().substr(6))->size(), 32U);
  for (const char* text :
       {"", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_!!!!9r8GKYqrTwjUPD8ILPZIo2LaLaSw"})
    EXPECT_FALSE(is_secret(text)) << text;
}

}  // namespace
}  // namespace ledgram::webhooks
