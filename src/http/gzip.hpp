#pragma once

/// Compressed answers (RFC 1952).

#include "ledgram/http/message.hpp"

#include <string>
#include <string_view>

namespace ledgram::http {

std::string gzip(std::string_view text);

/// Compresses the body if the request takes that and it is worth it: text of at least a kilobyte that is not compressed
/// yet. Either way Vary says that it may depend.
void compress_for(const Request& request, Response& response);

}  // namespace ledgram::http
