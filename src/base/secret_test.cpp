#include "ledgram/base/secret.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <concepts>
#include <ostream>

namespace ledgram {
namespace {

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) { out << value; };

static_assert(!fmt::is_formattable<SecretText>::value, "a secret text must not be formattable");
static_assert(!fmt::is_formattable<SecretBytes>::value, "secret bytes must not be formattable");
static_assert(!Streamable<SecretText> && !Streamable<SecretBytes>, "a secret must not have a stream operator");
static_assert(!std::convertible_to<SecretText, std::string>, "a secret must not turn into text by itself");

TEST(Secret, RevealGivesTheValue) {
  const SecretText secret(std::string("correct horse"));
  EXPECT_EQ(secret.reveal(), "correct horse");
}

TEST(Secret, MovedFromIsEmpty) {
  SecretText from(std::string("correct horse battery staple, long enough for the heap"));
  const SecretText to(std::move(from));
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): the state after the move is what is tested
  EXPECT_FALSE(to.empty());
}

}  // namespace
}  // namespace ledgram
