#include "ledgram/mtproto/client_session_fixture.hpp"
#include "ledgram/mtproto/session_pair_fixture.hpp"

#include <algorithm>

// What the session asks of its own accord: answers it does not want, sessions nobody uses, salts for later; and what
// goes out before a connection is closed.

namespace ledgram::mtproto {
namespace {

using namespace testing;

class ClientQuestions : public ClientSessionTest {
 protected:
  std::vector<SeenMessage> take(std::uint32_t constructor) { return with(server.take(client), constructor); }
};

TEST_F(ClientQuestions, ACancelledRequestIsToldToTheServer) {
  const SeenMessage sent = send(1);
  client.cancel(last_request);
  const auto drops = take(id::kRpcDropAnswer);
  ASSERT_EQ(drops.size(), 1U);
  EXPECT_EQ(i64_at(drops[0].body, 4), sent.msg_id.value());

  const RequestId queued = client.send(method(2), clock.now);
  client.cancel(queued);
  client.cancel(queued);
  EXPECT_TRUE(take(id::kRpcDropAnswer).empty()) << "the server knows nothing of it";
}

TEST_F(ClientQuestions, NoneOfTheThreeAnswersToRpcDropAnswerIsAnybodysResult) {
  for (const Bytes& answer : {object(id::kRpcAnswerUnknown), object(id::kRpcAnswerDroppedRunning),
                              object(id::kRpcAnswerDropped, std::int64_t{77}, 3, 100)}) {
    const SeenMessage sent = send(1);
    client.cancel(last_request);
    const auto drops = take(id::kRpcDropAnswer);
    ASSERT_EQ(drops.size(), 1U);
    if (constructor_of(answer) == id::kRpcAnswerDroppedRunning) {
      EXPECT_TRUE(receive(server.rpc_result(sent.msg_id, answer))) << "the request gets an answer of its own, too";
    }
    EXPECT_TRUE(receive(server.rpc_result(drops[0].msg_id, answer)));
    EXPECT_TRUE(drain(client).empty());
    EXPECT_TRUE(take(id::kRpcDropAnswer).empty());
  }
  const SeenMessage next = send(2);
  EXPECT_TRUE(receive(server.rpc_result(next.msg_id, object(kAnswer, 2))));
  EXPECT_EQ(only<RpcResult>(drain(client)).size(), 1U);
}

TEST_F(ClientQuestions, ALostRpcDropAnswerIsSentAgain) {
  const SeenMessage sent = send(1);
  client.cancel(last_request);
  SeenMessage drop = take(id::kRpcDropAnswer).at(0);
  EXPECT_TRUE(receive(server.bad_salt(drop.msg_id, Salt(8))));
  drop = take(id::kRpcDropAnswer).at(0);
  EXPECT_EQ(drop.salt, Salt(8));
  EXPECT_EQ(i64_at(drop.body, 4), sent.msg_id.value());
  client.on_disconnected(clock.now);
  client.on_connected(clock.now);
  drop = take(id::kRpcDropAnswer).at(0);
  EXPECT_TRUE(receive(server.rpc_result(drop.msg_id, object(id::kRpcAnswerUnknown))));
  client.on_disconnected(clock.now);
  client.on_connected(clock.now);
  EXPECT_TRUE(take(id::kRpcDropAnswer).empty());
}

TEST_F(ClientQuestions, AThousandCancelledRequestsAreNotAThousandMessages) {
  std::vector<RequestId> all;
  for (int i = 0; i < 1000; ++i)
    all.push_back(client.send(method(i), clock.now));
  EXPECT_EQ(take_methods().size(), 1000U);
  for (const RequestId request : all)
    client.cancel(request);
  EXPECT_LE(take(id::kRpcDropAnswer).size(), 32U);
  EXPECT_EQ(client.open_requests(), 0U);
}

TEST_F(ClientQuestions, OldSessionsAreDestroyedOnceTheServerHasAnswered) {
  client.destroy_session(SessionId());
  client.destroy_session(kSession);
  EXPECT_FALSE(client.next_packet(clock.now)) << "neither none nor its own";
  client.destroy_session(SessionId(71));
  client.destroy_session(SessionId(72));
  client.destroy_session(SessionId(71));
  auto asked = take(id::kDestroySession);
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(i64_at(asked[0].body, 4), 71);
  EXPECT_TRUE(receive(server.service(object(id::kDestroySessionOk, std::int64_t{71}))));
  client.on_disconnected(clock.now);
  client.on_connected(clock.now);
  asked = take(id::kDestroySession);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(i64_at(asked[0].body, 4), 72);
  EXPECT_TRUE(receive(server.service(object(id::kDestroySessionNone, std::int64_t{72})))) << "none is a success";
  client.on_disconnected(clock.now);
  client.on_connected(clock.now);
  EXPECT_TRUE(take(id::kDestroySession).empty());
  EXPECT_TRUE(drain(client).empty());
}

TEST_F(ClientQuestions, FutureSaltsAreTakenOnlyAsTheAnswerToAQuestion) {
  const auto now = static_cast<std::int32_t>(std::chrono::duration_cast<seconds>(server.time()).count());
  const auto salts = [&](MsgId asked, std::int64_t salt) {
    return server.service(object(id::kFutureSalts, asked.value(), now, 1, now + 100, now + 3700, salt));
  };
  client.send(method(1), clock.now);
  const auto sent = server.take(client);
  const SeenMessage asked = with(sent, id::kGetFutureSalts).at(0);
  EXPECT_TRUE(receive(salts(MsgId(4), 500)));
  EXPECT_TRUE(receive(server.rpc_result(with(sent, kMethod).at(0).msg_id, object(kAnswer, 1))));
  EXPECT_TRUE(receive(salts(asked.msg_id, 501)));
  EXPECT_TRUE(receive(salts(asked.msg_id, 502))) << "once";
  clock.pass(seconds(200));
  EXPECT_EQ(send(2).salt, Salt(501));

  drain(client);
  server.check_rules = false;  // as a method of a caller it is content-related, which servers take, too
  const RequestId own = client.send(object(id::kGetFutureSalts, 5), clock.now);
  const SeenMessage question = take(id::kGetFutureSalts).at(0);
  EXPECT_TRUE(receive(salts(question.msg_id, 503)));
  EXPECT_EQ(only<RpcResult>(drain(client)).at(0).request, own) << "a caller may ask as well";
}

TEST_F(ClientQuestions, AnAnnouncedAnswerThatTheServerForgotEndsTheWaiting) {
  const SeenMessage safe = send(1);
  const SeenMessage unsafe = send(2, {.repeat = Repeat::Forbidden});
  const RequestId unknown = last_request;
  const MsgId first = server.next_reply_id();
  const MsgId second = server.next_reply_id();
  EXPECT_TRUE(receive(server.service(object(id::kMsgDetailedInfo, safe.msg_id.value(), first.value(), 10, 0))));
  EXPECT_TRUE(receive(server.service(object(id::kMsgDetailedInfo, unsafe.msg_id.value(), second.value(), 10, 0))));
  const SeenMessage asked = take(id::kMsgResendReq).at(0);
  tl::Writer info;
  info.u32(id::kMsgsStateInfo);
  info.i64(asked.msg_id.value());
  info.bytes(Bytes{1, 1});
  EXPECT_TRUE(receive(server.service(info.take())));
  EXPECT_EQ(take_method().body, safe.body);
  const auto failed = only<RequestFailed>(drain(client));
  ASSERT_EQ(failed.size(), 1U);
  EXPECT_EQ(failed[0].request, unknown);
  EXPECT_EQ(failed[0].reason, RequestFailed::Reason::OutcomeUnknown);
}

TEST_F(ClientQuestions, FlushBringsOutWhatWaits) {
  const MsgId update = server.next_id();
  EXPECT_TRUE(receive(server.content(object(kUpdate, 1), update)));
  EXPECT_FALSE(client.next_packet(clock.now));
  client.send(method(1), clock.now);
  client.flush(clock.now);
  const auto sent = server.take(client);
  EXPECT_EQ(with(sent, kMethod).size(), 1U);
  EXPECT_EQ(ids_in(with(sent, id::kMsgsAck).at(0).body), std::vector<MsgId>{update});
  client.flush(clock.now);
  EXPECT_FALSE(client.next_packet(clock.now));
}

using QuestionsOfAPair = SessionPairTest;

TEST_F(QuestionsOfAPair, DroppedAnswersAreDropped) {
  hold_answers = true;
  send(0);
  const RequestId unwanted = send(1);
  settle();
  ASSERT_EQ(held.size(), 2U);
  client.cancel(unwanted);
  settle();
  for (const auto& [request, number] : held)
    server->answer(request, object(kAnswer, number), clock.now);
  settle();
  EXPECT_EQ(results.size(), 1U);
  pass(seconds(15));
  EXPECT_EQ(server->unacknowledged(), 0U);
  EXPECT_EQ(errors, 0);
}

}  // namespace
}  // namespace ledgram::mtproto
