// Scenarios of the protocol checklist that are about connections and calls as a whole; their numbers are in the names.

#include "ledgram/net/backoff.hpp"
#include "ledgram/telegram/test_support/client_fixture.hpp"

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct ClientScenario : ClientFixture {
  static asio::awaitable<std::int32_t> get_pts(Client& client, CallOptions call = {}) {
    const api::updates_getState method;
    const api::updates_State state = co_await client.invoke(method, std::move(call));
    co_return pts_of(state);
  }

  static api::messages_sendMessage message_to(std::int64_t chat, std::int64_t random_id) {
    api::messages_sendMessage method;
    api::inputPeerChat peer;
    peer.chat_id = chat;
    method.peer = peer;
    method.message = "Hello";
    method.random_id = random_id;
    return method;
  }

  static Bytes sent(std::int32_t id) {
    api::updateShortSentMessage answer;
    answer.id = id;
    return tl::serialize(answer);
  }
};

// The gaps with the times that are really used, on a clock set by hand.
TEST(Scenario05ConnectionRate, TwentyRefusalsWithMinus429GrowTheGaps) {
  SeededRandom random(5);
  const net::BackoffPolicy policy;
  net::Backoff backoff(policy, random);
  nanoseconds now = hours(1);
  std::vector<nanoseconds> gaps;
  for (int i = 0; i < 20; ++i) {
    const nanoseconds delay = backoff.delay(now);
    gaps.push_back(delay);
    now += delay;
    EXPECT_EQ(backoff.delay(now), nanoseconds::zero());
    backoff.on_attempt(now);
    backoff.on_failure(now, net::Backoff::Reason::TooManyConnections);
  }
  EXPECT_EQ(gaps[0], nanoseconds::zero());
  for (std::size_t i = 1; i < gaps.size(); ++i) {
    // 5, 10, 20, 40, 60 and then always 60 s, each less up to a quarter.
    const nanoseconds whole = std::min<nanoseconds>(seconds(5) * (1 << std::min<std::size_t>(i - 1, 6)), seconds(60));
    EXPECT_LE(gaps[i], whole) << i;
    EXPECT_GE(gaps[i], whole * 3 / 4) << i;
  }
}

TEST(Scenario05ConnectionRate, ConnectionsThatSucceedAreBoundedToo) {
  SeededRandom random(6);
  const net::BackoffPolicy policy;
  net::Backoff backoff(policy, random);
  nanoseconds now = hours(1);
  const nanoseconds begin = now;
  int attempts = 0;
  while (now - begin < std::chrono::minutes(10)) {
    now += backoff.delay(now);
    backoff.on_attempt(now);
    backoff.on_useful_answer();
    ++attempts;
  }
  EXPECT_LE(attempts, 12 * 11);
}

struct Scenario05Client : ClientScenario {};

TEST_F(Scenario05Client, CallsStayPendingThroughTwentyRefusals) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(7); });
    dc2.answer_connections_with(-429, 20);
    ClientOptions given = options();
    given.backoff.first_flood_delay = milliseconds(2);
    given.backoff.max_delay = milliseconds(64);
    const std::unique_ptr<Client> client = make_client(std::move(given));
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 7);
    const std::vector<Instant>& times = dc2.connection_times();
    EXPECT_EQ(times.size(), 21U);
    for (std::size_t i = 1; i < times.size(); ++i) {
      const nanoseconds least = milliseconds(std::min(2 << std::min<std::size_t>(i - 1, 5), 64)) * 3 / 4;
      EXPECT_GE(times[i].monotonic - times[i - 1].monotonic, least) << i;
    }
    co_await client->close();
  });
}

struct Scenario06WrongEnvironment : ClientScenario {};

TEST_F(Scenario06WrongEnvironment, IsAClearErrorAndNoLoop) {
  run([&]() -> asio::awaitable<void> {
    dc2.answer_connections_with(-444, 100);
    const std::unique_ptr<Client> client = make_client();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::WrongEnvironment);
    EXPECT_NE(error.message.find("test servers"), std::string::npos) << error.message;
    EXPECT_LE(dc2.connections(), 2U);
    co_await client->close();
  });
}

struct Scenario24WriteCall : ClientScenario {
  std::vector<std::int64_t> created;

