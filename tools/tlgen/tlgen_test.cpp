/// What tlgen makes of tiny.tl: the text is generated and compiled by the build, the behaviour is checked here.

#include "ledgram/tl/tiny.hpp"

#include "generator.hpp"
#include "names.hpp"

#include <gtest/gtest.h>

namespace ledgram::tlgen {
namespace {

namespace tiny = tl::tiny;

tl::Schema schema_of(std::string_view text) {
  return std::move(tl::Schema::parse(text).value());
}

TEST(Tlgen, MembersHaveTheTypesOfTheirFields) {
  using Everything = tiny::everything;
  static_assert(tiny::kLayer == 7);
  static_assert(std::same_as<decltype(Everything::int_), std::int32_t>);
  static_assert(std::same_as<decltype(Everything::long_), std::int64_t>);
  static_assert(std::same_as<decltype(Everything::double_), double>);
  static_assert(std::same_as<decltype(Everything::string), std::string>);
  static_assert(std::same_as<decltype(Everything::bytes), Bytes>);
  static_assert(std::same_as<decltype(Everything::a), tl::Int128>);
  static_assert(std::same_as<decltype(Everything::b), tl::Int256>);
  static_assert(std::same_as<decltype(Everything::yes), bool>);
  static_assert(std::same_as<decltype(Everything::maybe), std::optional<bool>>);
  static_assert(std::same_as<decltype(Everything::numbers), std::optional<std::vector<std::int32_t>>>);
  static_assert(std::same_as<decltype(Everything::points), std::vector<tiny::geo_Point>>);
  static_assert(std::same_as<decltype(Everything::bare), tiny::geo_point>);
  static_assert(std::same_as<decltype(Everything::bares), std::vector<tiny::geo_point>>);
  static_assert(std::same_as<decltype(Everything::lists), std::vector<std::vector<std::string>>>);
  static_assert(std::same_as<decltype(tiny::geo_point::exact), bool>);
  static_assert(std::same_as<decltype(tiny::geo_point::shape), tiny::Shape>);
  static_assert(std::same_as<decltype(tiny::class_::new_), tiny::Shape>);
  static_assert(std::same_as<decltype(tiny::open::content), tl::RawObject>);
  static_assert(std::same_as<tiny::geo_find::Result, std::vector<tiny::geo_Point>>);
  static_assert(std::same_as<tiny::delete_::Result, bool>);
  static_assert(std::same_as<tiny::wrap::Result, tl::RawObject>);
  static_assert(std::is_aggregate_v<Everything>);
  EXPECT_EQ(tiny::geo_point::kName, "geo.point");
  EXPECT_EQ(tiny::geo_point::kId, 2U);
}

TEST(Tlgen, DefaultsAreZeroAndEmpty) {
  const tiny::everything value;
  EXPECT_EQ(value.int_, 0);
  EXPECT_EQ(value.long_, 0);
  EXPECT_EQ(value.double_, 0);
  EXPECT_FALSE(value.yes);
  EXPECT_FALSE(value.maybe.has_value());
  EXPECT_EQ(value.a, tl::Int128{});
  EXPECT_FALSE(value.bare.exact);
}

TEST(Tlgen, BytesOfEachKindOfField) {
  const tiny::everything value{
      .int_ = 1,
      .long_ = 2,
      .double_ = 1.0,
      .string = "abc",
      .bytes = {0xff},
      .yes = true,
      .maybe = false,
      .twin = 5,
      .points = {},
      .bare = {.exact = true, .x = 1.0, .label = "l"},
      .bares = {{.y = 1.0, .shape = tiny::nothing{}}},
      .lists = {{"x"}, {}},
  };
  const std::string_view bytes =
      "03000000"
      "00000080"
      "01000000"
      "0200000000000000"
      "000000000000f03f"
      "03616263"
      "01ff0000"
      "00000000000000000000000000000000"
      "0000000000000000000000000000000000000000000000000000000000000000"
      "b5757299"
      "379779bc"
      "01000000"
      "15c4b51c00000000"
      "0500000000000000"
      "15c4b51c00000000"
      "03000000"
      "000000000000f03f"
      "0000000000000000"
      "016c0000"
      "01000000"
      "04000000"
      "0000000000000000"
      "000000000000f03f"
      "01000000"
      "15c4b51c02000000"
      "15c4b51c01000000"
      "01780000"
      "15c4b51c00000000";
  EXPECT_EQ(to_hex(tl::serialize(value)), bytes);
  const auto read = tl::parse<tiny::Everything>(from_hex(bytes).value());
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_hex(tl::serialize(*read)), bytes);
  const auto* fields = read->as<tiny::everything>();
  ASSERT_NE(fields, nullptr);
  EXPECT_EQ(fields->maybe, false);
  ASSERT_TRUE(fields->numbers.has_value());  // its bit is set by twin
  EXPECT_TRUE(fields->numbers->empty());
  EXPECT_TRUE(fields->bares.at(0).shape.is<tiny::nothing>());
}

TEST(Tlgen, OpenEndsTakeTheRest) {
  const tiny::open value{.left = 1, .content = {tl::serialize(tiny::free{.x = 2})}};
  EXPECT_EQ(to_hex(tl::serialize(value)),
            "05000000"
            "01000000"
            "06000000"
            "02000000");
  const auto read = tl::parse<tiny::open>(tl::serialize(value));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->content, value.content);
}

