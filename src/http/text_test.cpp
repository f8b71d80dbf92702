#include "ledgram/http/text.hpp"

#include <gtest/gtest.h>

namespace ledgram::http {
namespace {

TEST(HttpText, AcceptTakesTheClosestRange) {
  EXPECT_TRUE(accepts("", "application/json"));
  EXPECT_TRUE(accepts("*/*", "application/json"));
  EXPECT_TRUE(accepts("text/html, application/*;q=0.5", "application/json"));
  EXPECT_TRUE(accepts("Application/JSON", "application/json"));
  EXPECT_FALSE(accepts("text/html", "application/json"));
  EXPECT_FALSE(accepts("*/*, application/json;q=0", "application/json"));
  EXPECT_TRUE(accepts("*/*;q=0, application/json; q=0.1", "application/json"));
  EXPECT_TRUE(accepts("gzip;q=1.0, identity", "gzip"));
  EXPECT_FALSE(accepts("gzip;q=0.000", "gzip"));
  EXPECT_FALSE(accepts("br", "gzip"));
}

TEST(HttpText, ListsAreComparedByToken) {
  EXPECT_TRUE(list_holds("keep-alive, Upgrade", "upgrade"));
  EXPECT_FALSE(list_holds("upgraded", "upgrade"));
  EXPECT_FALSE(list_holds("", "upgrade"));
}

// The example of RFC 9110, 5.6.7.
TEST(HttpText, Date) {
  EXPECT_EQ(http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
  EXPECT_EQ(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
}

}  // namespace
}  // namespace ledgram::http
