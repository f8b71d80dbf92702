// What a client does with the server's refusals: waits, moves, repetitions, lost logins.

#include "ledgram/telegram/test_support/client_fixture.hpp"

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct ClientCall : ClientFixture {
  asio::awaitable<std::int32_t> get_pts(Client& client, CallOptions call = {}) {
    const api::updates_getState method;
    const api::updates_State state = co_await client.invoke(method, std::move(call));
    co_return pts_of(state);
  }

  /// Refuses the first `times` calls, then answers.
  static TestDc::Handler refuse_first(int times, std::int32_t code, std::string text) {
    return [left = times, code, text](const TestCall&) mutable {
      return left-- > 0 ? TestReply(Refuse{code, text}) : state(21);
    };
  }
};

struct ClientElsewhere : ClientCall {
  int exports = 0;
  int imports = 0;

  void let_authorization_travel() {
    dc2.on<api::auth_exportAuthorization>([this](const TestCall& call) {
      EXPECT_EQ(call.as<api::auth_exportAuthorization>().dc_id, 4);
      api::auth_exportedAuthorization ticket;
      ticket.id = kTestUser;
      ticket.bytes = Bytes{static_cast<std::uint8_t>(++exports)};
      return answer_with(ticket);
    });
    dc4.on<api::auth_importAuthorization>([this](const TestCall& call) {
      const auto method = call.as<api::auth_importAuthorization>();
      EXPECT_EQ(method.id, kTestUser);
      EXPECT_EQ(method.bytes, Bytes{static_cast<std::uint8_t>(exports)});
      ++imports;
      return authorization(user());
    });
  }
};

struct Scenario28ServerFaults : ClientCall {};
struct Scenario29Migration : ClientElsewhere {};
struct Scenario30LostAuthorization : ClientElsewhere {};
struct Scenario31DuplicatedKey : ClientCall {};

TEST_F(ClientCall, IsWrappedInInitConnectionUntilTheFirstAnswer) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(1); });
    const std::unique_ptr<Client> client = make_client();
    co_await get_pts(*client);
    co_await get_pts(*client);
    EXPECT_EQ(dc2.log().size(), 2U);
    EXPECT_TRUE(dc2.log()[0].wrapped);
    EXPECT_EQ(dc2.log()[0].api_id, 17349);
    EXPECT_FALSE(dc2.log()[1].wrapped);
    co_await client->close();
  });
}

TEST_F(ClientCall, IsWrappedAgainWhenTheServerAsksForIt) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(1); });
    const std::unique_ptr<Client> client = make_client();
    co_await get_pts(*client);
    dc2.on<api::updates_getState>(
        [](const TestCall& call) { return call.wrapped ? state(2) : TestReply(Refuse{400, "CONNECTION_NOT_INITED"}); });
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 2);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 3U);
    co_await client->close();
  });
}

TEST_F(ClientCall, AServerThatAlwaysWantsInitConnectionIsNoLoop) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{400, "CONNECTION_LAYER_INVALID"}); });
    const std::unique_ptr<Client> client = make_client();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::Rpc);
    EXPECT_LE(dc2.calls<api::updates_getState>(), 5U);
    co_await client->close();
  });
}

TEST_F(ClientCall, ARefusalCarriesItsPartsAndTheMethod) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{400, "FILE_PART_3_MISSING"}); });
    const std::unique_ptr<Client> client = make_client();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::Rpc);
    EXPECT_FALSE(error.retryable());
    EXPECT_TRUE(error.rpc && error.rpc->is("FILE_PART_X_MISSING"));
    EXPECT_EQ(error.rpc->number, 3);
    EXPECT_EQ(error.rpc->method, "updates.getState");
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    co_await client->close();
  });
}

TEST_F(ClientCall, AnAnswerOfAnotherTypeIsAnError) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) {
      const api::nearestDc other;
      return answer_with(other);
    });
    const std::unique_ptr<Client> client = make_client();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::BadAnswer);
    EXPECT_NE(error.message.find("updates.getState"), std::string::npos);
    co_await client->close();
  });
}

