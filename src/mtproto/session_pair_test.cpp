#include "ledgram/mtproto/session_pair_fixture.hpp"

// A client and a server session over a link in memory: what each half does alone is in client_session_test.cpp and
// server_session_test.cpp, here they must get along.

namespace ledgram::mtproto {
namespace {

using namespace testing;
using std::chrono::hours;
using std::chrono::minutes;

using Scenario14OfAPair = SessionPairTest;
using Scenario17ClientRules = SessionPairTest;
using Scenario18ClockOfAPair = SessionPairTest;
using Scenario22OfAPair = SessionPairTest;
using Scenario23OfAPair = SessionPairTest;
using Scenario24RunOnce = SessionPairTest;
// The rules are held in ClientRules.
TEST_F(Scenario17ClientRules, HoldForTwoHundredParallelCalls) {
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

// For each moment at which the connection can break.
TEST_F(Scenario24RunOnce, RequestsLostOnTheWay) {
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

TEST_F(Scenario24RunOnce, AnswersLostOnTheWay) {
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

TEST_F(Scenario24RunOnce, RequestsThatRunDuringAReconnect) {
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

TEST_F(Scenario23OfAPair, AnnouncedAnswersAreFetched) {
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

TEST_F(Scenario22OfAPair, AServerThatForgotTheSessionGetsEverythingAgain) {
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

TEST_F(Scenario24RunOnce, BreaksAtRandomMoments) {
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

TEST_F(Scenario18ClockOfAPair, SettingTheClientsChangesNothing) {
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

TEST_F(Scenario18ClockOfAPair, AWrongStoredOneIsRepairedWithANewSession) {
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

TEST_F(Scenario14OfAPair, FaultyPacketsAreSurvived) {
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
