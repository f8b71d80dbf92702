#include "ledgram/cli/qr_code.hpp"

#include <qrcodegen/qrcodegen.hpp>

namespace ledgram::cli {
namespace {

constexpr int kMargin = 4;

// Black 16 and white 231 of the 256-colour cube: unlike colours 0 to 15, no theme changes them.
constexpr std::string_view kBlackOnWhite = "\x1b[38;5;16;48;5;231m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string_view cell(bool upper, bool lower) {
  if (upper && lower)
    return "\u2588";
  if (upper)
    return "\u2580";
  return lower ? "\u2584" : " ";
}

}  // namespace

std::optional<QrDrawing> draw_qr(std::string_view text) {
  try {
    // The lowest correction: a screen has no scratches, and a smaller code fits a smaller window. The library raises it
    // where that costs no room.
    const qrcodegen::QrCode code =
        qrcodegen::QrCode::encodeText(std::string(text).c_str(), qrcodegen::QrCode::Ecc::LOW);
    const int size = code.getSize();
    QrDrawing drawing;
    drawing.columns = static_cast<std::size_t>(size + 2 * kMargin);
    // Modules outside of the code are light for getModule(), also in the row below an odd number of rows.
    for (int y = -kMargin; y < size + kMargin; y += 2) {
      std::string line;
      for (int x = -kMargin; x < size + kMargin; ++x)
        line += cell(code.getModule(x, y), code.getModule(x, y + 1));
      drawing.lines.push_back(std::move(line));
    }
    return drawing;
  } catch (const qrcodegen::data_too_long&) {
    return std::nullopt;
  }
}

std::string coloured(const QrDrawing& drawing) {
  std::string out;
  for (const std::string& line : drawing.lines) {
    out += kBlackOnWhite;
    out += line;
    out += kPlain;
    out += '\n';
  }
  return out;
}

}  // namespace ledgram::cli
