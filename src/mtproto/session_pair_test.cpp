#include "ledgram/mtproto/session_testing.hpp"

#include <algorithm>
#include <deque>

// A client and a server session over a link in memory: what each half does alone is in client_session_test.cpp and
// server_session_test.cpp, here they must get along.

namespace ledgram::mtproto {
namespace {

using namespace testing;
using std::chrono::hours;
using std::chrono::minutes;

/// The link, and a server that answers method N with answer N. Every packet of the client is held against ClientRules.
class SessionPairTest : public ::testing::Test {
 protected:
  SessionPairTest() { connect(); }

  void connect() {
    client.on_connected(clock.now);
    connected = true;
  }

  /// What is on the way gets lost.
  void disconnect() {
    to_server.clear();
    to_client.clear();
    client.on_disconnected(clock.now);
    if (server)
      server->on_disconnected(clock.now);
    connected = false;
  }

  void pump_client() {
    while (auto packet = client.next_packet(clock.now)) {
      rules.open(*packet);
      to_server.push_back(std::move(*packet));
    }
  }

  void deliver_to_server() {
    while (!to_server.empty()) {
      const Bytes packet = std::move(to_server.front());
      to_server.pop_front();
      Bytes scratch;
      const auto message = decrypt_message(key, crypto::Direction::ToServer, packet, scratch);
      ASSERT_TRUE(message);
      if (!server || server->id() != message->session_id) {
        server.emplace(key, message->session_id, salts, random, server_options);
        ++sessions_made;
      }
      server->receive(*message, clock.now);
    }
  }

  void run_server() {
    if (!server)
      return;
    while (auto event = server->poll_event()) {
      if (const auto* request = std::get_if<RequestReceived>(&*event)) {
        const std::int32_t number = i32_at(request->body, 4);
        ++executed[number];
        if (hold_answers) {
          held.emplace_back(request->msg_id, number);
        } else {
          server->answer(request->msg_id, object(kAnswer, number), clock.now);
        }
      }
    }
    while (auto packet = server->next_packet(clock.now))
      to_client.push_back(std::move(*packet));
  }

  void deliver_to_client() {
    while (!to_client.empty()) {
      const Bytes packet = std::move(to_client.front());
      to_client.pop_front();
      if (!client.receive(packet, clock.now))
        ++errors;
    }
    while (auto event = client.poll_event()) {
      if (const auto* result = std::get_if<RpcResult>(&*event)) {
        ++results[result->request];
        EXPECT_EQ(result->body, object(kAnswer, sent.at(result->request)));
      } else if (std::holds_alternative<UpdateReceived>(*event)) {
        ++updates[i32_at(std::get<UpdateReceived>(*event).body, 4)];
      } else {
        others.push_back(std::move(*event));
      }
    }
  }

  /// Until nobody has anything to say.
  void settle() {
    for (int round = 0; round < 100; ++round) {
      pump_client();
      const bool quiet = to_server.empty();
      deliver_to_server();
      run_server();
      if (quiet && to_client.empty())
        return;
      clock.pass(milliseconds(20));
      deliver_to_client();
    }
    ADD_FAILURE() << "the two never fall silent";
  }

  /// Time passes, with the timers of both.
  void pass(nanoseconds time) {
    const nanoseconds end = clock.now.monotonic + time;
    for (int step = 0; step < 10'000; ++step) {
      nanoseconds next = end;
      if (const auto deadline = client.next_deadline())
        next = std::min(next, *deadline);
      if (server && server->next_deadline())
        next = std::min(next, *server->next_deadline());
      if (next > clock.now.monotonic)
        clock.pass(next - clock.now.monotonic);
      client.on_timer(clock.now);
      if (server)
        server->on_timer(clock.now);
      settle();
      if (count_of<ConnectionStuck>() > reconnects) {
        ++reconnects;
        disconnect();
        connect();
      }
      if (clock.now.monotonic >= end)
        return;
    }
    ADD_FAILURE() << "deadlines that lead nowhere";
  }

  RequestId send(std::int32_t number, SendOptions options = {}) {
    const RequestId request = client.send(method(number), clock.now, options);
    sent[request] = number;
    return request;
  }

  void expect_each_once(std::int32_t count) {
    EXPECT_EQ(results.size(), static_cast<std::size_t>(count));
    for (const auto& [request, times] : results)
      EXPECT_EQ(times, 1);
    EXPECT_EQ(executed.size(), static_cast<std::size_t>(count));
    for (const auto& [number, times] : executed)
      EXPECT_EQ(times, 1) << "method " << number;
    EXPECT_EQ(client.open_requests(), 0U);
  }

  template <class Event>
  std::ptrdiff_t count_of() {
    return std::ranges::count_if(others, [](const auto& event) { return std::holds_alternative<Event>(event); });
  }