  /// Creates a message, once for each random_id.
  bool create(const TestCall& call) {
    const std::int64_t id = call.as<api::messages_sendMessage>().random_id;
    if (std::find(created.begin(), created.end(), id) != created.end())
      return false;
    created.push_back(id);
    return true;
  }
};

TEST_F(Scenario24WriteCall, IsAskedAboutWhenTheConnectionWasCutBeforeItsAnswer) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::messages_sendMessage>([this](const TestCall& call) {
      EXPECT_TRUE(create(call));
      return TestReply(DropConnection{sent(1)});
    });
    const std::unique_ptr<Client> client = co_await logged_in();
    api::messages_sendMessage method = message_to(1, 4711);
    co_await client->invoke(std::move(method));
    EXPECT_EQ(created, std::vector<std::int64_t>{4711});
    EXPECT_EQ(dc2.calls<api::messages_sendMessage>(), 1U);
    co_await client->close();
  });
}

TEST_F(Scenario24WriteCall, CarriesTheSameRandomIdIntoAnotherSession) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::messages_sendMessage>([this](const TestCall& call) {
      if (!create(call))
        return TestReply(Refuse{500, "RANDOM_ID_DUPLICATE"});
      dc2.forget_temporary_keys();
      return TestReply(DropConnection{sent(1)});
    });
    const std::unique_ptr<Client> client = co_await logged_in();
    api::messages_sendMessage method = message_to(1, 4711);
    const TelegramError error = co_await error_of(client->invoke(std::move(method)));
    EXPECT_EQ(error.code, TelegramErrc::AlreadyDone);
    EXPECT_EQ(created, std::vector<std::int64_t>{4711});
    EXPECT_EQ(dc2.calls<api::messages_sendMessage>(), 2U);
    co_await client->close();
  });
}

TEST_F(Scenario24WriteCall, WithoutRandomIdItsOutcomeIsUnknown) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([this](const TestCall&) {
      dc2.forget_temporary_keys();
      return TestReply(DropConnection{tl::serialize(api::updates_state{})});
    });
    const std::unique_ptr<Client> client = co_await logged_in();
    CallOptions once;
    once.repeat = mtproto::Repeat::Forbidden;
    const TelegramError error = co_await error_of(get_pts(*client, std::move(once)));
    EXPECT_EQ(error.code, TelegramErrc::OutcomeUnknown);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    co_await client->close();
  });
}

struct Scenario27Waits : ClientScenario {
  struct Times {
    std::vector<nanoseconds> calls;
  };

  /// Refuses the first call of a method, then answers.
  template <class Method, class Answer>
  void refuse_once(Times& times, std::string text, Answer answer) {
    dc2.on<Method>([this, &times, text, answer](const TestCall&) {
      times.calls.push_back(clock.now().monotonic);
      return times.calls.size() == 1 ? TestReply(Refuse{420, text}) : answer_with(answer);
    });
  }
};

TEST_F(Scenario27Waits, NoCallComesEarly) {
  run([&]() -> asio::awaitable<void> {
    Times zero;
    Times two;
    Times premium;
    refuse_once<api::updates_getState>(zero, "FLOOD_WAIT_0", api::updates_state{});
    refuse_once<api::help_getNearestDc>(two, "FLOOD_WAIT_2", api::nearestDc{});
    api::upload_file file;
    file.type = api::storage_fileUnknown{};
    refuse_once<api::upload_getFile>(premium, "FLOOD_PREMIUM_WAIT_3", file);
    const std::unique_ptr<Client> client = co_await logged_in();
    net::TaskGroup group(io.get_executor());
    group.spawn("state", [&]() -> asio::awaitable<void> { co_await get_pts(*client); });
    group.spawn("nearest", [&]() -> asio::awaitable<void> {
      const api::help_getNearestDc method;
      co_await client->invoke(method);
    });
    int told = 0;
    group.spawn("file", [&]() -> asio::awaitable<void> {
      api::upload_getFile method;
      api::inputDocumentFileLocation location;
      method.location = location;
      CallOptions call;
      call.flood.on_wait = [&](seconds, std::string_view) { ++told; };
      co_await client->invoke(std::move(method), std::move(call));
    });
    co_await group.join();
    EXPECT_EQ(zero.calls.size(), 2U);
    EXPECT_GE(zero.calls[1] - zero.calls[0], seconds(1));
    EXPECT_GE(two.calls[1] - two.calls[0], seconds(2));
    EXPECT_GE(premium.calls[1] - premium.calls[0], seconds(3));
    EXPECT_EQ(told, 1);
    co_await client->close();
  });
}

