// How a client lives with connections that fail, keys that are refused and servers that lie.

#include "ledgram/telegram/test_support/client_fixture.hpp"

namespace ledgram::telegram::test {
namespace {

namespace api = tl::api;
using std::chrono::milliseconds;
using std::chrono::seconds;

struct ClientConnection : ClientFixture {
  asio::awaitable<std::int32_t> get_pts(Client& client, CallOptions call = {}) {
    const api::updates_getState method;
    const api::updates_State state = co_await client.invoke(method, std::move(call));
    co_return pts_of(state);
  }
};

TEST_F(ClientConnection, ACallWhoseConnectionIsCutIsRunOnce) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) {
      api::updates_state state;
      state.pts = 11;
      return TestReply(DropConnection{tl::serialize(state)});
    });
    const std::unique_ptr<Client> client = make_client();
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 11);
    EXPECT_EQ(dc2.calls<api::updates_getState>(), 1U);
    EXPECT_EQ(dc2.connections(), 2U);
    EXPECT_EQ(dc2.keys_made(), 1U);
    co_await client->close();
  });
}

TEST_F(ClientConnection, ManyParallelCallsSurviveRepeatedDrops) {
  run([&]() -> asio::awaitable<void> {
    std::map<std::int64_t, int> runs;
    std::size_t handled = 0;
    dc2.on<api::contacts_resolveUsername>([&](const TestCall& call) {
      const auto method = call.as<api::contacts_resolveUsername>();
      ++runs[std::stoll(method.username)];
      api::contacts_resolvedPeer peer;
      peer.peer = api::peerUser{.user_id = std::stoll(method.username)};
      if (++handled % 25 == 0)
        return TestReply(DropConnection{tl::serialize(peer)});
      return answer_with(peer);
    });
    const std::unique_ptr<Client> client = make_client();
    net::TaskGroup group(io.get_executor());
    std::size_t right = 0;
    for (std::int64_t i = 0; i < 200; ++i) {
      group.spawn("call", [&, i]() -> asio::awaitable<void> {
        api::contacts_resolveUsername method;
        method.username = std::to_string(i);
        const api::contacts_ResolvedPeer answer = co_await client->invoke(std::move(method));
        if (answer.as<api::contacts_resolvedPeer>()->peer.as<api::peerUser>()->user_id == i)
          ++right;
      });
    }
    co_await group.join();
    EXPECT_EQ(right, 200U);
    EXPECT_EQ(runs.size(), 200U);
    for (const auto& [number, times] : runs)
      EXPECT_EQ(times, 1) << number;
    EXPECT_GT(dc2.connections(), 1U);
    co_await client->close();
  });
}

TEST_F(ClientConnection, AKeyThatTheServerHasForgottenEndsTheLoginButIsNeverReplaced) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = co_await logged_in();
    dc2.forget_keys();
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::SessionLost);
    EXPECT_NE(error.message.find("log this account in again"), std::string::npos);
    EXPECT_EQ(dc2.keys_made(), 1U);
    const TelegramError again = co_await error_of(get_pts(*client));
    EXPECT_EQ(again.code, TelegramErrc::SessionLost);
    // It is for the person to decide what becomes of the stored session.
    EXPECT_TRUE(store.session().has_value());
    co_await client->close();
    EXPECT_EQ(dc2.keys_made(), 1U);
  });
}

TEST_F(ClientConnection, AForgottenKeyIsReplacedWhileNobodyIsLoggedIn) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(6); });
    const std::unique_ptr<Client> client = make_client();
    const std::int32_t first = co_await get_pts(*client);
    EXPECT_EQ(first, 6);
    dc2.forget_keys();
    const std::int32_t second = co_await get_pts(*client);
    EXPECT_EQ(second, 6);
    EXPECT_EQ(dc2.keys_made(), 2U);
    co_await client->close();
  });
}