TEST_F(ClientCall, WaitsForAShortFloodWaitAndSaysSo) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>(refuse_first(1, 420, "FLOOD_WAIT_1"));
    const std::unique_ptr<Client> client = make_client();
    std::vector<std::pair<seconds, std::string>> waits;
    CallOptions call;
    call.flood.on_wait = [&](seconds time, std::string_view method) { waits.emplace_back(time, method); };
    const Instant before = clock.now();
    const std::int32_t pts = co_await get_pts(*client, std::move(call));
    EXPECT_EQ(pts, 21);
    EXPECT_GE(clock.now().monotonic - before.monotonic, seconds(1));
    EXPECT_EQ(waits, (std::vector<std::pair<seconds, std::string>>{{seconds(1), "updates.getState"}}));
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 2U);
    co_await client->close();
  });
}

TEST_F(ClientCall, ALongFloodWaitIsReturnedAndHoldsOnlyThatMethodOff) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{420, "FLOOD_WAIT_86400"}); });
    dc2.on<api::help_getNearestDc>([](const TestCall&) {
      const api::nearestDc nearest;
      return answer_with(nearest);
    });
    const std::unique_ptr<Client> client = make_client();
    const TelegramError first = co_await error_of(get_pts(*client));
    EXPECT_EQ(first.code, TelegramErrc::FloodWait);
    EXPECT_TRUE(first.retryable());
    EXPECT_EQ(first.retry_after, seconds(86400));
    const TelegramError second = co_await error_of(get_pts(*client));
    EXPECT_EQ(second.code, TelegramErrc::FloodWait);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    const api::help_getNearestDc other;
    co_await client->invoke(other);
    co_await client->close();
  });
}

TEST_F(ClientCall, AFloodWaitBeyondTheDeadlineIsReturnedAtOnce) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{420, "FLOOD_PREMIUM_WAIT_30"}); });
    const std::unique_ptr<Client> client = make_client();
    const Instant before = clock.now();
    const TelegramError error = co_await error_of(get_pts(*client, within(seconds(10))));
    EXPECT_EQ(error.code, TelegramErrc::FloodWait);
    EXPECT_LT(clock.now().monotonic - before.monotonic, seconds(5));
    co_await client->close();
  });
}

TEST_F(ClientCall, AFloodWaitEndsByCancellationAndByClose) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{420, "FLOOD_WAIT_15"}); });
    const std::unique_ptr<Client> client = make_client();
    net::Condition waiting(io.get_executor());
    int waits = 0;
    CallOptions call;
    call.flood.on_wait = [&](seconds, std::string_view) {
      ++waits;
      waiting.notify_all();
    };
    net::TaskGroup cancelled(io.get_executor());
    cancelled.spawn("call", [&]() -> asio::awaitable<void> { co_await get_pts(*client, call); });
    co_await waiting.wait_until([&] { return waits == 1; });
    co_await cancelled.stop();

    net::TaskGroup group(io.get_executor());
    std::optional<TelegramError> error;
    group.spawn("call", [&]() -> asio::awaitable<void> { error = co_await error_of(get_pts(*client, call)); });
    co_await waiting.wait_until([&] { return waits == 2; });
    co_await client->close();
    co_await group.join();
    EXPECT_TRUE(error && error->code == TelegramErrc::Closed);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
  });
}

TEST_F(Scenario28ServerFaults, AreRepeatedWithGrowingPauses) {
  run([&]() -> asio::awaitable<void> {
    std::vector<nanoseconds> times;
    int left = 4;
    const std::pair<std::int32_t, std::string> faults[] = {
        {599, "SOMETHING_NEW"}, {-503, "Timeout"}, {400, "RPC_MCGET_FAIL"}, {500, "RPC_CALL_FAIL"}};
    dc2.on<api::updates_getState>([&](const TestCall&) {
      times.push_back(clock.now().monotonic);
      if (left == 0)
        return state(30);
      --left;
      const auto& fault = faults[left];
      return TestReply(Refuse{fault.first, fault.second});
    });
    ClientOptions given = options();
    given.first_retry_delay = milliseconds(10);
    given.max_retry_delay = milliseconds(40);
    const std::unique_ptr<Client> client = make_client(std::move(given));
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 30);
    EXPECT_EQ(times.size(), 5U);
    EXPECT_GE(times[1] - times[0], milliseconds(10));
    EXPECT_GE(times[2] - times[1], milliseconds(20));
    EXPECT_GE(times[3] - times[2], milliseconds(40));
    co_await client->close();
  });
}

