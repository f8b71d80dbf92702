#pragma once

/// The server's half of an MTProto session, for the simulator and for tests of the client.
///
/// One object per (authorization key, session id), made by the owner when a decrypted message names an unknown session
/// id; it begins with new_session_created. Sans-IO like ClientSession:
///
///     auto message = decrypt_message(key, crypto::Direction::ToServer, packet, scratch);
///     session.receive(*message, now);
///     while (auto event = session.poll_event()) ...            // run requests, then answer()
///     while (auto packet = session.next_packet(now)) transport.encode(*packet, out);
///
/// It is strict where the documentation is: every id, sequence number, salt and container is checked and refused with
/// the code of core.telegram.org/mtproto/service_messages_about_messages#notice-of-ignored-error-message. A request is
/// handed up once: its repetition brings the stored answer. invokeAfterMsg(s) is taken off: the request is handed up
/// when those before it were answered, or refused with MSG_WAIT_FAILED or MSG_WAIT_TIMEOUT. Not thread-safe. Key, salts
/// and RandomSource must outlive it.

#include "ledgram/base/bytes.hpp"
#include "ledgram/base/clock.hpp"
#include "ledgram/base/random.hpp"
#include "ledgram/base/strong_id.hpp"
#include "ledgram/crypto/auth_key.hpp"
#include "ledgram/mtproto/encrypted_message.hpp"
#include "ledgram/mtproto/server_salts.hpp"
#include "ledgram/mtproto/service_ids.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace ledgram::mtproto {

/// A method call to run, unpacked; `body` begins with the method's constructor (perhaps invokeWithLayer and the like,
/// which are the owner's to take apart). To be ended with answer() or answer_error().
struct RequestReceived {
  MsgId msg_id;
  Bytes body;
};

/// The client has acknowledged the answer to this request.
struct AnswerAcked {
  MsgId request;
};

/// The client does not want the answer any more (rpc_drop_answer); it may still be given and is then not sent.
struct RequestDropped {
  MsgId request;
};

/// destroy_session of another session of the same key; the owner knows them. Answer with answer_destroy_session().
struct DestroySessionRequested {
  MsgId msg_id;
  SessionId session;
};

/// destroy_auth_key; the owner forgets the key after answer_destroy_auth_key() is written.
struct DestroyAuthKeyRequested {
  MsgId msg_id;
};

/// ping_delay_disconnect ran out: the owner closes the connection.
struct DisconnectDue {};

using ServerSessionEvent = std::variant<RequestReceived, AnswerAcked, RequestDropped, DestroySessionRequested,
                                        DestroyAuthKeyRequested, DisconnectDue>;

struct ServerSessionOptions {
  /// Answers above this size are gzip-packed when that makes them smaller; nothing: never.
  std::optional<std::size_t> gzip_answers_above;
  /// The client's messages are acknowledged after this time unless an answer did so before.
  std::chrono::milliseconds ack_delay{1000};
  /// Answers and updates without acknowledgement are sent again after this time on a living connection.
  std::chrono::seconds resend_after{60};
  /// Answered requests are remembered for repetitions up to this number; unacknowledged answers always.
  std::size_t answers_kept = 1024;
  /// Announce answers that are sent again by msg_detailed_info instead of sending them (the client asks for them).
  enum class Resend : std::uint8_t { Whole, Announce } resend = Resend::Whole;
};

/// What next_packet() shall do wrong, once; for tests of the other side.
enum class PacketFault : std::uint8_t {
  None,
  WrongMsgKey,     ///< one bit of msg_key is flipped
  ForeignSession,  ///< the packet names another session id
  EvenMsgId,       ///< the msg_id has a client's low bits
  TooOld,          ///< the msg_id is 400 s in the past
  InTheFuture,     ///< the msg_id is 60 s ahead
  Twice,           ///< the same bytes are returned by two calls
  NoPadding,       ///< the inner length claims the padding, too
  ShortPadding,    ///< it leaves 8 bytes of padding
  LongPadding,     ///< more than 1024 bytes of padding
  NegativeLength,  ///< the inner length is -4
  OddLength,       ///< the inner length is 3
  LongLength,      ///< the inner length goes beyond the packet
};

/// What shall be wrong with the next answer, once; for tests of the other side.
enum class AnswerFault : std::uint8_t {
  None,
  Announced,   ///< msg_detailed_info comes instead of it, until it is asked for
  Repeated,    ///< it comes twice, under two ids of messages
  ForUnknown,  ///< an answer to a request that was never made comes before it
};

enum class DestroyResult : std::uint8_t { Destroyed, NoSuchSession };

class ServerSession {
 public:
  ServerSession(const crypto::AuthKey& key, SessionId id, ServerSalts& salts, RandomSource& random,
                ServerSessionOptions options = {});
  ServerSession(ServerSession&&) noexcept;
  ServerSession& operator=(ServerSession&&) noexcept;
  ~ServerSession();

  [[nodiscard]] SessionId id() const;

  /// One message of this session, with its time of arrival. The first call counts as on_connected().
  void receive(const DecryptedMessage& message, Instant now);

  std::optional<ServerSessionEvent> poll_event();

  /// Ends a request with a boxed object (not wrapped in rpc_result). Unknown or dropped requests are ignored.
  void answer(MsgId request, Bytes result, Instant now);

  /// Ends a request with rpc_error (core.telegram.org/api/errors).
  void answer_error(MsgId request, std::int32_t code, std::string_view text, Instant now);

  void answer_destroy_session(MsgId request, SessionId session, DestroyResult result, Instant now);
  void answer_destroy_auth_key(MsgId request, Instant now);

  /// Sends an object that answers nothing, usually Updates; repeated until the client acknowledges it.
  void push(Bytes object, Instant now);

  /// The client is reachable again over a new connection: unacknowledged answers and updates are sent again.
  void on_connected(Instant now);
  void on_disconnected(Instant now);
  [[nodiscard]] bool connected() const;

  /// The next encrypted packet to write, or nothing. Several messages ride in one container.
  std::optional<Bytes> next_packet(Instant now);

  void on_timer(Instant now);
  /// Monotonic time at which on_timer() and then next_packet() want to be called.
  [[nodiscard]] std::optional<nanoseconds> next_deadline() const;

  /// Monotonic time at which DisconnectDue will come, if the client asked for it.
  [[nodiscard]] std::optional<nanoseconds> disconnect_deadline() const;

  /// Answers and updates that were sent and not acknowledged, or wait to be sent.
  [[nodiscard]] std::size_t unacknowledged() const;

  /// True if next_packet() would return something.
  [[nodiscard]] bool has_packet(Instant now) const;

  /// The next packet gets this fault.
  void fault_next_packet(PacketFault fault);

  /// The next answer gets this fault.
  void fault_next_answer(AnswerFault fault);

  /// The next content-related message of the client is refused with this code though nothing is wrong with it.
  void refuse_next_message(BadMsg code);
  [[nodiscard]] bool refuses_next_message() const;

  /// Sends a service or other object as it is, content-related or not; for tests of the other side. The id is returned.
  enum class Content : std::uint8_t { No, Yes };
  MsgId send_raw(Bytes object, Content content, Instant now);

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace ledgram::mtproto
