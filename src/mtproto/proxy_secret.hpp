#pragma once

/// MTProxy secrets as people pass them around (core.telegram.org/mtproto/mtproto-transports#transport-obfuscation).

#include "ledgram/base/secret.hpp"
#include "ledgram/mtproto/error.hpp"
#include "ledgram/mtproto/obfuscation.hpp"

#include <string>
#include <string_view>

namespace ledgram::mtproto {

struct ParsedProxySecret {
  enum class Disguise : std::uint8_t {
    None,     ///< 16 bytes: any obfuscated transport
    Padding,  ///< 17 bytes: the padded intermediate transport is required
    Tls,      ///< ee, 16 bytes, a host name: looks like TLS
  };

  ProxySecret key{};
  Disguise disguise = Disguise::None;
  std::string tls_host;  ///< Disguise::Tls only

  /// The transport to use when `preferred` is what the configuration asks for.
  [[nodiscard]] TransportKind transport(TransportKind preferred) const;
};

/// 16 bytes; 17 bytes of which the first is a mark; or ee, 16 bytes and a host name. Fails with BadProxySecret; the
/// message does not repeat the secret.
[[nodiscard]] Result<ParsedProxySecret, MtprotoError> proxy_secret_from_bytes(ByteView bytes);

/// Accepts hexadecimal, base64 and base64url. Fails with BadProxySecret; the message does not repeat the secret.
[[nodiscard]] Result<ParsedProxySecret, MtprotoError> parse_proxy_secret(std::string_view text);

}  // namespace ledgram::mtproto
