#include "ledgram/crypto/sha256_stream.hpp"

#include "ledgram/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ledgram::crypto {
namespace {

TEST(Sha256Stream, PiecesGiveTheDigestOfTheWhole) {
  SeededRandom random(3);
  const Bytes whole = random.bytes(100'000);
  Sha256Stream stream;
  for (const std::size_t piece : {1UL, 63UL, 64UL, 65UL, 5000UL}) {
    ByteView rest(whole);
    while (!rest.empty()) {
      const std::size_t count = std::min(piece, rest.size());
      stream.add(rest.first(count));
      rest = rest.subspan(count);
    }
    EXPECT_EQ(stream.finish(), sha256(whole));
  }
  EXPECT_EQ(stream.finish(), sha256(ByteView{}));
}

}  // namespace
}  // namespace ledgram::crypto