TEST_F(Scenario27Waits, ADayIsReturnedAtOnce) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{420, "FLOOD_WAIT_86400"}); });
    const std::unique_ptr<Client> client = co_await logged_in();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::FloodWait);
    EXPECT_EQ(error.retry_after, seconds(86400));
    const TelegramError again = co_await error_of(get_pts(*client));
    EXPECT_EQ(again.code, TelegramErrc::FloodWait);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    co_await client->close();
  });
}

TEST_F(Scenario27Waits, SlowModeInOneChatDoesNotDelayAnother) {
  run([&]() -> asio::awaitable<void> {
    std::vector<std::int64_t> chats;
    dc2.on<api::messages_sendMessage>([&](const TestCall& call) {
      const auto method = call.as<api::messages_sendMessage>();
      chats.push_back(method.peer.as<api::inputPeerChat>()->chat_id);
      return chats.back() == 1 ? TestReply(Refuse{420, "SLOWMODE_WAIT_30"}) : TestReply(sent(2));
    });
    const std::unique_ptr<Client> client = co_await logged_in();
    const auto send = [&](std::int64_t chat, std::int64_t random_id) {
      CallOptions call;
      call.chat = chat;
      call.flood.longest_wait = seconds(5);
      api::messages_sendMessage method = message_to(chat, random_id);
      return client->invoke(std::move(method), std::move(call));
    };
    const Instant before = clock.now();
    const TelegramError slow = co_await error_of(send(1, 1));
    EXPECT_EQ(slow.code, TelegramErrc::FloodWait);
    EXPECT_EQ(slow.retry_after, seconds(30));
    co_await send(2, 2);
    const TelegramError still_slow = co_await error_of(send(1, 3));
    EXPECT_EQ(still_slow.code, TelegramErrc::FloodWait);
    EXPECT_EQ(chats, (std::vector<std::int64_t>{1, 2})) << "no second call to the slow chat";
    EXPECT_LT(clock.now().monotonic - before.monotonic, seconds(10));

    api::messages_sendMessage unnamed = message_to(1, 4);
    const TelegramError handed_over = co_await error_of(client->invoke(std::move(unnamed)));
    EXPECT_EQ(handed_over.code, TelegramErrc::Rpc);
    EXPECT_EQ(handed_over.retry_after, seconds(30));
    co_await client->close();
  });
}

struct Scenario28Gaps : ClientScenario {};

TEST_F(Scenario28Gaps, AreOneTwoAndFourSecondsByDefault) {
  const ClientOptions defaults;
  EXPECT_EQ(defaults.first_retry_delay, seconds(1));
  EXPECT_EQ(defaults.max_retry_delay, seconds(60));
  run([&]() -> asio::awaitable<void> {
    std::vector<nanoseconds> times;
    dc2.on<api::updates_getState>([&](const TestCall&) {
      times.push_back(clock.now().monotonic);
      return times.size() > 3 ? state(30) : TestReply(Refuse{500, "RPC_CALL_FAIL"});
    });
    ClientOptions given = options();
    given.first_retry_delay = defaults.first_retry_delay / 20;
    given.max_retry_delay = defaults.max_retry_delay / 20;
    const std::unique_ptr<Client> client = make_client(std::move(given));
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 30);
    EXPECT_EQ(times.size(), 4U);
    EXPECT_GE(times[1] - times[0], milliseconds(50));
    EXPECT_GE(times[2] - times[1], milliseconds(100));
    EXPECT_GE(times[3] - times[2], milliseconds(200));
    co_await client->close();
  });
}

struct Scenario47SilentLoss : ClientScenario {};

