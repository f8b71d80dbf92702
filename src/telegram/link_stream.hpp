#pragma once

/// The bytes of one connection to a data centre, however it gets there: straight, through a SOCKS5 or HTTP proxy, and
/// perhaps disguised as TLS for an MTProxy.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/fake_tls.hpp"
#include "ledgram/net/proxy.hpp"
#include "ledgram/net/stream.hpp"

#include <optional>
#include <string>

namespace ledgram::telegram {

/// Where to connect and how to speak there.
struct LinkPlan {
  net::Address address;
  mtproto::TransportOptions transport;
  std::optional<net::ProxyServer> tunnel;  ///< what makes the connection for us
  std::string tls_host;                    ///< not empty: disguised as TLS with this host, keyed by transport.secret
};

/// As net::Stream; only the errors of the disguise come on top.
class LinkStream {
 public:
  LinkStream(net::Stream stream) : stream_(std::move(stream)) {}  // NOLINT(google-explicit-constructor): it is one
  LinkStream(net::Stream stream, mtproto::FakeTlsClient disguise);

  /// At least one byte, valid until the caller suspends or calls again. Throws NetFailure.
  asio::awaitable<ByteView> receive();

  /// All of `bytes`, which must stay valid until the end. Throws NetFailure.
  asio::awaitable<void> write(ByteView bytes);

  [[nodiscard]] const net::Address& peer() const { return stream_.peer(); }

 private:
  net::Stream stream_;
  std::optional<mtproto::FakeTlsClient> disguise_;
  Bytes data_;  ///< what receive() has unwrapped
};

/// Connects, through the tunnel if there is one, and exchanges the greetings of the disguise if there is one.
/// `unix_time` is the server's as far as it is known. Throws NetFailure; BadProxyAnswer and ProxyAuthFailed mean that
/// the proxy is configured wrongly. `plan` and `random` must live until the end.
asio::awaitable<LinkStream> open_stream(const LinkPlan& plan, net::Deadline deadline, nanoseconds unix_time,
                                        RandomSource& random);

}  // namespace ledgram::telegram
