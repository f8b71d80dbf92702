#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/handshake_client.hpp"
#include "ledgram/mtproto/handshake_server.hpp"
#include "ledgram/mtproto/server_transport.hpp"
#include "ledgram/mtproto/session_testing.hpp"
#include "ledgram/mtproto/testing_handshake.hpp"

#include <algorithm>
#include <tuple>

// Scenarios 1, 2, 3 and 12 of section 13 of the protocol checklist: sessions over streams that are cut anyhow.

namespace ledgram::mtproto {
namespace {

using namespace testing;
using std::chrono::hours;
using std::chrono::minutes;

/// Feeds `stream` in pieces and hands each packet to `take`.
template <class Transport, class Take>
void pass(Transport& transport, const Bytes& stream, std::size_t piece, Take take) {
  for (std::size_t at = 0; at < stream.size(); at += piece) {
    transport.feed(ByteView(stream).subspan(at, std::min(piece, stream.size() - at)));
    while (true) {
      const auto frame = transport.next();
      ASSERT_TRUE(frame) << frame.error().message;
      if (!*frame)
        break;
      take(**frame);
    }
  }
  EXPECT_FALSE(transport.in_the_middle());
}

using Case = std::tuple<TransportKind, Obfuscation>;

class Scenario01CutStream : public ::testing::TestWithParam<Case> {
 protected:
  static constexpr int kCalls = 12;

