#include "ledgram/base/iso_time.hpp"

#include <gtest/gtest.h>

namespace ledgram {
namespace {

TEST(IsoTime, OfSecondsAndMilliseconds) {
  EXPECT_EQ(iso8601(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(iso8601(1'706'704'200), "2024-01-31T12:30:00Z");
  EXPECT_EQ(iso8601(951'827'696), "2000-02-29T12:34:56Z");
  EXPECT_EQ(iso8601(-1), "1969-12-31T23:59:59Z");
  EXPECT_EQ(iso8601_millis(1'706'704'200'007), "2024-01-31T12:30:00.007Z");
  EXPECT_EQ(iso8601_millis(-1), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace ledgram
