#include "ledgram/api/schema.hpp"

#include "ledgram/api/schema_check.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <string>

namespace ledgram::api {
namespace {

/// Pointer and message of the first breach; empty if there is none.
std::string first_breach(const Schema& schema, std::string_view text) {
  const std::vector<Breach> breaches = schema.check(json::parse(text));
  return breaches.empty() ? "" : breaches.front().pointer + ": " + breaches.front().message;
}

TEST(Schema, Kinds) {
  EXPECT_EQ(first_breach(Schema::text(), R"("a")"), "");
  EXPECT_EQ(first_breach(Schema::text(), "1"), ": must be of type string");
  EXPECT_EQ(first_breach(Schema::integer(), "1"), "");
  EXPECT_EQ(first_breach(Schema::integer(), "1.5"), ": must be of type integer");
  EXPECT_EQ(first_breach(Schema::integer(), "9223372036854775808"), ": must be of type integer");
  EXPECT_EQ(first_breach(Schema::number(), "1.5"), "");
  EXPECT_EQ(first_breach(Schema::boolean(), "null"), ": must be of type boolean");
  EXPECT_EQ(first_breach(Schema::any(), "[1,{}]"), "");
  EXPECT_EQ(first_breach(Schema::one_of({"a", "b"}), R"("b")"), "");
  EXPECT_EQ(first_breach(Schema::one_of({"a", "b"}), R"("c")"), R"(: must be one of ["a","b"])");
}

TEST(Schema, Bounds) {
  EXPECT_EQ(first_breach(Schema::integer().range(1, 5), "5"), "");
  EXPECT_EQ(first_breach(Schema::integer().range(1, 5), "6"), ": must be at most 5");
  EXPECT_EQ(first_breach(Schema::integer().at_least(1), "0"), ": must be at least 1");
  // Characters, not bytes.
  EXPECT_EQ(first_breach(Schema::text().length(1, 3), R"("äöü")"), "");
  EXPECT_EQ(first_breach(Schema::text().length(1, 3), R"("abcd")"), ": must have at most 3 characters");
  EXPECT_EQ(first_breach(Schema::text().length(1, 3), R"("")"), ": must have at least 1 characters");
  EXPECT_EQ(first_breach(Schema::text().pattern("^[a-z]+$"), R"("a1")"), ": must match ^[a-z]+$");
  EXPECT_EQ(first_breach(Schema::array(Schema::text()).length(0, 1), R"(["a","b"])"), ": must have at most 1 items");
  EXPECT_EQ(first_breach(Schema::array(Schema::text()).unique(), R"(["a","b","a"])"), ": has the same item twice");
}

TEST(Schema, ObjectsNameWhereTheyAreBroken) {
  const Schema schema =
      Schema::object({{"name", Schema::text()},
                      {"more", Schema::array(Schema::object({{"x/y", Schema::integer()}})), Presence::Optional}});
  EXPECT_EQ(first_breach(schema, R"({"name":"a"})"), "");
  EXPECT_EQ(first_breach(schema, R"({})"), ": lacks the member name");
  EXPECT_EQ(first_breach(schema, R"({"name":"a","b":1})"), "/b: is not known here");
  EXPECT_EQ(first_breach(schema.open(), R"({"name":"a","b":1})"), "");
  EXPECT_EQ(first_breach(schema, R"({"name":"a","more":[{"x/y":1},{"x/y":"2"}]})"),
            "/more/1/x~1y: must be of type integer");
  EXPECT_EQ(first_breach(Schema::map(Schema::integer()), R"({"a":1,"b":null})"), "/b: must be of type integer");
}

TEST(Schema, ManyBreachesAreCut) {
  std::string text = "[";
  for (int i = 0; i < 100; ++i)
    text += "1,";
  EXPECT_EQ(Schema::array(Schema::text()).check(json::parse(text + "1]")).size(), 10U);
}

TEST(Schema, NamedOnesAreReferences) {
  const Schema post = Schema::named("Post", Schema::object({{"id", Schema::integer()}}));
  const Schema list = Schema::object({{"items", Schema::array(post)}, {"first", post.nullable()}});
  EXPECT_EQ(json::serialize(post.document()), R"({"$ref":"#/components/schemas/Post"})");
  EXPECT_EQ(list.components().count("Post"), 1U);
  EXPECT_EQ(first_breach(list, R"({"items":[{"id":1}],"first":null})"), "");
  EXPECT_EQ(first_breach(list, R"({"items":[{"id":"1"}],"first":null})"), "/items/0/id: must be of type integer");
  EXPECT_EQ(first_breach(list, R"({"items":[],"first":7})"), "/first: is none of the forms that are allowed here");
}

TEST(Schema, NullableTexts) {
  EXPECT_EQ(first_breach(Schema::text().nullable(), "null"), "");
  EXPECT_EQ(first_breach(Schema::one_of({"a"}).nullable(), "null"), "");
  EXPECT_EQ(first_breach(Schema::text().nullable(), "1"), ": must be of type string or null");
}

TEST(Schema, ParametersAreReadByTheirKind) {
  EXPECT_EQ(Schema::integer().parse("12"), json::value(12));
  EXPECT_FALSE(Schema::integer().parse("12a"));
  EXPECT_FALSE(Schema::integer().parse(""));
  EXPECT_FALSE(Schema::integer().parse("99999999999999999999"));
  EXPECT_EQ(Schema::boolean().parse("true"), json::value(true));
  EXPECT_FALSE(Schema::boolean().parse("yes"));
  EXPECT_EQ(Schema::text().parse("12"), json::value("12"));
  EXPECT_EQ(Schema::array(Schema::integer()).parse("1,2"), json::value(json::array{1, 2}));
  EXPECT_FALSE(Schema::array(Schema::integer()).parse("1,,2"));
  EXPECT_EQ(Schema::named("Limit", Schema::integer()).parse("3"), json::value(3));
}

TEST(Schema, Ids) {
  EXPECT_EQ(first_breach(Schema::id(), R"("-1001234567890")"), "");
  EXPECT_NE(first_breach(Schema::id(), R"("12x")"), "");
  EXPECT_NE(first_breach(Schema::id(), R"("1234567890123456789")"), "");
}

TEST(Schema, Times) {
  EXPECT_EQ(parse_time("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_time("2026-01-31T12:30:00Z"), 1769862600);
  EXPECT_EQ(parse_time("2026-01-31t14:30:00.250+02:00"), 1769862600);
  EXPECT_EQ(parse_time("2026-01-31T07:00:00-05:30"), 1769862600);
  EXPECT_EQ(parse_time("2024-02-29T00:00:00Z"), 1709164800);
  for (const char* text :
       {"", "2026-01-31", "2026-01-31T12:30Z", "2026-01-31T12:30:00", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z",
        "2026-01-31T24:00:00Z", "2026-01-31T12:30:00.Z", "2026-01-31T12:30:00Zx", "2026-01-31T12:30:00+25:00"})
    EXPECT_FALSE(parse_time(text)) << text;
  EXPECT_EQ(first_breach(Schema::time(), R"("yesterday")"), ": must be a time like 2026-01-31T12:30:00Z");
}

}  // namespace
}  // namespace ledgram::api
