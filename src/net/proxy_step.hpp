#pragma once

/// What the handshakes with proxies (socks5.hpp, http_connect.hpp) have in common. They are sans-IO: bytes go in, the
/// bytes to send come out.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/secret.hpp"
#include "ledgram/net/error.hpp"

#include <cstdint>
#include <string>

namespace ledgram::net {

/// User name and password for a proxy. Both empty: none.
struct ProxyLogin {
  SecretText user;
  SecretText password;

  [[nodiscard]] bool empty() const { return user.empty() && password.empty(); }
};

struct ProxyStep {
  enum class Progress : std::uint8_t {
    Continue,     ///< send `send`, if there is any, then wait for more
    Established,  ///< from the next byte on the connection is to the target
  };

  Progress progress = Progress::Continue;
  Bytes send;
};

using ProxyStepResult = Result<ProxyStep, NetError>;

inline std::unexpected<NetError> proxy_error(NetErrc code, std::string message) {
  return std::unexpected(NetError{code, std::move(message)});
}

}  // namespace ledgram::net
