#pragma once

/// QR codes drawn with characters, for a phone that is held before the terminal.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::cli {

/// The lines of a drawing, without colours: two rows of modules a line, in half blocks, with the light margin that
/// readers need (4 modules, ISO/IEC 18004). A block is a dark module.
struct QrDrawing {
  std::vector<std::string> lines;
  std::size_t columns = 0;
};

/// Nothing if the text is too long for a QR code.
std::optional<QrDrawing> draw_qr(std::string_view text);

/// The drawing in black on white by fixed colours, so that it can be read on dark and on light terminals; each line
/// ends with a line feed.
std::string coloured(const QrDrawing& drawing);

}  // namespace ledgram::cli
