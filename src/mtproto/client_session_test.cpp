#include "ledgram/mtproto/client_session.hpp"

#include "ledgram/mtproto/client_session_fixture.hpp"
#include "ledgram/mtproto/gzip.hpp"

#include <malloc.h>

#include <algorithm>
#include <memory>

// The client's half against a server whose every message is written by hand. Scenario numbers are those of section 13
// of the protocol checklist.

namespace ledgram::mtproto {
namespace {

using namespace testing;
using std::chrono::hours;

using Scenario14BadMessages = ClientSessionTest;
using Scenario15Replays = ClientSessionTest;
using Scenario16MessageAge = ClientSessionTest;
using Scenario18ClockSetBack = ClientSessionTest;
using Scenario19Acknowledgements = ClientSessionTest;
using Scenario25StrangeAnswers = ClientSessionTest;
TEST_F(ClientSessionTest, AnswersReachTheirRequests) {
  const RequestId first = client.send(method(1), clock.now);
  const RequestId second = client.send(method(2), clock.now);
  const auto sent = take_methods();
  ASSERT_EQ(sent.size(), 2U);
  EXPECT_TRUE(receive(server.rpc_result(sent[1].msg_id, object(kAnswer, 22))));
  EXPECT_TRUE(receive(server.rpc_result(sent[0].msg_id, rpc_error(420, "FLOOD_WAIT_3"))));
  const auto events = drain(client);
  ASSERT_EQ(events.size(), 2U);
  const RpcResult& result = std::get<RpcResult>(events[0]);
  EXPECT_EQ(result.request, second);
  EXPECT_EQ(result.body, object(kAnswer, 22));
  const RpcError& error = std::get<RpcError>(events[1]);
  EXPECT_EQ(error.request, first);
  EXPECT_EQ(error.code, 420);
  EXPECT_EQ(error.message, "FLOOD_WAIT_3");
  EXPECT_EQ(client.open_requests(), 0U);
}

TEST_F(ClientSessionTest, NothingIsSentWhileDisconnected) {
  client.on_disconnected(clock.now);
  client.send(method(1), clock.now);
  EXPECT_FALSE(client.next_packet(clock.now));
  EXPECT_FALSE(client.next_deadline());
  client.on_connected(clock.now);
  EXPECT_EQ(take_methods().size(), 1U);
}

TEST_F(Scenario14BadMessages, AreDroppedAndTheConnectionGivenUp) {
  const Bytes good = server.content(object(kUpdate, 1));
  Bytes bad_key = good;
  bad_key[9] ^= 1;
  server.set_session(SessionId(99));
  const Bytes foreign = server.content(object(kUpdate, 2));
  server.set_session(kSession);
  const Bytes even = server.content(object(kUpdate, 3), MsgId(server.next_id().value() & ~std::int64_t{3}));
  const std::vector<Bytes> packets{bad_key, foreign, even, Bytes(3), Bytes(100)};
  for (const Bytes& packet : packets)
    EXPECT_FALSE(receive(packet));
  const Bytes body = object(kUpdate, 4);
  const std::vector<InnerMessage> inner{
      {.msg_id = MsgId(server.next_id().value() & ~std::int64_t{3}), .seqno = 1, .body = body}};
  EXPECT_FALSE(receive(server.service(make_container(inner)))) << "an even id in a container";
  EXPECT_FALSE(receive(server.service(object(id::kMsgContainer, 7)))) << "a container that is cut off";

  EXPECT_TRUE(drain(client).empty());
  clock.pass(seconds(20));
  EXPECT_TRUE(with(server.take(client), id::kMsgsAck).empty()) << "nothing was acknowledged";
  EXPECT_TRUE(receive(good)) << "the session goes on";
  EXPECT_EQ(only<UpdateReceived>(drain(client)).size(), 1U);
}

TEST_F(Scenario15Replays, AreAcknowledgedAgainAndNotDelivered) {
  std::vector<Bytes> packets;
  std::vector<MsgId> ids;
  for (int i = 0; i < 10; ++i) {
    ids.push_back(server.next_id());
    packets.push_back(server.content(object(kUpdate, i), ids.back()));
  }
  for (const Bytes& packet : packets)
    EXPECT_TRUE(receive(packet));
  EXPECT_EQ(only<UpdateReceived>(drain(client)).size(), 10U);
  clock.pass(seconds(10));
  EXPECT_EQ(ids_in(with(server.take(client), id::kMsgsAck).at(0).body), ids);

  for (const Bytes& packet : packets)
    EXPECT_TRUE(receive(packet));
  const Bytes body = object(kUpdate, 3);
  const std::vector<InnerMessage> inner{{.msg_id = ids[3], .seqno = 7, .body = body}};
  EXPECT_TRUE(receive(server.service(make_container(inner))));
  EXPECT_TRUE(drain(client).empty());
  clock.pass(seconds(10));
  ids.push_back(ids[3]);
  EXPECT_EQ(ids_in(with(server.take(client), id::kMsgsAck).at(0).body), ids) << "every copy acknowledged";
}

TEST_F(Scenario16MessageAge, IsCheckedWithAKnownClock) {
  const Bytes body = object(kUpdate, 1);
  const auto at = [this](seconds shift) { return MsgId(msg_id_at(server.time() + shift).value() | 1); };
  EXPECT_TRUE(receive(server.content(body, at(seconds(-400)))));
  EXPECT_TRUE(receive(server.content(body, at(seconds(60)))));
  EXPECT_TRUE(drain(client).empty()) << "too old and too far ahead";
  EXPECT_TRUE(receive(server.content(body, at(seconds(-250)))));
  EXPECT_EQ(only<UpdateReceived>(drain(client)).size(), 1U);

  // What repairs a wrong clock comes through with the same times.
  const SeenMessage early = send(7);
  EXPECT_TRUE(receive(
      server.service(object(id::kBadServerSalt, early.msg_id.value(), 0, 48, std::int64_t{9}), at(seconds(-400)))));
  EXPECT_EQ(take_method().salt, Salt(9));
  const SeenMessage sent = send(1);
  EXPECT_TRUE(receive(server.service(object(id::kBadMsgNotification, sent.msg_id.value(), 0, 16), at(seconds(60)))));
  server.check_rules = false;  // the server's clock of this test does not move
  const SeenMessage again = take_method();
  EXPECT_NEAR(static_cast<double>((unix_time_of(again.msg_id) - server.time()).count()), 60e9, 1e9);
  EXPECT_EQ(only<ClockAdjusted>(drain(client)).size(), 1U);
}

TEST_F(Scenario16MessageAge, OfMessagesInAContainerIsThatOfTheContainer) {
  const Bytes body = object(kUpdate, 1);
  const MsgId old(msg_id_at(server.time() - seconds(1000)).value() | 1);
  const std::vector<InnerMessage> inner{{.msg_id = old, .seqno = 1, .body = body}};
  EXPECT_TRUE(receive(server.service(make_container(inner))));
  EXPECT_EQ(only<UpdateReceived>(drain(client)).size(), 1U) << "that is how a server repeats what was not acknowledged";
}

TEST_F(Scenario16MessageAge, LetsRefusalsThrough) {
  const SeenMessage sent = send(1);
  const Bytes update = object(kUpdate, 1);
  const Bytes refusal = object(id::kBadServerSalt, sent.msg_id.value(), 0, 48, std::int64_t{99});
  const std::vector<InnerMessage> inner{{.msg_id = server.next_id(), .seqno = 1, .body = update},
                                        {.msg_id = server.next_id(), .seqno = 2, .body = refusal}};
  EXPECT_TRUE(
      receive(server.service(make_container(inner), MsgId(msg_id_at(server.time() + seconds(100)).value() | 1))));
  EXPECT_TRUE(only<UpdateReceived>(drain(client)).empty());
  EXPECT_EQ(take_method().salt, Salt(99));
}

TEST_F(Scenario18ClockSetBack, DoesNotLowerIds) {
  const SeenMessage before = send(1);
  clock.now.unix_time -= hours(1);
  server.check_rules = false;
  const SeenMessage after = send(2);
  EXPECT_GT(after.msg_id, before.msg_id);
  EXPECT_LT(unix_time_of(after.msg_id) - unix_time_of(before.msg_id), seconds(2));
}

TEST_F(Scenario18ClockSetBack, Code17BeginsANewSessionAndAllCallsFinish) {
  const RequestId first = client.send(method(1), clock.now);
  const RequestId second = client.send(method(2), clock.now);
  const auto sent = take_methods();
  ASSERT_EQ(sent.size(), 2U);
  // The server's clock is in truth one hour behind what was believed.
  clock.now.unix_time -= hours(1);
  ScriptedServer right(clock);
  EXPECT_TRUE(
      receive(right.service(object(id::kBadMsgNotification, sent[0].outer_id.value(), 0, 17), right.next_id())));
  const auto events = drain(client);
  ASSERT_EQ(only<SessionReset>(events).size(), 1U);
  EXPECT_EQ(only<SessionReset>(events)[0].bad_msg_code, 17);
  EXPECT_NE(client.session_id(), kSession);
  const auto again = with(right.take(client), kMethod);  // checks that the ids are in the right time, from seqno 1 on
  ASSERT_EQ(again.size(), 2U);
  EXPECT_EQ(again[0].session, client.session_id());
  EXPECT_LT(again[0].msg_id, sent[0].msg_id);
  EXPECT_TRUE(receive(right.rpc_result(again[0].msg_id, object(kAnswer, 1))));
  EXPECT_TRUE(receive(right.rpc_result(again[1].msg_id, object(kAnswer, 2))));
  const auto results = only<RpcResult>(drain(client));
  ASSERT_EQ(results.size(), 2U);
  EXPECT_EQ(results[0].request, first);
  EXPECT_EQ(results[1].request, second);

  server.set_session(kSession);
  EXPECT_TRUE(receive(server.content(object(kUpdate, 1)))) << "late messages of the old session are no fault";
  EXPECT_TRUE(only<UpdateReceived>(drain(client)).empty());
}

TEST_F(Scenario19Acknowledgements, OfEveryContentMessageInTime) {
  std::vector<MsgId> expected;
  std::set<MsgId> acknowledged;
  for (int i = 0; i < 200; ++i) {
    const MsgId one = server.next_id();
    const MsgId two = server.next_id();
    const MsgId silent = server.next_id();
    const Bytes update = object(kUpdate, i);
    const std::vector<InnerMessage> inner{{.msg_id = one, .seqno = 1, .body = update},
                                          {.msg_id = silent, .seqno = 2, .body = update},
                                          {.msg_id = two, .seqno = 3, .body = update}};
    EXPECT_TRUE(receive(server.service(make_container(inner))));
    expected.push_back(one);
    expected.push_back(two);
    for (const SeenMessage& acks : with(server.take(client), id::kMsgsAck)) {
      EXPECT_EQ(acks.seqno % 2, 0);
      for (const MsgId id : ids_in(acks.body))
        EXPECT_TRUE(acknowledged.insert(id).second);
    }
    clock.pass(milliseconds(100));
  }
  // Then silence: only the session's own deadline brings the last ones out.
  const nanoseconds begin = clock.now.monotonic;
  while (acknowledged.size() < expected.size()) {
    const auto deadline = client.next_deadline();
    ASSERT_TRUE(deadline);
    ASSERT_LE(*deadline, begin + seconds(60));
    clock.pass(*deadline - clock.now.monotonic);
    client.on_timer(clock.now);
    for (const SeenMessage& acks : with(server.take(client), id::kMsgsAck)) {
      for (const MsgId id : ids_in(acks.body))
        acknowledged.insert(id);
    }
  }
  EXPECT_EQ(acknowledged, std::set<MsgId>(expected.begin(), expected.end()));
}

TEST_F(Scenario19Acknowledgements, RideAlongWithRequests) {
  const MsgId update = server.next_id();
  EXPECT_TRUE(receive(server.content(object(kUpdate, 1), update)));
  EXPECT_FALSE(client.next_packet(clock.now)) << "not alone, before its time";
  client.send(method(1), clock.now);
  const auto sent = server.take(client);
  const auto acks = with(sent, id::kMsgsAck);
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(acks[0].outer_id, with(sent, kMethod).at(0).outer_id);
  EXPECT_EQ(ids_in(acks[0].body), std::vector<MsgId>{update});
}

TEST_F(Scenario25StrangeAnswers, DoNoHarm) {
  EXPECT_TRUE(receive(server.rpc_result(MsgId(4000), object(kAnswer, 1)))) << "for an unknown request";
  const SeenMessage sent = send(1);
  EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, object(kAnswer, 1))));
  EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, object(kAnswer, 1)))) << "twice";
  EXPECT_EQ(only<RpcResult>(drain(client)).size(), 1U);
  EXPECT_TRUE(receive(server.content(object(0x12345678, 1)))) << "an unknown constructor";
  EXPECT_TRUE(receive(server.content(object(id::kMsgCopy, 1))));
  EXPECT_TRUE(receive(server.content(Bytes{})));
  EXPECT_TRUE(receive(server.content(object(id::kRpcResult))));
  EXPECT_TRUE(receive(server.content(object(id::kNewSessionCreated, 5))));
  EXPECT_TRUE(receive(server.content(object(id::kMsgsStateInfo, 5))));
  EXPECT_TRUE(receive(server.content(object(id::kMsgsAck, 5, 5))));
  EXPECT_TRUE(receive(server.content(object(id::kPong))));
  EXPECT_TRUE(receive(server.content(object(id::kBadMsgNotification))));
  EXPECT_TRUE(receive(server.content(object(id::kFutureSalts))));
  const auto updates = only<UpdateReceived>(drain(client));
  ASSERT_EQ(updates.size(), 1U);
  EXPECT_EQ(updates[0].body, object(0x12345678, 1));
  clock.pass(seconds(10));
  EXPECT_EQ(ids_in(with(server.take(client), id::kMsgsAck).at(0).body).size(), 9U)
      << "all were acknowledged but msgs_ack, pong and bad_msg_notification";
}

