#include "ledgram/sim_content/file_bytes.hpp"

#include <gtest/gtest.h>

namespace ledgram::sim {
namespace {

TEST(FileBytes, AnyPieceIsThatOfTheWhole) {
  Bytes whole(1000);
  generate_file_bytes(7, 0, whole);
  for (const std::size_t offset : {0U, 1U, 7U, 8U, 9U, 500U, 999U, 1000U}) {
    for (const std::size_t size : {0U, 1U, 3U, 8U, 17U, 64U}) {
      if (offset + size > whole.size())
        continue;
      Bytes piece(size);
      generate_file_bytes(7, offset, piece);
      const auto from = whole.begin() + static_cast<std::ptrdiff_t>(offset);
      EXPECT_EQ(piece, Bytes(from, from + static_cast<std::ptrdiff_t>(size))) << offset << " " << size;
    }
  }
}

TEST(FileBytes, SeedsDiffer) {
  Bytes a(64);
  Bytes b(64);
  generate_file_bytes(1, 0, a);
  generate_file_bytes(2, 0, b);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace ledgram::sim
