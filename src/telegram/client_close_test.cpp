// What a client still says before it falls silent, and what the next run says about the one before.

#include "ledgram/telegram/test_support/client_fixture.hpp"

#include <algorithm>

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct ClientClose : ClientFixture {
  asio::awaitable<std::int32_t> get_pts(Client& client, CallOptions call = {}) {
    const api::updates_getState method;
    const api::updates_State state = co_await client.invoke(method, std::move(call));
    co_return pts_of(state);
  }

  /// Lets the servers work until it holds; false after two seconds.
  template <class Predicate>
  asio::awaitable<bool> comes_true(Predicate holds) {
    const net::Deadline deadline = net::deadline_after(seconds(2));
    while (!holds()) {
      if (net::Deadline::clock::now() > deadline)
        co_return false;
      co_await asio::post(asio::use_awaitable);
    }
    co_return true;
  }
};

TEST_F(ClientClose, AnswersAreAcknowledgedBeforeTheConnectionIsClosed) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.on<api::updates_getState>([](const TestCall&) { return state(3); });
    for (int i = 0; i < 5; ++i)
      co_await get_pts(*client);
    const std::size_t before = dc2.acked().size();
    co_await client->close();
    const bool acknowledged = co_await comes_true([&] { return dc2.acked().size() > before; });
    EXPECT_TRUE(acknowledged) << "the last answer has waited for company";
  });
}

TEST_F(ClientClose, QueuedCallsAreWrittenAndEndAsUnknown) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(StaySilent{}); });
    net::TaskGroup group(io.get_executor());
    std::vector<TelegramError> errors;
    for (int i = 0; i < 10; ++i) {
      group.spawn("call", [&]() -> asio::awaitable<void> {
        TelegramError error = co_await error_of(get_pts(*client));
        errors.push_back(std::move(error));
      });
    }
    for (int i = 0; i < 3; ++i)
      co_await asio::post(asio::use_awaitable);  // they are begun, though perhaps not written
    const Instant before = clock.now();
    co_await client->close();
    EXPECT_LT(clock.now().monotonic - before.monotonic, seconds(2));
    co_await group.join();
    EXPECT_EQ(errors.size(), 10U);
    for (const TelegramError& error : errors) {
      EXPECT_EQ(error.code, TelegramErrc::Closed);
      EXPECT_NE(error.message.find("outcome is unknown"), std::string::npos) << error.message;
    }
    const bool arrived = co_await comes_true([&] { return dc2.calls<api::updates_getState>() == 10; });
    EXPECT_TRUE(arrived);
    EXPECT_TRUE(dc2.dropped().empty()) << "closing is not cancelling";
    EXPECT_EQ(dc2.calls<api::auth_logOut>(), 0U);
  });
}

TEST_F(ClientClose, ACallThatRanOutOfTimeIsNotWantedAnyMore) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(StaySilent{}); });
    CallOptions call = within(milliseconds(50));
    const TelegramError error = co_await error_of(get_pts(*client, std::move(call)));
    EXPECT_EQ(error.code, TelegramErrc::DeadlineExceeded);
    const bool told = co_await comes_true([&] { return dc2.dropped().size() == 1; });
    EXPECT_TRUE(told);
    co_await client->close();
  });
}

TEST_F(ClientClose, TheNextRunDestroysTheSessionOfTheOneBefore) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(4); });
    {
      const std::unique_ptr<Client> first = co_await logged_in();
      co_await get_pts(*first);
      co_await first->close();
    }
    const SessionId used = dc2.log().back().session;
    EXPECT_TRUE(dc2.destroyed().empty());
    const std::unique_ptr<Client> second = make_client();
    co_await get_pts(*second);
    EXPECT_NE(dc2.log().back().session, used);
    const bool destroyed = co_await comes_true([&] { return !dc2.destroyed().empty(); });
    EXPECT_TRUE(destroyed);
    EXPECT_EQ(dc2.destroyed(), std::vector<SessionId>{used});
    co_await second->close();
  });
}

TEST_F(ClientClose, AServerThatLostTheSessionMeansThatUpdatesMayBeMissing) {
  run([&]() -> asio::awaitable<void> {
    std::vector<Bytes> updates;
    ClientOptions given = options();
    given.on_update = [&](Bytes update) { updates.push_back(std::move(update)); };
    const std::unique_ptr<Client> client = co_await logged_in(std::move(given));
    dc2.on<api::updates_getState>([](const TestCall&) { return state(5); });
    co_await get_pts(*client);
    EXPECT_TRUE(updates.empty()) << "the first session is no loss";
    dc2.forget_sessions();
    co_await get_pts(*client);
    const bool told = co_await comes_true([&] { return !updates.empty(); });
    EXPECT_TRUE(told);
    const api::updatesTooLong expected;
    EXPECT_EQ(updates, std::vector<Bytes>{tl::serialize(expected)});
    co_await client->close();
  });
}

}  // namespace
}  // namespace ledgram::telegram::test
