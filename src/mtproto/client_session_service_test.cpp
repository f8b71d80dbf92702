#include "ledgram/mtproto/client_session_fixture.hpp"

#include <algorithm>

// Messages about messages: salts, refusals, lost sessions, announced answers, reconnects. Scenario numbers are those of
// section 13 of the protocol checklist.

namespace ledgram::mtproto {
namespace {

using namespace testing;

using ClientSessionServiceTest = ClientSessionTest;
using Scenario20BadServerSalt = ClientSessionTest;
using Scenario21BadMsg = ClientSessionTest;
using Scenario22NewSession = ClientSessionTest;
using Scenario23DetailedInfo = ClientSessionTest;
using Scenario24LostConnection = ClientSessionTest;

TEST_F(Scenario20BadServerSalt, ForAQuery) {
  const SeenMessage sent = send(1);
  EXPECT_TRUE(receive(server.bad_salt(sent.msg_id, Salt(5))));
  EXPECT_EQ(only<SaltChanged>(drain(client)).at(0).salt, Salt(5));
  const SeenMessage again = take_method();
  EXPECT_NE(again.msg_id, sent.msg_id);
  EXPECT_EQ(again.salt, Salt(5));
  EXPECT_EQ(again.body, sent.body);
  EXPECT_TRUE(take_methods().empty()) << "one resend";
  EXPECT_TRUE(receive(server.bad_salt(sent.msg_id, Salt(5)))) << "the notice again";
  EXPECT_TRUE(take_methods().empty());
  EXPECT_EQ(client.salt(), Salt(5));
}

TEST_F(Scenario20BadServerSalt, ForAContainerNamesAllInIt) {
  const MsgId update = server.next_id();
  EXPECT_TRUE(receive(server.content(object(kUpdate, 1), update)));
  client.send(method(1), clock.now);
  client.send(method(2), clock.now);
  client.send(method(3), clock.now);
  const auto sent = take_methods();
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_TRUE(receive(server.bad_salt(sent[0].outer_id, Salt(6))));
  const auto again = server.take(client);
  EXPECT_EQ(with(again, kMethod).size(), 3U);
  EXPECT_EQ(ids_in(with(again, id::kMsgsAck).at(0).body), std::vector<MsgId>{update}) << "acks were lost as well";
  for (const SeenMessage& message : again)
    EXPECT_EQ(message.salt, Salt(6));
}

TEST_F(Scenario20BadServerSalt, ForPingAckFutureSaltsAndTheUnknown) {
  clock.pass(seconds(60));
  const SeenMessage ping = with(server.take(client), id::kPingDelayDisconnect).at(0);
  EXPECT_TRUE(receive(server.bad_salt(ping.msg_id, Salt(10))));
  const auto pings = with(server.take(client), id::kPingDelayDisconnect);
  ASSERT_EQ(pings.size(), 1U);
  EXPECT_EQ(pings[0].salt, Salt(10));
  EXPECT_TRUE(receive(server.pong(pings[0])));

  const MsgId update = server.next_id();
  EXPECT_TRUE(receive(server.content(object(kUpdate, 1), update)));
  clock.pass(seconds(10));
  const SeenMessage acks = with(server.take(client), id::kMsgsAck).at(0);
  EXPECT_TRUE(receive(server.bad_salt(acks.msg_id, Salt(11))));
  clock.pass(seconds(10));
  const SeenMessage more_acks = with(server.take(client), id::kMsgsAck).at(0);
  EXPECT_EQ(ids_in(more_acks.body), std::vector<MsgId>{update});
  EXPECT_EQ(more_acks.salt, Salt(11));

  client.send(method(1), clock.now);
  const auto sent = server.take(client);
  const auto asked = with(sent, id::kGetFutureSalts);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_TRUE(receive(server.rpc_result(with(sent, kMethod).at(0).msg_id, object(kAnswer, 1))));
  EXPECT_TRUE(receive(server.bad_salt(asked[0].msg_id, Salt(12))));
  client.send(method(2), clock.now);
  EXPECT_EQ(with(server.take(client), id::kGetFutureSalts).size(), 1U);

  EXPECT_TRUE(receive(server.bad_salt(MsgId(4), Salt(13))));
  EXPECT_EQ(send(3).salt, Salt(13));
}

TEST_F(ClientSessionServiceTest, AnAnswerSettlesOnlyWhatWasSentBeforeIt) {
  const SeenMessage early = send(1);
  const MsgId update = server.next_id();
  EXPECT_TRUE(receive(server.content(object(kUpdate, 1), update)));
  clock.pass(seconds(10));
  const SeenMessage acks = with(server.take(client), id::kMsgsAck).at(0);
  EXPECT_TRUE(receive(server.rpc_result(early.msg_id, object(kAnswer, 1))));
  EXPECT_TRUE(receive(server.bad_salt(acks.msg_id, Salt(5))));
  clock.pass(seconds(10));
  const auto again = ids_in(with(server.take(client), id::kMsgsAck).at(0).body);
  EXPECT_TRUE(std::ranges::find(again, update) != again.end()) << "the refused acknowledgement was sent again";
}

TEST_F(ClientSessionServiceTest, FutureSaltsAreUsedInTheirTime) {
  client.send(method(1), clock.now);
  const SeenMessage asked = with(server.take(client), id::kGetFutureSalts).at(0);
  const auto now = static_cast<std::int32_t>(std::chrono::duration_cast<seconds>(server.time()).count());
  EXPECT_TRUE(receive(server.service(
      object(id::kFutureSalts, asked.msg_id.value(), now, 1, now + 1800, now + 5400, std::int64_t{55}))));
  clock.pass(std::chrono::minutes(20));
  EXPECT_EQ(send(2).salt, kSalt);
  clock.pass(std::chrono::minutes(15));
  EXPECT_EQ(send(3).salt, Salt(55));
  EXPECT_EQ(only<SaltChanged>(drain(client)).at(0).salt, Salt(55));
}

TEST_F(Scenario20BadServerSalt, ThatIsNeverRightEndsInAnErrorNotInALoop) {
  const RequestId request = client.send(method(1), clock.now);
  int sendings = 0;
  for (int i = 0; i < 100; ++i) {
    const auto sent = take_methods();
    if (sent.empty())
      break;
    ++sendings;
    EXPECT_TRUE(receive(server.bad_salt(sent[0].msg_id, Salt(100 + i))));
  }
  EXPECT_GT(sendings, 2);
  EXPECT_LT(sendings, 20);
  const auto failed = only<RequestFailed>(drain(client));
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].request, request);
  EXPECT_EQ(failed[0].reason, RequestFailed::Reason::RefusedTooOften);
}

