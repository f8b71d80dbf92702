#include "ledgram/mtproto/server_session_impl.hpp"
#include "ledgram/tl/reader.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>

namespace ledgram::mtproto {
namespace {

Bytes make_states(MsgId request, ByteView states) {
  tl::Writer writer;
  writer.u32(id::kMsgsStateInfo);
  writer.i64(request.value());
  writer.bytes(states);
  return writer.take();
}

}  // namespace

bool ServerSession::Impl::on_service(const InnerMessage& message, ByteView body, Instant now) {
  const MsgId msg_id = message.msg_id;
  switch (constructor_of(body)) {
    case id::kPing:
    case id::kPingDelayDisconnect:
      on_ping(msg_id, body, now);
      return true;
    case id::kMsgsAck:
      on_acks(body);
      return true;
    case id::kGetFutureSalts:
      on_get_future_salts(msg_id, body, now);
      return true;
    case id::kMsgsStateReq:
      on_state_request(msg_id, body);
      return true;
    case id::kMsgResendReq:
      on_resend_request(msg_id, body);
      return true;
    case id::kRpcDropAnswer:
      on_drop_answer(msg_id, body);
      return true;
    case id::kDestroySession:
      on_destroy_session(msg_id, body);
      return true;
    case id::kDestroyAuthKey:
      events.emplace_back(DestroyAuthKeyRequested{msg_id});
      return true;
    case id::kHttpWait:  // only means something to the HTTP transport
    case id::kMsgCopy:
    case id::kMsgsStateInfo:
    case id::kMsgsAllInfo:
    case 0:
      return true;
    default:
      return false;
  }
}

void ServerSession::Impl::on_ping(MsgId msg_id, ByteView body, Instant now) {
  tl::Reader reader(body);
  const bool with_delay = reader.u32() == id::kPingDelayDisconnect;
  const std::int64_t number = reader.i64();
  const std::int32_t delay = with_delay ? reader.i32() : 0;
  if (!reader.ok())
    return;
  if (with_delay)
    disconnect_at = now.monotonic + std::chrono::seconds(std::max(delay, 0));
  tl::Writer writer;
  writer.u32(id::kPong);
  writer.i64(msg_id.value());
  writer.i64(number);
  reply(writer.take());
}

void ServerSession::Impl::on_acks(ByteView body) {
  tl::Reader reader(body.subspan(4));
  const std::optional<std::vector<MsgId>> ids = read_ids(reader);
  if (!ids)
    return;
  for (const MsgId msg_id : *ids)
    on_acked(msg_id);
}

void ServerSession::Impl::on_acked(MsgId msg_id) {
  const auto found = unacked.find(msg_id);
  if (found == unacked.end())
    return;
  const MsgId request = found->second.request;
  unacked.erase(found);
  resend.erase(msg_id);
  announce.erase(msg_id);
  if (request == MsgId())
    return;
  if (const auto known = received.find(request); known != received.end()) {
    known->second.kind = Received::Kind::Done;
  }
  events.emplace_back(AnswerAcked{request});
}

void ServerSession::Impl::on_get_future_salts(MsgId msg_id, ByteView body, Instant now) {
  tl::Reader reader(body.subspan(4));
  const std::int32_t count = reader.i32();
  if (!reader.ok())
    return;
  const auto whole_seconds = [](nanoseconds time) {
    return static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(time).count());
  };
  const std::vector<TimedSalt> schedule = salts->schedule(static_cast<std::size_t>(std::max(count, 1)), now);
  tl::Writer writer;
  writer.u32(id::kFutureSalts);
  writer.i64(msg_id.value());
  writer.i32(whole_seconds(now.unix_time));
  writer.u32(static_cast<std::uint32_t>(schedule.size()));
  for (const TimedSalt& salt : schedule) {
    writer.i32(whole_seconds(salt.valid_since));
    writer.i32(whole_seconds(salt.valid_until));
    writer.i64(salt.salt.value());
  }
  reply(writer.take());
}

