#include "ledgram/mtproto/client_session_impl.hpp"
#include "ledgram/mtproto/encrypted_message.hpp"
#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/tl/reader.hpp"

namespace ledgram::mtproto {
namespace {

bool is_content(std::int32_t seqno) {
  return (seqno & 1) != 0;
}

// So often a request goes out again at once because those before it in its chain had not ended.
constexpr std::uint8_t kMostWaits = 3;

bool is_refusal(std::uint32_t constructor) {
  return constructor == id::kBadMsgNotification || constructor == id::kBadServerSalt;
}

// The object inside gzip_packed, or nothing. What comes out must not be packed again, or a few bytes could ask for
// unbounded work.
std::optional<Bytes> unpack(ByteView gzip_packed) {
  tl::Reader reader(gzip_packed);
  static_cast<void>(reader.u32());
  const ByteView packed = reader.bytes_view();
  if (!reader.ok())
    return std::nullopt;
  Result<Bytes, MtprotoError> object = gunzip(packed);
  if (!object || constructor_of(*object) == id::kGzipPacked)
    return std::nullopt;
  return std::move(*object);
}

}  // namespace

Result<void, MtprotoError> ClientSession::Impl::receive(ByteView packet, Instant now) {
  clock.observe(now);
  Result<DecryptedMessage, MtprotoError> decrypted = decrypt_message(key, crypto::Direction::ToClient, packet, scratch);
  if (!decrypted)
    return std::unexpected(std::move(decrypted.error()));
  if (decrypted->session_id != session) {
    if (decrypted->session_id == previous_session)
      return {};
    return fail(MtprotoErrc::WrongSession, "a message for another session");
  }
  last_received_at = now.monotonic;

  // The age is that of the packet's own message. Those within a container may be repetitions of old ones, which is what
  // containers are for; the window of ids keeps them from being taken twice.
  const Age age = clock.rejects(decrypted->msg_id, now) ? Age::Bad : Age::Good;
  if (age == Age::Good)
    clock.raise_to(decrypted->msg_id, now);

  const InnerMessage outer{.msg_id = decrypted->msg_id, .seqno = decrypted->seqno, .body = decrypted->body};
  Result<void, MtprotoError> done;
  if (constructor_of(outer.body) == id::kMsgContainer) {
    Result<std::vector<InnerMessage>, MtprotoError> messages = parse_container(outer.body);
    if (!messages)
      return std::unexpected(std::move(messages.error()));
    for (const InnerMessage& message : *messages) {
      if (!is_server_msg_id(message.msg_id)) {
        return fail(MtprotoErrc::BadMessageId, "a message of the server with an even msg_id in a container");
      }
    }
    const SessionId session_of_packet = session;
    for (const InnerMessage& message : *messages) {
      done = on_message(message, age, now);
      // After a reset the rest belongs to a session that is no more.
      if (!done || session != session_of_packet)
        break;
    }
  } else {
    done = on_message(outer, age, now);
  }
  note_clock(now);
  return done;
}

Result<void, MtprotoError> ClientSession::Impl::on_message(const InnerMessage& message, Age age, Instant now) {
  if (age == Age::Bad && !is_refusal(constructor_of(message.body)))
    return {};
  const bool wants_ack = is_content(message.seqno) && !is_never_acknowledged(constructor_of(message.body));
  switch (received.insert(message.msg_id)) {
    case ReplayWindow::Verdict::New:
      break;
    case ReplayWindow::Verdict::Repeated:
      if (wants_ack)
        acks.add(message.msg_id, now);
      return {};
    case ReplayWindow::Verdict::TooOld:
      // It cannot be told from a replay, so it must not be processed; not acknowledging it would bring it again and
      // again, acknowledging it could lose it. Only a new session gets out of that (TDLib does the same).
      if (!wants_ack)
        return {};
      begin_new_session(0);
      if (++resets_in_a_row > 3)
        return fail(MtprotoErrc::RepeatedMessage, "the server repeats forgotten messages");
      return {};
  }
  // Acknowledged whether or not it can be read: it would only come again as it is.
  if (wants_ack)
    acks.add(message.msg_id, now);
  if (announced.erase(message.msg_id) != 0)
    sent_services.on_resent(message.msg_id);
  return dispatch(message, age, now);
}

Result<void, MtprotoError> ClientSession::Impl::dispatch(const InnerMessage& message, Age age, Instant now) {
  const ByteView body = message.body;
  switch (const std::uint32_t constructor = constructor_of(body)) {
    case id::kRpcResult:
      on_rpc_result(body);
      return {};
    case id::kGzipPacked:
      if (std::optional<Bytes> object = unpack(body)) {
        const std::uint32_t inside = constructor_of(*object);
        if (inside == id::kMsgContainer)
          return fail(MtprotoErrc::BadContainer, "a container inside gzip_packed");
        if (inside == id::kRpcResult) {
          on_rpc_result(*object);
        } else {
          on_update(std::move(*object));
        }
      }
      return {};
    case id::kBadMsgNotification:
    case id::kBadServerSalt:
      return on_refusal(message, age, now);
    case id::kNewSessionCreated:
      on_new_session_created(body);
      return {};
    case id::kPong:
      on_pong(message, now);
      return {};
    case id::kMsgsAck:
      on_acks(body);
      return {};
    case id::kFutureSalts:
      on_future_salts(body);
      return {};
    case id::kMsgsStateInfo:
    case id::kMsgsAllInfo:
      on_states(body, constructor);
      return {};
    case id::kMsgsStateReq:
      on_state_request(message);
      return {};
    case id::kMsgResendReq:
      on_resend_request(message);
      return {};
    case id::kMsgDetailedInfo:
    case id::kMsgNewDetailedInfo:
      on_detailed_info(body, constructor, now);
      return {};
    case id::kDestroySessionOk:
    case id::kDestroySessionNone:
    case id::kDestroyAuthKeyOk:
    case id::kDestroyAuthKeyNone:
    case id::kDestroyAuthKeyFail:
      on_unwrapped_result(body);
      return {};
    case id::kMsgCopy:  // obsolete, and never asked for
    case 0:
      return {};
    default:
      on_update(Bytes(body.begin(), body.end()));
      return {};
  }
}

void ClientSession::Impl::on_rpc_result(ByteView body) {
  tl::Reader reader(body);
  static_cast<void>(reader.u32());
  const MsgId own_id(reader.i64());
  if (!reader.ok())
    return;
  const std::optional<RequestId> request = requests.sent_as(own_id);
  if (!request) {
    // Whatever rpc_drop_answer brings (unknown, running, dropped), nothing more comes of it. All else was cancelled or
    // answered before: acknowledged above, and no more than that (protocol.md S21).
    if (sent_services.take(SentService::Kind::DropAnswer, own_id))
      note_progress(own_id);
    return;
  }
  note_progress(own_id);
  const ByteView object = reader.rest();
  if (constructor_of(object) != id::kGzipPacked) {
    end_request(*request, own_id, object);
  } else if (std::optional<Bytes> unpacked = unpack(object)) {
    if (constructor_of(*unpacked) == id::kRpcError) {
      end_request(*request, own_id, *unpacked);
    } else {
      requests.erase(*request);
      events.emplace_back(RpcResult{*request, std::move(*unpacked)});
    }
  } else {
    fail_request(*request, RequestFailed::Reason::UnreadableAnswer);
  }
}

void ClientSession::Impl::end_request(RequestId request, MsgId sent_as, ByteView object) {
  if (object.size() < 4)
    return fail_request(request, RequestFailed::Reason::UnreadableAnswer);
  if (constructor_of(object) != id::kRpcError) {
    requests.erase(request);
    events.emplace_back(RpcResult{request, Bytes(object.begin(), object.end())});
    return;
  }
  tl::Reader reader(object.subspan(4));
  RpcError error{.request = request, .code = reader.i32(), .message = reader.string()};
  if (!reader.ok())
    return fail_request(request, RequestFailed::Reason::UnreadableAnswer);
  if (on_chain_error(request, sent_as, error))
    return;
  requests.erase(request);
  events.emplace_back(std::move(error));
}

bool ClientSession::Impl::on_chain_error(RequestId number, MsgId sent_as, const RpcError& error) {
  const bool timed_out = error.message == "MSG_WAIT_TIMEOUT";
  if (!timed_out && error.message != "MSG_WAIT_FAILED")
    return false;
  OpenRequest& request = *requests.find(number);
  if (!request.sent_in_chain)
    return false;
  // It was not run under this id. If it went out again since, that sending counts.
  if (sent_as != request.msg_id || !request.is_out())
    return true;
  // The server gives those before it half a second (protocol.md R18). After that, and when one of them has failed, the
  // order is kept here: it goes out again when they have ended.
  if (timed_out && ++request.waits < kMostWaits) {
    requests.requeue(number);
  } else {
    requests.hold(number);
  }
  return true;
}

void ClientSession::Impl::on_unwrapped_result(ByteView body) {
  // The server answers these without rpc_result and without naming the request (protocol.md S19).
  const std::uint32_t constructor = constructor_of(body);
  const bool about_session = constructor == id::kDestroySessionOk || constructor == id::kDestroySessionNone;
  if (about_session) {
    tl::Reader reader(body.subspan(4));
    const SessionId destroyed(reader.i64());
    if (reader.ok() && std::erase(old_sessions, destroyed) != 0)
      return;
  }
  const std::uint32_t method = about_session ? id::kDestroySession : id::kDestroyAuthKey;
  if (const std::optional<RequestId> request = requests.first_sent_with(method))
    end_request(*request, requests.find(*request)->msg_id, body);
}

void ClientSession::Impl::on_update(Bytes body) {
  events.emplace_back(UpdateReceived{std::move(body)});
}

}  // namespace ledgram::mtproto
