#include "ledgram/crypto/md5.hpp"

#include <gtest/gtest.h>

namespace ledgram::crypto {
namespace {

// RFC 1321, appendix A.5.
TEST(Md5, VectorsOfRfc1321) {
  EXPECT_EQ(to_hex(md5({})), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(to_hex(md5({as_bytes("abc")})), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(to_hex(md5({as_bytes("message digest")})), "f96b697d7cb7938d525a2f31aaf161d0");
  EXPECT_EQ(to_hex(md5({as_bytes("12345678901234567890123456789012345678901234567890123456789012345678901234567890")})),
            "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(Md5, PartsAreHashedAsIfJoined) {
  EXPECT_EQ(md5({as_bytes("message"), ByteView(), as_bytes(" digest")}), md5({as_bytes("message digest")}));
}

}  // namespace
}  // namespace ledgram::crypto
