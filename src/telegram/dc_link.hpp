#pragma once

/// One TCP connection to a data centre, from dialling to its loss. What must outlive a connection (key, session, open
/// calls) belongs to DcConnection.

#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/mtproto/client_session.hpp"
#include "ledgram/mtproto/client_transport.hpp"
#include "ledgram/mtproto/handshake_client.hpp"
#include "ledgram/net/condition.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/telegram/link_stream.hpp"
#include "ledgram/telegram/options.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ledgram::telegram {

/// Why a connection ended; decides what happens next.
enum class LinkEnd : std::uint8_t {
  Network,             ///< not reached, closed or broken: come again
  Protocol,            ///< the server sent what cannot be: come again
  Stuck,               ///< it carried nothing any more: come again
  KeyUnknown,          ///< transport error -404 (T13): not yet proof that the key is lost
  TooManyConnections,  ///< transport error -429: come again much later
  WrongEnvironment,    ///< transport error -444: coming again is of no use
  BadProxy,            ///< what answers is not the proxy that was configured, or it wants another password
  UntrustedServer,     ///< the key exchange failed as only with a server that is not Telegram's
  TemporaryKeyLost,    ///< the server will not have the temporary key: come again with another
  TemporaryKeyDue,     ///< we ended it: it is time for another temporary key
  KeySwitch,           ///< we ended it: the next one carries a session of the permanent key
};

/// In a few words, by which losses are counted.
std::string_view reason_of(LinkEnd end);
std::string_view reason_of(net::NetErrc code);

class LinkLost : public std::runtime_error {
 public:
  LinkLost(LinkEnd end, const std::string& what) : LinkLost(end, what, reason_of(end)) {}
  /// `reason` is a literal.
  LinkLost(LinkEnd end, const std::string& what, std::string_view reason)
      : std::runtime_error(what), end_(end), reason_(reason) {}

  [[nodiscard]] LinkEnd end() const { return end_; }
  [[nodiscard]] std::string_view reason() const { return reason_; }

 private:
  LinkEnd end_;
  std::string_view reason_;
};

/// Static addresses go before others if there is a tunnel.
[[nodiscard]] Way way_of(const ClientOptions& options);

/// The plan for one of a data centre's addresses, or for the proxy if there is one.
LinkPlan plan_link(const DcOption& option, const ClientOptions& options);

/// What the owner wants to hear from a link that carries a session; each may throw LinkLost to end it.
struct LinkHooks {
  std::function<void()> on_events;  ///< the session may have events
  std::function<void()> on_packet;  ///< the server has sent a packet that only the owner of the key can make
  std::function<void()> on_idle{};  ///< all that the session had to say was given to the network
  /// Waits until more may be read: back-pressure reaches the server through TCP. Nothing: always.
  std::function<asio::awaitable<void>()> before_reading{};
};

class DcLink {
 public:
  /// RandomSource and Clock must outlive the link.
  DcLink(LinkStream stream, const mtproto::TransportOptions& transport, RandomSource& random, const Clock& clock);

  /// The key exchange. Throws LinkLost or NetFailure.
  asio::awaitable<mtproto::HandshakeDone> make_key(mtproto::HandshakeOptions options, crypto::DhGroupCache& primes);

  /// Carries the session until the connection is lost; never returns, throws LinkLost or NetFailure. `wake` is set by
  /// whoever gives the session something to send. Session, `wake` and what the hooks use must outlive the call.
  asio::awaitable<void> serve(mtproto::ClientSession& session, net::Event& wake, LinkHooks hooks);

 private:
  /// What the two halves of serve() share; all of it outlives them.
  struct Serving {
    mtproto::ClientSession* session;
    net::Event* wake;
    const LinkHooks* hooks;
  };

  asio::awaitable<void> read_packets(Serving serving);
  asio::awaitable<void> write_packets(Serving serving);
  asio::awaitable<void> write_packet(Bytes packet);
  asio::awaitable<mtproto::HandshakeDone> exchange(mtproto::ClientHandshake& handshake);
  std::optional<mtproto::Frame> next_frame();

  LinkStream stream_;
  mtproto::ClientTransport transport_;
  RandomSource* random_;
  const Clock* clock_;
};

}  // namespace ledgram::telegram
