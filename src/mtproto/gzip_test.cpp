#include "ledgram/mtproto/gzip.hpp"

#include "ledgram/base/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace ledgram::mtproto {
namespace {

// gzip.compress(b"ledgram " * 20, mtime=0) of Python 3.11.
constexpr std::string_view kPythonPacked = "1f8b0800000000000203cb494d492f4acc55c819a43400618d253ca0000000";

TEST(Gzip, UnpacksWhatPythonPacked) {
  const auto plain = gunzip(*from_hex(kPythonPacked));
  ASSERT_TRUE(plain) << plain.error().message;
  std::string expected;
  for (int i = 0; i < 20; ++i)
    expected += "ledgram ";
  EXPECT_EQ(as_text(*plain), expected);
}

TEST(Gzip, RoundTripsAllSizes) {
  SeededRandom random(3);
  for (const std::size_t size : {0U, 1U, 3U, 255U, 1024U, 4096U, 100'000U}) {
    Bytes plain = random.bytes(size);
    for (std::size_t i = 0; i < size; i += 2)
      plain[i] = 7;
    const auto again = gunzip(gzip(plain));
    ASSERT_TRUE(again) << size;
    EXPECT_EQ(*again, plain);
  }
}

TEST(Gzip, SameInputSameOutput) {
  const Bytes plain(5000, 9);
  EXPECT_EQ(gzip(plain), gzip(plain));
}

TEST(Gzip, CapIsExact) {
  const Bytes packed = gzip(Bytes(10'000, 1));
  EXPECT_TRUE(gunzip(packed, 10'000));
  const auto more = gunzip(packed, 9'999);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, MtprotoErrc::GzipTooLarge);
}

TEST(Gzip, BombIsRefused) {
  // 64 MiB of zeros in about 64 kB; the default cap is a quarter of it.
  const Bytes bomb = gzip(Bytes(std::size_t{64} << 20));
  ASSERT_LT(bomb.size(), 100'000U);
  const auto plain = gunzip(bomb);
  ASSERT_FALSE(plain);
  EXPECT_EQ(plain.error().code, MtprotoErrc::GzipTooLarge);
}

TEST(Gzip, CutOrDamagedStreamsAreErrors) {
  SeededRandom random(5);
  const Bytes packed = gzip(random.bytes(3000));
  for (std::size_t size = 0; size < packed.size(); size += 7) {
    const auto plain = gunzip(ByteView(packed).first(size));
    ASSERT_FALSE(plain) << size;
    EXPECT_EQ(plain.error().code, MtprotoErrc::BadGzip);
  }
  for (const std::size_t at : {0UL, 1UL, 2UL, packed.size() - 1, packed.size() - 6}) {
    Bytes bad = packed;
    bad[at] ^= 0xff;
    EXPECT_FALSE(gunzip(bad)) << at;
  }
  EXPECT_FALSE(gunzip(random.bytes(500)));
}

}  // namespace
}  // namespace ledgram::mtproto
