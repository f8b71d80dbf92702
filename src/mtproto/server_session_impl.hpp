#pragma once

/// The inside of ServerSession, shared by its source files; nobody else includes this.
///
/// server_session.cpp          the public calls, answers, timers
/// server_session_receive.cpp  checks of received messages and their refusal
/// server_session_service.cpp  messages about messages
/// server_session_send.cpp     what goes into the next packet
/// server_session_chain.cpp    requests that wait for others
/// server_session_faults.cpp   what is wrong on purpose

#include "ledgram/mtproto/ack_queue.hpp"
#include "ledgram/mtproto/container.hpp"
#include "ledgram/mtproto/msg_id.hpp"
#include "ledgram/mtproto/server_session.hpp"
#include "ledgram/mtproto/service_ids.hpp"

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <vector>

namespace ledgram::mtproto {

struct ServerSession::Impl {
  /// A message of the client that was accepted.
  struct Received {
    enum class Kind : std::uint8_t {
      Done,      ///< nothing more will come of it
      Running,   ///< a request that was handed up
      Answered,  ///< its answer waits to be sent or acknowledged
    };
    std::int32_t seqno = 0;
    Kind kind = Kind::Done;
    MsgId answer;         ///< Answered, once sent
    bool failed = false;  ///< its answer is an error
  };

  enum class IdKind : std::uint8_t { Reply, Own };

  /// A message of ours that was not sent yet.
  struct Waiting {
    Bytes body;
    Content content = Content::No;
    IdKind id_kind = IdKind::Own;
    MsgId request;                ///< whose answer it is, or 0
    std::optional<MsgId> msg_id;  ///< given early to send_raw()
    std::int32_t seqno = 0;       ///< with msg_id
  };

  /// A content-related message of ours that was sent and not acknowledged.
  struct Unacked {
    Bytes body;
    std::int32_t seqno = 0;
    MsgId request;  ///< whose answer it is, or 0
    nanoseconds sent_at{};
  };

  /// A request that waits for others (invokeAfterMsgs).
  struct Chained {
    MsgId msg_id;
    std::vector<MsgId> after;
    Bytes body;
    nanoseconds give_up_at{};
  };

  /// How far a request is that another one waits for.
  enum class Progress : std::uint8_t { Done, Running, Failed };

  struct Draft {
    std::vector<InnerMessage> messages;
    std::deque<Bytes> bodies;  ///< a deque, because `messages` points into them
    std::size_t size = 0;
    enum class Wrap : std::uint8_t { IfSeveral, Always } wrap = Wrap::IfSeveral;
  };

  Impl(const crypto::AuthKey& auth_key, SessionId session_id, ServerSalts& server_salts, RandomSource& source,
       ServerSessionOptions session_options);

  // server_session.cpp
  void finish(MsgId request, Bytes object);
  void on_connected();
  void repeat(MsgId msg_id);
  void on_timer(Instant now);
  [[nodiscard]] std::optional<nanoseconds> next_deadline() const;
  [[nodiscard]] std::optional<nanoseconds> resend_deadline() const;

  // server_session_receive.cpp
  void receive(const DecryptedMessage& message, Instant now);
  void receive_container(const InnerMessage& outer, Instant now);
  void begin(MsgId first, Instant now);
  void refuse(const InnerMessage& message, BadMsg code);
  void refuse_salt(const InnerMessage& message, Instant now);
  void on_message(const InnerMessage& message, Instant now);
  void on_repeated(MsgId id, Received& known);
  [[nodiscard]] std::optional<BadMsg> check_seqno(const InnerMessage& message) const;
  void remember(const InnerMessage& message);
  void dispatch(const InnerMessage& message, ByteView body, Instant now);
  void dispatch_packed(const InnerMessage& message, Instant now);
  void on_request(const InnerMessage& message, ByteView body);
  void refuse_body(MsgId request);

  // server_session_chain.cpp
  void on_invoke_after(const InnerMessage& message, ByteView body, Instant now);
  void run_chained(Instant now);
  [[nodiscard]] Progress progress_of(const Chained& request) const;
  [[nodiscard]] std::optional<nanoseconds> chain_deadline() const;

  // server_session_faults.cpp
  [[nodiscard]] Bytes encrypt(PlainMessage outer, Instant now);
  void add_faulty_answer(Draft& draft, MsgId answer, Instant now);

  // server_session_service.cpp
  bool on_service(const InnerMessage& message, ByteView body, Instant now);
  void on_ping(MsgId id, ByteView body, Instant now);
  void on_acks(ByteView body);
  void on_acked(MsgId id);
  void on_get_future_salts(MsgId id, ByteView body, Instant now);
  void on_state_request(MsgId id, ByteView body);
  void on_resend_request(MsgId id, ByteView body);
  void on_drop_answer(MsgId id, ByteView body);
  void on_destroy_session(MsgId id, ByteView body);
  [[nodiscard]] std::uint8_t state_of(MsgId id) const;

  // server_session_send.cpp
  void reply(Bytes body);
  void queue(Waiting waiting);
  std::optional<Bytes> next_packet(Instant now);
  [[nodiscard]] bool has_packet(Instant now) const;
  [[nodiscard]] std::int32_t next_seqno(Content content);
  void add(Draft& draft, MsgId id, std::int32_t seqno, ByteView body);
  void add_service(Draft& draft, Bytes body, Instant now);
  void add_announcements(Draft& draft, Instant now);
  void add_resends(Draft& draft, Instant now);
  void add_waiting(Draft& draft, Instant now);
  Bytes seal(const Draft& draft, Instant now);

  const crypto::AuthKey* key;
  SessionId id;
  ServerSalts* salts;
  RandomSource* random;
  ServerSessionOptions options;

  bool begun = false;
  bool connected = false;
  MsgIdGenerator msg_ids{crypto::Direction::ToClient};
  std::int32_t content_sent = 0;
  std::map<MsgId, Received> received;
  MsgId forgotten_up_to;
  AckQueue acks;
  std::deque<Waiting> waiting;
  std::map<MsgId, Unacked> unacked;
  std::set<MsgId> resend;    ///< of unacked: to be sent again
  std::set<MsgId> announce;  ///< of unacked: to be announced by msg_detailed_info
  std::deque<ServerSessionEvent> events;
  std::optional<nanoseconds> disconnect_at;
  PacketFault fault = PacketFault::None;
  std::optional<Bytes> repeat_packet;
  AnswerFault answer_fault = AnswerFault::None;
  std::optional<BadMsg> refuse_next;
  std::vector<Chained> chained;
};

}  // namespace ledgram::mtproto
