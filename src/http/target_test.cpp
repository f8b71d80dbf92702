#include "ledgram/http/target.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledgram::http {
namespace {

using Segments = std::vector<std::string>;

TEST(Target, PathAndQueryAreDecoded) {
  const auto target = parse_target("/a/b%20c/d%2Fe?x=1&y=a+b%2B&z&x=2");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a/b%20c/d%2Fe");
  EXPECT_EQ(target->segments, (Segments{"a", "b c", "d/e"}));
  ASSERT_EQ(target->query.size(), 4U);
  EXPECT_EQ(target->query[0].value, "1");
  EXPECT_EQ(target->query[1].value, "a b+");
  EXPECT_EQ(target->query[2].name, "z");
  EXPECT_EQ(target->query[3].value, "2");
}

TEST(Target, RootAndSlashes) {
  EXPECT_EQ(parse_target("/")->segments, Segments{});
  EXPECT_EQ(parse_target("/a/")->segments, (Segments{"a", ""}));
  EXPECT_EQ(parse_target("//a")->segments, (Segments{"", "a"}));
  EXPECT_EQ(parse_target("/a/../b")->segments, (Segments{"a", "..", "b"}));
}

TEST(Target, AbsoluteForm) {
  const auto target = parse_target("http://example.org/a?b=c");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments, Segments{"a"});
  EXPECT_EQ(target->query.front().value, "c");
}

TEST(Target, WhatCannotBeReadIsNone) {
  for (const char* text :
       {"", "a", "*", "/%", "/%zz", "/%ff", "/a%00b", "/a%0d%0ab", "/?x=%c3%28", "/a b", "/\xc3\xa4"})
    EXPECT_FALSE(parse_target(text)) << text;
}

}  // namespace
}  // namespace ledgram::http