TEST_F(Scenario21BadMsg, AboutNumbersBeginsANewSession) {
  for (const std::int32_t code : {18, 19, 32, 33, 34, 35, 64}) {
    SCOPED_TRACE(code);
    const SessionId before = client.session_id();
    const SeenMessage sent = send(code);
    EXPECT_TRUE(receive(server.bad_msg(sent, code)));
    const auto events = drain(client);
    ASSERT_EQ(only<SessionReset>(events).size(), 1U);
    EXPECT_EQ(only<SessionReset>(events)[0].bad_msg_code, code);
    EXPECT_TRUE(only<RpcResult>(events).empty()) << "the notice is no answer";
    EXPECT_NE(client.session_id(), before);
    const auto all = server.take(client);
    ASSERT_EQ(with(all, kMethod).size(), 1U);
    EXPECT_EQ(with(all, kMethod)[0].body, sent.body);
    EXPECT_EQ(with(all, kMethod)[0].session, client.session_id());
    EXPECT_TRUE(receive(server.rpc_result(with(all, kMethod)[0].msg_id, object(kAnswer, code))));
    EXPECT_EQ(only<RpcResult>(drain(client)).size(), 1U);
  }
}

TEST_F(Scenario21BadMsg, Code20IsSentAgainOnlyIfThatIsSafe) {
  const SeenMessage safe = send(1);
  EXPECT_TRUE(receive(server.bad_msg(safe, 20)));
  EXPECT_EQ(take_method().body, safe.body);
  EXPECT_EQ(client.session_id(), kSession);

  const SeenMessage unsafe = send(2, {.repeat = Repeat::Forbidden});
  const RequestId request = last_request;
  EXPECT_TRUE(receive(server.bad_msg(unsafe, 20)));
  EXPECT_TRUE(take_methods().empty());
  const auto failed = only<RequestFailed>(drain(client));
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].request, request);
  EXPECT_EQ(failed[0].reason, RequestFailed::Reason::OutcomeUnknown);
}

