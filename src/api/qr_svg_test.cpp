#include "ledgram/api/qr_svg.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <qrcodegen/qrcodegen.hpp>
#include <set>
#include <utility>

namespace ledgram::api {
namespace {

/// The dark modules of the drawing's second path, without the margin.
std::set<std::pair<int, int>> dark_modules(const std::string& svg) {
  std::set<std::pair<int, int>> dark;
  std::size_t at = svg.find("fill=\"#000\"");
  while ((at = svg.find('M', at)) != std::string::npos) {
    int x = 0;
    int y = 0;
    int width = 0;
    EXPECT_EQ(std::sscanf(svg.c_str() + at, "M%d,%dh%dv1", &x, &y, &width), 3);
    for (int i = 0; i < width; ++i)
      dark.emplace(x + i - 4, y - 4);
    ++at;
  }
  return dark;
}

TEST(QrSvg, DrawsEveryModuleOnce) {
  const std::string link = "tg://login?token=AbCdEf0123456789_-AbCdEf0123456789";
  const qrcodegen::QrCode code = qrcodegen::QrCode::encodeText(link.c_str(), qrcodegen::QrCode::Ecc::LOW);
  std::set<std::pair<int, int>> expected;
  for (int y = 0; y < code.getSize(); ++y) {
    for (int x = 0; x < code.getSize(); ++x) {
      if (code.getModule(x, y))
        expected.emplace(x, y);
    }
  }
  const std::string svg = qr_svg(link);
  EXPECT_EQ(dark_modules(svg), expected);
  EXPECT_EQ(svg.find("token"), std::string::npos) << "the link itself does not stand in the drawing";
}

}  // namespace
}  // namespace ledgram::api
