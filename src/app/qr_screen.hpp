#pragma once

/// Shows the QR code of a login, one in the place of the other. Owned by the login that shows it.

#include "ledgram/telegram/login.hpp"

#include <cstddef>

namespace ledgram::app {

class QrScreen {
 public:
  /// On a terminal that is large enough: the drawing and the link, on standard error, over those shown before. Without
  /// a terminal: the link alone, a line on standard output, so that a script can pass it on.
  void show(const telegram::LoginToken& token);

  /// The code is of no use any more.
  void clear();

 private:
  std::size_t lines_shown_ = 0;
};

}  // namespace ledgram::app