TEST_F(ClientCall, FaultsOfTheServerEndWithTheDeadlineAndAreNotRepeatedIfForbidden) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{500, "RPC_CALL_FAIL"}); });
    const std::unique_ptr<Client> client = make_client();
    CallOptions once;
    once.repeat = mtproto::Repeat::Forbidden;
    const TelegramError refused = co_await error_of(get_pts(*client, std::move(once)));
    EXPECT_EQ(refused.code, TelegramErrc::Rpc);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    const TelegramError late = co_await error_of(get_pts(*client, within(milliseconds(300))));
    EXPECT_TRUE(late.rpc || late.code == TelegramErrc::DeadlineExceeded) << late.message;
    EXPECT_GE(dc2.calls<api::updates_getState>(), 3U);
    co_await client->close();
  });
}

TEST_F(ClientCall, ADeadlineEndsACallThatIsNeverAnswered) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(StaySilent{}); });
    const std::unique_ptr<Client> client = make_client();
    const TelegramError error = co_await error_of(get_pts(*client, within(milliseconds(50))));
    EXPECT_EQ(error.code, TelegramErrc::DeadlineExceeded);
    EXPECT_EQ(error.message, "updates.getState was not answered in time");
    co_await client->close();
  });
}

TEST_F(ClientCall, MigratesBeforeLoginAndStaysThere) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{303, "NETWORK_MIGRATE_4"}); });
    dc4.on<api::updates_getState>([](const TestCall&) { return state(44); });
    const std::unique_ptr<Client> client = make_client();
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 44);
    EXPECT_EQ(client->main_dc(), DcId(4));
    EXPECT_TRUE(dc4.log()[0].wrapped);
    co_await get_pts(*client);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    co_await client->close();
  });
}

TEST_F(Scenario29Migration, DataCentresThatPassAnAccountAroundAreAnError) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{303, "USER_MIGRATE_4"}); });
    dc4.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{303, "USER_MIGRATE_2"}); });
    const std::unique_ptr<Client> client = make_client();
    const TelegramError around = co_await error_of(get_pts(*client));
    EXPECT_EQ(around.code, TelegramErrc::MigrateLoop);
    EXPECT_LE(dc2.calls<api::updates_getState>() + dc4.calls<api::updates_getState>(), 5U);

    dc2.on<api::help_getNearestDc>([](const TestCall&) { return TestReply(Refuse{303, "USER_MIGRATE_2"}); });
    dc4.on<api::help_getNearestDc>([](const TestCall&) { return TestReply(Refuse{303, "USER_MIGRATE_4"}); });
    const api::help_getNearestDc method;
    const TelegramError already_there = co_await error_of(client->invoke(method));
    EXPECT_EQ(already_there.code, TelegramErrc::MigrateLoop);
    co_await client->close();
  });
}

TEST_F(Scenario29Migration, FileMigrateTakesTheAuthorizationThereOnceAndLeavesTheMainOneAlone) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    let_authorization_travel();
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{303, "FILE_MIGRATE_4"}); });
    dc4.on<api::updates_getState>([](const TestCall&) { return state(4); });
    net::TaskGroup group(io.get_executor());
    int right = 0;
    for (int i = 0; i < 5; ++i) {
      group.spawn("call", [&]() -> asio::awaitable<void> {
        const std::int32_t pts = co_await get_pts(*client);
        if (pts == 4)
          ++right;
      });
    }
    co_await group.join();
    EXPECT_EQ(right, 5);
    EXPECT_EQ(client->main_dc(), DcId(2));
    EXPECT_EQ(exports, 1);
    EXPECT_EQ(imports, 1);
    EXPECT_EQ(store.session()->keys.size(), 2U);
    co_await client->close();
  });
}

