#include "ledgram/crypto/crc32.hpp"

#include <gtest/gtest.h>

namespace ledgram::crypto {
namespace {

// The check value of the catalogue of parametrised CRC algorithms (CRC-32/ISO-HDLC), and the well-known value of the
// pangram.
TEST(Crc32, CheckValues) {
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xcbf43926U);
  EXPECT_EQ(crc32(ByteView()), 0U);
  EXPECT_EQ(crc32(as_bytes("The quick brown fox jumps over the lazy dog")), 0x414fa339U);
}

}  // namespace
}  // namespace ledgram::crypto
