#include "ledgram/mtproto/gzip.hpp"
#include "ledgram/mtproto/server_session_impl.hpp"
#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::mtproto {
namespace {

using std::chrono::seconds;

// core.telegram.org/mtproto/description#message-identifier-msg-id: ids more than 300 s old or 30 s ahead are refused.
constexpr seconds kOldest{300};
constexpr seconds kMostAhead{30};

bool is_content(std::int32_t seqno) {
  return (seqno & 1) != 0;
}

// Containers are never content-related. Of the service messages some clients send either form (mtcute gives even its
// acknowledgements odd numbers), and Telegram's servers take both.
bool may_be_even(std::uint32_t constructor) {
  switch (constructor) {
    case id::kMsgContainer:
    case id::kMsgsAck:
    case id::kMsgCopy:
    case id::kPing:
    case id::kPingDelayDisconnect:
    case id::kGetFutureSalts:
    case id::kMsgsStateReq:
    case id::kMsgsStateInfo:
    case id::kMsgsAllInfo:
    case id::kMsgResendReq:
    case id::kRpcDropAnswer:
    case id::kDestroySession:
    case id::kDestroyAuthKey:
    case id::kHttpWait:
      return true;
    default:
      return false;
  }
}

}  // namespace

void ServerSession::Impl::receive(const DecryptedMessage& message, Instant now) {
  const InnerMessage outer{.msg_id = message.msg_id, .seqno = message.seqno, .body = message.body};
  if (!is_client_msg_id(outer.msg_id))
    return refuse(outer, BadMsg::MsgIdLowBits);
  const nanoseconds age = now.unix_time - unix_time_of(outer.msg_id);
  if (age > kOldest)
    return refuse(outer, BadMsg::MsgIdTooLow);
  if (age < -kMostAhead)
    return refuse(outer, BadMsg::MsgIdTooHigh);
  if (!salts->accepts(message.salt, now))
    return refuse_salt(outer, now);
  if (constructor_of(outer.body) == id::kMsgContainer)
    return receive_container(outer, now);
  begin(outer.msg_id, now);
  on_message(outer, now);
}

void ServerSession::Impl::receive_container(const InnerMessage& outer, Instant now) {
  if (received.contains(outer.msg_id))
    return refuse(outer, BadMsg::ContainerIdRepeated);
  if (is_content(outer.seqno))
    return refuse(outer, BadMsg::EvenSeqnoExpected);
  const Result<std::vector<InnerMessage>, MtprotoError> messages = parse_container(outer.body);
  if (!messages || messages->empty())
    return refuse(outer, BadMsg::InvalidContainer);
  for (const InnerMessage& message : *messages) {
    if (message.msg_id >= outer.msg_id || message.seqno > outer.seqno)
      return refuse(outer, BadMsg::InvalidContainer);
    if (!is_client_msg_id(message.msg_id))
      return refuse(message, BadMsg::MsgIdLowBits);
  }
  begin(std::ranges::min(*messages, {}, &InnerMessage::msg_id).msg_id, now);
  if (const std::optional<BadMsg> wrong = check_seqno(outer))
    return refuse(outer, *wrong);
  for (const InnerMessage& message : *messages)
    on_message(message, now);
  remember(outer);
}

void ServerSession::Impl::begin(MsgId first, Instant now) {
  if (begun)
    return;
  begun = true;
  tl::Writer writer;
  writer.u32(id::kNewSessionCreated);
  writer.i64(first.value());
  writer.u64(random->next_u64());
  writer.i64(salts->current(now).value());
  queue(
      {.body = writer.take(), .content = Content::Yes, .id_kind = IdKind::Own, .request = {}, .msg_id = std::nullopt});
}

void ServerSession::Impl::refuse(const InnerMessage& message, BadMsg code) {
  tl::Writer writer;
  writer.u32(id::kBadMsgNotification);
  writer.i64(message.msg_id.value());
  writer.i32(message.seqno);
  writer.i32(static_cast<std::int32_t>(code));
  reply(writer.take());
}

void ServerSession::Impl::refuse_salt(const InnerMessage& message, Instant now) {
  tl::Writer writer;
  writer.u32(id::kBadServerSalt);
  writer.i64(message.msg_id.value());
  writer.i32(message.seqno);
  writer.i32(static_cast<std::int32_t>(BadMsg::WrongSalt));
  writer.i64(salts->current(now).value());
  reply(writer.take());
}

