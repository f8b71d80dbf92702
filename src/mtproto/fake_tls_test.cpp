#include "ledgram/mtproto/fake_tls.hpp"

#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/server_transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

namespace ledgram::mtproto {
namespace {

constexpr ProxySecret kSecret{0xaa, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr std::chrono::seconds kNow{1'790'000'000};

/// Gives `stream` in pieces; the first error, if there is one.
template <class Feed>
Result<void, MtprotoError> in_pieces(ByteView stream, std::size_t piece, const Feed& feed) {
  while (!stream.empty()) {
    const ByteView part = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(part.size());
    if (auto fed = feed(part); !fed)
      return fed;
  }
  return {};
}

class FakeTls : public testing::TestWithParam<std::size_t> {
 protected:
  Result<void, MtprotoError> to_server(ByteView stream) {
    return in_pieces(stream, GetParam(), [this](ByteView part) { return server_.feed(part, kNow); });
  }
  Result<void, MtprotoError> to_client(ByteView stream) {
    return in_pieces(stream, GetParam(), [this](ByteView part) { return client_.feed(part); });
  }
  void greet() {
    ASSERT_TRUE(to_server(client_.start(kNow, random_)));
    EXPECT_TRUE(server_.established());
    EXPECT_FALSE(client_.established());
    const auto answered = to_client(server_.take_answer());
    ASSERT_TRUE(answered) << answered.error().message;
    EXPECT_TRUE(client_.established());
    EXPECT_TRUE(server_.take_answer().empty());
  }

  SeededRandom random_{31};
  FakeTlsClient client_{kSecret, "example.org"};
  FakeTlsServer server_{kSecret, random_};
};

/// A server that takes nothing before ChangeCipherSpec, and a client that sends it: T11.
using Scenario07FakeTls = FakeTls;

TEST_P(Scenario07FakeTls, WorksWithAServerThatWantsChangeCipherSpecFirst) {
  greet();
  Bytes stream;
  client_.encode(as_bytes("hello"), stream);
  EXPECT_EQ(to_hex(ByteView(stream).first(11)), "1403030001011703030005");
  ASSERT_TRUE(to_server(stream));
  EXPECT_EQ(as_text(server_.take()), "hello");
  stream.clear();
  client_.encode(as_bytes("again"), stream);
  EXPECT_EQ(to_hex(ByteView(stream).first(5)), "1703030005") << "ChangeCipherSpec is sent once";
  ASSERT_TRUE(to_server(stream));
  EXPECT_EQ(as_text(server_.take()), "again");
}

TEST_P(Scenario07FakeTls, DataBeforeChangeCipherSpecIsRefused) {
  greet();
  Bytes stream;
  client_.encode(as_bytes("hello"), stream);
  const auto refused = to_server(ByteView(stream).subspan(kTlsChangeCipherSpec.size()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, MtprotoErrc::BadTlsRecord);
  EXPECT_TRUE(server_.take().empty());
}

TEST_P(Scenario07FakeTls, TheClientAbortsOnAWrongDigest) {
  ASSERT_TRUE(to_server(client_.start(kNow, random_)));
  Bytes answer = server_.take_answer();
  answer.back() ^= 1U;
  const auto refused = to_client(answer);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, MtprotoErrc::WrongTlsDigest);
  EXPECT_FALSE(client_.established());
}

TEST_P(Scenario07FakeTls, TheServerAbortsOnAWrongDigest) {
  ProxySecret other = kSecret;
  other[0] ^= 1U;
  FakeTlsClient stranger(other, "example.org");
  const auto refused = to_server(stranger.start(kNow, random_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, MtprotoErrc::WrongTlsDigest);
  EXPECT_TRUE(server_.take_answer().empty());
}

TEST_P(Scenario07FakeTls, AnOldGreetingIsRefused) {
  for (const int minutes : {-11, 11}) {
    FakeTlsServer server(kSecret, random_);
    const Bytes hello = client_.start(kNow + std::chrono::minutes(minutes), random_);
    const auto refused = in_pieces(hello, GetParam(), [&server](ByteView part) { return server.feed(part, kNow); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, MtprotoErrc::OldTlsHello);
  }
  for (const int minutes : {-9, 9}) {
    FakeTlsServer server(kSecret, random_);
    EXPECT_TRUE(server.feed(client_.start(kNow + std::chrono::minutes(minutes), random_), kNow));
  }
}

TEST_P(FakeTls, CutsAndJoinsRecords) {
  greet();
  const Bytes sent = random_.bytes(100'000);
  Bytes stream;
  client_.encode(sent, stream);
  // 35 records: 34 whole ones of 2878 bytes and a rest.
  EXPECT_EQ(stream.size(), 6 + sent.size() + 35 * kTlsRecordHeader);
  ASSERT_TRUE(to_server(stream));
  EXPECT_EQ(server_.take(), sent);
  stream.clear();
  server_.encode(sent, stream);
  EXPECT_EQ(stream.size(), sent.size() + 7 * kTlsRecordHeader);
  ASSERT_TRUE(to_client(stream));
  EXPECT_EQ(client_.take(), sent);
}

TEST_P(FakeTls, CarriesATransport) {
  greet();
  TransportOptions options{
      .kind = TransportKind::PaddedIntermediate, .obfuscation = Obfuscation::MtproxySecret, .secret = kSecret};
  options.wire_dc = 2;
  ClientTransport inner(options, random_);
  ServerTransport outer({.secret = kSecret}, random_);
  const Bytes packet(24 + 16 * 1000, 7);
  Bytes frames;
  inner.encode(packet, frames);
  Bytes stream;
  client_.encode(frames, stream);
  ASSERT_TRUE(to_server(stream));
  outer.feed(server_.take());
  const auto frame = outer.next();
  ASSERT_TRUE(frame && *frame);
  EXPECT_TRUE(std::ranges::equal((*frame)->payload, packet));
  EXPECT_EQ(outer.requested_dc(), 2);
}

TEST_P(FakeTls, WhatIsNoTlsIsSeenAtOnce) {
  for (const std::string_view text : {"HTTP/1.1 400 Bad Request\r\n", "\xef", "\x16\x02", "\x15\x03\x03"}) {
    FakeTlsClient client(kSecret, "example.org");
    const auto refused = in_pieces(as_bytes(text), GetParam(), [&](ByteView part) { return client.feed(part); });
    if (text == "\x15\x03\x03")
      EXPECT_TRUE(refused) << "the beginning of an alert";
    else
      EXPECT_EQ(refused.error().code, MtprotoErrc::BadTlsHello);
  }
  const auto alert = to_client(*from_hex("15030300020228"));
  ASSERT_FALSE(alert);
  EXPECT_NE(alert.error().message.find("alert"), std::string::npos);
}

TEST_P(FakeTls, HostileGreetingsAreRefused) {
  for (const std::string_view hex :
       {"16030300021234", "160303ffff", "1603030000", "140303000101", "17030300020000", "16030400020000",
        // a ServerHello of enough bytes, then no ChangeCipherSpec
        "16030300300200000003030000000000000000000000000000000000000000000000000000000000000000000000000000000000000017"
        "03"
        "030000"}) {
    FakeTlsClient client(kSecret, "example.org");
    const Bytes bytes = *from_hex(hex);
    const auto refused = in_pieces(bytes, GetParam(), [&](ByteView part) { return client.feed(part); });
    ASSERT_FALSE(refused) << hex;
    EXPECT_EQ(refused.error().code, MtprotoErrc::BadTlsHello) << refused.error().message;
  }
  for (const std::string_view hex : {"16030100020100", "160301ffff", "17030300020000", "1603010000"}) {
    FakeTlsServer server(kSecret, random_);
    const Bytes bytes = *from_hex(hex);
    EXPECT_FALSE(in_pieces(bytes, GetParam(), [&](ByteView part) { return server.feed(part, kNow); })) << hex;
    EXPECT_TRUE(server.take_answer().empty());
  }
}

TEST_P(FakeTls, OtherRecordsBetweenTheDataAreRefused) {
  for (const std::string_view hex : {"140303000101", "15030300020100", "16030300020000"}) {
    greet();
    EXPECT_FALSE(to_client(*from_hex(hex))) << hex;
    Bytes stream;
    client_.encode(as_bytes("x"), stream);
    append(stream, *from_hex(hex));
    EXPECT_FALSE(to_server(stream)) << hex;
    client_ = FakeTlsClient(kSecret, "example.org");
    server_ = FakeTlsServer(kSecret, random_);
  }
}

INSTANTIATE_TEST_SUITE_P(Pieces, FakeTls, testing::Values(1U, 7U, 1000U, 1'000'000U));
INSTANTIATE_TEST_SUITE_P(Pieces, Scenario07FakeTls, testing::Values(1U, 7U, 1000U, 1'000'000U));

TEST(FakeTlsServer, KnowsItsBeginning) {
  EXPECT_TRUE(FakeTlsServer::may_begin_with({}));
  EXPECT_TRUE(FakeTlsServer::may_begin_with(Bytes{0x16}));
  EXPECT_TRUE(FakeTlsServer::may_begin_with(Bytes{0x16, 3}));
  EXPECT_TRUE(FakeTlsServer::may_begin_with(Bytes{0x16, 3, 1, 2}));
  EXPECT_FALSE(FakeTlsServer::may_begin_with(Bytes{0x16, 4}));
  EXPECT_FALSE(FakeTlsServer::may_begin_with(Bytes{0xef}));
}

}  // namespace
}  // namespace ledgram::mtproto