TEST_F(Scenario25StrangeAnswers, PackedOnesAreUnpackedWithinBounds) {
  const Bytes answer = object(kAnswer, 5);
  SeenMessage sent = send(1);
  EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, gzip_packed(gzip(answer)))));
  EXPECT_EQ(only<RpcResult>(drain(client)).at(0).body, answer);

  sent = send(2);
  EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, gzip_packed(gzip(rpc_error(500, "RPC_CALL_FAIL"))))));
  EXPECT_EQ(only<RpcError>(drain(client)).at(0).message, "RPC_CALL_FAIL");

  EXPECT_TRUE(receive(server.content(gzip_packed(gzip(object(kUpdate, 6))))));
  EXPECT_EQ(only<UpdateReceived>(drain(client)).at(0).body, object(kUpdate, 6));

  sent = send(3);
  EXPECT_TRUE(receive(server.content(gzip_packed(gzip(make_rpc_result(sent.msg_id, answer))))));
  EXPECT_EQ(only<RpcResult>(drain(client)).size(), 1U);

  const Bytes bomb = gzip(Bytes(std::size_t{17} << 20));
  for (const Bytes& unreadable : {gzip_packed(bomb), gzip_packed(gzip(gzip_packed(gzip(answer)))),
                                  gzip_packed(Bytes{1, 2, 3, 4}), object(id::kGzipPacked), Bytes{}}) {
    sent = send(4);
    EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, unreadable)));
    const auto failed = only<RequestFailed>(drain(client));
    ASSERT_EQ(failed.size(), 1U);
    EXPECT_EQ(failed[0].reason, RequestFailed::Reason::UnreadableAnswer);
  }
  EXPECT_TRUE(receive(server.content(gzip_packed(bomb))));
  EXPECT_TRUE(drain(client).empty());
}

