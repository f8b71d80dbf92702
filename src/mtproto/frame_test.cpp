#include "ledgram/mtproto/frame.hpp"

#include <gtest/gtest.h>

namespace ledgram::mtproto {
namespace {

Bytes hex(std::string_view text) {
  return from_hex(text).value();
}

Bytes counting(std::size_t size, std::uint8_t from = 0x10) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i)
    bytes[i] = static_cast<std::uint8_t>(from + i);
  return bytes;
}

/// What an encrypted message looks like from outside: a key id that is not 0 and whole blocks after 24 bytes.
Bytes encrypted_like(std::size_t blocks) {
  return counting(24 + 16 * blocks);
}

std::optional<Frame> next(FrameReader& reader) {
  auto frame = reader.next();
  EXPECT_TRUE(frame) << frame.error().message;
  return frame ? *frame : std::nullopt;
}

MtprotoErrc failure_of(TransportKind kind, Role role, ByteView input) {
  FrameReader reader(kind, role);
  reader.feed(input);
  const auto frame = reader.next();
  EXPECT_FALSE(frame);
  EXPECT_FALSE(reader.next()) << "an error must stick";
  return frame ? MtprotoErrc::SessionClosed : frame.error().code;
}

// The envelopes as core.telegram.org/mtproto/mtproto-transports draws them; the checksums come from Python's zlib.
TEST(Frame, GoldenVectors) {
  SeededRandom random(1);
  const Bytes packet = counting(20);
  const std::string packet_hex = "101112131415161718191a1b1c1d1e1f20212223";
  Bytes out;
  FrameWriter(TransportKind::Abridged, random).write(packet, out);
  EXPECT_EQ(to_hex(out), "05" + packet_hex);
  out.clear();
  FrameWriter(TransportKind::Intermediate, random).write(packet, out);
  EXPECT_EQ(to_hex(out), "14000000" + packet_hex);
  out.clear();
  FrameWriter full(TransportKind::Full, random);
  full.write(packet, out);
  full.write(packet, out);
  EXPECT_EQ(to_hex(out), "2000000000000000" + packet_hex + "71174d44" + "2000000001000000" + packet_hex + "567268c5");
}

TEST(Frame, AbridgedUsesThreeMoreBytesFrom127Words) {
  SeededRandom random(1);
  FrameWriter writer(TransportKind::Abridged, random);
  Bytes out;
  writer.write(Bytes(126 * 4), out);
  EXPECT_EQ(out.size(), 1 + 126 * 4);
  EXPECT_EQ(out[0], 0x7e);
  out.clear();
  writer.write(Bytes(127 * 4), out);
  EXPECT_EQ(to_hex(ByteView(out).first(4)), "7f7f0000");
  EXPECT_EQ(out.size(), 4 + 127 * 4);
  out.clear();
  writer.write(Bytes(0x012345 * 4), out);
  EXPECT_EQ(to_hex(ByteView(out).first(4)), "7f452301");
}

TEST(Scenario02PaddedMode, TailIsCutOffEncryptedMessages) {
  const Bytes packet = encrypted_like(3);
  for (std::uint8_t tail = 0; tail <= 15; ++tail) {
    Bytes input{static_cast<std::uint8_t>(packet.size() + tail), 0, 0, 0};
    append(input, packet);
    append(input, Bytes(tail, 0xaa));
    FrameReader reader(TransportKind::PaddedIntermediate, Role::Client);
    reader.feed(input);
    const auto frame = next(reader);
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->kind, Frame::Kind::Packet);
    EXPECT_EQ(Bytes(frame->payload.begin(), frame->payload.end()), packet) << int{tail} << " bytes of tail";
    EXPECT_FALSE(reader.in_the_middle());
  }
}

TEST(Scenario02PaddedMode, TailIsCutOffUnencryptedMessages) {
  // Key id 0, some message id, length 20 (a req_pq_multi).
  Bytes packet =
      hex("0000000000000000"
          "0403020100000051"
          "14000000");
  append(packet, counting(20));
  for (std::uint8_t tail = 0; tail <= 15; ++tail) {
    Bytes input{static_cast<std::uint8_t>(packet.size() + tail), 0, 0, 0};
    append(input, packet);
    append(input, Bytes(tail, 0xaa));
    FrameReader reader(TransportKind::PaddedIntermediate, Role::Server);
    reader.feed(input);
    const auto frame = next(reader);
    ASSERT_TRUE(frame);
    EXPECT_EQ(Bytes(frame->payload.begin(), frame->payload.end()), packet) << int{tail} << " bytes of tail";
  }
}