void ServerSession::Impl::on_message(const InnerMessage& message, Instant now) {
  const bool wants_ack = is_content(message.seqno) && !is_never_acknowledged(constructor_of(message.body));
  if (const auto known = received.find(message.msg_id); known != received.end()) {
    if (wants_ack)
      acks.add(message.msg_id, now);
    return on_repeated(message.msg_id, known->second);
  }
  if (message.msg_id <= forgotten_up_to)
    return refuse(message, BadMsg::TooOld);
  if (const std::optional<BadMsg> wrong = check_seqno(message))
    return refuse(message, *wrong);
  if (refuse_next && is_content(message.seqno)) {
    const BadMsg code = *std::exchange(refuse_next, std::nullopt);
    return code == BadMsg::WrongSalt ? refuse_salt(message, now) : refuse(message, code);
  }
  remember(message);
  if (wants_ack)
    acks.add(message.msg_id, now);
  if (constructor_of(message.body) == id::kGzipPacked) {
    dispatch_packed(message, now);
  } else {
    dispatch(message, message.body, now);
  }
}

void ServerSession::Impl::on_repeated(MsgId, Received& known) {
  if (known.kind == Received::Kind::Answered && unacked.contains(known.answer))
    resend.insert(known.answer);
}

std::optional<BadMsg> ServerSession::Impl::check_seqno(const InnerMessage& message) const {
  const std::uint32_t constructor = constructor_of(message.body);
  if (is_content(message.seqno) && constructor == id::kMsgContainer)
    return BadMsg::EvenSeqnoExpected;
  if (!is_content(message.seqno) && !may_be_even(constructor))
    return BadMsg::OddSeqnoExpected;
  const auto next = received.lower_bound(message.msg_id);
  if (next != received.begin()) {
    const std::int32_t before = std::prev(next)->second.seqno;
    if (before > message.seqno || (before == message.seqno && is_content(before)))
      return BadMsg::SeqnoTooLow;
  }
  if (next != received.end()) {
    const std::int32_t after = next->second.seqno;
    if (after < message.seqno || (after == message.seqno && is_content(after)))
      return BadMsg::SeqnoTooHigh;
  }
  return std::nullopt;
}

void ServerSession::Impl::remember(const InnerMessage& message) {
  received.emplace(message.msg_id, Received{.seqno = message.seqno});
  if (received.size() <= options.answers_kept)
    return;
  const auto oldest =
      std::ranges::find_if(received, [](const auto& entry) { return entry.second.kind == Received::Kind::Done; });
  // Requests that run or whose answers are still needed stay, however many they are.
  if (oldest == received.end() || oldest->first == message.msg_id)
    return;
  forgotten_up_to = std::max(forgotten_up_to, oldest->first);
  received.erase(oldest);
}

void ServerSession::Impl::dispatch_packed(const InnerMessage& message, Instant now) {
  tl::Reader reader(message.body);
  static_cast<void>(reader.u32());
  const ByteView packed = reader.bytes_view();
  const Result<Bytes, MtprotoError> body = gunzip(packed);
  const std::uint32_t inside = body ? constructor_of(*body) : 0;
  if (!reader.ok() || inside == 0 || inside == id::kGzipPacked || inside == id::kMsgContainer) {
    return refuse_body(message.msg_id);
  }
  dispatch(message, *body, now);
}

void ServerSession::Impl::refuse_body(MsgId request) {
  received.at(request).kind = Received::Kind::Running;
  finish(request, make_rpc_error(400, "INPUT_FETCH_FAIL"));
}

void ServerSession::Impl::dispatch(const InnerMessage& message, ByteView body, Instant now) {
  const std::uint32_t constructor = constructor_of(body);
  if (constructor == id::kInvokeAfterMsg || constructor == id::kInvokeAfterMsgs) {
    on_invoke_after(message, body, now);
  } else if (!on_service(message, body, now)) {
    on_request(message, body);
  }
}

void ServerSession::Impl::on_request(const InnerMessage& message, ByteView body) {
  received.at(message.msg_id).kind = Received::Kind::Running;
  events.emplace_back(RequestReceived{message.msg_id, Bytes(body.begin(), body.end())});
}

}  // namespace ledgram::mtproto