TEST_F(Scenario47SilentLoss, AMissingPongBringsANewConnection) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(8); });
    ClientOptions given = options();
    given.session_times.ping_interval = seconds(1);
    given.session_times.silence_before_ping = seconds(1);
    given.session_times.pong_timeout = seconds(1);
    const std::unique_ptr<Client> client = co_await logged_in(std::move(given));
    const std::size_t before = dc2.connections();
    dc2.black_hole_open_connections();
    const Instant begin = clock.now();
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 8);
    EXPECT_EQ(dc2.connections(), before + 1);
    EXPECT_LT(clock.now().monotonic - begin.monotonic, seconds(6)) << "a ping after 1 s, its pong missing after 1 s";
    co_await client->close();
  });
}

TEST_F(Scenario47SilentLoss, InitConnectionIsWrappedAgainAfterACloseInTheMiddle) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(8); });
    ClientOptions given = options();
    given.forward_secrecy = ForwardSecrecy::Off;  // the first packet is then the one with the call
    dc2.close_at_next_packet();
    const std::unique_ptr<Client> client = make_client(std::move(given));
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 8);
    EXPECT_EQ(dc2.connections(), 2U);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    EXPECT_TRUE(dc2.log().at(0).wrapped);
    co_await client->close();
  });
}

struct Scenario48Shutdown : ClientScenario {};

TEST_F(Scenario48Shutdown, EndsOpenCallsWithinTheBoundAndDoesNotLogOut) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(StaySilent{}); });
    net::TaskGroup group(io.get_executor());
    int closed = 0;
    for (int i = 0; i < 10; ++i) {
      group.spawn("call", [&]() -> asio::awaitable<void> {
        const TelegramError error = co_await error_of(get_pts(*client));
        if (error.code == TelegramErrc::Closed && error.message.find("outcome is unknown") != std::string::npos)
          ++closed;
      });
    }
    while (dc2.calls<api::updates_getState>() < 10)
      co_await asio::post(asio::use_awaitable);
    dc2.black_hole_open_connections();
    const Instant before = clock.now();
    co_await client->close();
    EXPECT_LT(clock.now().monotonic - before.monotonic, seconds(2));
    co_await group.join();
    EXPECT_EQ(closed, 10);
    EXPECT_EQ(dc2.calls<api::auth_logOut>(), 0U);
    EXPECT_TRUE(client->pending_tasks().empty());
    const TelegramError after = co_await error_of(get_pts(*client));
    EXPECT_EQ(after.code, TelegramErrc::Closed);
    co_await client->close();
  });
}

TEST_F(Scenario48Shutdown, TheStoredSessionIsWholeAndARestartGoesOn) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.black_hole_open_connections();
    co_await client->close();
    EXPECT_TRUE(store.session().has_value());
    const auto read = from_bytes(to_bytes(*store.session()));
    EXPECT_TRUE(read.has_value());
    dc2.on<api::updates_getState>([](const TestCall&) { return state(9); });
    const std::unique_ptr<Client> again = make_client();
    const std::int32_t pts = co_await get_pts(*again);
    EXPECT_EQ(pts, 9);
    EXPECT_EQ(again->login_state(), LoginState::LoggedIn);
    EXPECT_EQ(dc2.keys_made(), 1U);
    co_await again->close();
  });
}

struct ClientConfig : ClientScenario {
  /// Both clocks, put forward together.
  struct FastClock final : Clock {
    net::SystemClock clock;
    seconds passed{};
    [[nodiscard]] Instant now() const override { return clock.now().after(passed); }
  } fast;
};

TEST_F(ClientConfig, IsAskedForAgainWhenItHasExpired) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(1); });
    dc2.on<api::help_getConfig>([](const TestCall&) {
      api::config config;
      config.date = 1'000'000;
      config.expires = 1'000'000 + 3600;
      return answer_with(config);
    });
    Client client(io.get_executor(), options(), store, random, fast);
    const auto calls = [&] { return dc2.calls<api::help_getConfig>(); };
    co_await get_pts(client);
    while (calls() < 1)
      co_await asio::post(asio::use_awaitable);
    co_await get_pts(client);
    EXPECT_EQ(calls(), 1U);
    fast.passed += seconds(3700);
    co_await get_pts(client);
    while (calls() < 2)
      co_await asio::post(asio::use_awaitable);
    EXPECT_EQ(calls(), 2U);
    co_await client.close();
  });
}

}  // namespace
}  // namespace ledgram::telegram::test