TEST(Tlgen, TheRegistryKnowsConstructorsAndMethods) {
  for (std::uint32_t id = 1; id <= 9; ++id)
    ASSERT_NE(tiny::kRegistry.find(id), nullptr) << id;
  EXPECT_EQ(tiny::kRegistry.find(0), nullptr);
  EXPECT_EQ(tiny::kRegistry.find(10), nullptr);
  EXPECT_EQ(tiny::kRegistry.find(7)->name, "geo.find");
  EXPECT_EQ(tiny::kRegistry.find(7)->type, tl::kNoType);
  EXPECT_EQ(tiny::kRegistry.types[tiny::kRegistry.find(2)->type].name, "geo.Point");
}

TEST(Tlgen, NamesThatBecomeTheSameAreRefused) {
  const tl::Schema schema = schema_of("a.b#1 = A;\na_b#2 = B;");
  EXPECT_EQ(Generator(schema, "x").name_clash(), "'a.b' and 'a_b' are both a_b in C++");
  const tl::Schema tags = schema_of("a#1 = Peer;\nb#2 = PeerTag;");
  EXPECT_NE(Generator(tags, "x").name_clash(), "");  // the tag of Peer
  EXPECT_EQ(Generator(schema_of("a.b#1 = A;"), "x").name_clash(), "");
}

TEST(Tlgen, KeywordsGetAnUnderscore) {
  EXPECT_EQ(identifier("messages.getHistory"), "messages_getHistory");
  EXPECT_EQ(identifier("delete"), "delete_");
  EXPECT_EQ(identifier("true"), "true_");
  EXPECT_EQ(identifier("co_await"), "co_await_");
  EXPECT_EQ(identifier("deleted"), "deleted");
}

TEST(Tlgen, ShardsHoldEachConstructorOnce) {
  const tl::Schema schema = schema_of("a#1 x:int = A;\nb#2 x:int = A;\nc#3 x:int = A;");
  const Generator generator(schema, "x");
  const std::string all = generator.shard(0, 2) + generator.shard(1, 2);
  for (const std::string_view name : {"a", "b", "c"}) {
    const std::string head = "void " + std::string(name) + "::read_body(";
    ASSERT_NE(all.find(head), std::string::npos);
    EXPECT_EQ(all.find(head), all.rfind(head));
  }
}

}  // namespace
}  // namespace ledgram::tlgen