  HandClock clock;
  SeededRandom random{2};
  crypto::AuthKey key = test_key();
  ServerSalts salts{kSalt, clock.now, random};
  ServerSessionOptions server_options;
  std::optional<ServerSession> server;
  ClientSession client{client_options(), random};
  ScriptedServer rules{clock};
  std::deque<Bytes> to_server;
  std::deque<Bytes> to_client;
  bool connected = false;
  bool hold_answers = false;
  int sessions_made = 0;
  std::ptrdiff_t reconnects = 0;
  int errors = 0;
  std::vector<std::pair<MsgId, std::int32_t>> held;
  std::map<std::int32_t, int> executed;
  std::map<RequestId, std::int32_t> sent;
  std::map<RequestId, int> results;
  std::map<std::int32_t, int> updates;
  std::vector<SessionEvent> others;
};

// Scenario 17; the rules are held in ClientRules.
TEST_F(SessionPairTest, TwoHundredParallelCalls) {
  for (int i = 0; i < 200; ++i) {
    send(i);
    if (i % 7 == 0)
      pump_client();
    if (i % 13 == 0)
      clock.pass(milliseconds(3));
  }
  settle();
  expect_each_once(200);
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(count_of<NewSessionCreated>(), 1);
  EXPECT_EQ(count_of<SessionReset>(), 0);
  pass(seconds(15));
  EXPECT_EQ(server->unacknowledged(), 0U) << "every answer was acknowledged";
}

TEST_F(SessionPairTest, AnHourOfQuietKeepsTheConnection) {
  send(1);
  settle();
  for (int i = 0; i < 60; ++i) {
    server->push(object(kUpdate, i), clock.now);
    settle();
    pass(minutes(1));
    EXPECT_EQ(server->unacknowledged(), 0U);
    while (auto event = server->poll_event())
      EXPECT_FALSE(std::holds_alternative<DisconnectDue>(*event));
  }
  EXPECT_EQ(updates.size(), 60U);
  for (const auto& [number, times] : updates)
    EXPECT_EQ(times, 1);
  EXPECT_EQ(count_of<ConnectionStuck>(), 0);
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(sessions_made, 1);
}

TEST_F(SessionPairTest, SaltsChangeWithoutAnyoneNoticing) {
  for (int i = 0; i < 24; ++i) {
    send(i);
    settle();
    pass(minutes(30));
  }
  expect_each_once(24);
  EXPECT_GE(count_of<SaltChanged>(), 20) << "every half hour a new one";
  EXPECT_TRUE(salts.accepts(client.salt(), clock.now));
}

TEST_F(SessionPairTest, RotatedSaltsCostOneRoundTrip) {
  send(1);
  settle();
  salts.rotate_now(clock.now);
  for (int i = 2; i <= 40; ++i)
    send(i);
  settle();
  expect_each_once(40);
  EXPECT_EQ(client.salt(), salts.current(clock.now));
}

// Scenario 24, for each moment at which the connection can break.
TEST_F(SessionPairTest, RequestsLostOnTheWayAreRunOnce) {
  send(0);
  settle();
  const SendOptions unsafe{.repeat = Repeat::Forbidden};
  for (int i = 1; i <= 20; ++i)
    send(i, unsafe);
  pump_client();
  disconnect();
  clock.pass(seconds(2));
  connect();
  settle();
  expect_each_once(21);
}

TEST_F(SessionPairTest, AnswersLostOnTheWayAreRunOnce) {
  send(0);
  settle();
  const SendOptions unsafe{.repeat = Repeat::Forbidden};
  for (int i = 1; i <= 20; ++i)
    send(i, unsafe);
  pump_client();
  deliver_to_server();
  run_server();
  disconnect();
  clock.pass(seconds(2));
  connect();
  settle();
  expect_each_once(21);
}

TEST_F(SessionPairTest, RequestsThatRunDuringAReconnectAreAnsweredAfterIt) {
  hold_answers = true;
  const SendOptions unsafe{.repeat = Repeat::Forbidden};
  for (int i = 0; i < 5; ++i)
    send(i, unsafe);
  settle();
  disconnect();
  for (const auto& [msg_id, number] : held)
    server->answer(msg_id, object(kAnswer, number), clock.now);
  clock.pass(seconds(400));
  connect();
  settle();
  expect_each_once(5);
}

TEST_F(SessionPairTest, AnnouncedAnswersAreFetched) {
  server_options.resend = ServerSessionOptions::Resend::Announce;
  for (int i = 0; i < 5; ++i)
    send(i);
  pump_client();
  deliver_to_server();
  run_server();
  disconnect();
  connect();
  settle();
  expect_each_once(5);
}

TEST_F(SessionPairTest, AServerThatForgotTheSessionGetsEverythingAgain) {
  send(0);
  settle();
  hold_answers = true;
  for (int i = 1; i <= 10; ++i)
    send(i);
  settle();
  disconnect();
  server.reset();  // the server was restarted
  hold_answers = false;
  connect();
  settle();
  EXPECT_EQ(results.size(), 11U);
  for (const auto& [request, times] : results)
    EXPECT_EQ(times, 1);
  EXPECT_EQ(count_of<NewSessionCreated>(), 2);
  EXPECT_EQ(client.session_id(), kSession);
}

TEST_F(SessionPairTest, BreaksAtRandomMoments) {
  constexpr std::uint64_t kSeed = 424242;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  SeededRandom dice(kSeed);
  server_options.gzip_answers_above = 4;
  std::int32_t number = 0;
  const SendOptions unsafe{.repeat = Repeat::Forbidden};
  for (int step = 0; step < 3000; ++step) {
    switch (dice.below(8)) {
      case 0:
      case 1:
        send(number++, unsafe);
        break;
      case 2:
        pump_client();
        break;
      case 3:
        deliver_to_server();
        break;
      case 4:
        run_server();
        break;
      case 5:
        deliver_to_client();
        break;
      case 6:
        clock.pass(milliseconds(static_cast<std::int64_t>(dice.below(400))));
        break;
      default:
        if (dice.below(6) == 0) {
          disconnect();
          clock.pass(milliseconds(static_cast<std::int64_t>(dice.below(3000))));
          connect();
        }
        break;
    }
  }
  settle();
  pass(seconds(100));
  expect_each_once(number);
  EXPECT_GT(number, 500);
  EXPECT_EQ(count_of<RequestFailed>(), 0);
  EXPECT_EQ(server->unacknowledged(), 0U);
}

TEST_F(SessionPairTest, AMachineThatSleptIsRepaired) {
  send(1);
  settle();
  disconnect();
  clock.now.unix_time += hours(8);  // the monotonic clock stood still
  connect();
  rules.check_rules = false;  // the first ids are eight hours old, and refused
  send(2);
  settle();
  expect_each_once(2);
  EXPECT_EQ(client.session_id(), kSession);
  EXPECT_LT(std::chrono::abs(client.clock_offset(clock.now)), seconds(1));
}

TEST_F(SessionPairTest, SettingTheClientsClockChangesNothing) {
  // The server goes by its own clock: it must not see the client's being set.
  send(1);
  settle();
  const Instant before = clock.now;
  clock.now.unix_time -= hours(1);
  send(2);
  rules.check_rules = false;  // they go by the clock that is wrong just now; the server holds the id against its own
  pump_client();
  rules.check_rules = true;
  clock.now = before;
  settle();
  expect_each_once(2);
  EXPECT_EQ(count_of<SessionReset>(), 0);
}

TEST_F(SessionPairTest, AWrongStoredClockIsRepairedWithANewSession) {
  ClientSessionOptions options = client_options();
  options.clock_offset = hours(3);
  client = ClientSession(std::move(options), random);
  rules.check_rules = false;
  connect();
  for (int i = 0; i < 10; ++i)
    send(i);
  settle();
  EXPECT_EQ(results.size(), 10U);
  EXPECT_EQ(count_of<SessionReset>(), 1);
  EXPECT_EQ(count_of<ClockAdjusted>(), 1);
  EXPECT_LT(std::chrono::abs(client.clock_offset(clock.now)), seconds(1));
}

TEST_F(SessionPairTest, FaultyPacketsAreSurvived) {
  send(0);
  settle();
  std::int32_t number = 1;
  int expected_errors = 0;
  for (const PacketFault fault : {PacketFault::WrongMsgKey, PacketFault::ForeignSession, PacketFault::EvenMsgId,
                                  PacketFault::TooOld, PacketFault::InTheFuture, PacketFault::Twice}) {
    const bool detected =
        fault == PacketFault::WrongMsgKey || fault == PacketFault::ForeignSession || fault == PacketFault::EvenMsgId;
    if (detected)
      ++expected_errors;
    send(number++);
    server->fault_next_packet(fault);
    settle();
    EXPECT_EQ(errors, expected_errors);
    if (detected) {  // what the owner does on an error
      disconnect();
      connect();
    }
    pass(seconds(90));
  }
  expect_each_once(number);
}

TEST_F(SessionPairTest, ThousandsOfCallsLeaveNothingBehind) {
  for (int i = 0; i < 3000; ++i) {
    send(i);
    settle();
  }
  pass(minutes(2));
  expect_each_once(3000);
  EXPECT_EQ(server->unacknowledged(), 0U);
  EXPECT_EQ(count_of<SessionReset>(), 0);
}

}  // namespace
}  // namespace ledgram::mtproto
