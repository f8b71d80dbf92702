#include "ledgram/net/proxy.hpp"

#include "ledgram/net/http_connect.hpp"
#include "ledgram/net/socks5.hpp"
#include "ledgram/net/with_deadline.hpp"

#include <array>
#include <optional>

namespace ledgram::net {

namespace {

/// More than any answer of a SOCKS5 proxy and most answers of HTTP ones.
constexpr std::size_t kReadSize = 1024;

template <class Handshake>
asio::awaitable<void> negotiate(Stream& stream, Handshake handshake) {
  Bytes first = handshake.start();
  co_await stream.write(first);
  std::array<std::uint8_t, kReadSize> buffer{};
  while (true) {
    const std::size_t count = co_await stream.read_some(buffer);
    ProxyStepResult step = handshake.receive(ByteView(buffer).first(count));
    if (!step)
      throw NetFailure(std::move(step.error()));
    if (!step->send.empty())
      co_await stream.write(step->send);
    if (step->progress == ProxyStep::Progress::Established)
      co_return;
  }
}

asio::awaitable<void> negotiate_as(const ProxyServer& proxy, const Address& target, Stream& stream) {
  if (proxy.kind == ProxyKind::Socks5) {
    Socks5Handshake handshake(target, proxy.login);
    co_await negotiate(stream, std::move(handshake));
  } else {
    HttpConnectHandshake handshake(target, proxy.login);
    co_await negotiate(stream, std::move(handshake));
  }
}

/// The same failure in words that name the proxy and what is to be done about it.
NetFailure named(const NetError& error, const ProxyServer& proxy) {
  std::string message = "through the proxy " + to_string(proxy) + ": " + error.message;
  if (error.code == NetErrc::ProxyAuthFailed)
    message += "; check the user name and password in the proxy's address";
  if (error.code == NetErrc::BadProxyAnswer)
    message += "; check the kind, host and port of the proxy";
  if (error.code == NetErrc::ConnectionClosed)
    message += " before the tunnel was open; is it a proxy of this kind?";
  return NetFailure({error.code, std::move(message)});
}

}  // namespace

std::string to_string(const ProxyServer& proxy) {
  return (proxy.kind == ProxyKind::Socks5 ? "socks5://" : "http://") + to_string(proxy.address);
}

asio::awaitable<Stream> dial_through(const ProxyServer& proxy, const Address& target, Deadline deadline) {
  std::optional<NetError> problem;
  std::optional<Stream> stream;
  try {
    stream.emplace(co_await dial(proxy.address, deadline));
    asio::awaitable<void> negotiating = negotiate_as(proxy, target, *stream);
    std::string what = "asking it for a connection to " + to_string(target);
    co_await with_deadline(std::move(negotiating), deadline, std::move(what));
  } catch (const NetFailure& failure) {
    problem = failure.error();
  }
  if (problem)
    throw named(*problem, proxy);
  co_return Stream(std::move(stream->socket()), target);
}

}  // namespace ledgram::net