std::uint8_t ServerSession::Impl::state_of(MsgId msg_id) const {
  const auto known = received.find(msg_id);
  if (known == received.end()) {
    if (msg_id <= forgotten_up_to)
      return kStatusForgotten;
    const bool beyond = received.empty() || msg_id > received.rbegin()->first;
    return beyond ? kStatusNotReceivedYet : kStatusNotReceived;
  }
  switch (known->second.kind) {
    case Received::Kind::Running:
      return kStatusReceived | kStatusRunning;
    case Received::Kind::Answered:
      return kStatusReceived | kStatusAnswered;
    case Received::Kind::Done:
      break;
  }
  return (known->second.seqno & 1) != 0 ? kStatusReceived : kStatusReceived | kStatusNoAckNeeded;
}

void ServerSession::Impl::on_state_request(MsgId msg_id, ByteView body) {
  tl::Reader reader(body.subspan(4));
  const std::optional<std::vector<MsgId>> ids = read_ids(reader);
  if (!ids)
    return;
  Bytes states;
  states.reserve(ids->size());
  for (const MsgId asked : *ids)
    states.push_back(state_of(asked));
  reply(make_states(msg_id, states));
}

void ServerSession::Impl::on_resend_request(MsgId msg_id, ByteView body) {
  tl::Reader reader(body.subspan(4));
  const std::optional<std::vector<MsgId>> ids = read_ids(reader);
  if (!ids)
    return;
  bool all_known = true;
  for (const MsgId asked : *ids) {
    if (unacked.contains(asked)) {
      resend.insert(asked);
    } else {
      all_known = false;
    }
  }
  if (all_known)
    return;
  Bytes states;
  for (const MsgId asked : *ids) {
    states.push_back(unacked.contains(asked) ? kStatusReceived : kStatusForgotten);
  }
  reply(make_states(msg_id, states));
}

void ServerSession::Impl::on_drop_answer(MsgId msg_id, ByteView body) {
  tl::Reader reader(body.subspan(4));
  const MsgId request(reader.i64());
  if (!reader.ok())
    return;
  tl::Writer result;
  const auto known = received.find(request);
  if (known != received.end() && known->second.kind == Received::Kind::Running) {
    result.u32(id::kRpcAnswerDroppedRunning);
    tl::Writer own;
    own.u32(id::kRpcAnswerDroppedRunning);
    finish(request, own.take());
    events.emplace_back(RequestDropped{request});
  } else if (known != received.end() && known->second.kind == Received::Kind::Answered) {
    known->second.kind = Received::Kind::Done;
    const auto sent = unacked.find(known->second.answer);
    const bool was_sent = sent != unacked.end();
    result.u32(id::kRpcAnswerDropped);
    result.i64(known->second.answer.value());
    result.i32(was_sent ? sent->second.seqno : 0);
    result.i32(was_sent ? static_cast<std::int32_t>(sent->second.body.size()) : 0);
    if (was_sent) {
      resend.erase(sent->first);
      announce.erase(sent->first);
      unacked.erase(sent);
    }
    std::erase_if(waiting, [request](const Waiting& message) { return message.request == request; });
  } else {
    result.u32(id::kRpcAnswerUnknown);
  }
  received.at(msg_id).kind = Received::Kind::Running;
  finish(msg_id, result.take());
}

void ServerSession::Impl::on_destroy_session(MsgId msg_id, ByteView body) {
  tl::Reader reader(body.subspan(4));
  const SessionId session(reader.i64());
  if (!reader.ok())
    return;
  if (session != id) {
    events.emplace_back(DestroySessionRequested{msg_id, session});
    return;
  }
  tl::Writer writer;
  writer.u32(id::kDestroySessionNone);
  writer.i64(session.value());
  reply(writer.take());
}

}  // namespace ledgram::mtproto
