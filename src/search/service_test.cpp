#include "ledgram/search/service.hpp"

#include "ledgram/ledger/test_support.hpp"
#include "ledgram/net/test_support/run.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledgram::search {
namespace {

using ledger::must;

constexpr ChannelId kAlpha{100};

class SearchServiceTest : public testing::Test {
 protected:
  void store(std::int32_t first, std::int32_t last, const std::string& text) {
    ledger::Batch batch;
    batch.seen_at = 1;
    for (std::int32_t number = first; number <= last; ++number)
      batch.messages.push_back(ledger::text_message(kAlpha, number, text));
    must(ledger_.commit(batch));
  }

  SearchOptions options() {
    return {.index = folder_ / "search.db",
            .ledger = folder_ / "ledger.db",
            .batch = 10,
            .gather = std::chrono::milliseconds(0)};
  }

  static asio::awaitable<std::size_t> count(SearchService& service, std::string_view text) {
    SearchRequest request;
    request.query = parse_query(text).value();
    request.channels.push_back(kAlpha);
    request.limit = 1'000;
    const HitPage page = co_await service.find(std::move(request), net::kNoDeadline);
    co_return page.hits.size();
  }

  asio::io_context io_;
  ledger::TemporaryFolder folder_;
  ledger::Ledger ledger_ = ledger::ledger_with_channels(folder_ / "ledger.db");
};

TEST_F(SearchServiceTest, IndexesWhatIsThereAndWhatComes) {
  store(1, 95, "old");
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    SearchService service(io_.get_executor(), options());
    service.start();
    co_await service.caught_up(net::kNoDeadline);
    EXPECT_EQ(co_await count(service, "old"), 95U);
    EXPECT_EQ(service.state().posts, 95);
    EXPECT_EQ(service.state().behind, 0);
    store(96, 130, "new");
    service.notify();
    co_await service.caught_up(net::kNoDeadline);
    EXPECT_EQ(co_await count(service, "new"), 35U);
    co_await service.stop();
  }());
}

TEST_F(SearchServiceTest, GoesOnAfterARestart) {
  store(1, 20, "old");
  for (const std::size_t expected : {20U, 40U}) {
    net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
      SearchService service(io_.get_executor(), options());
      service.start();
      co_await service.caught_up(net::kNoDeadline);
      EXPECT_EQ(co_await count(service, "old"), expected);
      co_await service.stop();
    }());
    store(21, 40, "old");
  }
}

TEST_F(SearchServiceTest, AnIndexOfAnotherLedgerIsMadeAnew) {
  store(1, 20, "old");
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    SearchService service(io_.get_executor(), options());
    service.start();
    co_await service.caught_up(net::kNoDeadline);
    co_await service.stop();
  }());
  ledger::TemporaryFolder other;
  ledger::Ledger another = ledger::ledger_with_channels(other / "ledger.db");
  ledger::Batch batch;
  batch.messages.push_back(ledger::text_message(kAlpha, 7, "another"));
  must(another.commit(batch));
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    SearchOptions of_other = options();
    of_other.ledger = other / "ledger.db";
    SearchService service(io_.get_executor(), of_other);
    service.start();
    co_await service.caught_up(net::kNoDeadline);
    EXPECT_EQ(co_await count(service, "old"), 0U);
    EXPECT_EQ(co_await count(service, "another"), 1U);
    co_await service.stop();
  }());
}

TEST_F(SearchServiceTest, ASearchWithoutALedgerFails) {
  net::test::run_to_end(io_, [&]() -> asio::awaitable<void> {
    SearchOptions wrong = options();
    wrong.ledger = folder_ / "absent.db";
    SearchService service(io_.get_executor(), wrong);
    service.start();
    co_await service.caught_up(net::kNoDeadline);
    EXPECT_FALSE(service.state().working);
    co_await service.stop();
  }());
}

}  // namespace
}  // namespace ledgram::search
