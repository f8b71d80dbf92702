/// One suite over all transports: framing x obfuscation x how TCP cuts the stream, in both directions.

#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/server_transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

namespace ledgram::mtproto {
namespace {

constexpr ProxySecret kSecret{0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

/// Bytes in one read; 0 is everything at once.
using Case = std::tuple<TransportKind, Obfuscation, std::size_t>;

class Transport : public testing::TestWithParam<Case> {
 protected:
  Transport() : random_(20), client_(options(), random_), server_(server_options(), random_), content_(99) {}

  static TransportOptions options() {
    return {.kind = std::get<0>(GetParam()), .obfuscation = std::get<1>(GetParam()), .secret = kSecret, .wire_dc = 4};
  }

  static ServerTransportOptions server_options() {
    ServerTransportOptions options;
    if (std::get<1>(GetParam()) == Obfuscation::MtproxySecret)
      options.secret = kSecret;
    return options;
  }

  /// Encrypted messages are whole blocks after 24 bytes.
  Bytes packet(std::size_t blocks) {
    Bytes bytes = content_.bytes(24 + 16 * blocks);
    bytes[0] |= 1U;  // a key id of 0 would make it an unencrypted message
    return bytes;
  }

  std::vector<Bytes> packets() {
    std::vector<Bytes> all;
    for (const std::size_t blocks : {1U, 2U, 29U, 30U, 31U, 32U, 500U, 3U, 1U, 9U})
      all.push_back(packet(blocks));
    return all;
  }

  /// Feeds the stream in pieces and takes every frame as soon as it is whole.
  template <class Receiver>
  static std::vector<Bytes> pass(const Bytes& stream, Receiver& receiver) {
    const std::size_t piece = std::get<2>(GetParam()) == 0 ? stream.size() : std::get<2>(GetParam());
    std::vector<Bytes> received;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      receiver.feed(ByteView(stream).subspan(at, std::min(piece, stream.size() - at)));
      for (;;) {
        const auto frame = receiver.next();
        EXPECT_TRUE(frame) << frame.error().message;
        if (!frame || !*frame)
          break;
        EXPECT_EQ((*frame)->kind, Frame::Kind::Packet);
        received.emplace_back((*frame)->payload.begin(), (*frame)->payload.end());
      }
    }
    EXPECT_FALSE(receiver.in_the_middle());
    return received;
  }

  SeededRandom random_;
  ClientTransport client_;
  ServerTransport server_;
  SeededRandom content_;
};

TEST_P(Transport, CarriesPacketsBothWays) {
  for (int round = 0; round < 2; ++round) {
    const std::vector<Bytes> sent = packets();
    Bytes stream;
    for (const Bytes& one : sent)
      client_.encode(one, stream);
    EXPECT_EQ(pass(stream, server_), sent);
    EXPECT_EQ(server_.kind(), std::get<0>(GetParam()));

    const std::vector<Bytes> answers = packets();
    Bytes back;
    for (const Bytes& one : answers)
      server_.encode(one, back);
    EXPECT_EQ(pass(back, client_), answers);
  }
}

TEST_P(Transport, TellsTheDataCentreOnlyWhenObfuscated) {
  Bytes stream;
  client_.encode(packet(1), stream);
  pass(stream, server_);
  if (std::get<1>(GetParam()) == Obfuscation::None) {
    EXPECT_EQ(server_.requested_dc(), std::nullopt);
  } else {
    EXPECT_EQ(server_.requested_dc(), 4);
  }
}

TEST_P(Transport, CarriesErrorsAndQuickAcksBetweenPackets) {
  Bytes stream;
  client_.encode(packet(2), stream);
  pass(stream, server_);

  const Bytes answer = packet(3);
  const bool has_quick_ack = std::get<0>(GetParam()) != TransportKind::Full;
  Bytes back;
  server_.encode_quick_ack(0x01020304, back);
  server_.encode(answer, back);
  server_.encode_error(-429, back);
  const std::size_t piece = std::get<2>(GetParam()) == 0 ? back.size() : std::get<2>(GetParam());
  std::vector<Frame::Kind> kinds;
  for (std::size_t at = 0; at < back.size(); at += piece) {
    client_.feed(ByteView(back).subspan(at, std::min(piece, back.size() - at)));
    for (auto frame = client_.next(); frame && *frame; frame = client_.next()) {
      kinds.push_back((*frame)->kind);
      if ((*frame)->kind == Frame::Kind::QuickAck) {
        EXPECT_EQ((*frame)->quick_ack, 0x81020304U);
      }
      if ((*frame)->kind == Frame::Kind::TransportError) {
        EXPECT_EQ((*frame)->error_code, -429);
      }
      if ((*frame)->kind == Frame::Kind::Packet) {
        EXPECT_TRUE(std::ranges::equal((*frame)->payload, answer));
      }
    }
  }
  std::vector<Frame::Kind> expected{Frame::Kind::Packet, Frame::Kind::TransportError};
  if (has_quick_ack)
    expected.insert(expected.begin(), Frame::Kind::QuickAck);
  EXPECT_EQ(kinds, expected);
}

TEST_P(Transport, EndInsideAFrameIsSeen) {
  Bytes stream;
  client_.encode(packet(2), stream);
  stream.pop_back();
  server_.feed(stream);
  const auto frame = server_.next();
  ASSERT_TRUE(frame) << frame.error().message;
  EXPECT_EQ(*frame, std::nullopt);
  EXPECT_TRUE(server_.in_the_middle());
}

std::string case_name(const testing::TestParamInfo<Case>& info) {
  static constexpr std::string_view kKinds[] = {"Abridged", "Intermediate", "Padded", "Full"};
  static constexpr std::string_view kObfuscations[] = {"Plain", "Obfuscated", "Proxy"};
  const std::size_t piece = std::get<2>(info.param);
  return std::string(kKinds[static_cast<std::size_t>(std::get<0>(info.param))]) +
         std::string(kObfuscations[static_cast<std::size_t>(std::get<1>(info.param))]) +
         (piece == 0 ? "AtOnce" : "By" + std::to_string(piece));
}

INSTANTIATE_TEST_SUITE_P(
    All, Transport,
    testing::Combine(testing::Values(TransportKind::Abridged, TransportKind::Intermediate,
                                     TransportKind::PaddedIntermediate, TransportKind::Full),
                     testing::Values(Obfuscation::None, Obfuscation::Plain, Obfuscation::MtproxySecret),
                     testing::Values(std::size_t{0}, std::size_t{1}, std::size_t{7}, std::size_t{1000})),
    case_name);

Result<std::optional<Frame>, MtprotoError> first_of(const ServerTransportOptions& options, ByteView input) {
  SeededRandom random(1);
  ServerTransport server(options, random);
  server.feed(input);
  return server.next();
}

TEST(ServerTransport, RefusesWhatIsNoTransport) {
  for (const std::string_view text : {"GET / HTTP/1.1\r\n", "POST /api HTTP/1.1\r\n", "HEAD / HTTP/1.1\r\n",
                                      "OPTIONS * HTTP/1.1\r\n", "\x16\x03\x01\x02\x01\x01\x01\x01"}) {
    const auto frame = first_of({}, as_bytes(text));
    ASSERT_FALSE(frame) << text;
    EXPECT_EQ(frame.error().code, MtprotoErrc::UnknownTransport);
  }
  SeededRandom noise(5);
  const auto frame = first_of({}, noise.bytes(200));
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, MtprotoErrc::UnknownTransport);
}

TEST(ServerTransport, AProxyPortTakesNothingButItsSecret) {
  const ServerTransportOptions proxy{.secret = kSecret};
  const Bytes packet(40, 0x11);
  for (const auto kind :
       {TransportKind::Abridged, TransportKind::Intermediate, TransportKind::PaddedIntermediate, TransportKind::Full}) {
    for (const auto obfuscation : {Obfuscation::None, Obfuscation::Plain, Obfuscation::MtproxySecret}) {
      SeededRandom random(9);
      TransportOptions options{.kind = kind, .obfuscation = obfuscation, .secret = kSecret, .wire_dc = 1};
      options.secret[3] ^= 1U;
      ClientTransport client(options, random);
      Bytes stream;
      client.encode(packet, stream);
      const auto frame = first_of(proxy, stream);
      ASSERT_FALSE(frame) << name_of(kind) << ", obfuscation " << static_cast<int>(obfuscation);
      EXPECT_EQ(frame.error().code, MtprotoErrc::WrongProxySecret);
    }
  }
}

TEST(ServerTransport, AnOrdinaryPortRefusesProxySecrets) {
  SeededRandom random(9);
  ClientTransport client({TransportKind::Intermediate, Obfuscation::MtproxySecret, kSecret, 1}, random);
  Bytes stream;
  client.encode(Bytes(40, 0x11), stream);
  const auto frame = first_of({}, stream);
  ASSERT_FALSE(frame);
  EXPECT_EQ(frame.error().code, MtprotoErrc::UnknownTransport);
}

TEST(ServerTransport, WaitsWhileTheBeginningIsOpen) {
  SeededRandom random(9);
  ServerTransport server({}, random);
  ClientTransport client({TransportKind::Intermediate, Obfuscation::Plain, {}, 2}, random);
  Bytes stream;
  client.encode(Bytes(40, 0x11), stream);
  for (std::size_t i = 0; i < 63; ++i) {
    server.feed(ByteView(stream).subspan(i, 1));
    const auto frame = server.next();
    ASSERT_TRUE(frame) << i;
    EXPECT_EQ(*frame, std::nullopt);
    EXPECT_FALSE(server.detected());
  }
}

}  // namespace
}  // namespace ledgram::mtproto
