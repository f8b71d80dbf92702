#include "ledgram/ledger/error.hpp"
#include "ledgram/ledger/sqlite.hpp"
#include "ledgram/ledger/test_support.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace ledgram::ledger {
namespace {

using std::chrono::steady_clock;

/// Counts for longer than anybody waits.
constexpr const char* kEndless =
    "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000000000000) "
    "SELECT count(*) FROM numbers";

struct QueryEnd : testing::Test {
  LedgerResult<std::int64_t> count() {
    return sqlite::guarded([this] { return connection.number(kEndless); });
  }

  TemporaryFolder folder;
  sqlite::Connection connection{folder / "q.db", sqlite::Access::Create, std::chrono::milliseconds(0)};
};

TEST_F(QueryEnd, AQueryEndsAtItsDeadline) {
  connection.set_deadline(steady_clock::now() + std::chrono::milliseconds(20));
  const auto counted = count();
  ASSERT_FALSE(counted);
  EXPECT_EQ(counted.error().code, LedgerErrc::Interrupted);
}

TEST_F(QueryEnd, AQueryOfAConnectionThatWasGivenUpEndsLongBefore) {
  connection.set_deadline(steady_clock::now() + std::chrono::hours(1));
  connection.abandon();
  const auto counted = count();
  ASSERT_FALSE(counted);
  EXPECT_EQ(counted.error().code, LedgerErrc::Interrupted);
}

TEST_F(QueryEnd, AMomentEndsAlsoAfterItsDeadline) {
  connection.execute("CREATE TABLE numbers (n)");
  sqlite::Connection other(folder / "q.db", sqlite::Access::ReadWrite, std::chrono::milliseconds(0));
  // More often than statements look at the clock.
  for (int i = 0; i < 3'000; ++i) {
    connection.set_deadline(steady_clock::time_point::max());
    const sqlite::ReadMoment moment(connection);
    EXPECT_EQ(connection.number("SELECT count(*) FROM numbers"), 0);
    connection.set_deadline(steady_clock::time_point::min());
  }
  connection.set_deadline(steady_clock::time_point::max());
  other.execute("INSERT INTO numbers VALUES (1)");
  EXPECT_EQ(connection.number("SELECT count(*) FROM numbers"), 1) << "a moment is still open";
}

TEST_F(QueryEnd, AMomentSeesNothingOfWhatComesLater) {
  connection.execute("PRAGMA journal_mode = WAL");
  connection.execute("CREATE TABLE numbers (n)");
  sqlite::Connection other(folder / "q.db", sqlite::Access::ReadWrite, std::chrono::milliseconds(0));
  {
    const sqlite::ReadMoment moment(connection);
    EXPECT_EQ(connection.number("SELECT count(*) FROM numbers"), 0);
    other.execute("INSERT INTO numbers VALUES (1)");
    const sqlite::ReadMoment within(connection);
    EXPECT_EQ(connection.number("SELECT count(*) FROM numbers"), 0);
  }
  EXPECT_EQ(connection.number("SELECT count(*) FROM numbers"), 1);
}

}  // namespace
}  // namespace ledgram::ledger
