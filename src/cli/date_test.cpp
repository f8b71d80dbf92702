#include "ledgram/cli/date.hpp"

#include <gtest/gtest.h>

namespace ledgram::cli {
namespace {

// 1767225600 is 2026-01-01T00:00:00Z (date -u -d 2026-01-01 +%s).
constexpr std::int64_t kNewYear2026 = 1767225600;

TEST(Date, FormatsAsUtc) {
  EXPECT_EQ(iso8601(kNewYear2026), "2026-01-01T00:00:00Z");
  EXPECT_EQ(iso8601(0), "1970-01-01T00:00:00Z");
  EXPECT_EQ(short_date(kNewYear2026 + 3661), "2026-01-01 01:01");
}

TEST(Date, ParsesDatesTimesAndAges) {
  EXPECT_EQ(parse_date("2026-01-01", 0), kNewYear2026);
  EXPECT_EQ(parse_date("2026-01-01T01:02", 0), kNewYear2026 + 3720);
  EXPECT_EQ(parse_date("2026-01-01 01:02:03Z", 0), kNewYear2026 + 3723);
  EXPECT_EQ(parse_date("2024-02-29", 0), 1709164800);
  EXPECT_EQ(parse_date("24h", kNewYear2026), kNewYear2026 - 86400);
  EXPECT_EQ(parse_date("7d", kNewYear2026), kNewYear2026 - 7 * 86400);
  EXPECT_EQ(parse_date("90m", kNewYear2026), kNewYear2026 - 5400);
}

TEST(Date, RefusesWhatIsNoDate) {
  for (const char* text : {"", "yesterday", "2026", "2026-13-01", "2026-02-30", "2026-01-01T25:00", "2026-01-01x",
                           "2026-01-01T10:00+02", "-5d", "d", "5w", "99999999999d"}) {
    EXPECT_EQ(parse_date(text, kNewYear2026), std::nullopt) << text;
  }
}

TEST(Date, DurationsForPeople) {
  EXPECT_EQ(duration(0), "0 s");
  EXPECT_EQ(duration(65), "1 min 05 s");
  EXPECT_EQ(duration(7800), "2 h 10 min");
}

}  // namespace
}  // namespace ledgram::cli
