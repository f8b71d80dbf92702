#include "ledgram/http/tls.hpp"

#include "ledgram/http/error.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

namespace ledgram::http {
namespace {

[[noreturn]] void fail(const std::filesystem::path& file, const std::string& why) {
  throw HttpFailure({HttpErrc::BadCertificate,
                     fmt::format("cannot use {}: {}; correct [http] certificate and key", file.string(), why)});
}

/// HTTP/1.1 is all that is spoken here.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in,
                    unsigned int in_size, void*) {
  static constexpr unsigned char kSpoken[] = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  const int found =
      SSL_select_next_proto(const_cast<unsigned char**>(out), out_size, kSpoken, sizeof kSpoken, in, in_size);
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

}  // namespace

asio::ssl::context tls_context(const TlsFiles& files) {
  asio::ssl::context context(asio::ssl::context::tls_server);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_alpn_select_cb(context.native_handle(), choose_protocol, nullptr);
  // An idle connection gives its buffers back.
  SSL_CTX_set_mode(context.native_handle(), SSL_MODE_RELEASE_BUFFERS);
  boost::system::error_code error;
  context.use_certificate_chain_file(files.certificate.string(), error);
  if (error)
    fail(files.certificate, error.message());
  context.use_private_key_file(files.key.string(), asio::ssl::context::pem, error);
  if (error)
    fail(files.key, error.message());
  if (SSL_CTX_check_private_key(context.native_handle()) != 1)
    fail(files.key, "it is not the key of the certificate");
  return context;
}

}  // namespace ledgram::http
