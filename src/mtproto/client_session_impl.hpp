#pragma once

/// The inside of ClientSession, shared by its source files; nobody else includes this.
///
/// client_session.cpp          the public calls, timers, keep-alive
/// client_session_send.cpp     what goes into the next packet
/// client_session_receive.cpp  checks of a received packet, answers, updates
/// client_session_service.cpp  messages about messages: refusals, states, acknowledgements, salts

#include "ledgram/mtproto/ack_queue.hpp"
#include "ledgram/mtproto/client_session.hpp"
#include "ledgram/mtproto/container.hpp"
#include "ledgram/mtproto/msg_id.hpp"
#include "ledgram/mtproto/replay_window.hpp"
#include "ledgram/mtproto/request_table.hpp"
#include "ledgram/mtproto/salt_book.hpp"
#include "ledgram/mtproto/sent_services.hpp"
#include "ledgram/mtproto/server_clock.hpp"
#include "ledgram/mtproto/service_ids.hpp"

#include <deque>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace ledgram::mtproto {

struct ClientSession::Impl {
  /// A packet that is being put together.
  struct Draft {
    std::vector<InnerMessage> messages;
    std::deque<Bytes> bodies;  ///< of services; a deque, because `messages` points into them
    std::vector<SentService> services;
    std::vector<RequestId> requests;
    std::vector<MsgId> request_ids;
    std::size_t size = 0;
  };

  /// Which of the two ways a message can be meant (core.telegram.org/mtproto/description#content-related-message).
  enum class Content : std::uint8_t { No, Yes };

  /// A ping that was not answered yet.
  struct Ping {
    std::int64_t number = 0;
    nanoseconds sent_at{};
  };

  /// The window of time: a message outside of it may still carry what repairs our clock, and nothing else.
  enum class Age : std::uint8_t { Good, Bad };

  Impl(ClientSessionOptions options, RandomSource& source);

  // client_session.cpp
  RequestId send(Bytes body, SendOptions options);
  void cancel(RequestId request);
  void destroy_session(SessionId old);
  void on_connected(Instant now);
  void on_disconnected(Instant now);
  void on_timer(Instant now);
  [[nodiscard]] std::optional<nanoseconds> next_deadline() const;
  [[nodiscard]] nanoseconds next_ping_at() const;
  [[nodiscard]] std::optional<nanoseconds> pong_deadline() const;
  [[nodiscard]] std::optional<nanoseconds> answer_deadline() const;
  void begin_new_session(std::int32_t reason);
  void note_clock(Instant now);
  void note_progress(MsgId own_id);
  void fail_request(RequestId request, RequestFailed::Reason reason);

  // client_session_send.cpp
  std::optional<Bytes> next_packet(Instant now);
  [[nodiscard]] bool has_urgent(Instant now) const;
  InnerMessage& add_message(Draft& draft, ByteView body, Content content, Instant now);
  void add_service(Draft& draft, SentService::Kind kind, Bytes body, std::vector<MsgId> about, Instant now,
                   Content content = Content::No);
  void add_services(Draft& draft, Instant now);
  void add_questions(Draft& draft, Instant now);
  void add_requests(Draft& draft, Instant now);
  [[nodiscard]] std::optional<std::vector<MsgId>> chain_of(const Draft& draft, const OpenRequest& request);
  [[nodiscard]] Bytes seal(Draft& draft, Instant now);

  // client_session_receive.cpp
  Result<void, MtprotoError> receive(ByteView packet, Instant now);
  Result<void, MtprotoError> on_message(const InnerMessage& message, Age age, Instant now);
  Result<void, MtprotoError> dispatch(const InnerMessage& message, Age age, Instant now);
  void on_rpc_result(ByteView body);
  void on_unwrapped_result(ByteView body);
  void end_request(RequestId request, MsgId sent_as, ByteView object);
  /// True if an error said that a request came before those that it was to come after; it is taken care of.
  bool on_chain_error(RequestId request, MsgId sent_as, const RpcError& error);
  void on_update(Bytes body);

  // client_session_service.cpp
  Result<void, MtprotoError> on_refusal(const InnerMessage& message, Age age, Instant now);
  void resend_refused(RequestId request, std::int32_t code);
  void resend(RequestId request);
  void restore_service(SentService& service, Instant now);
  void on_new_session_created(ByteView body);
  void on_lost_request(RequestId request);
  void on_pong(const InnerMessage& message, Instant now);
  void on_acks(ByteView body);
  void on_future_salts(ByteView body);
  void on_states(ByteView body, std::uint32_t constructor);
  void apply_states(std::span<const MsgId> ids, ByteView states);
  void apply_states_of_announced(std::span<const MsgId> ids, ByteView states);
  void on_state_request(const InnerMessage& message);
  void on_resend_request(const InnerMessage& message);
  void on_detailed_info(ByteView body, std::uint32_t constructor, Instant now);
  [[nodiscard]] Bytes state_info(MsgId request, std::span<const MsgId> ids) const;
  void set_salt(Salt salt);

  RandomSource* random;
  crypto::AuthKey key;
  ClientSessionTimes times;

  SessionId session;
  SessionId previous_session;  ///< answers to it may still arrive and are no fault
  MsgIdGenerator msg_ids{crypto::Direction::ToServer};
  std::int32_t content_sent = 0;
  ServerClock clock;
  nanoseconds reported_offset;
  SaltBook salts;

  RequestTable requests;
  SentServices sent_services;
  ReplayWindow received;
  AckQueue acks;
  std::vector<MsgId> ask_state_of;      ///< requests of which nobody knows whether they arrived
  std::vector<MsgId> ask_resend_of;     ///< announced messages of the server that never came
  std::map<MsgId, MsgId> announced;     ///< answers among those: whose answer each is
  std::vector<MsgId> drop_answers;      ///< of cancelled requests that the server has
  std::vector<SessionId> old_sessions;  ///< to be destroyed, until the server has answered
  bool tell_old_sessions = false;       ///< they were not named to the server yet
  std::vector<Bytes> replies;           ///< what the server asked for: states of its messages
  std::vector<std::int64_t> known_unique_ids;
  std::deque<SessionEvent> events;
  Bytes scratch;  ///< the decrypted packet; kept between packets of a busy session, freed when it is idle

  bool connected = false;
  bool stuck_reported = false;
  bool ping_wanted = false;
  std::optional<Ping> ping;
  nanoseconds connected_at{};
  nanoseconds last_ping_at{};
  nanoseconds last_received_at{};
  std::optional<nanoseconds> salts_asked_at;
  int refusals_in_a_row = 0;
  int resets_in_a_row = 0;
};

}  // namespace ledgram::mtproto
