#pragma once

/// Status line and headers of an answer as bytes. For the inside of this floor.

#include "ledgram/http/message.hpp"

#include <string>
#include <string_view>

namespace ledgram::http {

/// "Not Found"; "Unknown" for a number nobody knows.
std::string_view reason_of(unsigned status);

/// With the empty line at its end. Fields whose name or value could end the line are left out: nothing that a user
/// stored can add a header.
std::string head_text(unsigned status, const Headers& headers);

/// True if answers of that status have no body (RFC 9110, 6.4.1).
constexpr bool is_bodyless(unsigned status) {
  return status < 200 || status == 204 || status == 304;
}

}  // namespace ledgram::http