TEST(Frame, PaddedWriterAddsUpTo15Bytes) {
  SeededRandom random(7);
  FrameWriter writer(TransportKind::PaddedIntermediate, random);
  const Bytes packet = encrypted_like(1);
  std::array<int, 16> seen{};
  for (int i = 0; i < 400; ++i) {
    Bytes out;
    writer.write(packet, out);
    const std::size_t tail = out.size() - 4 - packet.size();
    ASSERT_LE(tail, 15U);
    EXPECT_EQ(load_le32(out), out.size() - 4);
    ++seen[tail];
  }
  for (const int count : seen)
    EXPECT_GT(count, 0) << "seed 7";
}

TEST(Frame, PaddedServerAddsUpTo3Bytes) {
  SeededRandom random(7);
  FrameWriter writer(TransportKind::PaddedIntermediate, random, Role::Server);
  const Bytes packet = encrypted_like(1);
  std::array<int, 4> seen{};
  for (int i = 0; i < 100; ++i) {
    Bytes out;
    writer.write(packet, out);
    writer.write_error(-404, out);
    const std::size_t tail = load_le32(out) - packet.size();
    ASSERT_LE(tail, 3U);
    EXPECT_LE(load_le32(ByteView(out).subspan(4 + packet.size() + tail)), 7U) << "the error";
    ++seen[tail];
  }
  for (const int count : seen)
    EXPECT_GT(count, 0) << "seed 7";
}

TEST(Scenario02PaddedMode, ControlFramesOfEveryLength) {
  for (std::uint8_t size = 4; size <= 15; ++size) {
    SCOPED_TRACE(int{size});
    for (const auto& [word, expected] :
         {std::pair{std::int32_t{-404}, Frame::Kind::TransportError}, std::pair{std::int32_t{0}, Frame::Kind::Nop},
          std::pair{std::int32_t{0x12345678}, Frame::Kind::QuickAck}}) {
      Bytes input(4 + std::size_t{size}, 0x5a);
      store_le32(MutableByteView(input).first(4), size);
      store_le32(MutableByteView(input).subspan(4), static_cast<std::uint32_t>(word));
      FrameReader reader(TransportKind::PaddedIntermediate, Role::Client);
      reader.feed(input);
      const auto frame = next(reader);
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->kind, expected);
      if (expected == Frame::Kind::TransportError) {
        EXPECT_EQ(frame->error_code, -404);
      }
      if (expected == Frame::Kind::QuickAck) {
        EXPECT_EQ(frame->quick_ack, 0x12345678U);
      }
      EXPECT_FALSE(reader.in_the_middle());
    }
  }
}

