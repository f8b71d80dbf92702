#pragma once

/// The client's part of SOCKS version 5 (RFC 1928) with user name and password (RFC 1929), without a socket.

#include "ledgram/net/proxy_step.hpp"
#include "ledgram/net/stream.hpp"

#include <cstdint>

namespace ledgram::net {

/// The longest host name, user name and password that fit into SOCKS5's one-byte lengths.
inline constexpr std::size_t kMaxSocks5Text = 255;

/// One handshake. Errors: BadProxyAnswer, ProxyAuthFailed, ProxyRefused; after one the connection is of no more use.
/// Messages name neither user nor password. At most 262 bytes are ever held.
class Socks5Handshake {
 public:
  /// `target` is resolved by the proxy unless its host is an address. Host, user and password have at most
  /// kMaxSocks5Text bytes.
  Socks5Handshake(Address target, ProxyLogin login);

  /// What to send first.
  [[nodiscard]] Bytes start() const;

  /// Takes what the proxy sent, in pieces of any size. A proxy speaks only when it is asked, so bytes behind its last
  /// answer are an error.
  [[nodiscard]] ProxyStepResult receive(ByteView received);

 private:
  enum class State : std::uint8_t { Method, Login, Reply, Done };

  [[nodiscard]] ProxyStepResult take_answer();
  [[nodiscard]] ProxyStepResult take_method();
  [[nodiscard]] ProxyStepResult take_login_answer();
  [[nodiscard]] ProxyStepResult take_reply();
  /// How long the answer that is awaited is, as far as its first bytes tell; never less than what is needed to tell.
  [[nodiscard]] std::size_t answer_size() const;
  [[nodiscard]] Bytes login_request() const;
  [[nodiscard]] Bytes connect_request() const;

  Address target_;
  ProxyLogin login_;
  State state_ = State::Method;
  Bytes received_;
};

}  // namespace ledgram::net