TEST_F(ClientSessionTest, LargeRequestsArePackedWhenThatHelps) {
  Bytes large(4000);
  store_le32(MutableByteView(large).first<4>(), kMethod);
  client.send(large, clock.now);
  const auto packed = with(server.take(client), id::kGzipPacked);
  ASSERT_EQ(packed.size(), 1U);
  tl::Reader reader(ByteView(packed[0].body).subspan(4));
  EXPECT_EQ(gunzip(reader.bytes_view()), large);
  client.send(large, clock.now, {.repeat = Repeat::Allowed, .packing = Packing::Never});
  EXPECT_EQ(take_methods().size(), 1U);
}

TEST_F(ClientSessionTest, KeepAlive) {
  // Quiet: a ping each minute, with the delay after which the server may hang up.
  for (int i = 0; i < 3; ++i) {
    const nanoseconds before = clock.now.monotonic;
    const auto deadline = client.next_deadline();
    ASSERT_TRUE(deadline);
    clock.pass(*deadline - clock.now.monotonic);
    client.on_timer(clock.now);
    const auto pings = with(server.take(client), id::kPingDelayDisconnect);
    ASSERT_EQ(pings.size(), 1U);
    EXPECT_LE(clock.now.monotonic - before, seconds(60));
    EXPECT_EQ(i32_at(pings[0].body, 12), 75);
    clock.pass(milliseconds(80));
    EXPECT_TRUE(receive(server.pong(pings[0])));
  }
  // A black hole: the next ping, its timeout, and one report.
  nanoseconds silence_from = clock.now.monotonic;
  for (int i = 0; i < 3 && client.next_deadline(); ++i) {
    clock.pass(*client.next_deadline() - clock.now.monotonic);
    client.on_timer(clock.now);
    server.take(client);
  }
  const auto stuck = only<ConnectionStuck>(drain(client));
  ASSERT_EQ(stuck.size(), 1U);
  EXPECT_EQ(stuck[0].reason, ConnectionStuck::Reason::NoPong);
  EXPECT_LE(clock.now.monotonic - silence_from, seconds(80));
  EXPECT_FALSE(client.next_deadline());
  EXPECT_FALSE(client.next_packet(clock.now));
}

