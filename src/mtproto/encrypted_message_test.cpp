#include "ledgram/mtproto/encrypted_message.hpp"

#include "ledgram/mtproto/session_testing.hpp"

#include <algorithm>

namespace ledgram::mtproto {
namespace {

using testing::kSalt;
using testing::kSession;
using testing::test_key;

// The message in all vectors: ping#7abe77ec ping_id = 0x1a2b3c4d5e6f7081.
constexpr MsgId kClientId(0x6553f10000000004);
constexpr MsgId kServerId(0x6553f10000000001);

// pyrogram.crypto.mtproto.pack of Pyrogram 2.0.106 (PyPI) for the key, salt and session of session_testing.hpp, seqno
// 3, with its random bytes replaced by zeros.
constexpr std::string_view kPyrogramPacket =
    "9ed6e6ef196cc931bc65569264ce6ecda1729faf1d447be9694f6e5526c9b838d32e88fa818481273adfa82c098aec2649da39e1599ec9f61c"
    "4052cd9a74cd2ddeb199847e7597a57349dd929603a7d1d3d594c42cb1aaa2";

// MTProtoState.encrypt_message_data of Telethon 1.45.0 (PyPI), the same message, its random bytes (5 i + 1) mod 256.
constexpr std::string_view kTelethonPacket =
    "9ed6e6ef196cc931c5708fb2872734cdb68aa7f0a5e15aa20320fd13f8a2ea8b9d813d895265c832092720dd449cee13ba22e6744a2d3a19a7"
    "e00a7379a730ea727043e32344453a9de5ab9e227f1673eacf94c22176b1a7";

// pong to it with seqno 5, made with MTProtoState._calc_key and AES.encrypt_ige of Telethon 1.45.0 and accepted by its
// decrypt_message_data.
constexpr std::string_view kTelethonAnswer =
    "9ed6e6ef196cc931c1bac416d9ffc95737f5a2fb1869700a1f0eef7dc987ff6a11e5475553ec365db27d75019dfaa0ec916bf185179dcbea01"
    "3a184fb76ca2bf2fd4463638b90300cad7e34cc735a5807bb05df577deeda3";

const Bytes kPing = testing::object(id::kPing, std::int64_t{0x1a2b3c4d5e6f7081});

class Zeros final : public RandomSource {
 public:
  void fill(MutableByteView out) override { std::ranges::fill(out, std::uint8_t{0}); }
};

void expect_ping(std::string_view hex) {
  Bytes scratch;
  const auto message = decrypt_message(test_key(), crypto::Direction::ToServer, *from_hex(hex), scratch);
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(message->salt, kSalt);
  EXPECT_EQ(message->session_id, kSession);
  EXPECT_EQ(message->msg_id, kClientId);
  EXPECT_EQ(message->seqno, 3);
  EXPECT_TRUE(std::ranges::equal(message->body, kPing));
}

TEST(EncryptedMessage, ReadsPacketsOfPyrogramAndTelethon) {
  expect_ping(kPyrogramPacket);
  expect_ping(kTelethonPacket);
}

TEST(EncryptedMessage, WritesTheSameBytesAsPyrogramGivenTheSamePadding) {
  Zeros zeros;
  const Bytes packet =
      encrypt_message(test_key(), crypto::Direction::ToServer,
                      {.salt = kSalt, .session_id = kSession, .msg_id = kClientId, .seqno = 3, .body = kPing}, zeros);
  EXPECT_EQ(to_hex(packet), kPyrogramPacket);
}

TEST(EncryptedMessage, ReadsAnAnswerThatTelethonAccepts) {
  Bytes scratch;
  const auto message = decrypt_message(test_key(), crypto::Direction::ToClient, *from_hex(kTelethonAnswer), scratch);
  ASSERT_TRUE(message) << message.error().message;
  EXPECT_EQ(message->msg_id, kServerId);
  EXPECT_EQ(message->seqno, 5);
  EXPECT_TRUE(std::ranges::equal(message->body,
                                 testing::object(id::kPong, kClientId.value(), std::int64_t{0x1a2b3c4d5e6f7081})));
}

TEST(EncryptedMessage, DirectionsHaveDifferentKeys) {
  Bytes scratch;
  const auto message = decrypt_message(test_key(), crypto::Direction::ToServer, *from_hex(kTelethonAnswer), scratch);
  ASSERT_FALSE(message);
  EXPECT_EQ(message.error().code, MtprotoErrc::BadMessageKey);
}

TEST(EncryptedMessage, NamesItsKey) {
  EXPECT_EQ(auth_key_id_of(*from_hex(kPyrogramPacket)), test_key().id());
  EXPECT_EQ(auth_key_id_of(Bytes(7)), std::nullopt);
}

/// A message of the server with `length` in its header and `after` bytes behind the header.
Bytes packet_with(std::int32_t length, std::size_t after, MsgId msg_id = kServerId) {
  tl::Writer writer;
  writer.i64(kSalt.value());
  writer.i64(kSession.value());
  writer.i64(msg_id.value());
  writer.i32(1);
  writer.i32(length);
  Bytes plain = writer.take();
  plain.resize(plain.size() + after, 0x55);
  const crypto::AuthKey key = test_key();
  const crypto::MessageKey msg_key = crypto::compute_msg_key(key, crypto::Direction::ToClient, plain);
  const crypto::AesKeyIv aes = crypto::derive_key_iv(key, msg_key, crypto::Direction::ToClient);
  crypto::aes_ige_encrypt(aes.key, aes.iv, plain, plain);
  Bytes packet(8);
  store_le64(packet, key.id().value());
  append(packet, msg_key);
  append(packet, plain);
  return packet;
}

MtprotoErrc refusal_of(ByteView packet) {
  Bytes scratch;
  const auto message = decrypt_message(test_key(), crypto::Direction::ToClient, packet, scratch);
  EXPECT_FALSE(message);
  return message ? MtprotoErrc::SessionClosed : message.error().code;
}

bool accepted(ByteView packet) {
  Bytes scratch;
  return decrypt_message(test_key(), crypto::Direction::ToClient, packet, scratch).has_value();
}

TEST(EncryptedMessage, PaddingIsFrom12To1024Bytes) {
  // Lengths are multiples of 4 and the whole of 16, so 8 is the padding below 12 that can be, and 1028 the one above.
  EXPECT_TRUE(accepted(packet_with(4, 4 + 12)));
  EXPECT_TRUE(accepted(packet_with(16, 16 + 1024)));
  EXPECT_EQ(refusal_of(packet_with(16, 16)), MtprotoErrc::BadMessagePadding);
  EXPECT_EQ(refusal_of(packet_with(8, 8 + 8)), MtprotoErrc::BadMessagePadding);
  EXPECT_EQ(refusal_of(packet_with(12, 12 + 4)), MtprotoErrc::BadMessagePadding);
  EXPECT_EQ(refusal_of(packet_with(12, 12 + 1028)), MtprotoErrc::BadMessagePadding);
  EXPECT_EQ(refusal_of(packet_with(16, 16 + 4096)), MtprotoErrc::BadMessagePadding);
}

TEST(EncryptedMessage, LengthIsWhatItCanBe) {
  EXPECT_EQ(refusal_of(packet_with(-4, 32)), MtprotoErrc::BadMessageLength);
  EXPECT_EQ(refusal_of(packet_with(3, 32)), MtprotoErrc::BadMessageLength);
  EXPECT_EQ(refusal_of(packet_with(36, 32)), MtprotoErrc::BadMessageLength);
  EXPECT_EQ(refusal_of(packet_with(0x7ffffffc, 32)), MtprotoErrc::BadMessageLength);
}

TEST(EncryptedMessage, IdsOfTheServerAreOdd) {
  EXPECT_EQ(refusal_of(packet_with(4, 16, MsgId(kServerId.value() + 1))), MtprotoErrc::BadMessageId);
  EXPECT_EQ(refusal_of(packet_with(4, 16, MsgId(kServerId.value() - 1))), MtprotoErrc::BadMessageId);
  EXPECT_TRUE(accepted(packet_with(4, 16, MsgId(kServerId.value() + 2))));
}

TEST(EncryptedMessage, EveryChangedBitIsNoticed) {
  const Bytes good = *from_hex(kTelethonAnswer);
  for (std::size_t at = 0; at < good.size(); ++at) {
    Bytes bad = good;
    bad[at] ^= 0x10;
    EXPECT_EQ(refusal_of(bad), at < 8 ? MtprotoErrc::UnknownAuthKey : MtprotoErrc::BadMessageKey) << "byte " << at;
  }
}

TEST(EncryptedMessage, EveryCutIsNoticed) {
  const Bytes good = *from_hex(kTelethonAnswer);
  for (std::size_t size = 0; size < good.size(); ++size)
    EXPECT_FALSE(accepted(ByteView(good).first(size))) << size;
}

TEST(EncryptedMessage, TailOfAPaddedTransportIsLeftOut) {
  Bytes packet = *from_hex(kTelethonAnswer);
  for (int tail = 1; tail <= 15; ++tail) {
    packet.push_back(static_cast<std::uint8_t>(tail));
    EXPECT_TRUE(accepted(packet)) << tail;
  }
  packet.push_back(16);
  EXPECT_FALSE(accepted(packet));
}

TEST(EncryptedMessage, PaddingVariesAndStaysInBounds) {
  constexpr std::uint64_t kSeed = 20240607;
  SCOPED_TRACE(::testing::Message() << "seed " << kSeed);
  SeededRandom random(kSeed);
  std::set<std::size_t> sizes;
  for (std::size_t words = 0; words < 200; ++words) {
    const Bytes body(4 * words, 0x42);
    const Bytes packet =
        encrypt_message(test_key(), crypto::Direction::ToClient,
                        {.salt = kSalt, .session_id = kSession, .msg_id = kServerId, .seqno = 1, .body = body}, random);
    const std::size_t padding = packet.size() - 24 - 32 - body.size();
    EXPECT_GE(padding, 12U);
    EXPECT_LE(padding, 1024U);
    EXPECT_EQ((packet.size() - 24) % 16, 0U);
    sizes.insert(padding / 16);
    Bytes scratch;
    const auto message = decrypt_message(test_key(), crypto::Direction::ToClient, packet, scratch);
    ASSERT_TRUE(message);
    EXPECT_TRUE(std::ranges::equal(message->body, body));
  }
  EXPECT_GT(sizes.size(), 5U);
}

TEST(EncryptedMessage, ScratchIsReused) {
  Bytes scratch(4096);
  const std::uint8_t* before = scratch.data();
  ASSERT_TRUE(decrypt_message(test_key(), crypto::Direction::ToServer, *from_hex(kPyrogramPacket), scratch));
  EXPECT_EQ(scratch.data(), before);
  EXPECT_EQ(scratch.size(), 4096U);
}

}  // namespace
}  // namespace ledgram::mtproto
