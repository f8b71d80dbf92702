#include "ledgram/crypto/message_key.hpp"

#include "ledgram/crypto/test_support.hpp"

#include <gtest/gtest.h>

namespace ledgram::crypto {
namespace {

using testing::hex;
using testing::hex_array;
using testing::sequence_array;

AuthKey test_key() {
  return AuthKey(sequence_array<256>(29, 7));
}

// A whole message as Pyrogram 2.0.106 packs it (pyrogram.crypto.mtproto.pack with padding bytes of 0xaa): salt,
// session, 48 bytes, 16 bytes of padding; its message key and what AES-IGE makes of it.
constexpr std::string_view kPlain =
    "887766554433221101060b10151a1f240104070a0d101316191c1f2225282b2e3134373a3d404346494c4f5255585b5e6164676a"
    "6d707376797c7f8285888b8eaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
constexpr std::string_view kMessageKey = "e0eb13c57e26189e4267df48f3b504f2";
constexpr std::string_view kEncrypted =
    "ddbd460ee5adb21820224bc2f2abb1967496eed044062f5cbbcd6d34498ba938ba650ae1d5e60ffc4c272f906f7625124bf278e9"
    "d2de6d3c93c2fb9bcb4044354a246842d8d1681e966217e78070ce6c";

TEST(MessageKey, WholeMessageOfPyrogram) {
  const MessageKey msg_key = compute_msg_key(test_key(), Direction::ToServer, hex(kPlain));
  EXPECT_EQ(to_hex(msg_key), kMessageKey);
  const AesKeyIv aes = derive_key_iv(test_key(), msg_key, Direction::ToServer);
  Bytes data = hex(kPlain);
  aes_ige_encrypt(aes.key, aes.iv, data, data);
  EXPECT_EQ(to_hex(data), kEncrypted);
}

// The formula of Telethon 1.45.0 for incoming messages: sha256(auth_key[96:128] + plaintext)[8:24].
TEST(MessageKey, ToTheClient) {
  EXPECT_EQ(to_hex(compute_msg_key(test_key(), Direction::ToClient, hex(kPlain))), "ae0b14766e81073e55c6e38fac06ec7e");
}

// pyrogram.crypto.mtproto.kdf of Pyrogram 2.0.106, the same as MTProtoState._calc_key of Telethon 1.45.0.
TEST(MessageKey, KeyAndIvOfBothDirections) {
  const auto msg_key = sequence_array<16>(31, 2);
  const AesKeyIv to_server = derive_key_iv(test_key(), msg_key, Direction::ToServer);
  EXPECT_EQ(to_hex(to_server.key), "d20509f7aac6e468df685b580a7a5896bf5ef2924cf90860b90aaadef697de21");
  EXPECT_EQ(to_hex(to_server.iv), "821d2ff9c044f811f80a26cd21275b4fe212902a71df3b4524b47c0087b3d349");
  const AesKeyIv to_client = derive_key_iv(test_key(), msg_key, Direction::ToClient);
  EXPECT_EQ(to_hex(to_client.key), "5b894d2e49f142a0737a9c8b07d72ddbc61d8a298e9e3ee0ee70c5fab5587892");
  EXPECT_EQ(to_hex(to_client.iv), "36e2410742e358c611a1fd30989c628e01ea10d5c32dbbbad2d2cd3e073f3344");
}

TEST(MessageKey, EveryByteOfThePaddingCounts) {
  Bytes plain = hex(kPlain);
  plain.back() ^= 1;
  EXPECT_NE(to_hex(compute_msg_key(test_key(), Direction::ToServer, plain)), kMessageKey);
}

TEST(MessageKey, IsTheMiddleOfItsDigest) {
  const Sha256Digest digest = message_key_digest(test_key(), Direction::ToServer, hex(kPlain));
  EXPECT_EQ(to_hex(ByteView(digest).subspan(8, 16)), kMessageKey);
  EXPECT_EQ(to_hex(msg_key_of(digest)), kMessageKey);
}

// Values of the tests of gotd/td (crypto/kdf_v1_test.go) for a key of bytes 0 to 255 and a message key of 0 to 15.
TEST(MessageKeyV1, KeyAndIv) {
  const AesKeyIv aes =
      derive_key_iv_v1(AuthKey(sequence_array<256>(1, 0)), sequence_array<16>(1, 0), Direction::ToServer);
  EXPECT_EQ(to_hex(aes.key), "17d7295ca9213d1ab656acdb1ad48b2ea7f3a8f7095098d5508b900bbd5fccfc");
  EXPECT_EQ(to_hex(aes.iv), "2d7d16a65a84108e9805656caa474501cc580aa2edc33abfd0bfad785464d1c6");
}

TEST(MessageKeyV1, MessageKey) {
  EXPECT_EQ(to_hex(compute_msg_key_v1(as_bytes("bind-message-test-payload"))), "fc11a3669566de22b87f66550dc3de6d");
}

// The specification differs between directions only by x = 8, so a key shifted by 8 bytes turns one into the other.
TEST(MessageKeyV1, TheOtherDirectionStartsEightBytesLater) {
  const ByteArray<256> bytes = sequence_array<256>(29, 7);
  ByteArray<256> shifted{};
  std::copy(bytes.begin() + 8, bytes.end(), shifted.begin());
  const auto msg_key = sequence_array<16>(31, 2);
  const AesKeyIv to_client = derive_key_iv_v1(AuthKey(bytes), msg_key, Direction::ToClient);
  const AesKeyIv from_shifted = derive_key_iv_v1(AuthKey(shifted), msg_key, Direction::ToServer);
  EXPECT_EQ(to_client.key, from_shifted.key);
  EXPECT_EQ(to_client.iv, from_shifted.iv);
  EXPECT_NE(to_client.key, derive_key_iv_v1(AuthKey(bytes), msg_key, Direction::ToServer).key);
}

}  // namespace
}  // namespace ledgram::crypto