TEST_F(Scenario21BadMsg, NeverLoops) {
  for (const std::int32_t code : {16, 17, 18, 19, 20, 32, 33, 34, 35, 64, 77}) {
    SCOPED_TRACE(code);
    client.send(method(code), clock.now);
    int rounds = 0;
    int errors = 0;
    while (rounds < 200) {
      const auto sent = take_methods();
      if (sent.empty())
        break;
      ++rounds;
      if (!receive(server.bad_msg(sent[0], code)))
        ++errors;
    }
    EXPECT_LT(rounds, 20);
    if (code == 18) {
      EXPECT_GT(errors, 0) << "one session after the other is given a pause";
    }
    EXPECT_EQ(only<RequestFailed>(drain(client)).size(), 1U);
  }
}

TEST_F(Scenario21BadMsg, AboutWhatWasNeverSentIsIgnored) {
  const SeenMessage sent = send(1);
  for (const std::int32_t code : {16, 17, 18, 32, 64})
    EXPECT_TRUE(receive(server.bad_msg(MsgId(400), code)));
  EXPECT_EQ(client.session_id(), kSession);
  EXPECT_TRUE(take_methods().empty());
  EXPECT_TRUE(drain(client).empty());
  EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, object(kAnswer, 1))));
  EXPECT_EQ(only<RpcResult>(drain(client)).size(), 1U);
}

TEST_F(Scenario22NewSession, BringsBackWhatWasLostOnce) {
  const SeenMessage lost = send(1);
  clock.pass(milliseconds(10));
  client.send(method(2), clock.now);
  client.send(method(3), clock.now);
  const auto kept = take_methods();  // in one container
  ASSERT_EQ(kept.size(), 2U);
  // first_msg_id is the second message of the container: the first one came in the same packet and is not lost.
  const auto notice = [&](std::int64_t unique_id) {
    return server.content(object(id::kNewSessionCreated, kept[1].msg_id.value(), unique_id, std::int64_t{66}));
  };
  EXPECT_TRUE(receive(notice(1234)));
  auto events = drain(client);
  ASSERT_EQ(only<NewSessionCreated>(events).size(), 1U);
  EXPECT_EQ(only<NewSessionCreated>(events)[0].unique_id, 1234);
  EXPECT_EQ(only<SaltChanged>(events).at(0).salt, Salt(66));
  const auto again = take_methods();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].body, lost.body);
  EXPECT_GT(again[0].msg_id, kept[1].msg_id);

  EXPECT_TRUE(receive(notice(1234)));
  EXPECT_TRUE(take_methods().empty()) << "the same notice";
  EXPECT_TRUE(only<NewSessionCreated>(drain(client)).empty());
}

TEST_F(Scenario22NewSession, FailsWhatMustNotBeRepeated) {
  send(1, {.repeat = Repeat::Forbidden});
  const RequestId request = last_request;
  clock.pass(milliseconds(10));
  const SeenMessage first = send(2);
  EXPECT_TRUE(
      receive(server.content(object(id::kNewSessionCreated, first.msg_id.value(), std::int64_t{9}, kSalt.value()))));
  const auto failed = only<RequestFailed>(drain(client));
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].request, request);
  EXPECT_TRUE(take_methods().empty());
}

