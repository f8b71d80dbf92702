#include "ledgram/mtproto/client_session_fixture.hpp"
#include "ledgram/mtproto/session_pair_fixture.hpp"

#include <algorithm>

// Lines 14, 15, 19 and 21 to 24 of section 13 of the protocol checklist, as far as they need a server that misbehaves.

namespace ledgram::mtproto {
namespace {

using namespace testing;

/// A packet of the server whose padding and inner length are the test's.
Bytes shaped_packet(MsgId msg_id, ByteView body, std::int32_t length, std::size_t padding) {
  SeededRandom random(9);
  Bytes plain = random.bytes(kPlainHeaderBytes + body.size() + padding);
  EXPECT_EQ(plain.size() % 16, 0U) << "the test's own mistake";
  const MutableByteView all(plain);
  store_le64(all.first<8>(), static_cast<std::uint64_t>(kSalt.value()));
  store_le64(all.subspan<8, 8>(), static_cast<std::uint64_t>(kSession.value()));
  store_le64(all.subspan<16, 8>(), static_cast<std::uint64_t>(msg_id.value()));
  store_le32(all.subspan<24, 4>(), 1);
  store_le32(all.subspan<28, 4>(), static_cast<std::uint32_t>(length));
  std::ranges::copy(body, all.subspan(kPlainHeaderBytes).begin());
  return encrypt_plaintext(test_key(), crypto::Direction::ToClient, plain);
}

using Scenario14Shapes = ClientSessionTest;

TEST_F(Scenario14Shapes, PaddingAndLengthThatCannotBeAreDropped) {
  struct Shape {
    std::size_t body;
    std::int32_t length;
    std::size_t padding;
    bool good;
  };
  const std::vector<Shape> shapes{
      {16, 16, 0, false},    {8, 8, 8, false},     {21, 21, 11, false},    // 0, 8 and 11 bytes of padding
      {12, 12, 1028, false}, {8, 8, 1032, false},  {16, 16, 1040, false},  // above 1024
      {20, -4, 12, false},   {20, 3, 12, false},   {20, 18, 12, false},      {20, 24, 12, false},
      {20, 36, 12, false},   {20, 40, 12, false},  {20, 1 << 30, 12, false}, {20, INT32_MIN, 12, false},
      {20, 20, 12, true},    {16, 16, 1024, true},
  };
  std::size_t good = 0;
  for (const Shape& shape : shapes) {
    SCOPED_TRACE(::testing::Message() << shape.body << " bytes, length " << shape.length << ", padding "
                                      << shape.padding);
    Bytes body(shape.body, 0x77);
    store_le32(MutableByteView(body).first<4>(), kUpdate);
    const Bytes packet = shaped_packet(server.next_id(), body, shape.length, shape.padding);
    EXPECT_EQ(receive(packet), shape.good);
    good += only<UpdateReceived>(drain(client)).size();
    EXPECT_EQ(client.next_packet(clock.now), std::nullopt);
  }
  EXPECT_EQ(good, 2U);
  clock.pass(seconds(10));
  EXPECT_EQ(ids_in(with(server.take(client), id::kMsgsAck).at(0).body).size(), 2U) << "none of the bad ones";
}

class Scenario14Faults : public SessionPairTest {};

TEST_F(Scenario14Faults, OfTheServerRoleAreAllDroppedWithoutAnAck) {
  send(0);
  settle();
  pass(seconds(15));
  std::int32_t number = 1;
  for (const PacketFault fault : {PacketFault::WrongMsgKey, PacketFault::ForeignSession, PacketFault::EvenMsgId,
                                  PacketFault::NoPadding, PacketFault::ShortPadding, PacketFault::LongPadding,
                                  PacketFault::NegativeLength, PacketFault::OddLength, PacketFault::LongLength}) {
    SCOPED_TRACE(number);
    const int errors_before = errors;
    server->push(object(kUpdate, number), clock.now);
    server->fault_next_packet(fault);
    run_server();
    ASSERT_EQ(to_client.size(), 1U);
    deliver_to_client();
    EXPECT_EQ(errors, errors_before + 1);
    EXPECT_EQ(updates.count(number), 0U);
    EXPECT_EQ(server->unacknowledged(), 1U);
    disconnect();  // what the owner does on an error
    connect();
    settle();
    pass(seconds(15));
    EXPECT_EQ(updates[number], 1) << "repeated after the reconnect";
    EXPECT_EQ(server->unacknowledged(), 0U);
    ++number;
  }
}

using Scenario15ReplaysOfAPair = SessionPairTest;

TEST_F(Scenario15ReplaysOfAPair, AnAnswerUnderTwoIdsCountsOnce) {
  send(0);
  settle();
  server->fault_next_answer(AnswerFault::Repeated);
  send(1);
  settle();
  expect_each_once(2);
  pass(seconds(15));
  EXPECT_EQ(server->unacknowledged(), 0U) << "both copies were acknowledged";
}

using Scenario19NeverAcknowledged = ClientSessionTest;

TEST_F(Scenario19NeverAcknowledged, ContainersAcksPongsRefusalsAndOwnIds) {
  const SeenMessage sent = send(1);
  const Bytes update = object(kUpdate, 1);
  const MsgId inner_id = server.next_id();
  const std::vector<InnerMessage> inner{{.msg_id = inner_id, .seqno = 1, .body = update}};
  // All with odd sequence numbers, as a careless server would.
  EXPECT_TRUE(receive(server.content(make_container(inner))));
  const std::vector<MsgId> own{sent.msg_id};
  EXPECT_TRUE(receive(server.content(make_ids_message(id::kMsgsAck, own))));
  EXPECT_TRUE(receive(server.content(object(id::kPong, std::int64_t{4}, std::int64_t{5}))));
  EXPECT_TRUE(receive(server.content(object(id::kBadMsgNotification, std::int64_t{4}, 0, 32))));
  EXPECT_TRUE(receive(server.content(object(id::kBadServerSalt, std::int64_t{4}, 0, 48, kSalt.value()))));
  const MsgId answer_id = server.next_reply_id();
  EXPECT_TRUE(receive(server.content(make_rpc_result(sent.msg_id, rpc_error(400, "NO")), answer_id)));
  clock.pass(seconds(10));
  const auto acks = with(server.take(client), id::kMsgsAck);
  ASSERT_EQ(acks.size(), 1U);
  EXPECT_EQ(ids_in(acks[0].body), (std::vector<MsgId>{inner_id, answer_id}));
}

TEST_F(Scenario19NeverAcknowledged, MoreThan8192AtOnce) {
  const Bytes update = object(kUpdate, 1);
  std::set<MsgId> expected;
  for (int packet = 0; packet < 20; ++packet) {
    std::vector<InnerMessage> inner;
    for (int i = 0; i < 1000; ++i) {
      inner.push_back({.msg_id = server.next_id(), .seqno = 1, .body = update});
      expected.insert(inner.back().msg_id);
    }
    EXPECT_TRUE(receive(server.service(make_container(inner))));
  }
  drain(client);
  std::set<MsgId> acknowledged;
  for (const SeenMessage& acks : with(server.take(client), id::kMsgsAck)) {
    EXPECT_LE(ids_in(acks.body).size(), kMaxIdsInService);
    for (const MsgId id : ids_in(acks.body))
      acknowledged.insert(id);
  }
  EXPECT_EQ(acknowledged, expected);
}

using Scenario20LaterSalts = ClientSessionTest;

TEST_F(Scenario20LaterSalts, AnOldNoticeAboutAnUnknownMessageIsNotBelieved) {
  EXPECT_TRUE(receive(server.service(object(id::kBadServerSalt, std::int64_t{400}, 0, 48, std::int64_t{5}),
                                     MsgId(msg_id_at(server.time() - seconds(1000)).value() | 1))));
  EXPECT_EQ(client.salt(), kSalt);
}

class Scenario21OfAPair : public SessionPairTest {};

TEST_F(Scenario21OfAPair, EveryCodeEndsInOneAnswerAndASettledSession) {
  send(0);
  settle();
  std::int32_t number = 1;
  for (const BadMsg code :
       {BadMsg::MsgIdTooLow, BadMsg::MsgIdTooHigh, BadMsg::MsgIdLowBits, BadMsg::ContainerIdRepeated, BadMsg::TooOld,
        BadMsg::SeqnoTooLow, BadMsg::SeqnoTooHigh, BadMsg::EvenSeqnoExpected, BadMsg::OddSeqnoExpected,
        BadMsg::WrongSalt, BadMsg::InvalidContainer}) {
    SCOPED_TRACE(static_cast<int>(code));
    const SessionId before = client.session_id();
    send(number);
    server->refuse_next_message(code);
    settle();
    pass(seconds(5));
    EXPECT_EQ(executed[number], 1);
    ++number;
    const bool stays = code == BadMsg::MsgIdTooLow || code == BadMsg::TooOld || code == BadMsg::WrongSalt;
    EXPECT_EQ(client.session_id() == before, stays);
    if (!stays) {
      EXPECT_EQ(destroyed.back(), before) << "the server need not keep what nobody uses";
    }
  }
  expect_each_once(number);
  EXPECT_EQ(errors, 0);
}

class Scenario22Container : public ClientSessionTest {};

TEST_F(Scenario22Container, FirstMsgIdOfAContainerSparesWhatIsInIt) {
  client.send(method(1), clock.now);
  client.send(method(2), clock.now);
  const auto lost = take_methods();
  ASSERT_EQ(lost.size(), 2U);
  clock.pass(milliseconds(5));
  client.send(method(3), clock.now);
  client.send(method(4), clock.now);
  const auto kept = take_methods();
  ASSERT_EQ(kept.size(), 2U);
  const Bytes notice = object(id::kNewSessionCreated, kept[0].outer_id.value(), std::int64_t{55}, kSalt.value());
  for (int i = 0; i < 2; ++i)
    EXPECT_TRUE(receive(server.content(notice)));
  EXPECT_EQ(only<NewSessionCreated>(drain(client)).size(), 1U);
  const auto again = take_methods();
  ASSERT_EQ(again.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(again[i].body, lost[i].body);
    EXPECT_NE(again[i].msg_id, lost[i].msg_id);
  }
}

class Scenario23Announced : public SessionPairTest {};

TEST_F(Scenario23Announced, TheAnswerIsAskedForAndAcknowledgedOnlyThen) {
  send(0);
  settle();
  pass(seconds(15));
  ASSERT_EQ(server->unacknowledged(), 0U);
  server->fault_next_answer(AnswerFault::Announced);
  send(1);
  pump_client();
  deliver_to_server();
  run_server();
  deliver_to_client();
  EXPECT_EQ(results.size(), 1U) << "only the announcement has come";
  EXPECT_EQ(server->unacknowledged(), 1U);
  settle();
  expect_each_once(2);
  pass(seconds(15));
  EXPECT_EQ(server->unacknowledged(), 0U);
}

class Scenario24Writing : public SessionPairTest {};

TEST_F(Scenario24Writing, AConnectionLostAtEachMomentMakesExactlyOneMessage) {
  send(0);
  settle();
  const SendOptions writing{.repeat = Repeat::Forbidden};
  for (std::int32_t moment = 1; moment <= 4; ++moment) {
    send(moment, writing);
    if (moment >= 2)
      pump_client();
    if (moment >= 3)
      deliver_to_server();
    if (moment >= 4)
      run_server();
    disconnect();
    clock.pass(seconds(1));
    connect();
    settle();
    EXPECT_EQ(executed[moment], 1);
  }
  expect_each_once(5);
}

}  // namespace
}  // namespace ledgram::mtproto