TEST_F(ClientSessionTest, ABlackHoleUnderARequestIsNoticedSoon) {
  send(1);
  const nanoseconds sent_at = clock.now.monotonic;
  for (int i = 0; i < 5 && client.next_deadline(); ++i) {
    clock.pass(*client.next_deadline() - clock.now.monotonic);
    client.on_timer(clock.now);
    server.take(client);
  }
  EXPECT_EQ(only<ConnectionStuck>(drain(client)).size(), 1U);
  EXPECT_LE(clock.now.monotonic - sent_at, seconds(36));
}

TEST_F(ClientSessionTest, ARequestThatIsNeitherAnsweredNorAcknowledgedIsStuck) {
  send(1);
  std::vector<ConnectionStuck> stuck;
  const nanoseconds sent_at = clock.now.monotonic;
  for (int i = 0; i < 20 && stuck.empty(); ++i) {
    clock.pass(*client.next_deadline() - clock.now.monotonic);
    client.on_timer(clock.now);
    for (const SeenMessage& ping : with(server.take(client), id::kPingDelayDisconnect))
      receive(server.pong(ping));
    stuck = only<ConnectionStuck>(drain(client));
  }
  ASSERT_EQ(stuck.size(), 1U);
  EXPECT_EQ(stuck[0].reason, ConnectionStuck::Reason::NoAnswer);
  EXPECT_EQ(clock.now.monotonic - sent_at, seconds(60));
}

