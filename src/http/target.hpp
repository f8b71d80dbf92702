#pragma once

/// The target of a request line, taken apart.

#include "ledgram/http/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::http {

struct Target {
  std::string path;
  std::vector<std::string> segments;
  std::vector<QueryItem> query;
};

/// Takes the origin form and the absolute form (RFC 9112, 3.2). Nothing if it is neither, if an escape is broken, or if
/// what was escaped is no UTF-8 or holds a control character. Dots and empty segments stay as they are: no file is
/// named by a path.
std::optional<Target> parse_target(std::string_view text);

}  // namespace ledgram::http
