#include "ledgram/api/qr_svg.hpp"

#include <fmt/format.h>

#include <iterator>
#include <qrcodegen/qrcodegen.hpp>

namespace ledgram::api {

namespace {

constexpr int kMargin = 4;

}  // namespace

std::string qr_svg(std::string_view text) {
  const qrcodegen::QrCode code = qrcodegen::QrCode::encodeText(std::string(text).c_str(), qrcodegen::QrCode::Ecc::LOW);
  const int size = code.getSize();
  std::string path;
  for (int y = 0; y < size; ++y) {
    // A run of dark modules is one rectangle, so that no hair lines show between them.
    for (int x = 0; x < size; ++x) {
      if (!code.getModule(x, y))
        continue;
      const int first = x;
      while (code.getModule(x + 1, y))
        ++x;
      fmt::format_to(std::back_inserter(path), "M{},{}h{}v1h-{}z", first + kMargin, y + kMargin, x - first + 1,
                     x - first + 1);
    }
  }
  const int side = size + 2 * kMargin;
  return fmt::format(R"(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" shape-rendering="crispEdges">)"
                     R"(<path fill="#fff" d="M0,0h{0}v{0}h-{0}z"/><path fill="#000" d="{1}"/></svg>)",
                     side, path);
}

}  // namespace ledgram::api
