#include "ledgram/mtproto/handshake_crypto.hpp"

#include <gtest/gtest.h>

namespace ledgram::mtproto {
namespace {

/// Hash, object and padding as they stand after decryption.
Bytes decrypted(ByteView object, std::size_t padding) {
  Bytes bytes;
  append(bytes, crypto::sha1(object));
  append(bytes, object);
  append(bytes, Bytes(padding, 0x55));
  return bytes;
}

TEST(HandshakeCrypto, UpTo15BytesOfPadding) {
  const Bytes object(12, 7);
  for (std::size_t padding = 0; padding <= 15; ++padding) {
    EXPECT_TRUE(check_handshake_object(decrypted(object, padding), object.size())) << padding;
  }
  const auto checked = check_handshake_object(decrypted(object, 16), object.size());
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, MtprotoErrc::BadAnswerPadding);
}

TEST(HandshakeCrypto, TheHashCoversExactlyTheObject) {
  const Bytes object(12, 7);
  const Bytes bytes = decrypted(object, 8);
  for (const std::size_t size : {8U, 16U, 20U}) {
    const auto checked = check_handshake_object(bytes, size);
    ASSERT_FALSE(checked) << size;
    EXPECT_EQ(checked.error().code, MtprotoErrc::BadAnswerHash);
  }
}

TEST(HandshakeCrypto, SealedObjectsAreWholeBlocks) {
  SeededRandom random(1);
  const crypto::AesKeyIv aes = derive_handshake_aes({1, 2, 3}, {4, 5, 6});
  for (std::size_t size = 1; size <= 48; ++size) {
    const Bytes object(size, 9);
    const Bytes sealed = seal_handshake_object(aes, object, random);
    EXPECT_EQ(sealed.size() % 16, 0U);
    const auto opened = decrypt_handshake_object(aes, sealed);
    ASSERT_TRUE(opened);
    EXPECT_TRUE(check_handshake_object(*opened, size)) << size;
  }
  for (const std::size_t size : {0U, 16U, 20U, 33U}) {
    const auto opened = decrypt_handshake_object(aes, Bytes(size));
    ASSERT_FALSE(opened) << size;
    EXPECT_EQ(opened.error().code, MtprotoErrc::BadAnswerPadding);
  }
}

}  // namespace
}  // namespace ledgram::mtproto
