#pragma once

/// TCP connections through a proxy that makes a connection for us and then only carries bytes: SOCKS5 and HTTP CONNECT.

#include "ledgram/net/proxy_step.hpp"
#include "ledgram/net/stream.hpp"

#include <cstdint>
#include <string>

namespace ledgram::net {

enum class ProxyKind : std::uint8_t { Socks5, HttpConnect };

struct ProxyServer {
  ProxyKind kind = ProxyKind::Socks5;
  Address address;
  ProxyLogin login;
};

/// "socks5://host:port" or "http://host:port", without user and password: for people and logs.
std::string to_string(const ProxyServer& proxy);

/// Connects to the proxy and lets it connect to `target`, whose host name the proxy resolves. The stream's peer() is
/// the target. Throws NetFailure as dial() does, and ProxyRefused, ProxyAuthFailed, BadProxyAnswer; every message names
/// the proxy. Reads no more than the bounds of socks5.hpp and http_connect.hpp. The arguments must live until the end.
asio::awaitable<Stream> dial_through(const ProxyServer& proxy, const Address& target, Deadline deadline);

}  // namespace ledgram::net
