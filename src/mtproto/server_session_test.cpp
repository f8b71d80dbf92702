#include "ledgram/mtproto/server_session.hpp"

#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/mtproto/session_testing.hpp"

#include <algorithm>
#include <deque>

// The server's half against a client whose every message is written by hand.

namespace ledgram::mtproto {
namespace {

using namespace testing;

class ServerSessionTest : public ::testing::Test {
 protected:
  void start(ServerSessionOptions options) { session.emplace(key, kSession, salts, random, options); }

  MsgId next_id() { return ids.next(clock.now.unix_time); }

  void receive(MsgId msg_id, std::int32_t seqno, const Bytes& body, Salt salt = kSalt) {
    session->receive({.salt = salt, .session_id = kSession, .msg_id = msg_id, .seqno = seqno, .body = body}, clock.now);
  }

  /// A request with the next id and number; returns its id.
  MsgId request(std::int32_t number) {
    const MsgId msg_id = next_id();
    receive(msg_id, 2 * content++ + 1, method(number));
    return msg_id;
  }

  MsgId service(const Bytes& body) {
    const MsgId msg_id = next_id();
    receive(msg_id, 2 * content, body);
    return msg_id;
  }

  /// All that the session has to send, taken out of containers.
  std::vector<InnerMessage> take() {
    std::vector<InnerMessage> all;
    while (const auto packet = session->next_packet(clock.now)) {
      Bytes& scratch = kept.emplace_back();
      const auto outer = decrypt_message(key, crypto::Direction::ToClient, *packet, scratch);
      if (!outer) {
        ADD_FAILURE() << outer.error().message;
        break;
      }
      EXPECT_TRUE(outer->session_id != kSession || is_server_msg_id(outer->msg_id));
      last_outer = outer->msg_id;
      if (constructor_of(outer->body) != id::kMsgContainer) {
        all.push_back({.msg_id = outer->msg_id, .seqno = outer->seqno, .body = outer->body});
        continue;
      }
      const auto messages = parse_container(outer->body);
      EXPECT_TRUE(messages);
      for (const InnerMessage& message : *messages) {
        EXPECT_LT(message.msg_id, outer->msg_id);
        EXPECT_LE(message.seqno, outer->seqno);
        all.push_back(message);
      }
    }
    return all;
  }

  static std::vector<InnerMessage> of(const std::vector<InnerMessage>& messages, std::uint32_t constructor) {
    std::vector<InnerMessage> found;
    for (const InnerMessage& message : messages) {
      if (constructor_of(message.body) == constructor)
        found.push_back(message);
    }
    return found;
  }

  /// The code of the one refusal of `about`, or 0 if there is none.
  std::int32_t refusal(MsgId about) {
    const auto all = take();
    for (const std::uint32_t constructor : {id::kBadMsgNotification, id::kBadServerSalt}) {
      for (const InnerMessage& message : of(all, constructor)) {
        if (i64_at(message.body, 4) == about.value())
          return i32_at(message.body, 16);
      }
    }
    return 0;
  }

  std::vector<ServerSessionEvent> events() {
    std::vector<ServerSessionEvent> all;
    while (auto event = session->poll_event())
      all.push_back(std::move(*event));
    return all;
  }

  template <class Event>
  std::size_t count() {
    const auto all = events();
    return static_cast<std::size_t>(
        std::ranges::count_if(all, [](const auto& event) { return std::holds_alternative<Event>(event); }));
  }