  /// What the client gets to hear when both streams come in pieces of this size.
  static std::vector<Bytes> exchange(std::size_t piece) {
    HandClock clock;
    SeededRandom random(4);
    const crypto::AuthKey key = test_key();
    ServerSalts salts(kSalt, clock.now, random);
    ServerSession server(key, kSession, salts, random);
    ClientSession client(client_options(), random);
    ClientTransport client_transport(
        {.kind = std::get<0>(GetParam()), .obfuscation = std::get<1>(GetParam()), .secret = {}, .wire_dc = 2}, random);
    ServerTransport server_transport({}, random);

    client.on_connected(clock.now);
    Bytes to_server;
    for (int i = 0; i < kCalls; ++i) {
      client.send(method(i), clock.now);
      while (const auto packet = client.next_packet(clock.now))
        client_transport.encode(*packet, to_server);
    }
    pass(server_transport, to_server, piece, [&](const Frame& frame) {
      Bytes scratch;
      const auto message = decrypt_message(key, crypto::Direction::ToServer, frame.payload, scratch);
      ASSERT_TRUE(message);
      server.receive(*message, clock.now);
    });
    Bytes to_client;
    while (auto event = server.poll_event()) {
      const auto& request = std::get<RequestReceived>(*event);
      server.answer(request.msg_id, object(kAnswer, i32_at(request.body, 4)), clock.now);
      while (const auto packet = server.next_packet(clock.now))
        server_transport.encode(*packet, to_client);
    }
    pass(client_transport, to_client, piece,
         [&](const Frame& frame) { EXPECT_TRUE(client.receive(frame.payload, clock.now)); });
    std::vector<Bytes> heard;
    for (const RpcResult& result : only<RpcResult>(drain(client)))
      heard.push_back(result.body);
    return heard;
  }
};

TEST_P(Scenario01CutStream, SingleBytesAndJoinedFramesSayTheSame) {
  std::vector<Bytes> expected;
  expected.reserve(kCalls);
  for (int i = 0; i < kCalls; ++i)
    expected.push_back(object(kAnswer, i));
  EXPECT_EQ(exchange(1), expected) << "every byte by itself";
  EXPECT_EQ(exchange(std::size_t{1} << 20), expected) << "all frames in one write";
  EXPECT_EQ(exchange(37), expected);
}

INSTANTIATE_TEST_SUITE_P(AllTransports, Scenario01CutStream,
                         ::testing::Values(Case(TransportKind::Abridged, Obfuscation::None),
                                           Case(TransportKind::Intermediate, Obfuscation::None),
                                           Case(TransportKind::PaddedIntermediate, Obfuscation::None),
                                           Case(TransportKind::Full, Obfuscation::None),
                                           Case(TransportKind::Abridged, Obfuscation::Plain),
                                           Case(TransportKind::Intermediate, Obfuscation::Plain),
                                           Case(TransportKind::PaddedIntermediate, Obfuscation::Plain)));

void append_frame(Bytes& stream, ByteView payload, std::size_t tail) {
  Bytes length(4);
  store_le32(MutableByteView(length).first<4>(), static_cast<std::uint32_t>(payload.size() + tail));
  append(stream, length);
  append(stream, payload);
  append(stream, Bytes(tail, 0xa5));
}

TEST(Scenario02PaddedSession, EveryTailAndEveryControlFrameIsUnderstood) {
  HandClock clock;
  SeededRandom random(5);
  ClientSession client(client_options(), random);
  ClientTransport transport(
      {.kind = TransportKind::PaddedIntermediate, .obfuscation = Obfuscation::None, .secret = {}, .wire_dc = 2},
      random);
  ScriptedServer server(clock);
  client.on_connected(clock.now);
  server.take(client);

  Bytes stream;
  std::vector<Frame::Kind> expected;
  for (std::size_t tail = 0; tail <= 15; ++tail) {
    append_frame(stream, server.content(object(kUpdate, static_cast<std::int32_t>(tail))), tail);
    expected.push_back(Frame::Kind::Packet);
    if (tail > 11)
      continue;
    append_frame(stream, Bytes(4), tail);  // a nop of 4 to 15 bytes
    expected.push_back(Frame::Kind::Nop);
    append_frame(stream, Bytes{0x11, 0x22, 0x33, 0x44}, tail);  // a quick acknowledgement that nobody asked for
    expected.push_back(Frame::Kind::QuickAck);
    append_frame(stream, Bytes{0x53, 0xfe, 0xff, 0xff}, tail);  // -429
    expected.push_back(Frame::Kind::TransportError);
  }
  std::vector<Frame::Kind> kinds;
  pass(transport, stream, stream.size(), [&](const Frame& frame) {
    kinds.push_back(frame.kind);
    if (frame.kind == Frame::Kind::Packet) {
      EXPECT_TRUE(client.receive(frame.payload, clock.now));
    }
    if (frame.kind == Frame::Kind::TransportError) {
      EXPECT_EQ(frame.error_code, -429);
    }
  });
  EXPECT_EQ(kinds, expected);
  const auto updates = only<UpdateReceived>(drain(client));
  ASSERT_EQ(updates.size(), 16U);
  for (std::int32_t i = 0; i < 16; ++i)
    EXPECT_EQ(updates[static_cast<std::size_t>(i)].body, object(kUpdate, i));
}

TEST(Scenario03LargeFrames, TwoMebibytesAreAnAnswerAndAHundredEndTheConnection) {
  HandClock clock;
  SeededRandom random(6);
  ClientSession client(client_options(), random);
  ClientTransport transport(
      {.kind = TransportKind::Intermediate, .obfuscation = Obfuscation::None, .secret = {}, .wire_dc = 2}, random);
  ScriptedServer server(clock);
  client.on_connected(clock.now);
  client.send(method(1), clock.now);
  const SeenMessage sent = with(server.take(client), kMethod).at(0);

  Bytes large(std::size_t{2} << 20, 0x42);
  store_le32(MutableByteView(large).first<4>(), kAnswer);
  Bytes stream;
  append_frame(stream, server.rpc_result(sent.msg_id, large), 0);
  pass(transport, stream, 65'536, [&](const Frame& frame) { EXPECT_TRUE(client.receive(frame.payload, clock.now)); });
  EXPECT_EQ(only<RpcResult>(drain(client)).at(0).body, large);

  transport.feed(Bytes{0x00, 0x00, 0x40, 0x06});  // 100 MiB
  const auto refused = transport.next();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, MtprotoErrc::FrameTooLarge) << "at which the owner closes the connection";
}

TEST(Scenario12ServerTime, AnHourOffTheClientsClockRulesAllIds) {
  for (const auto shift : {seconds(3600), seconds(-3600)}) {
    SCOPED_TRACE(shift.count());
    HandClock clock;
    SeededRandom random(7);
    crypto::DhGroupCache primes;
    ServerHandshake server_half(test_rsa_key(), random, {{}, shift});
    ClientHandshake client_half({.keys = {test_rsa_key().public_key()}, .wire_dc = 2}, random, primes);
    Bytes packet = client_half.start(clock.now);
    std::optional<HandshakeDone> done;
    for (int round = 0; round < 5 && !done; ++round) {
      auto step = client_half.receive(server_half.receive(packet, clock.now)->reply, clock.now);
      ASSERT_TRUE(step);
      if (auto* end = std::get_if<HandshakeDone>(&*step)) {
        done = std::move(*end);
      } else {
        packet = std::get<SendPacket>(*step).packet;
      }
    }
    ASSERT_TRUE(done);

    ClientSessionOptions options = client_options();
    options.clock_offset = done->server_time_offset;
    ClientSession client(std::move(options), random);
    ScriptedServer server(clock, shift);  // its rules hold every id of the client against the server's time
    const auto connect = [&] {
      client.on_connected(clock.now);
      for (const SeenMessage& ping : with(server.take(client), id::kPingDelayDisconnect))
        EXPECT_TRUE(client.receive(server.pong(ping), clock.now));
    };
    connect();
    for (int i = 0; i < 30; ++i) {
      client.send(method(i), clock.now);
      for (const SeenMessage& sent : with(server.take(client), kMethod))
        EXPECT_TRUE(client.receive(server.rpc_result(sent.msg_id, object(kAnswer, i)), clock.now));
      clock.pass(minutes(1));
      if (i % 10 == 9) {
        client.on_disconnected(clock.now);
        clock.pass(hours(1));
        connect();
      }
    }
    const auto events = drain(client);
    EXPECT_EQ(only<RpcResult>(events).size(), 30U);
    EXPECT_TRUE(only<SessionReset>(events).empty());
  }
}

}  // namespace
}  // namespace ledgram::mtproto