TEST_F(ClientSessionTest, AnAcknowledgedRequestMayTakeItsTime) {
  const SeenMessage sent = send(1);
  const std::vector<MsgId> ids{sent.msg_id};
  EXPECT_TRUE(receive(server.service(make_ids_message(id::kMsgsAck, ids))));
  for (int i = 0; i < 40; ++i) {
    clock.pass(*client.next_deadline() - clock.now.monotonic);
    client.on_timer(clock.now);
    for (const SeenMessage& ping : with(server.take(client), id::kPingDelayDisconnect))
      receive(server.pong(ping));
  }
  EXPECT_TRUE(only<ConnectionStuck>(drain(client)).empty());
  EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, object(kAnswer, 1))));
  EXPECT_EQ(only<RpcResult>(drain(client)).size(), 1U);
}

TEST_F(ClientSessionTest, QuestionsOfTheServerAreAnswered) {
  const MsgId seen = server.next_id();
  const MsgId never = server.next_id();
  EXPECT_TRUE(receive(server.content(object(kUpdate, 1), seen)));
  const std::vector<MsgId> ids{seen, never, MsgId(INT64_MAX)};
  const MsgId question = server.next_id();
  EXPECT_TRUE(receive(server.service(make_ids_message(id::kMsgsStateReq, ids), question)));
  const auto info = with(server.take(client), id::kMsgsStateInfo);
  ASSERT_EQ(info.size(), 1U);
  EXPECT_EQ(i64_at(info[0].body, 4), question.value());
  tl::Reader reader(ByteView(info[0].body).subspan(12));
  EXPECT_EQ(reader.bytes(), (Bytes{4, 2, 3}));

  const SeenMessage sent = send(1);
  const std::vector<MsgId> wanted{sent.msg_id};
  EXPECT_TRUE(receive(server.service(make_ids_message(id::kMsgResendReq, wanted))));
  EXPECT_EQ(take_method().body, sent.body);
  EXPECT_TRUE(receive(server.service(make_ids_message(id::kMsgResendReq, wanted)))) << "its old id is history now";
  EXPECT_TRUE(take_methods().empty());
}

