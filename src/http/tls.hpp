#pragma once

/// The server's side of TLS. For the inside of this floor.

#include "ledgram/http/options.hpp"

#include <boost/asio/ssl/context.hpp>

namespace ledgram::http {

/// TLS 1.2 and later with the library's own choice of ciphers. Throws HttpFailure BadCertificate.
asio::ssl::context tls_context(const TlsFiles& files);

}  // namespace ledgram::http