TEST_F(Scenario23DetailedInfo, OfAnAnswerThatNeverCameAsksForIt) {
  const SeenMessage sent = send(1);
  const MsgId answer = server.next_reply_id();
  const Bytes result = make_rpc_result(sent.msg_id, object(kAnswer, 7));
  EXPECT_TRUE(receive(server.service(object(id::kMsgDetailedInfo, sent.msg_id.value(), answer.value(), 100, 0))));
  const auto asked = server.take(client);
  ASSERT_EQ(with(asked, id::kMsgResendReq).size(), 1U);
  EXPECT_EQ(ids_in(with(asked, id::kMsgResendReq)[0].body), std::vector<MsgId>{answer});
  EXPECT_TRUE(with(asked, id::kMsgsAck).empty()) << "an answer never seen must not be acknowledged";
  EXPECT_TRUE(receive(server.content(result, answer)));
  EXPECT_EQ(only<RpcResult>(drain(client)).size(), 1U);
  clock.pass(seconds(10));
  EXPECT_EQ(ids_in(with(server.take(client), id::kMsgsAck).at(0).body), std::vector<MsgId>{answer});

  EXPECT_TRUE(receive(server.service(object(id::kMsgDetailedInfo, sent.msg_id.value(), answer.value(), 100, 0))));
  clock.pass(seconds(10));
  const auto later = server.take(client);
  EXPECT_TRUE(with(later, id::kMsgResendReq).empty());
  EXPECT_EQ(ids_in(with(later, id::kMsgsAck).at(0).body), std::vector<MsgId>{answer}) << "seen: acknowledged again";

  const MsgId update = server.next_id();
  EXPECT_TRUE(receive(server.service(object(id::kMsgNewDetailedInfo, update.value(), 100, 0))));
  EXPECT_EQ(ids_in(with(server.take(client), id::kMsgResendReq).at(0).body), std::vector<MsgId>{update});
}

TEST_F(Scenario24LostConnection, TheServerIsAskedBeforeAnythingIsRepeated) {
  const SeenMessage arrived = send(1, {.repeat = Repeat::Forbidden});
  const SeenMessage lost = send(2, {.repeat = Repeat::Forbidden});
  client.on_disconnected(clock.now);
  clock.pass(seconds(3));
  client.on_connected(clock.now);
  EXPECT_EQ(client.session_id(), kSession);
  const auto first = server.take(client);  // the rules hold that seqno and ids go on
  EXPECT_TRUE(with(first, kMethod).empty());
  const auto asked = with(first, id::kMsgsStateReq);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(ids_in(asked[0].body), (std::vector<MsgId>{arrived.msg_id, lost.msg_id}));
  tl::Writer info;
  info.u32(id::kMsgsStateInfo);
  info.i64(asked[0].msg_id.value());
  info.bytes(Bytes{4 + 32, 2 + 8});
  EXPECT_TRUE(receive(server.service(info.take())));
  const auto again = take_methods();
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].body, lost.body);
  EXPECT_TRUE(receive(server.rpc_result(arrived.msg_id, object(kAnswer, 1))));
  EXPECT_TRUE(receive(server.rpc_result(again[0].msg_id, object(kAnswer, 2))));
  EXPECT_EQ(only<RpcResult>(drain(client)).size(), 2U);
}

TEST_F(Scenario24LostConnection, ForgottenMessagesAreRepeatedOnlyIfAllowed) {
  send(1, {.repeat = Repeat::Forbidden});
  send(2);
  client.on_disconnected(clock.now);
  client.on_connected(clock.now);
  const SeenMessage asked = with(server.take(client), id::kMsgsStateReq).at(0);
  tl::Writer info;
  info.u32(id::kMsgsStateInfo);
  info.i64(asked.msg_id.value());
  info.bytes(Bytes{1, 1});
  EXPECT_TRUE(receive(server.service(info.take())));
  EXPECT_EQ(take_method().body, method(2));
  EXPECT_EQ(only<RequestFailed>(drain(client)).size(), 1U);
}

}  // namespace
}  // namespace ledgram::mtproto
