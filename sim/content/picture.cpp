#include "ledgram/sim_content/picture.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <new>
#include <string_view>

namespace ledgram::sim {

namespace {

/// Fields a side; the right half mirrors the left one, which looks more like a sign than noise does.
constexpr std::uint32_t kFields = 5;
constexpr std::uint32_t kOwnColumns = (kFields + 1) / 2;

void append_be32(Bytes& out, std::uint32_t number) {
  for (const unsigned shift : {24U, 16U, 8U, 0U})
    out.push_back(static_cast<std::uint8_t>(number >> shift));
}

/// Length, name, data and checksum (PNG, 5.3).
void append_chunk(Bytes& out, std::string_view name, ByteView data) {
  append_be32(out, static_cast<std::uint32_t>(data.size()));
  const std::size_t from = out.size();
  append(out, as_bytes(name));
  append(out, data);
  const ByteView checked = ByteView(out).subspan(from);
  append_be32(out, static_cast<std::uint32_t>(crc32(0, checked.data(), static_cast<uInt>(checked.size()))));
}

/// Spreads the bits of numbers that follow each other (SplitMix64).
std::uint64_t mixed(std::uint64_t seed) {
  seed += 0x9E37'79B9'7F4A'7C15U;
  seed = (seed ^ (seed >> 30U)) * 0xBF58'476D'1CE4'E5B9U;
  seed = (seed ^ (seed >> 27U)) * 0x94D0'49BB'1331'11EBU;
  return seed ^ (seed >> 31U);
}

bool is_set(std::uint64_t bits, std::uint32_t column, std::uint32_t row) {
  const std::uint32_t own = std::min(column, kFields - 1 - column);
  return ((bits >> (row * kOwnColumns + own)) & 1U) != 0;
}

/// Rows of one bit a pixel, each behind the number of its filter: none (PNG, 9.2).
Bytes rows_of(std::uint64_t bits, std::uint32_t side) {
  Bytes rows;
  rows.reserve(std::size_t{side} * (side / 8 + 2));
  for (std::uint32_t y = 0; y < side; ++y) {
    rows.push_back(0);
    for (std::uint32_t x = 0; x < side; x += 8) {
      unsigned eight = 0;
      for (std::uint32_t i = 0; i < 8; ++i) {
        const bool on = x + i < side && is_set(bits, (x + i) * kFields / side, y * kFields / side);
        eight = eight << 1U | (on ? 1U : 0U);
      }
      rows.push_back(static_cast<std::uint8_t>(eight));
    }
  }
  return rows;
}

Bytes deflated(ByteView data) {
  uLongf size = compressBound(static_cast<uLong>(data.size()));
  Bytes out(size);
  if (compress2(out.data(), &size, data.data(), static_cast<uLong>(data.size()), Z_BEST_SPEED) != Z_OK)
    throw std::bad_alloc();
  out.resize(size);
  return out;
}

}  // namespace

Bytes draw_picture(std::uint64_t seed, std::uint32_t side) {
  const std::uint64_t bits = mixed(seed);
  Bytes header;
  append_be32(header, side);
  append_be32(header, side);
  // One bit a pixel, of a palette; the only kinds of compression, filter and interlace that there are, or none.
  append(header, ByteArray<5>{1, 3, 0, 0, 0});
  const auto colour = [bits](unsigned shift) { return static_cast<std::uint8_t>(0x40U | (bits >> shift & 0x7FU)); };
  const ByteArray<6> palette{0xF4, 0xF4, 0xF4, colour(40), colour(47), colour(54)};
  Bytes png;
  append(png, ByteArray<8>{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
  append_chunk(png, "IHDR", header);
  append_chunk(png, "PLTE", palette);
  append_chunk(png, "IDAT", deflated(rows_of(bits, side)));
  append_chunk(png, "IEND", {});
  return png;
}

}  // namespace ledgram::sim
