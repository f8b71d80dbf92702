#include "ledgram/sim_content/picture.hpp"

#include <gtest/gtest.h>

#include <zlib.h>

#include <string>
#include <string_view>

namespace ledgram::sim {
namespace {

std::uint32_t be32(ByteView bytes) {
  return std::uint32_t{bytes[0]} << 24U | std::uint32_t{bytes[1]} << 16U | std::uint32_t{bytes[2]} << 8U | bytes[3];
}

struct Chunk {
  std::string name;
  Bytes data;
};

/// Reads chunk by chunk, with checksums, to the end of the file.
std::vector<Chunk> chunks_of(ByteView png) {
  EXPECT_EQ(as_text(png.first(8)), std::string_view("\x89PNG\r\n\x1a\n"));
  std::vector<Chunk> chunks;
  for (png = png.subspan(8); !png.empty();) {
    const std::uint32_t size = be32(png);
    const ByteView named = png.subspan(4, size + 4);
    EXPECT_EQ(be32(png.subspan(8 + size)), crc32(0, named.data(), static_cast<uInt>(named.size())));
    const ByteView data = named.subspan(4);
    chunks.push_back({std::string(as_text(named.first(4))), Bytes(data.begin(), data.end())});
    png = png.subspan(12 + size);
  }
  return chunks;
}

TEST(Picture, IsAPngOfTheSideThatWasAskedFor) {
  for (const std::uint32_t side : {1U, 7U, 160U, 640U}) {
    const std::vector<Chunk> chunks = chunks_of(draw_picture(42, side));
    ASSERT_EQ(chunks.size(), 4U);
    EXPECT_EQ(chunks[0].name, "IHDR");
    EXPECT_EQ(be32(chunks[0].data), side);
    EXPECT_EQ(be32(ByteView(chunks[0].data).subspan(4)), side);
    EXPECT_EQ(chunks[1].name, "PLTE");
    EXPECT_EQ(chunks[3].name, "IEND");
    Bytes rows(std::size_t{side} * ((side + 7) / 8 + 1));
    uLongf size = rows.size();
    ASSERT_EQ(uncompress(rows.data(), &size, chunks[2].data.data(), chunks[2].data.size()), Z_OK);
    EXPECT_EQ(size, rows.size());
  }
}

TEST(Picture, IsTheSameForTheSameSeedOnly) {
  EXPECT_EQ(draw_picture(1, 160), draw_picture(1, 160));
  EXPECT_NE(draw_picture(1, 160), draw_picture(2, 160));
}

}  // namespace
}  // namespace ledgram::sim