  HandClock clock;
  SeededRandom random{8};
  crypto::AuthKey key = test_key();
  ServerSalts salts{kSalt, clock.now, random};
  std::optional<ServerSession> session{std::in_place, key, kSession, salts, random};
  MsgIdGenerator ids{crypto::Direction::ToServer};
  std::int32_t content = 0;
  std::deque<Bytes> kept;
  MsgId last_outer;
};

TEST_F(ServerSessionTest, BeginsWithNewSessionCreated) {
  const MsgId first = request(1);
  const auto sent = take();
  const auto notices = of(sent, id::kNewSessionCreated);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(i64_at(notices[0].body, 4), first.value());
  EXPECT_EQ(Salt(i64_at(notices[0].body, 20)), kSalt);
  EXPECT_EQ(notices[0].seqno % 2, 1) << "it is to be acknowledged";
  request(2);
  EXPECT_TRUE(of(take(), id::kNewSessionCreated).empty());
}

TEST_F(ServerSessionTest, ARequestIsHandedUpOnceAndAnsweredOnce) {
  const MsgId asked = request(1);
  const auto all = events();
  ASSERT_EQ(all.size(), 1U);
  const RequestReceived& received = std::get<RequestReceived>(all[0]);
  EXPECT_EQ(received.msg_id, asked);
  EXPECT_EQ(received.body, method(1));
  session->answer(asked, object(kAnswer, 1), clock.now);
  session->answer(asked, object(kAnswer, 2), clock.now);
  session->answer(MsgId(4), object(kAnswer, 3), clock.now);
  const auto results = of(take(), id::kRpcResult);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(i64_at(results[0].body, 4), asked.value());
  EXPECT_TRUE(std::ranges::equal(results[0].body.subspan(12), object(kAnswer, 1)));
  EXPECT_EQ(results[0].msg_id.value() % 4, 1);

  receive(asked, 1, method(1));
  EXPECT_EQ(count<RequestReceived>(), 0U) << "not executed twice";
  const auto again = of(take(), id::kRpcResult);
  ASSERT_EQ(again.size(), 1U) << "the stored answer";
  EXPECT_EQ(again[0].msg_id, results[0].msg_id);
  EXPECT_GT(last_outer, again[0].msg_id) << "in a container of its own";

  const std::vector<MsgId> acked{results[0].msg_id};
  service(make_ids_message(id::kMsgsAck, acked));
  EXPECT_EQ(count<AnswerAcked>(), 1U);
  receive(asked, 1, method(1));
  EXPECT_TRUE(of(take(), id::kRpcResult).empty());
}

TEST_F(ServerSessionTest, RefusesWrongIds) {
  request(1);
  take();
  const auto at = [this](seconds shift) { return msg_id_at(clock.now.unix_time + shift); };
  const MsgId old(at(seconds(-301)).value());
  receive(old, 3, method(1));
  EXPECT_EQ(refusal(old), 16);
  const MsgId future = at(seconds(31));
  receive(future, 3, method(1));
  EXPECT_EQ(refusal(future), 17);
  const MsgId odd(next_id().value() + 1);
  receive(odd, 3, method(1));
  EXPECT_EQ(refusal(odd), 18);
  const MsgId fine(at(seconds(29)).value());
  receive(fine, 3, method(2));
  EXPECT_EQ(refusal(fine), 0);
  EXPECT_EQ(count<RequestReceived>(), 2U);
}

TEST_F(ServerSessionTest, RefusesWrongNumbers) {
  content = 5;
  const MsgId between = next_id();
  request(1);  // 11
  const MsgId later = next_id();
  receive(later, 9, method(2));
  EXPECT_EQ(refusal(later), 32);
  const MsgId same = next_id();
  receive(same, 11, method(2));
  EXPECT_EQ(refusal(same), 32);
  receive(between, 13, method(2));
  EXPECT_EQ(refusal(between), 33);
  const MsgId odd_ack = next_id();
  const std::vector<MsgId> nothing{MsgId(1)};
  receive(odd_ack, 13, make_ids_message(id::kMsgsAck, nothing));
  EXPECT_EQ(refusal(odd_ack), 0) << "mtcute numbers its acknowledgements so";
  const MsgId even_request = next_id();
  receive(even_request, 14, method(2));
  EXPECT_EQ(refusal(even_request), 35);
  const MsgId ping = next_id();
  receive(ping, 15, object(id::kPing, std::int64_t{5}));
  EXPECT_EQ(refusal(ping), 0) << "a ping may be either";
  EXPECT_EQ(count<RequestReceived>(), 1U);
}

TEST_F(ServerSessionTest, RefusesWrongContainers) {
  const Bytes ping = object(id::kPing, std::int64_t{5});
  const auto container = [&](MsgId inner, std::int32_t seqno) {
    const std::vector<InnerMessage> messages{{.msg_id = inner, .seqno = seqno, .body = ping}};
    return make_container(messages);
  };
  MsgId inner = next_id();
  MsgId outer = next_id();
  receive(outer, 0, container(inner, 0));
  EXPECT_EQ(refusal(outer), 0);
  receive(outer, 0, container(next_id(), 0));
  EXPECT_EQ(refusal(outer), 19);
  outer = next_id();
  receive(outer, 0, container(next_id(), 0));
  EXPECT_EQ(refusal(outer), 64) << "an id above that of its container";
  inner = next_id();
  outer = next_id();
  receive(outer, 0, container(inner, 2));
  EXPECT_EQ(refusal(outer), 64) << "a number above that of its container";
  inner = next_id();
  outer = next_id();
  receive(outer, 1, container(inner, 0));
  EXPECT_EQ(refusal(outer), 34);
  outer = next_id();
  receive(outer, 0, object(id::kMsgContainer, 5));
  EXPECT_EQ(refusal(outer), 64);
  inner = MsgId(next_id().value() + 2);
  outer = next_id();
  receive(outer, 0, container(inner, 0));
  EXPECT_EQ(refusal(inner), 18);
}

TEST_F(ServerSessionTest, RefusesWrongSaltsWithTheRightOne) {
  const MsgId msg_id = next_id();
  receive(msg_id, 1, method(1), Salt(3));
  EXPECT_EQ(count<RequestReceived>(), 0U);
  const auto sent = take();
  ASSERT_EQ(sent.size(), 1U) << "no new_session_created for a message that was not accepted";
  EXPECT_EQ(constructor_of(sent[0].body), id::kBadServerSalt);
  EXPECT_EQ(i64_at(sent[0].body, 4), msg_id.value());
  EXPECT_EQ(i32_at(sent[0].body, 12), 1);
  EXPECT_EQ(i32_at(sent[0].body, 16), 48);
  EXPECT_EQ(Salt(i64_at(sent[0].body, 20)), kSalt);
  EXPECT_EQ(sent[0].seqno % 2, 0);
  clock.pass(std::chrono::minutes(45));
  receive(next_id(), 1, method(1), kSalt);
  EXPECT_EQ(count<RequestReceived>(), 1U) << "the overlap of half an hour";
}

TEST_F(ServerSessionTest, AcknowledgesWhatItDoesNotAnswerSoon) {
  request(0);
  EXPECT_EQ(of(take(), id::kMsgsAck).size(), 1U) << "along with new_session_created";
  const MsgId slow = request(1);
  EXPECT_TRUE(take().empty());
  ASSERT_TRUE(session->next_deadline());
  clock.pass(*session->next_deadline() - clock.now.monotonic);
  session->on_timer(clock.now);
  const auto acks = of(take(), id::kMsgsAck);
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(ids_in(acks[0].body), std::vector<MsgId>{slow});
  const MsgId quick = request(2);
  session->answer(quick, object(kAnswer, 2), clock.now);
  EXPECT_TRUE(of(take(), id::kMsgsAck).empty());
  clock.pass(seconds(5));
  EXPECT_TRUE(of(take(), id::kMsgsAck).empty()) << "the answer was the acknowledgement";
}

TEST_F(ServerSessionTest, RepeatsWhatIsNotAcknowledged) {
  const MsgId asked = request(1);
  session->answer(asked, object(kAnswer, 1), clock.now);
  session->push(object(kUpdate, 2), clock.now);
  const auto first = take();
  ASSERT_EQ(of(first, id::kRpcResult).size(), 1U);
  ASSERT_EQ(of(first, kUpdate).size(), 1U);
  EXPECT_EQ(session->unacknowledged(), 3U);

  session->on_disconnected(clock.now);
  session->push(object(kUpdate, 3), clock.now);
  EXPECT_FALSE(session->next_packet(clock.now));
  clock.pass(seconds(5));
  session->on_connected(clock.now);
  const auto again = take();
  EXPECT_EQ(of(again, id::kRpcResult).at(0).msg_id, of(first, id::kRpcResult)[0].msg_id);
  EXPECT_EQ(of(again, kUpdate).size(), 2U);

  std::vector<MsgId> all;
  for (const InnerMessage& message : again) {
    if (message.seqno % 2 == 1)
      all.push_back(message.msg_id);
  }
  service(make_ids_message(id::kMsgsAck, all));
  EXPECT_EQ(session->unacknowledged(), 0U);
  session->on_disconnected(clock.now);
  session->on_connected(clock.now);
  EXPECT_TRUE(take().empty());

  session->push(object(kUpdate, 4), clock.now);
  EXPECT_EQ(take().size(), 1U);
  clock.pass(seconds(60));
  session->on_timer(clock.now);
  const auto repeated = take();
  ASSERT_EQ(repeated.size(), 1U) << "on a living connection after a minute";
  EXPECT_GT(last_outer, repeated[0].msg_id) << "in a new container, since its own id may be too old by now";
}

TEST_F(ServerSessionTest, AnnouncesInsteadOfRepeatingWhenToldSo) {
  start({.resend = ServerSessionOptions::Resend::Announce});
  const MsgId asked = request(1);
  session->answer(asked, object(kAnswer, 1), clock.now);
  const MsgId answer = of(take(), id::kRpcResult).at(0).msg_id;
  session->on_disconnected(clock.now);
  session->on_connected(clock.now);
  const auto announced = take();
  EXPECT_TRUE(of(announced, id::kRpcResult).empty());
  const auto infos = of(announced, id::kMsgDetailedInfo);
  ASSERT_EQ(infos.size(), 1U);
  EXPECT_EQ(i64_at(infos[0].body, 4), asked.value());
  EXPECT_EQ(i64_at(infos[0].body, 12), answer.value());
  EXPECT_EQ(of(announced, id::kMsgNewDetailedInfo).size(), 1U) << "new_session_created";
  const std::vector<MsgId> wanted{answer};
  service(make_ids_message(id::kMsgResendReq, wanted));
  EXPECT_EQ(of(take(), id::kRpcResult).at(0).msg_id, answer);
}

TEST_F(ServerSessionTest, TellsTheStateOfMessages) {
  const MsgId running = request(1);
  const MsgId answered = request(2);
  session->answer(answered, object(kAnswer, 1), clock.now);
  const MsgId never = next_id();
  const MsgId ping = service(object(id::kPing, std::int64_t{1}));
  take();
  const std::vector<MsgId> asked{running, answered, never, ping, MsgId(next_id().value() + 400)};
  const MsgId question = service(make_ids_message(id::kMsgsStateReq, asked));
  const auto info = of(take(), id::kMsgsStateInfo);
  ASSERT_EQ(info.size(), 1U);
  EXPECT_EQ(i64_at(info[0].body, 4), question.value());
  tl::Reader reader(info[0].body.subspan(12));
  EXPECT_EQ(reader.bytes(), (Bytes{4 + 32, 4 + 64, 2, 4 + 16, 3}));
}

TEST_F(ServerSessionTest, PingsAndTheirDelay) {
  const MsgId ping = service(object(id::kPing, std::int64_t{77}));
  const auto pong = of(take(), id::kPong);
  ASSERT_EQ(pong.size(), 1U);
  EXPECT_EQ(i64_at(pong[0].body, 4), ping.value());
  EXPECT_EQ(i64_at(pong[0].body, 12), 77);
  EXPECT_FALSE(session->disconnect_deadline());
  service(object(id::kPingDelayDisconnect, std::int64_t{78}, 75));
  EXPECT_EQ(of(take(), id::kPong).size(), 1U);
  EXPECT_EQ(session->disconnect_deadline(), clock.now.monotonic + seconds(75));
  clock.pass(seconds(74));
  session->on_timer(clock.now);
  EXPECT_EQ(count<DisconnectDue>(), 0U);
  clock.pass(seconds(1));
  session->on_timer(clock.now);
  EXPECT_EQ(count<DisconnectDue>(), 1U);
  EXPECT_FALSE(session->disconnect_deadline());
}

TEST_F(ServerSessionTest, FutureSaltsAreThoseThatComeTrue) {
  const MsgId asked = service(object(id::kGetFutureSalts, 4));
  const auto answer = of(take(), id::kFutureSalts);
  ASSERT_EQ(answer.size(), 1U);
  const ByteView body = answer[0].body;
  EXPECT_EQ(i64_at(body, 4), asked.value());
  EXPECT_EQ(i32_at(body, 16), 4);
  EXPECT_EQ(body.size(), 20U + 4 * 16);
  EXPECT_EQ(Salt(i64_at(body, 28)), kSalt);
  clock.pass(std::chrono::minutes(31));
  EXPECT_EQ(salts.current(clock.now), Salt(i64_at(body, 44)));
}

TEST_F(ServerSessionTest, DropsAnswers) {
  const auto drop = [this](MsgId request) {
    const MsgId msg_id = next_id();
    receive(msg_id, 2 * content++ + 1, object(id::kRpcDropAnswer, request.value()));
    std::map<std::int64_t, std::uint32_t> results;
    for (const InnerMessage& result : of(take(), id::kRpcResult)) {
      results[i64_at(result.body, 4)] = constructor_of(result.body.subspan(12));
    }
    return std::pair{msg_id, results};
  };
  const auto [unknown, unknown_results] = drop(MsgId(400));
  EXPECT_EQ(unknown_results.at(unknown.value()), id::kRpcAnswerUnknown);

  const MsgId running = request(1);
  const auto [first, running_results] = drop(running);
  EXPECT_EQ(running_results.at(first.value()), id::kRpcAnswerDroppedRunning);
  EXPECT_EQ(running_results.at(running.value()), id::kRpcAnswerDroppedRunning);
  EXPECT_EQ(count<RequestDropped>(), 1U);
  session->answer(running, object(kAnswer, 1), clock.now);
  EXPECT_TRUE(of(take(), id::kRpcResult).empty());

  const MsgId done = request(2);
  session->answer(done, object(kAnswer, 2), clock.now);
  take();
  const auto [second, done_results] = drop(done);
  EXPECT_EQ(done_results.at(second.value()), id::kRpcAnswerDropped);
}

TEST_F(ServerSessionTest, SessionsAndKeysAreDestroyedByTheOwner) {
  const MsgId asked = service(object(id::kDestroySession, std::int64_t{555}));
  auto all = events();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(std::get<DestroySessionRequested>(all[0]).session, SessionId(555));
  session->answer_destroy_session(asked, SessionId(555), DestroyResult::Destroyed, clock.now);
  EXPECT_EQ(of(take(), id::kDestroySessionOk).size(), 1U);
  service(object(id::kDestroySession, kSession.value()));
  EXPECT_EQ(of(take(), id::kDestroySessionNone).size(), 1U) << "its own";
  request(0);
  events();
  const MsgId key_asked = next_id();
  receive(key_asked, 2 * content++ + 1, object(id::kDestroyAuthKey));
  EXPECT_EQ(count<DestroyAuthKeyRequested>(), 1U);
  session->answer_destroy_auth_key(key_asked, clock.now);
  EXPECT_EQ(of(take(), id::kDestroyAuthKeyOk).size(), 1U);
}

TEST_F(ServerSessionTest, PackedRequestsAreUnpackedWithinBounds) {
  const auto packed = [this](const Bytes& body) {
    const MsgId msg_id = next_id();
    receive(msg_id, 2 * content++ + 1, body);
    return msg_id;
  };
  packed(gzip_packed(gzip(method(9))));
  const auto all = events();
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(std::get<RequestReceived>(all[0]).body, method(9));
  for (const Bytes& bad :
       {gzip_packed(gzip(Bytes(std::size_t{17} << 20))), gzip_packed(gzip(gzip_packed(gzip(method(1))))),
        gzip_packed(gzip(object(id::kMsgContainer, 0))), gzip_packed(Bytes{1, 2, 3}), object(id::kGzipPacked)}) {
    const MsgId msg_id = packed(bad);
    EXPECT_EQ(count<RequestReceived>(), 0U);
    const auto results = of(take(), id::kRpcResult);
    ASSERT_EQ(results.size(), 1U);
    EXPECT_EQ(i64_at(results[0].body, 4), msg_id.value());
    EXPECT_EQ(constructor_of(results[0].body.subspan(12)), id::kRpcError);
  }
}

TEST_F(ServerSessionTest, LargeAnswersArePackedOnlyWhenAsked) {
  const Bytes large(5000, 7);
  MsgId asked = request(1);
  session->answer(asked, large, clock.now);
  EXPECT_EQ(of(take(), id::kRpcResult).at(0).body.size(), 5012U);
  start({.gzip_answers_above = 1000});
  asked = request(2);
  session->answer(asked, large, clock.now);
  EXPECT_LT(of(take(), id::kRpcResult).at(0).body.size(), 500U);
}

TEST_F(ServerSessionTest, MalformedServiceMessagesDoNoHarm) {
  for (const std::uint32_t constructor :
       {id::kPing, id::kPingDelayDisconnect, id::kMsgsAck, id::kGetFutureSalts, id::kMsgsStateReq, id::kMsgResendReq,
        id::kRpcDropAnswer, id::kDestroySession, id::kHttpWait, id::kMsgCopy, id::kMsgsAllInfo}) {
    service(object(constructor));
  }
  service(Bytes{});
  EXPECT_TRUE(events().empty());
  request(1);
  EXPECT_EQ(count<RequestReceived>(), 1U);
}

TEST_F(ServerSessionTest, WhatIsRememberedIsBounded) {
  start({.answers_kept = 50});
  const MsgId running = request(-1);
  MsgId early;
  for (int i = 0; i < 200; ++i) {
    const MsgId asked = request(i);
    if (i == 0)
      early = asked;
    session->answer(asked, object(kAnswer, i), clock.now);
    std::vector<MsgId> answers;
    for (const InnerMessage& result : of(take(), id::kRpcResult))
      answers.push_back(result.msg_id);
    service(make_ids_message(id::kMsgsAck, answers));
  }
  events();
  receive(early, 3, method(0));
  EXPECT_EQ(refusal(early), 20) << "forgotten: nobody can tell whether it was run";
  session->answer(running, object(kAnswer, 1), clock.now);
  EXPECT_EQ(of(take(), id::kRpcResult).size(), 1U) << "a running request is never forgotten";
}

TEST_F(ServerSessionTest, FaultsAreThere) {
  const auto packet_with = [this](PacketFault fault) {
    session->push(object(kUpdate, 1), clock.now);
    session->fault_next_packet(fault);
    return session->next_packet(clock.now).value_or(Bytes{});
  };
  session->on_connected(clock.now);
  const auto open = [this](const Bytes& packet) {
    Bytes scratch;
    return decrypt_message(key, crypto::Direction::ToClient, packet, scratch);
  };
  EXPECT_EQ(open(packet_with(PacketFault::WrongMsgKey)).error().code, MtprotoErrc::BadMessageKey);
  EXPECT_EQ(open(packet_with(PacketFault::EvenMsgId)).error().code, MtprotoErrc::BadMessageId);
  EXPECT_NE(open(packet_with(PacketFault::ForeignSession))->session_id, kSession);
  EXPECT_GT(clock.now.unix_time - unix_time_of(open(packet_with(PacketFault::TooOld))->msg_id), seconds(399));
  EXPECT_GT(unix_time_of(open(packet_with(PacketFault::InTheFuture))->msg_id) - clock.now.unix_time, seconds(59));
  const Bytes once = packet_with(PacketFault::Twice);
  EXPECT_EQ(session->next_packet(clock.now), once);
  EXPECT_FALSE(session->next_packet(clock.now));
}

}  // namespace
}  // namespace ledgram::mtproto