TEST_F(Scenario30LostAuthorization, ElsewhereMeansOnlyAnotherImport) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    let_authorization_travel();
    dc4.on<api::updates_getState>(refuse_first(1, 401, "AUTH_KEY_UNREGISTERED"));
    CallOptions there;
    there.dc = DcId(4);
    const std::int32_t pts = co_await get_pts(*client, there);
    EXPECT_EQ(pts, 21);
    EXPECT_EQ(imports, 2);
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);

    dc4.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{401, "AUTH_KEY_UNREGISTERED"}); });
    const TelegramError error = co_await error_of(get_pts(*client, there));
    EXPECT_EQ(error.code, TelegramErrc::Rpc);
    EXPECT_EQ(client->login_state(), LoginState::LoggedIn);
    co_await client->close();
  });
}

TEST_F(ClientElsewhere, AnAccountThatTelegramMovesIsFollowed) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    let_authorization_travel();
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{303, "USER_MIGRATE_4"}); });
    dc4.on<api::updates_getState>([](const TestCall&) { return state(4); });
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 4);
    EXPECT_EQ(client->main_dc(), DcId(4));
    EXPECT_EQ(imports, 1);
    EXPECT_EQ(store.session()->main_dc, DcId(4));
    co_await client->close();
  });
}

TEST_F(Scenario30LostAuthorization, AtHomeItIsOneCleanLogOut) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{401, "SESSION_REVOKED"}); });
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::LoggedOut);
    EXPECT_EQ(client->login_state(), LoginState::LoggedOut);
    EXPECT_FALSE(store.session().has_value());
    const TelegramError again = co_await error_of(get_pts(*client));
    EXPECT_EQ(again.code, TelegramErrc::LoggedOut);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    co_await client->close();
    EXPECT_FALSE(store.session().has_value());
  });
}

TEST_F(ClientCall, A401WithoutLoginSaysThatOneIsNeeded) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{401, "AUTH_KEY_UNREGISTERED"}); });
    const std::unique_ptr<Client> client = make_client();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::NotLoggedIn);
    co_await client->close();
  });
}

TEST_F(Scenario31DuplicatedKey, IsNeverTriedAgain) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(Refuse{406, "AUTH_KEY_DUPLICATED"}); });
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::KeyDuplicated);
    const TelegramError again = co_await error_of(get_pts(*client));
    EXPECT_EQ(again.code, TelegramErrc::KeyDuplicated);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    EXPECT_FALSE(store.session().has_value());
    co_await client->close();
  });
}

TEST_F(ClientCall, TheServersAddressesAreTakenUp) {
  run([&]() -> asio::awaitable<void> {
    api::config config;
    api::dcOption named;
    named.id = 5;
    named.ip_address = "10.9.8.7";
    named.port = 8443;
    config.dc_options.emplace_back(named);
    named.port = 70000;
    named.ip_address = "10.9.8.8";
    config.dc_options.emplace_back(named);
    dc2.on<api::help_getConfig>([config](const TestCall&) { return answer_with(config); });
    dc2.on<api::updates_getState>([](const TestCall&) { return state(1); });
    const std::unique_ptr<Client> client = make_client();
    co_await get_pts(*client);
    while (client->dc_table().addresses(DcId(5), Way::Direct).empty())
      co_await asio::post(asio::use_awaitable);
    EXPECT_EQ(client->dc_table().addresses(DcId(5), Way::Direct).size(), 1U);
    EXPECT_EQ(client->dc_table().addresses(DcId(5), Way::Direct)[0].port, 8443);
    EXPECT_EQ(client->dc_table().addresses(DcId(2), Way::Direct).size(), 1U);
    EXPECT_EQ(dc2.calls<api::help_getConfig>(), 1U);
    co_await client->close();
  });
}

}  // namespace
}  // namespace ledgram::telegram::test
