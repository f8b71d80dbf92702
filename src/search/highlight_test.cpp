#include "ledgram/search/highlight.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledgram::search {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result;
  for (const Token& token : Tokenizer().tokens(text))
    result.push_back(token.word);
  return result;
}

std::vector<Highlight> marked(std::string_view search, std::string_view text) {
  return highlights(Tokenizer(), parse_query(search).value(), text);
}

using Words = std::vector<std::string>;
using Marks = std::vector<Highlight>;

TEST(Tokenizer, FoldsCaseAccentsAndYo) {
  EXPECT_EQ(words("Café ÉCOLE"), (Words{"cafe", "ecole"}));
  EXPECT_EQ(words("Ёлка ещё Їжак Ґанок"), (Words{"елка", "еще", "їжак", "ґанок"}));
}

TEST(Tokenizer, SeparatesAtEveryApostrophe) {
  const Words expected = {"з", "їзд"};
  EXPECT_EQ(words("з'їзд"), expected);
  EXPECT_EQ(words("з’їзд"), expected);
  EXPECT_EQ(words("зʼїзд"), expected);
}

TEST(Highlight, CountsInUtf16) {
  EXPECT_EQ(marked("київ", "Київ"), (Marks{{0, 4}}));
  // The emoji takes two code units.
  EXPECT_EQ(marked("news", "😀 news, NEWS"), (Marks{{3, 4}, {9, 4}}));
}

TEST(Highlight, MarksPhrasesAndBeginningsButNotExclusions) {
  EXPECT_EQ(marked("\"the end\"", "the start, the end. end"), (Marks{{11, 7}}));
  EXPECT_EQ(marked("beg* -end", "begin and end"), (Marks{{0, 5}}));
  EXPECT_EQ(marked("\"a b\" \"b c\"", "a b c"), (Marks{{0, 5}}));
  EXPECT_EQ(marked("з'їзд", "Новий зʼїзд"), (Marks{{6, 5}}));
  EXPECT_EQ(marked("absent", "text"), Marks{});
  EXPECT_EQ(marked("!!! text", "text"), (Marks{{0, 4}}));
}

TEST(Highlight, AShortBeginningIsAWord) {
  EXPECT_EQ(marked("be*", "begin to be"), (Marks{{9, 2}}));
  EXPECT_EQ(marked("на*", "наша на"), (Marks{{5, 2}}));
  EXPECT_EQ(marked("наш*", "наша на"), (Marks{{0, 4}}));
}

TEST(Highlight, TakesBytesThatAreNoText) {
  EXPECT_EQ(marked("x", "\xff\xfe x").size(), 1U);
}

}  // namespace
}  // namespace ledgram::search
