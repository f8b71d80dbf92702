#pragma once

/// One connection's protocol, without its socket: bytes in, bytes out. It finds the transport, carries the key
/// exchange, decrypts, hands messages to their sessions and requests to the API service.
///
///     peer.feed(received);
///     while (peer.handle_next(now)) ...        // one frame each
///     peer.collect(now, out);                  // what is to be written
///     peer.on_timer(now);                      // when next_deadline() is reached
///
/// It ends when closing() says so: what collect() still gives is written first, then the socket is closed.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/mtproto/handshake_server.hpp"
#include "ledgram/mtproto/server_session.hpp"
#include "ledgram/mtproto/server_transport.hpp"
#include "ledgram/sim_server/hub.hpp"

#include <boost/json/object.hpp>

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ledgram::sim {

/// Where a connection came in.
struct DirectPort {
  DcId dc;
};
struct ProxyPort {
  mtproto::ProxySecret secret;  ///< the DC is the one in the obfuscation header
};
using Entrance = std::variant<DirectPort, ProxyPort>;

class Peer {
 public:
  /// `wake` is called when something has come up for collect() outside of a call of this object's functions; it must
  /// not call back. The hub must outlive the peer.
  Peer(Hub& hub, const Entrance& entrance, std::uint64_t number, std::function<void()> wake, std::string address = {});
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  void feed(ByteView received);

  /// Handles one frame. False: none is complete, or the connection is closing.
  bool handle_next(Instant now);

  /// Appends what is to be written now; up to about kCollectBytes unless a single packet is larger.
  void collect(Instant now, Bytes& out);

  void on_timer(Instant now);
  [[nodiscard]] std::optional<nanoseconds> next_deadline() const;

  /// Bytes of answers that were given and not yet collected, roughly; the reader stops while there are too many.
  [[nodiscard]] std::size_t backlog() const { return backlog_; }

  /// No more frames are handled; the socket is to be closed when collect() gives nothing.
  [[nodiscard]] bool closing() const { return closing_; }

  /// Ends the connection now: nothing more is collected, and what is being written need not arrive.
  void abort();
  [[nodiscard]] bool aborted() const { return aborted_; }

  /// From now on nothing is written any more, though what comes in is still taken.
  void stop_sending();
  [[nodiscard]] bool sending_stopped() const { return sending_stopped_; }

  void wake() const { wake_(); }

  /// True if a session of this account is carried.
  [[nodiscard]] bool serves(std::string_view phone) const;

  /// The session has moved to another connection or has ended.
  void detach(LiveSession& session);

  /// Nothing until the transport of a proxied connection is known.
  [[nodiscard]] std::optional<DcId> dc() const { return dc_; }
  /// Where the client is, without its port; empty if that is not known.
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] boost::json::object status() const;

 private:
  void handle_packet(const mtproto::Frame& frame, Instant now);
  void handle_plain(ByteView packet, Instant now);
  void handle_encrypted(const mtproto::Frame& frame, Instant now);
  bool find_dc();
  void attach(LiveSession& live, Instant now);
  void handle_events(LiveSession& live, Instant now);
  void bind(LiveSession& live, const mtproto::RequestReceived& request, Instant now);
  void handle_request(LiveSession& live, const mtproto::RequestReceived& request, Instant now);
  void give_answer(LiveSession& live, MsgId request, Outcome outcome, Instant now);
  void release_held(LiveSession& live, Instant now);
  void collect_session(LiveSession& live, Instant now, Bytes& out);
  void spend_budget(Bytes& out, std::size_t already);
  void fail_transport(std::int32_t code);
  void leave_sessions(Instant now);
  [[nodiscard]] bool carries(const LiveSession* live) const;

  Hub& hub_;
  std::uint64_t number_;
  std::function<void()> wake_;
  std::string address_;
  std::optional<DcId> dc_;
  bool proxied_;
  mtproto::ServerTransport transport_;
  std::optional<mtproto::ServerHandshake> handshake_;  ///< made when the DC is known, with its key and faults
  std::vector<LiveSession*> sessions_;                 ///< the most recently used last
  Bytes ready_;                                        ///< encoded already: key exchange, transport errors, quick acks
  Bytes scratch_;
  std::size_t backlog_ = 0;
  std::optional<AuthKeyId> forget_when_written_;
  bool closing_ = false;
  bool aborted_ = false;
  bool sending_stopped_ = false;
  std::uint64_t budget_version_ = 0;
  std::optional<std::uint64_t> budget_;
  std::uint64_t bytes_in_ = 0;
  std::uint64_t bytes_out_ = 0;
};

}  // namespace ledgram::sim
