#include "ledgram/cli/qr_code.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace ledgram::cli {
namespace {

constexpr std::string_view kLink = "tg://login?token=AQJBQkNERUZHSElKS0xNTk9QUVJTVFVWV1hZWmFiY2RlZmc";

/// The modules behind a drawing: true is dark.
std::vector<std::vector<bool>> modules_of(const QrDrawing& drawing) {
  std::vector<std::vector<bool>> rows;
  for (const std::string& line : drawing.lines) {
    std::vector<bool> upper;
    std::vector<bool> lower;
    for (std::size_t i = 0; i < line.size();) {
      const bool blank = line[i] == ' ';
      const std::string cell = blank ? " " : line.substr(i, 3);
      i += blank ? 1 : 3;
      upper.push_back(cell == "\u2588" || cell == "\u2580");
      lower.push_back(cell == "\u2588" || cell == "\u2584");
    }
    rows.push_back(upper);
    rows.push_back(lower);
  }
  return rows;
}

TEST(QrDrawing, HasFinderPatternsInsideALightMargin) {
  const auto drawing = draw_qr(kLink);
  ASSERT_TRUE(drawing);
  const auto rows = modules_of(*drawing);
  constexpr std::size_t kMargin = 4;
  const std::size_t size = drawing->columns - 2 * kMargin;
  EXPECT_EQ((size - 17) % 4, 0U) << "a QR code has 17 + 4 * version modules a side";
  EXPECT_LE(drawing->lines.size(), 23U) << "must fit a window of 24 lines";
  for (std::size_t y = 0; y < rows.size(); ++y) {
    ASSERT_EQ(rows[y].size(), drawing->columns);
    for (std::size_t x = 0; x < drawing->columns; ++x) {
      const bool inside = x >= kMargin && x < kMargin + size && y >= kMargin && y < kMargin + size;
      if (!inside) {
        EXPECT_FALSE(rows[y][x]) << x << ',' << y;
      }
    }
  }
  // ISO/IEC 18004: 7x7 in three corners, a dark frame, a light one, a dark square.
  const auto check_finder = [&](std::size_t left, std::size_t top) {
    for (std::size_t y = 0; y < 7; ++y) {
      for (std::size_t x = 0; x < 7; ++x) {
        const std::size_t ring = std::min(std::min(x, 6 - x), std::min(y, 6 - y));
        EXPECT_EQ(rows[kMargin + top + y][kMargin + left + x], ring != 1) << x << ',' << y;
      }
    }
  };
  check_finder(0, 0);
  check_finder(size - 7, 0);
  check_finder(0, size - 7);
}

TEST(QrDrawing, SetsBothColoursOnEveryLine) {
  const auto drawing = draw_qr(kLink);
  ASSERT_TRUE(drawing);
  const std::string text = coloured(*drawing);
  std::size_t lines = 0;
  for (std::size_t at = 0; (at = text.find("\x1b[38;5;16;48;5;231m", at)) != std::string::npos; ++at)
    ++lines;
  EXPECT_EQ(lines, drawing->lines.size());
  EXPECT_TRUE(text.ends_with("\x1b[0m\n"));
}

TEST(QrDrawing, RefusesWhatDoesNotFit) {
  EXPECT_FALSE(draw_qr(std::string(5000, 'x')));
}

}  // namespace
}  // namespace ledgram::cli