TEST_F(ClientSessionTest, CancelledRequestsAreForgotten) {
  const SeenMessage sent = send(1);
  client.cancel(last_request);
  const RequestId queued = client.send(method(2), clock.now);
  client.cancel(queued);
  EXPECT_TRUE(take_methods().empty());
  EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, object(kAnswer, 1))));
  EXPECT_TRUE(drain(client).empty());
  EXPECT_EQ(client.open_requests(), 0U);
  clock.pass(seconds(10));
  EXPECT_EQ(with(server.take(client), id::kMsgsAck).size(), 1U) << "the answer is acknowledged all the same";
}

TEST_F(Scenario15Replays, OfForgottenMessagesBeginANewSession) {
  const MsgId first = server.next_id();
  EXPECT_TRUE(receive(server.content(object(kUpdate, 0), first)));
  for (int i = 1; i <= 1300; ++i) {
    EXPECT_TRUE(receive(server.content(object(kUpdate, i), server.next_id())));
    server.take(client);
  }
  drain(client);
  const SeenMessage sent = send(1);
  EXPECT_TRUE(receive(server.content(object(kUpdate, 0), first)));
  const auto events = drain(client);
  EXPECT_TRUE(only<UpdateReceived>(events).empty());
  EXPECT_EQ(only<SessionReset>(events).size(), 1U);
  EXPECT_EQ(take_method().body, sent.body);
}

