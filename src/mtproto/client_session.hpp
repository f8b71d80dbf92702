#pragma once

/// The client's half of an MTProto session: requests, answers and updates over one authorization key.
///
/// Sans-IO. The owner feeds transport packets and the time, writes what next_packet() returns, and reads events:
///
///     session.on_connected(now);
///     RequestId id = session.send(tl::serialize(method), now);
///     while (auto packet = session.next_packet(now)) transport.encode(*packet, out);   // after every call that
///     follows session.receive(packet_from_the_transport, now); while (auto event = session.poll_event()) ...
///     session.on_timer(now);                                      // when next_deadline() is reached
///
/// One object lives as long as the account's use of the key in this process: a lost connection is reported with
/// on_disconnected() and on_connected(), and what was sent and not answered is taken up again without running it twice
/// where the server can tell (core.telegram.org/mtproto/service_messages_about_messages). A session id is never used by
/// two objects. Not thread-safe. The RandomSource must outlive it.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/error.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/mtproto/error.hpp"
#include "ledgram/mtproto/salt.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace ledgram::mtproto {

/// Our own number of a request; unlike its msg_id it stays the same however often the request is sent.
using RequestId = StrongId<struct RequestIdTag, std::uint64_t>;

/// Times that have a reason to differ between a phone, a server and a test.
struct ClientSessionTimes {
  /// Between two ping_delay_disconnect, and after how long without one the server shall close the connection; the
  /// values of core.telegram.org/mtproto/service_messages#deferred-connection-closure--ping.
  std::chrono::seconds ping_interval{60};
  std::chrono::seconds server_disconnect_delay{75};
  /// With answers outstanding, this long a silence brings a ping before its time, so that a black hole is noticed soon.
  std::chrono::seconds silence_before_ping{15};
  /// A ping without any packet from the server for this long: the connection is dead.
  std::chrono::seconds pong_timeout{20};
  /// A request without answer and acknowledgement for this long although the server talks: it was lost on the way.
  std::chrono::seconds answer_timeout{60};
  /// Received messages are acknowledged at the latest after this time; well under the minute after which servers
  /// repeat.
  std::chrono::seconds ack_delay{10};
};

struct ClientSessionOptions {
  crypto::AuthKey auth_key;
  /// Nothing: a random one, which is right everywhere but in tests.
  std::optional<SessionId> session_id;
  /// From the key exchange or from the store; a wrong one costs one round trip.
  Salt salt;
  /// Server time minus this machine's wall clock, from the key exchange or the store. Believed for our own ids at once,
  /// for rejecting messages by their age only after the server confirmed it in this session.
  nanoseconds clock_offset{};
  ClientSessionTimes times;
};

/// Whether a request may be sent again when nobody can tell if the server has run it.
enum class Repeat : std::uint8_t {
  Allowed,    ///< reads only, or carries a random_id by which the server knows a repetition
  Forbidden,  ///< then it ends with RequestFailed{OutcomeUnknown}
};

/// Whether a request is gzip-packed when that makes it smaller; parts of media files only cost time.
enum class Packing : std::uint8_t { WhenSmaller, Never };

struct SendOptions {
  Repeat repeat = Repeat::Allowed;
  Packing packing = Packing::WhenSmaller;
  /// The server runs this request after those have ended (core.telegram.org/api/invoking#sequential-requests); they are
  /// of this session and were sent before it. Those that have ended already do not count. When one of them goes out
  /// again under a new id, this one follows; when one of them fails, this one is run all the same.
  std::vector<RequestId> after{};
  /// For the one method whose body holds the id of its own message (auth.bindTempAuthKey): makes the body each time the
  /// request goes out, in place of the one given to send(). Its result is a multiple of 4 bytes.
  std::function<Bytes(MsgId, SessionId)> make_body{};
};

/// The answer to a request: a boxed TL object, already unpacked. A bare Vector or Bool comes as it is.
struct RpcResult {
  RequestId request;
  Bytes body;
};

/// The server's refusal, as sent (core.telegram.org/api/errors); the floor above decides what it means.
struct RpcError {
  RequestId request;
  std::int32_t code = 0;
  std::string message;
};

