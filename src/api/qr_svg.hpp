#pragma once

/// QR codes as drawings for a browser.

#include <string>
#include <string_view>

namespace ledgram::api {

/// An SVG of one path, black on white with the light margin that readers need (4 modules, ISO/IEC 18004), without a
/// size of its own. Throws std::length_error if the text is too long for a QR code.
std::string qr_svg(std::string_view text);

}  // namespace ledgram::api
