// Lost connections on their way from a client to the log.

#include "ledgram/telegram/connection_log.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/telegram/test_support/client_fixture.hpp"

#include <algorithm>
#include <deque>

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::milliseconds;
using std::chrono::seconds;

class Memory final : public log::Output {
 public:
  explicit Memory(std::vector<std::string>& lines) : lines_(lines) {}
  bool write(std::string_view line) noexcept override {
    lines_.emplace_back(line);
    return true;
  }

 private:
  std::vector<std::string>& lines_;
};

struct ConnectionLogTest : ClientFixture {
  ConnectionLogTest() {
    log::set_output(std::make_unique<Memory>(lines), log::Format::Json);
    log::set_level(log::Level::Info);
  }
  ~ConnectionLogTest() override { EXPECT_TRUE(log::configure({})); }

  /// How many lines hold these words.
  [[nodiscard]] std::ptrdiff_t lines_with(std::string_view words) const {
    return std::ranges::count_if(lines,
                                 [words](const std::string& line) { return line.find(words) != std::string::npos; });
  }

  asio::awaitable<void> get_state(Client& client, CallOptions call = {}) {
    const api::updates_getState method;
    const api::updates_State answer = co_await client.invoke(method, std::move(call));
    EXPECT_TRUE(answer.is<api::updates_state>());
  }

  /// Answers with a dropped connection first.
  void drop_once() {
    dc2.on<api::updates_getState>(
        [](const TestCall&) { return TestReply(DropConnection{tl::serialize(some_state())}); });
  }

  static api::updates_state some_state() {
    api::updates_state state;
    state.pts = 1;
    return state;
  }

  std::vector<std::string> lines;
};

TEST_F(ConnectionLogTest, AClientWithoutOneReportsItsLossAndReturn) {
  run([&]() -> asio::awaitable<void> {
    drop_once();
    const std::unique_ptr<Client> client = make_client();
    co_await get_state(*client);
    co_await client->close();
  });
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[0].find(R"("level":"info","module":"telegram","message":"connection to data centre 2 lost: )"),
            std::string::npos)
      << lines[0];
  EXPECT_NE(lines[0].find(R"("account":"account","dc":2})"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("is back after "), std::string::npos) << lines[1];
  EXPECT_NE(lines[1].find(" and 1 attempt\""), std::string::npos) << lines[1];
}

TEST_F(ConnectionLogTest, ManyClientsShareOne) {
  ConnectionLog shared({.interval = std::chrono::hours(1), .singles = 2});
  constexpr std::size_t kClients = 6;
  run([&]() -> asio::awaitable<void> {
    drop_once();
    std::deque<MemoryKeyStore> stores(kClients);
    std::vector<std::unique_ptr<Client>> clients;
    for (std::size_t i = 0; i < kClients; ++i) {
      ClientOptions given = options();
      given.connection_log = &shared;
      given.account_name = "account" + std::to_string(i);
      clients.push_back(std::make_unique<Client>(io.get_executor(), std::move(given), stores[i], random, clock));
      co_await get_state(*clients.back());
    }
    for (const auto& client : clients)
      co_await client->close();
  });
  EXPECT_EQ(shared.counters().losses, kClients);
  EXPECT_EQ(shared.counters().returns, kClients);
  EXPECT_EQ(shared.counters().down, 0U);
  EXPECT_EQ(lines.size(), 2U) << "two for the first client";
  shared.finish(clock.now().monotonic);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_NE(lines[2].find("connections: 5 more lost, of 5 accounts ("), std::string::npos) << lines[2];
  EXPECT_NE(lines[2].find(R"("lost":5,"back":5,"given_up":0,"down":0)"), std::string::npos) << lines[2];
}

TEST_F(ConnectionLogTest, AConnectionThatIsNotNeededIsNotLost) {
  ConnectionLog shared;
  run([&]() -> asio::awaitable<void> {
    ClientOptions given = options();
    given.connection_log = &shared;
    const std::unique_ptr<Client> client = make_client(std::move(given));
    dc2.stop_listening();
    const TelegramError error = co_await error_of(get_state(*client, within(milliseconds(100))));
    EXPECT_EQ(error.code, TelegramErrc::DeadlineExceeded);
    EXPECT_EQ(shared.counters().losses, 1U);
    co_await client->close();
  });
  // The call has given up, and so has the client: nothing is down when it ends.
  EXPECT_EQ(shared.counters().down, 0U);
  EXPECT_EQ(shared.counters().given_up, 1U);
}

}  // namespace
}  // namespace ledgram::telegram::test
