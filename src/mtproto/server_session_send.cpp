#include "ledgram/mtproto/encrypted_message.hpp"
#include "ledgram/mtproto/server_session_impl.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::mtproto {
namespace {

// As on the client's side: so many messages and so many bytes are put together, a single larger one still goes.
constexpr std::size_t kMostMessages = 100;
constexpr std::size_t kMostBytes = std::size_t{1} << 20;

// A client that acknowledges nothing loses the oldest messages rather than filling our memory.
constexpr std::size_t kMostUnacked = 4096;

}  // namespace

void ServerSession::Impl::reply(Bytes body) {
  queue({.body = std::move(body),
         .content = Content::No,
         .id_kind = IdKind::Reply,
         .request = {},
         .msg_id = std::nullopt});
}

void ServerSession::Impl::queue(Waiting message) {
  if (waiting.size() == kMostUnacked)
    waiting.pop_front();
  waiting.push_back(std::move(message));
}

std::int32_t ServerSession::Impl::next_seqno(Content content) {
  if (content == Content::No)
    return 2 * content_sent;
  return 2 * content_sent++ + 1;
}

void ServerSession::Impl::add(Draft& draft, MsgId msg_id, std::int32_t seqno, ByteView body) {
  draft.messages.push_back({.msg_id = msg_id, .seqno = seqno, .body = body});
  draft.size += kInnerHeaderBytes + body.size();
}

void ServerSession::Impl::add_service(Draft& draft, Bytes body, Instant now) {
  const Bytes& kept = draft.bodies.emplace_back(std::move(body));
  const std::int32_t seqno = next_seqno(Content::No);
  add(draft, msg_ids.next(now.unix_time), seqno, kept);
}

void ServerSession::Impl::add_announcements(Draft& draft, Instant now) {
  while (!announce.empty() && draft.messages.size() < kMostMessages) {
    const MsgId msg_id = *announce.begin();
    announce.erase(announce.begin());
    Unacked& message = unacked.at(msg_id);
    message.sent_at = now.monotonic;
    tl::Writer writer;
    if (message.request != MsgId()) {
      writer.u32(id::kMsgDetailedInfo);
      writer.i64(message.request.value());
    } else {
      writer.u32(id::kMsgNewDetailedInfo);
    }
    writer.i64(msg_id.value());
    writer.i32(static_cast<std::int32_t>(message.body.size()));
    writer.i32(0);
    add_service(draft, writer.take(), now);
  }
}

void ServerSession::Impl::add_resends(Draft& draft, Instant now) {
  while (!resend.empty() && draft.messages.size() < kMostMessages) {
    Unacked& message = unacked.at(*resend.begin());
    if (!draft.messages.empty() && draft.size + message.body.size() > kMostBytes)
      return;
    // With its old id and number, so that the client can tell a repetition; only the container is new.
    add(draft, *resend.begin(), message.seqno, message.body);
    draft.wrap = Draft::Wrap::Always;
    message.sent_at = now.monotonic;
    resend.erase(resend.begin());
  }
}

void ServerSession::Impl::add_waiting(Draft& draft, Instant now) {
  while (!waiting.empty() && draft.messages.size() < kMostMessages) {
    Waiting& next = waiting.front();
    if (!draft.messages.empty() && draft.size + next.body.size() > kMostBytes)
      return;
    Waiting message = std::move(next);
    waiting.pop_front();
    const std::int32_t seqno = message.msg_id ? message.seqno : next_seqno(message.content);
    const MsgId msg_id = message.msg_id                     ? *message.msg_id
                         : message.id_kind == IdKind::Reply ? msg_ids.next_reply(now.unix_time)
                                                            : msg_ids.next(now.unix_time);
    if (message.content == Content::No) {
      add(draft, msg_id, seqno, draft.bodies.emplace_back(std::move(message.body)));
      continue;
    }
    if (message.request != MsgId()) {
      received.at(message.request).answer = msg_id;
      acks.remove(message.request);  // the answer says that the request has arrived
    }
    const auto kept = unacked.emplace(
        msg_id,
        Unacked{.body = std::move(message.body), .seqno = seqno, .request = message.request, .sent_at = now.monotonic});
    if (message.request != MsgId() && answer_fault != AnswerFault::None) {
      add_faulty_answer(draft, msg_id, now);
    } else {
      add(draft, msg_id, seqno, kept.first->second.body);
    }
  }
}

bool ServerSession::Impl::has_packet(Instant now) const {
  return connected && (!waiting.empty() || !resend.empty() || !announce.empty() || acks.due(now));
}

std::optional<Bytes> ServerSession::Impl::next_packet(Instant now) {
  if (repeat_packet)
    return std::exchange(repeat_packet, std::nullopt);
  if (!has_packet(now))
    return std::nullopt;
  Draft draft;
  add_announcements(draft, now);
  add_resends(draft, now);
  add_waiting(draft, now);
  add_announcements(draft, now);
  if (!acks.empty())
    add_service(draft, make_ids_message(id::kMsgsAck, acks.take(now)), now);
  if (draft.messages.empty())
    return std::nullopt;
  Bytes packet = seal(draft, now);
  while (unacked.size() > kMostUnacked)
    on_acked(unacked.begin()->first);
  return packet;
}

Bytes ServerSession::Impl::seal(const Draft& draft, Instant now) {
  PlainMessage outer{.salt = salts->current(now), .session_id = id, .msg_id = {}, .seqno = 0, .body = {}};
  Bytes container;
  if (draft.messages.size() == 1 && draft.wrap == Draft::Wrap::IfSeveral) {
    const InnerMessage& only = draft.messages.front();
    outer.msg_id = only.msg_id;
    outer.seqno = only.seqno;
    outer.body = only.body;
  } else {
    container = make_container(draft.messages);
    outer.msg_id = msg_ids.next(now.unix_time);
    outer.seqno = next_seqno(Content::No);
    outer.body = container;
  }
  return encrypt(outer, now);
}

}  // namespace ledgram::mtproto