TEST_F(ClientConnection, AServerWithAnotherKeyIsNotTrusted) {
  run([&]() -> asio::awaitable<void> {
    ClientOptions given = options();
    given.dcs.rsa_keys = DcTable::production().rsa_keys;
    const std::unique_ptr<Client> client = make_client(std::move(given));
    const TelegramError error = co_await error_of(get_pts(*client));
    EXPECT_EQ(error.code, TelegramErrc::UntrustedServer);
    EXPECT_EQ(dc2.keys_made(), 0U);
    EXPECT_FALSE(store.session().has_value());
    co_await client->close();
  });
}

TEST_F(ClientConnection, AnUnreachableServerIsNamedWhenTheDeadlinePasses) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = make_client();
    const std::string address = "127.0.0.1:" + std::to_string(dc2.option().port);
    dc2.stop_listening();
    const TelegramError error = co_await error_of(get_pts(*client, within(milliseconds(100))));
    EXPECT_EQ(error.code, TelegramErrc::DeadlineExceeded);
    EXPECT_NE(error.message.find("updates.getState"), std::string::npos) << error.message;
    EXPECT_NE(error.message.find("cannot connect to " + address), std::string::npos) << error.message;
    co_await client->close();
  });
}

TEST_F(ClientConnection, AnUnknownDataCentreIsAnErrorAtOnce) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = make_client();
    CallOptions call;
    call.dc = DcId(5);
    const TelegramError error = co_await error_of(get_pts(*client, std::move(call)));
    EXPECT_EQ(error.code, TelegramErrc::UnknownDc);
    co_await client->close();
  });
}

TEST_F(ClientConnection, AddressesAreTriedInTurn) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(8); });
    ClientOptions given = options();
    DcOption dead = dc2.option();
    dead.port = 1;  // nobody listens there
    given.dcs.options.insert(given.dcs.options.begin(), dead);
    const std::unique_ptr<Client> client = make_client(std::move(given));
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 8);
    co_await client->close();
  });
}

TEST_F(ClientConnection, AnIdleAccountComesBackByItselfAndGetsItsUpdates) {
  run([&]() -> asio::awaitable<void> {
    std::vector<Bytes> updates;
    net::Condition arrived(io.get_executor());
    ClientOptions given = options();
    given.on_update = [&](Bytes update) {
      updates.push_back(std::move(update));
      arrived.notify_all();
    };
    const std::unique_ptr<Client> client = co_await logged_in(std::move(given));
    dc2.drop_connections();
    const api::updatesTooLong object;
    const Bytes sent = tl::serialize(object);
    dc2.push(sent);
    const bool in_time =
        co_await arrived.wait_until([&] { return !updates.empty(); }, net::deadline_after(seconds(10)));
    EXPECT_TRUE(in_time);
    EXPECT_EQ(updates, std::vector<Bytes>{sent});
    co_await client->close();
  });
}

TEST_F(ClientConnection, CloseWhileConnectingToNowhere) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = make_client();
    dc2.stop_listening();
    net::TaskGroup group(io.get_executor());
    std::optional<TelegramError> error;
    group.spawn("call", [&]() -> asio::awaitable<void> { error = co_await error_of(get_pts(*client)); });
    for (int i = 0; i < 20; ++i)
      co_await asio::post(asio::use_awaitable);
    co_await client->close();
    co_await group.join();
    EXPECT_TRUE(error && error->code == TelegramErrc::Closed);
  });
}

TEST_F(ClientConnection, ACancelledCallLeavesTheOthersAlone) {
  run([&]() -> asio::awaitable<void> {
    const std::unique_ptr<Client> client = make_client();
    dc2.on<api::updates_getState>([](const TestCall&) { return TestReply(StaySilent{}); });
    dc2.on<api::help_getNearestDc>([](const TestCall&) {
      const api::nearestDc nearest;
      return answer_with(nearest);
    });
    net::TaskGroup group(io.get_executor());
    group.spawn("call", [&]() -> asio::awaitable<void> { co_await get_pts(*client); });
    while (dc2.calls<api::updates_getState>() < 1)
      co_await asio::post(asio::use_awaitable);
    co_await group.stop();
    const api::help_getNearestDc method;
    co_await client->invoke(method);
    EXPECT_EQ(dc2.connections(), 1U);
    co_await client->close();
  });
}

