#include "ledgram/search/query.hpp"

#include <gtest/gtest.h>

namespace ledgram::search {
namespace {

Query parsed(std::string_view text) {
  const auto query = parse_query(text);
  EXPECT_TRUE(query) << text;
  return query.value_or(Query{});
}

TEST(SearchQuery, KnowsWordsPhrasesBeginningsAndExclusions) {
  EXPECT_EQ(parsed("  war   peace "), (Query{{"war"}, {"peace"}}));
  EXPECT_EQ(parsed("\"war and peace\" -tolstoy"), (Query{{"war and peace"}, {.text = "tolstoy", .is_excluded = true}}));
  EXPECT_EQ(parsed("нов* -\"old news\"*"),
            (Query{{.text = "нов", .is_prefix = true}, {.text = "old news", .is_prefix = true, .is_excluded = true}}));
  EXPECT_EQ(parsed("«Київ сьогодні» “x y”"), (Query{{"Київ сьогодні"}, {"x y"}}));
}

TEST(SearchQuery, TakesWhateverIsTyped) {
  EXPECT_EQ(parsed(""), Query{});
  EXPECT_EQ(parsed("\"open"), (Query{{"open"}}));
  EXPECT_EQ(parsed("\"\" * - -- \"\"*"), (Query{{.text = "-"}, {.text = "-", .is_excluded = true}}));
  EXPECT_EQ(parsed("a\"b\"c"), (Query{{"a"}, {"b"}, {"c"}}));
  EXPECT_EQ(parsed("well-known C++ AND NOT NEAR(a)").size(), 5U);
}

TEST(SearchQuery, HasBounds) {
  EXPECT_EQ(parse_query(std::string(kMostQueryBytes + 1, 'a')).error().code, SearchErrc::TooLong);
  std::string words;
  for (std::size_t i = 0; i < kMostPhrases; ++i)
    words += "w ";
  EXPECT_EQ(parsed(words).size(), kMostPhrases);
  EXPECT_EQ(parse_query(words + "w").error().code, SearchErrc::TooLong);
}

TEST(SearchQuery, MakesOneExpression) {
  EXPECT_EQ(fts5_expression(parsed("a \"b c\" d*")), R"({text} : ("a" AND "b c" AND "d" *))");
  EXPECT_EQ(fts5_expression(parsed("a -b -c*")), R"({text} : (("a") NOT ("b" OR "c" *)))");
  EXPECT_EQ(fts5_expression(parsed("-b")), "");
  EXPECT_EQ(fts5_string(std::string_view("x\" OR \"y\0z", 10)), "\"x\"\" OR \"\"y z\"");
}

}  // namespace
}  // namespace ledgram::search
