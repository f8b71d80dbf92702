#pragma once

/// Errors of the HTTP floor: what keeps the server from starting. What a client causes is an answer.

#include "ledgram/base/error.hpp"

#include <cstdint>
#include <string_view>

namespace ledgram::http {

enum class HttpErrc : std::uint8_t {
  ListenFailed,    ///< the address cannot be listened on
  BadCertificate,  ///< the certificate or its key cannot be used
};

constexpr std::string_view name_of(HttpErrc code) {
  return code == HttpErrc::ListenFailed ? "ListenFailed" : "BadCertificate";
}

constexpr bool is_retryable(HttpErrc code) {
  return code == HttpErrc::ListenFailed;
}

using HttpError = BasicError<HttpErrc>;
using HttpFailure = Failure<HttpError>;

}  // namespace ledgram::http
