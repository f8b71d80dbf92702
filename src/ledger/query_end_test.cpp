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

}  // namespace
}  // namespace ledgram::ledger
