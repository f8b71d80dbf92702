#pragma once

/// The client's part of an HTTP tunnel (RFC 9110 section 9.3.6) with Basic authentication (RFC 7617), without a socket.

#include "ledgram/net/proxy_step.hpp"
#include "ledgram/net/stream.hpp"

#include <string>

namespace ledgram::net {

/// The longest answer (status line and headers) that is read. Proxies send a few hundred bytes; web servers accept
/// about 8 KiB of headers themselves.
inline constexpr std::size_t kMaxHttpAnswer = 16384;

/// One handshake. Errors: BadProxyAnswer, ProxyAuthFailed, ProxyRefused; after one the connection is of no more use.
/// Messages name neither user nor password.
class HttpConnectHandshake {
 public:
  /// `target` is resolved by the proxy unless its host is an address. A user name with a colon cannot be sent (RFC 7617
  /// section 2): what is behind the colon would be taken for the password.
  HttpConnectHandshake(Address target, ProxyLogin login);

  /// What to send first.
  [[nodiscard]] Bytes start() const;

  /// Takes what the proxy sent, in pieces of any size. Whoever is behind the tunnel speaks only after us here, so
  /// bytes behind the answer are an error.
  [[nodiscard]] ProxyStepResult receive(ByteView received);

 private:
  [[nodiscard]] ProxyStepResult take_head(std::string_view head) const;

  Address target_;
  ProxyLogin login_;
  std::string received_;
};

}  // namespace ledgram::net