TEST_F(ClientSessionTest, ContainersAreBounded) {
  for (int i = 0; i < 250; ++i)
    client.send(method(i), clock.now);
  std::map<MsgId, int> per_packet;
  const auto sent = server.take(client);
  for (const SeenMessage& message : sent)
    ++per_packet[message.outer_id];
  EXPECT_EQ(with(sent, kMethod).size(), 250U);
  EXPECT_EQ(per_packet.size(), 3U);
  for (const auto& [packet, count] : per_packet)
    EXPECT_LE(count, 100);

  const SendOptions raw{.repeat = Repeat::Allowed, .packing = Packing::Never};
  for (int i = 0; i < 4; ++i) {
    Bytes part(std::size_t{512} << 10, static_cast<std::uint8_t>(i));
    store_le32(MutableByteView(part).first<4>(), kMethod);
    client.send(std::move(part), clock.now, raw);
  }
  while (const auto packet = client.next_packet(clock.now))
    EXPECT_LT(packet->size(), (std::size_t{1} << 20) + 2048);
}

TEST_F(ClientSessionTest, UnwrappedResultsFindTheirRequest) {
  const RequestId request = client.send(object(id::kDestroyAuthKey), clock.now);
  EXPECT_EQ(with(server.take(client), id::kDestroyAuthKey).size(), 1U);
  EXPECT_TRUE(receive(server.service(object(id::kDestroyAuthKeyOk))));
  const auto results = only<RpcResult>(drain(client));
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].request, request);
}

TEST(ClientSession, AStoredOffsetIsUsedForIdsAndCorrected) {
  HandClock clock;
  SeededRandom random(3);
  ScriptedServer server(clock, hours(1));
  ClientSessionOptions options = client_options();
  options.clock_offset = hours(1) + seconds(10);
  ClientSession client(std::move(options), random);
  client.on_connected(clock.now);
  const SeenMessage ping = server.take(client).at(0);  // the rules hold that its id is in the server's time
  EXPECT_TRUE(client.receive(server.pong(ping), clock.now));
  const auto adjusted = only<ClockAdjusted>(drain(client));
  ASSERT_EQ(adjusted.size(), 1U);
  EXPECT_LT(std::chrono::abs(adjusted[0].offset - hours(1)), milliseconds(1));
  EXPECT_EQ(client.clock_offset(clock.now), adjusted[0].offset);
}

TEST(ClientSession, IdleSessionsAreSmall) {
  constexpr std::size_t kSessions = 10;
  HandClock clock;
  SeededRandom random(6);
  Bytes large(200'000, 0x33);
  store_le32(MutableByteView(large).first<4>(), kAnswer);
  std::vector<std::unique_ptr<ClientSession>> sessions;
  sessions.reserve(kSessions);
  const std::size_t before = mallinfo2().uordblks;
  for (std::size_t i = 0; i < kSessions; ++i) {
    ClientSession& client = *sessions.emplace_back(std::make_unique<ClientSession>(client_options(), random));
    ScriptedServer server(clock);
    client.on_connected(clock.now);
    for (int call = 0; call < 5; ++call) {
      client.send(method(call), clock.now);
      for (const SeenMessage& sent : with(server.take(client), kMethod)) {
        ASSERT_TRUE(client.receive(server.rpc_result(sent.msg_id, large), clock.now));
      }
      drain(client);
    }
    clock.pass(seconds(10));
    client.on_timer(clock.now);
    server.take(client);
  }
  const std::size_t each = (mallinfo2().uordblks - before) / kSessions;
  RecordProperty("bytes_per_session", static_cast<int>(each));
  // A fifth of what an idle account may take in all; the rest is for sockets and the transport.
  EXPECT_LT(each, 20'000U);
}

TEST(ClientSession, SessionIdsAreRandomAndNeverZero) {
  SeededRandom random(4);
  ClientSessionOptions options = client_options();
  options.session_id = std::nullopt;
  const ClientSession one(options, random);
  const ClientSession two(options, random);
  EXPECT_NE(one.session_id(), two.session_id());
  EXPECT_NE(one.session_id(), SessionId());
}

}  // namespace
}  // namespace ledgram::mtproto
