#include "ledgram/base/case_fold.hpp"

#include <gtest/gtest.h>

namespace ledgram {
namespace {

TEST(CaseFold, KnowsLatinCyrillicAndGreek) {
  EXPECT_EQ(fold_case("Hello, WORLD 123"), "hello, world 123");
  EXPECT_EQ(fold_case("ПРИВЕТ, Ёлка"), "привет, ёлка");
  EXPECT_EQ(fold_case("Їжак ҐАНОК Є"), "їжак ґанок є");
  EXPECT_EQ(fold_case("ÀÉÎ ΣΩ"), "àéî σω");
}

TEST(CaseFold, LeavesWhatIsNoLetterAndNoUtf8) {
  EXPECT_EQ(fold_case("😀 日本 — 5€"), "😀 日本 — 5€");
  EXPECT_EQ(fold_case("A\xff\xc3"), "a\xff\xc3");
  EXPECT_EQ(fold_case(""), "");
}

}  // namespace
}  // namespace ledgram