// Literal bytes for each framing: a transport error, then a quick acknowledgement of token 0x81020304.
TEST(Frame, ErrorsAndQuickAcksAsLiterals) {
  struct Case {
    TransportKind kind;
    std::string_view error;
    std::string_view quick_ack;
  };
  const Case cases[] = {
      {TransportKind::Abridged,
       "01"
       "6cfeffff",
       "81020304"},
      {TransportKind::Intermediate,
       "04000000"
       "6cfeffff",
       "04030281"},
      {TransportKind::PaddedIntermediate,
       "07000000"
       "6cfeffff"
       "abcdef",
       "0a000000"
       "ffffffff"
       "04030281"
       "0102"},
      // Documented with up to 8 bytes of padding, which makes 16 bytes.
      {TransportKind::PaddedIntermediate,
       "0f000000"
       "6cfeffff"
       "0102030405060708090a0b",
       "10000000"
       "ffffffff"
       "04030281"
       "0102030405060708"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(name_of(c.kind));
    FrameReader reader(c.kind, Role::Client);
    reader.feed(hex(c.error));
    reader.feed(hex(c.quick_ack));
    const auto error = next(reader);
    ASSERT_TRUE(error);
    EXPECT_EQ(error->kind, Frame::Kind::TransportError);
    EXPECT_EQ(error->error_code, -404);
    const auto ack = next(reader);
    ASSERT_TRUE(ack);
    EXPECT_EQ(ack->kind, Frame::Kind::QuickAck);
    EXPECT_EQ(ack->quick_ack, 0x81020304U);
    EXPECT_FALSE(reader.in_the_middle());
  }
}

TEST(Frame, QuickAckRequestsDoNotDisturbTheServer) {
  const Bytes packet = encrypted_like(1);
  Bytes abridged{0x8a};
  append(abridged, packet);
  Bytes intermediate = hex("28000080");
  append(intermediate, packet);
  Bytes abridged_long{0xff, 0x7e, 0x00, 0x00};
  append(abridged_long, encrypted_like(30));  // 504 bytes, also allowed in the long form
  for (const auto& [kind, input] :
       {std::pair{TransportKind::Abridged, abridged}, std::pair{TransportKind::Abridged, abridged_long},
        std::pair{TransportKind::Intermediate, intermediate},
        std::pair{TransportKind::PaddedIntermediate, intermediate}}) {
    FrameReader reader(kind, Role::Server);
    reader.feed(input);
    const auto frame = next(reader);
    ASSERT_TRUE(frame) << name_of(kind);
    EXPECT_EQ(frame->kind, Frame::Kind::Packet);
    EXPECT_TRUE(frame->wants_quick_ack);
    EXPECT_FALSE(reader.in_the_middle());
  }
}

TEST(Scenario03FrameSize, AnnouncedSizeIsNotBelieved) {
  // 100 MiB, as far as the framing can say so.
  EXPECT_EQ(failure_of(TransportKind::Intermediate, Role::Client, hex("00004006")), MtprotoErrc::FrameTooLarge);
  EXPECT_EQ(failure_of(TransportKind::PaddedIntermediate, Role::Client, hex("00004006")), MtprotoErrc::FrameTooLarge);
  EXPECT_EQ(failure_of(TransportKind::Full, Role::Client, hex("00004006")), MtprotoErrc::FrameTooLarge);
  EXPECT_EQ(failure_of(TransportKind::Abridged, Role::Client, hex("7fffffff")), MtprotoErrc::FrameTooLarge);
  // One byte or word above the bound.
  EXPECT_EQ(failure_of(TransportKind::Intermediate, Role::Server, hex("10000001")), MtprotoErrc::FrameTooLarge);
  EXPECT_EQ(failure_of(TransportKind::Abridged, Role::Server, hex("7f010040")), MtprotoErrc::FrameTooLarge);
}

TEST(Scenario03FrameSize, MemoryFollowsWhatArrives) {
  FrameReader reader(TransportKind::Intermediate, Role::Client);
  reader.feed(hex("00000001"));  // 16 MiB, the largest allowed
  EXPECT_EQ(next(reader), std::nullopt);
  EXPECT_LT(reader.memory(), 1024U);
  reader.feed(Bytes(100'000));
  EXPECT_EQ(next(reader), std::nullopt);
  EXPECT_LT(reader.memory(), 300'000U);
}

TEST(Scenario03FrameSize, TwoMebibytesPassAndTheMemoryIsGivenBack) {
  SeededRandom random(3);
  const Bytes packet = encrypted_like(131'072);
  Bytes stream;
  FrameWriter(TransportKind::Intermediate, random).write(packet, stream);
  FrameReader reader(TransportKind::Intermediate, Role::Client);
  for (std::size_t at = 0; at < stream.size(); at += 65'536) {
    reader.feed(ByteView(stream).subspan(at, std::min<std::size_t>(65'536, stream.size() - at)));
  }
  const auto frame = next(reader);
  ASSERT_TRUE(frame);
  EXPECT_TRUE(std::ranges::equal(frame->payload, packet));
  reader.feed(hex("04000000"));
  EXPECT_LT(reader.memory(), 300'000U);
}

TEST(Frame, ImpossibleLengths) {
  EXPECT_EQ(failure_of(TransportKind::Abridged, Role::Client, hex("00")), MtprotoErrc::BadFrame);
  EXPECT_EQ(failure_of(TransportKind::Intermediate, Role::Client, hex("00000000")), MtprotoErrc::BadFrame);
  EXPECT_EQ(failure_of(TransportKind::Intermediate, Role::Client, hex("03000000010203")), MtprotoErrc::BadFrame);
  EXPECT_EQ(failure_of(TransportKind::Full, Role::Client, hex("0f000000")), MtprotoErrc::BadFrame);
}

TEST(Frame, FullChecksCounterAndChecksum) {
  const std::string packet = "101112131415161718191a1b1c1d1e1f20212223";
  const Bytes first = hex("2000000000000000" + packet + "71174d44");
  const Bytes second = hex("2000000001000000" + packet + "567268c5");
  EXPECT_EQ(failure_of(TransportKind::Full, Role::Client, second), MtprotoErrc::BadFrameOrder);

  FrameReader reader(TransportKind::Full, Role::Client);
  reader.feed(first);
  ASSERT_TRUE(next(reader));
  reader.feed(second);
  ASSERT_TRUE(next(reader));
  reader.feed(second);
  const auto repeated = reader.next();
  ASSERT_FALSE(repeated);
  EXPECT_EQ(repeated.error().code, MtprotoErrc::BadFrameOrder);

  for (const std::size_t at : {std::size_t{9}, first.size() - 1}) {
    Bytes damaged = first;
    damaged[at] ^= 1U;
    EXPECT_EQ(failure_of(TransportKind::Full, Role::Client, damaged), MtprotoErrc::BadChecksum) << at;
  }
}

}  // namespace
}  // namespace ledgram::mtproto
