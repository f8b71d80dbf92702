#include "ledgram/mtproto/key_binding.hpp"

#include "ledgram/crypto/message_key.hpp"
#include "ledgram/mtproto/testing_random.hpp"

#include <gtest/gtest.h>

namespace ledgram::mtproto {
namespace {

struct KeyBindingTest : testing::Test {
  SeededRandom random{20261120};
  crypto::AuthKey permanent = *crypto::AuthKey::from_bytes(random.bytes(256));
  crypto::AuthKey other = *crypto::AuthKey::from_bytes(random.bytes(256));
  KeyBinding binding{.nonce = 0x1122334455667788,
                     .temporary_key = AuthKeyId(0xa1a2a3a4a5a6a7a8),
                     .permanent_key = permanent.id(),
                     .session = SessionId(-7),
                     .expires_at = std::chrono::seconds(1'800'000'000)};
  MsgId msg_id{0x6000000000000004};

  /// A binding message that is sealed rightly around any plaintext.
  Bytes seal(Bytes plain, std::size_t padding) {
    const crypto::MessageKey msg_key = crypto::compute_msg_key_v1(plain);
    append(plain, random.bytes(padding));
    const crypto::AesKeyIv aes = crypto::derive_key_iv_v1(permanent, msg_key, crypto::Direction::ToServer);
    Bytes sealed(24 + plain.size());
    store_le64(MutableByteView(sealed).first(8), permanent.id().value());
    std::ranges::copy(msg_key, sealed.begin() + 8);
    crypto::aes_ige_encrypt(aes.key, aes.iv, plain, MutableByteView(sealed).subspan(24));
    return sealed;
  }

  static MtprotoErrc error_of(const Result<OpenedKeyBinding, MtprotoError>& opened) {
    return opened ? MtprotoErrc::SessionClosed : opened.error().code;
  }
};

TEST_F(KeyBindingTest, ComesBackWhole) {
  const Bytes sealed = seal_key_binding(permanent, binding, msg_id, random);
  EXPECT_EQ(sealed.size(), 24U + 80U);
  const auto opened = open_key_binding(permanent, sealed);
  ASSERT_TRUE(opened) << opened.error().message;
  EXPECT_EQ(opened->binding, binding);
  EXPECT_EQ(opened->msg_id, msg_id);
}

TEST_F(KeyBindingTest, IsAnotherEachTime) {
  EXPECT_NE(seal_key_binding(permanent, binding, msg_id, random), seal_key_binding(permanent, binding, msg_id, random));
}

TEST_F(KeyBindingTest, OpensWithItsOwnKeyOnly) {
  Bytes sealed = seal_key_binding(permanent, binding, msg_id, random);
  EXPECT_EQ(error_of(open_key_binding(other, sealed)), MtprotoErrc::UnknownAuthKey);
  store_le64(MutableByteView(sealed).first(8), other.id().value());
  EXPECT_FALSE(open_key_binding(other, sealed));
}

TEST_F(KeyBindingTest, EveryChangedBitIsSeen) {
  const Bytes sealed = seal_key_binding(permanent, binding, msg_id, random);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 0x10;
    const auto opened = open_key_binding(permanent, changed);
    // The last eight bytes of the plaintext are padding, which MTProto 1.0 does not protect.
    const bool only_padding = opened && opened->binding == binding && opened->msg_id == msg_id;
    EXPECT_TRUE(!opened || (only_padding && i >= sealed.size() - 16)) << i;
  }
}

TEST_F(KeyBindingTest, WrongLengthsPaddingAndSeqnoAreRefused) {
  EXPECT_EQ(error_of(open_key_binding(permanent, Bytes(24))), MtprotoErrc::BadPacketLength);
  EXPECT_EQ(error_of(open_key_binding(permanent, Bytes(24 + 81))), MtprotoErrc::BadPacketLength);
  const auto plain = [](std::int32_t seqno, std::int32_t length) {
    Bytes bytes(72);
    store_le32(MutableByteView(bytes).subspan(24, 4), static_cast<std::uint32_t>(seqno));
    store_le32(MutableByteView(bytes).subspan(28, 4), static_cast<std::uint32_t>(length));
    return bytes;
  };
  EXPECT_EQ(error_of(open_key_binding(permanent, seal(plain(0, -4), 8))), MtprotoErrc::BadMessageLength);
  EXPECT_EQ(error_of(open_key_binding(permanent, seal(plain(0, 39), 8))), MtprotoErrc::BadMessageLength);
  EXPECT_EQ(error_of(open_key_binding(permanent, seal(plain(0, 400), 8))), MtprotoErrc::BadMessageLength);
  EXPECT_EQ(error_of(open_key_binding(permanent, seal(plain(0, 40), 24))), MtprotoErrc::BadMessagePadding);
  EXPECT_EQ(error_of(open_key_binding(permanent, seal(plain(1, 40), 8))), MtprotoErrc::BadInnerData);
  EXPECT_EQ(error_of(open_key_binding(permanent, seal(plain(0, 40), 8))), MtprotoErrc::BadMessageBody);
}

}  // namespace
}  // namespace ledgram::mtproto