TEST_F(ClientConnection, AClientThatIsDestroyedWithoutCloseLeavesNothingBehind) {
  run([&]() -> asio::awaitable<void> {
    {
      const std::unique_ptr<Client> client = co_await logged_in();
    }
    // The client's end of the connection is gone, and with it whatever could open another.
    co_await dc2.wait_for_open_connections(0);
    const std::size_t connections = dc2.connections();
    // Another client comes and goes meanwhile; the one that is gone does not stir.
    dc2.on<api::updates_getState>([](const TestCall&) { return state(3); });
    const std::unique_ptr<Client> other = make_client();
    co_await get_pts(*other);
    co_await other->close();
    co_await dc2.wait_for_open_connections(0);
    EXPECT_EQ(dc2.connections(), connections + 1);
  });
}

TEST_F(ClientConnection, SeveralClientsInOneProcess) {
  run([&]() -> asio::awaitable<void> {
    dc2.on<api::updates_getState>([](const TestCall&) { return state(3); });
    std::vector<std::unique_ptr<Client>> clients;
    std::vector<std::unique_ptr<MemoryKeyStore>> stores;
    for (int i = 0; i < 5; ++i) {
      stores.push_back(std::make_unique<MemoryKeyStore>());
      clients.push_back(std::make_unique<Client>(io.get_executor(), options(), *stores.back(), random, clock));
    }
    net::TaskGroup group(io.get_executor());
    int right = 0;
    for (const auto& client : clients) {
      group.spawn("call", [&]() -> asio::awaitable<void> {
        const std::int32_t pts = co_await get_pts(*client);
        if (pts == 3)
          ++right;
      });
    }
    co_await group.join();
    EXPECT_EQ(right, 5);
    EXPECT_EQ(dc2.keys_made(), 5U);
    for (const auto& client : clients)
      co_await client->close();
  });
}

struct Transport {
  mtproto::TransportKind kind;
  bool obfuscated;
  bool proxied;
};

struct ClientTransports : ClientConnection, testing::WithParamInterface<Transport> {};

TEST_P(ClientTransports, CarryLoginAndCalls) {
  const mtproto::ProxySecret secret = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  TestDc proxy(io.get_executor(), DcId(2), test_server_key(), secret);
  run([&]() -> asio::awaitable<void> {
    TestDc& server = GetParam().proxied ? proxy : dc2;
    ClientOptions given = options();
    given.transport = GetParam().kind;
    given.obfuscated = GetParam().obfuscated;
    if (GetParam().proxied) {
      const DcOption address = proxy.option();
      MtproxyOptions through;
      through.address = net::Address{address.host, address.port};
      through.secret = secret;
      given.mtproxy = through;
    }
    server.on<api::updates_getState>([](const TestCall&) { return state(9); });
    const std::unique_ptr<Client> client = make_client(std::move(given));
    const std::int32_t pts = co_await get_pts(*client);
    EXPECT_EQ(pts, 9);
    EXPECT_EQ(server.last_transport(), GetParam().kind);
    const bool has_header = GetParam().obfuscated || GetParam().proxied;
    EXPECT_EQ(server.requested_dc(), has_header ? std::optional<std::int16_t>(2) : std::nullopt);
    co_await client->close();
    co_await proxy.stop();
  });
}

INSTANTIATE_TEST_SUITE_P(All, ClientTransports,
                         testing::Values(Transport{mtproto::TransportKind::Abridged, false, false},
                                         Transport{mtproto::TransportKind::Intermediate, false, false},
                                         Transport{mtproto::TransportKind::PaddedIntermediate, false, false},
                                         Transport{mtproto::TransportKind::Full, false, false},
                                         Transport{mtproto::TransportKind::Abridged, true, false},
                                         Transport{mtproto::TransportKind::Intermediate, true, false},
                                         Transport{mtproto::TransportKind::PaddedIntermediate, true, false},
                                         Transport{mtproto::TransportKind::Intermediate, false, true},
                                         Transport{mtproto::TransportKind::PaddedIntermediate, false, true}));

}  // namespace
}  // namespace ledgram::telegram::test