/// The request has ended without an answer; it will not be sent again.
struct RequestFailed {
  enum class Reason : std::uint8_t {
    OutcomeUnknown,    ///< may or may not have been run, and Repeat::Forbidden
    RefusedTooOften,   ///< the server refused the message itself (not the method) each time it was sent
    UnreadableAnswer,  ///< the answer came but could not be unpacked
  };
  RequestId request;
  Reason reason = Reason::OutcomeUnknown;
};

/// Anything that is neither an answer nor part of the protocol: boxed TL, unpacked, usually of type Updates. It is
/// acknowledged whether or not the floor above can read it.
struct UpdateReceived {
  Bytes body;
};

/// The server has no memory of this session before `first_msg_id`: updates may have been missed. Reported once for each
/// unique_id; requests that it lost are sent again by themselves.
struct NewSessionCreated {
  std::int64_t unique_id = 0;
  MsgId first_msg_id;
};

/// To be stored, so that the next start begins with a valid salt.
struct SaltChanged {
  Salt salt;
};

/// To be stored, so that the next start begins with the right time. `offset` is server time minus wall clock.
struct ClockAdjusted {
  nanoseconds offset{};
};

/// The connection carries nothing any more: close it and open another. Reported once a connection.
struct ConnectionStuck {
  enum class Reason : std::uint8_t {
    NoPong,    ///< the server is silent
    NoAnswer,  ///< it answers pings but neither answers nor acknowledges a request
  };
  Reason reason = Reason::NoPong;
};

/// A new session id was begun because the old one could not go on; open requests were carried over. Updates may have
/// been missed.
struct SessionReset {
  std::int32_t bad_msg_code = 0;  ///< error_code of the bad_msg_notification; 0: the server repeated forgotten messages
};

using SessionEvent = std::variant<RpcResult, RpcError, RequestFailed, UpdateReceived, NewSessionCreated, SaltChanged,
                                  ClockAdjusted, ConnectionStuck, SessionReset>;

class ClientSession {
 public:
  ClientSession(ClientSessionOptions options, RandomSource& random);
  ClientSession(ClientSession&&) noexcept;
  ClientSession& operator=(ClientSession&&) noexcept;
  ~ClientSession();

  /// Queues a serialized method (a multiple of 4 bytes, at most 15 MiB: ours to keep). Works while disconnected, too.
  RequestId send(Bytes method_body, Instant now, SendOptions options = {});

  /// No event will come for this request any more. If it was sent already the server is told not to answer
  /// (rpc_drop_answer); it may still run it.
  void cancel(RequestId request);

  /// Tells the server to forget a session of this key that nobody uses any more: one of an earlier run, so that it does
  /// not go on collecting updates (core.telegram.org/mtproto/service_messages#destroy-session). Asked again until it is
  /// answered. Ignored for 0 and for the session's own id.
  void destroy_session(SessionId old);

  /// The connection will be closed: what waits for company or for its time (acknowledgements) is to go out now.
  void flush(Instant now);

  /// False if the request has ended or was surely not run: it waits to be sent, for the first time or because the
  /// server said that it did not take it.
  [[nodiscard]] bool may_have_run(RequestId request) const;

  /// A transport is open and its first bytes may be written.
  void on_connected(Instant now);

  /// The transport is gone. What was sent stays open and is asked about after the next on_connected().
  void on_disconnected(Instant now);

  /// One packet of the transport. `packet` is not kept. An error means that the packet was dropped and that the
  /// connection must be closed and opened anew; the session itself stays usable.
  Result<void, MtprotoError> receive(ByteView packet, Instant now);

  /// The next transport packet to write, or nothing if all is written or nobody is connected. Queued requests,
  /// acknowledgements and pings ride in one container. Call until it returns nothing; each call is new bytes.
  std::optional<Bytes> next_packet(Instant now);

  /// To be called when next_deadline() is reached; harmless at any other time.
  void on_timer(Instant now);

  /// Monotonic time at which on_timer() and then next_packet() want to be called.
  [[nodiscard]] std::optional<nanoseconds> next_deadline() const;

  std::optional<SessionEvent> poll_event();

  [[nodiscard]] SessionId session_id() const;
  [[nodiscard]] Salt salt() const;

  /// Server time minus wall clock, as known now.
  [[nodiscard]] nanoseconds clock_offset(Instant now) const;

  /// Requests that have not ended: queued, sent, or acknowledged.
  [[nodiscard]] std::size_t open_requests() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgram::mtproto
