#include "ledgram/mtproto/client_session_impl.hpp"
#include "ledgram/mtproto/encrypted_message.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::mtproto {
namespace {

using std::chrono::minutes;

// Servers take 1024 messages in a container, but answers to them come in one piece as well; other clients use 100.
constexpr std::size_t kMostMessages = 100;

// Nothing is added to a container beyond this. A single larger request still goes out, alone or with small messages:
// parts of files have up to 512 kB, and two of them in one packet would only delay what comes behind them.
constexpr std::size_t kMostBytes = std::size_t{1} << 20;

// Future salts last for hours; if the server does not give any there is no need to ask often.
constexpr minutes kAskSaltsEvery{15};

Bytes make_ping(std::int64_t number, std::chrono::seconds delay) {
  tl::Writer writer;
  writer.u32(id::kPingDelayDisconnect);
  writer.i64(number);
  writer.i32(static_cast<std::int32_t>(delay.count()));
  return writer.take();
}

Bytes make_get_future_salts() {
  tl::Writer writer;
  writer.u32(id::kGetFutureSalts);
  writer.i32(SaltBook::kWanted);
  return writer.take();
}

Bytes make_about(std::uint32_t constructor, std::int64_t subject) {
  tl::Writer writer;
  writer.u32(constructor);
  writer.i64(subject);
  return writer.take();
}

// invokeAfterMsg is the outermost wrapper, outside of gzip_packed and of invokeWithLayer.
Bytes make_invoke_after(std::span<const MsgId> ids, ByteView query) {
  tl::Writer writer;
  writer.reserve(16 + 8 * ids.size() + query.size());
  if (ids.size() == 1) {
    writer.u32(id::kInvokeAfterMsg);
  } else {
    writer.u32(id::kInvokeAfterMsgs);
    writer.vector_head(ids.size());
  }
  for (const MsgId id : ids)
    writer.i64(id.value());
  writer.raw(query);
  return writer.take();
}

}  // namespace

bool ClientSession::Impl::has_urgent(Instant now) const {
  return !requests.queued().empty() || !ask_state_of.empty() || !ask_resend_of.empty() || !replies.empty() ||
         !drop_answers.empty() || (tell_old_sessions && !old_sessions.empty()) || acks.due(now) ||
         now.monotonic >= next_ping_at();
}

InnerMessage& ClientSession::Impl::add_message(Draft& draft, ByteView body, Content content, Instant now) {
  // Id and number are taken together and in the order in which the messages go out (protocol.md E14, E15).
  InnerMessage message;
  message.msg_id = msg_ids.next(clock.at(now));
  message.seqno = 2 * content_sent;
  if (content == Content::Yes) {
    ++message.seqno;
    ++content_sent;
  }
  message.body = body;
  draft.size += kInnerHeaderBytes + body.size();
  return draft.messages.emplace_back(message);
}

void ClientSession::Impl::add_service(Draft& draft, SentService::Kind kind, Bytes body, std::vector<MsgId> about,
                                      Instant now, Content content) {
  const Bytes& kept = draft.bodies.emplace_back(std::move(body));
  const InnerMessage& message = add_message(draft, kept, content, now);
  draft.services.push_back({.kind = kind, .msg_id = message.msg_id, .outer_id = {}, .about = std::move(about)});
}

void ClientSession::Impl::add_services(Draft& draft, Instant now) {
  if (now.monotonic >= next_ping_at()) {
    ping = Ping{.number = static_cast<std::int64_t>(random->next_u64()), .sent_at = now.monotonic};
    last_ping_at = now.monotonic;
    ping_wanted = false;
    add_service(draft, SentService::Kind::Ping, make_ping(ping->number, times.server_disconnect_delay), {}, now);
  }
  if (!acks.empty()) {
    std::vector<MsgId> ids = acks.take(now);
    Bytes body = make_ids_message(id::kMsgsAck, ids);
    add_service(draft, SentService::Kind::Acks, std::move(body), std::move(ids), now);
  }
  const auto add_ids = [&](std::vector<MsgId>& from, SentService::Kind kind, std::uint32_t constructor) {
    if (from.empty())
      return;
    const std::size_t count = std::min(from.size(), kMaxIdsInService);
    std::vector<MsgId> ids(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
    from.erase(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(count));
    Bytes body = make_ids_message(constructor, ids);
    add_service(draft, kind, std::move(body), std::move(ids), now);
  };
  add_ids(ask_state_of, SentService::Kind::StateRequest, id::kMsgsStateReq);
  add_ids(ask_resend_of, SentService::Kind::ResendRequest, id::kMsgResendReq);
  for (Bytes& reply : replies)
    add_service(draft, SentService::Kind::Other, std::move(reply), {}, now);
  replies.clear();
  add_questions(draft, now);
  // Salts are for more to come: they are asked for together with requests, never for a ping's sake.
  const bool may_ask_salts = !salts_asked_at || now.monotonic - *salts_asked_at >= kAskSaltsEvery;
  if (salts.wants_more() && may_ask_salts && clock.trusted() && !requests.queued().empty()) {
    salts_asked_at = now.monotonic;
    add_service(draft, SentService::Kind::FutureSalts, make_get_future_salts(), {}, now);
  }
}

// These are methods to the server, though no caller of ours waits for them.
void ClientSession::Impl::add_questions(Draft& draft, Instant now) {
  for (const MsgId dropped : std::exchange(drop_answers, {})) {
    add_service(draft, SentService::Kind::DropAnswer, make_about(id::kRpcDropAnswer, dropped.value()), {dropped}, now,
                Content::Yes);
  }
  if (!std::exchange(tell_old_sessions, false))
    return;
  for (const SessionId old : old_sessions) {
    add_service(draft, SentService::Kind::DestroySession, make_about(id::kDestroySession, old.value()), {}, now,
                Content::Yes);
  }
}

/// The ids of what the server shall finish first, or nothing if not all of that was sent yet.
std::optional<std::vector<MsgId>> ClientSession::Impl::chain_of(const Draft& draft, const OpenRequest& request) {
  std::vector<MsgId> ids;
  for (const RequestId number : request.after) {
    // The queue is in the order of the numbers, so what goes out with this packet is sorted.
    const auto here = std::ranges::lower_bound(draft.requests, number);
    if (here != draft.requests.end() && *here == number) {
      ids.push_back(draft.request_ids[static_cast<std::size_t>(here - draft.requests.begin())]);
    } else if (const OpenRequest* before = requests.find(number); before != nullptr && before->is_out()) {
      ids.push_back(before->msg_id);
    } else {
      return std::nullopt;
    }
  }
  return ids;
}

void ClientSession::Impl::add_requests(Draft& draft, Instant now) {
  for (const RequestId number : requests.queued()) {
    if (draft.messages.size() >= kMostMessages)
      break;
    OpenRequest& request = *requests.find(number);
    if (!draft.requests.empty() && draft.size + kInnerHeaderBytes + request.body.size() > kMostBytes)
      break;
    ByteView body = request.body;
    if (!request.after.empty()) {
      const std::optional<std::vector<MsgId>> before = chain_of(draft, request);
      if (!before)
        continue;
      body = draft.bodies.emplace_back(make_invoke_after(*before, body));
    }
    request.sent_in_chain = !request.after.empty();
    InnerMessage& message = add_message(draft, body, Content::Yes, now);
    if (request.make_body)
      message.body = draft.bodies.emplace_back(request.make_body(message.msg_id, session));
    draft.request_ids.push_back(message.msg_id);
    draft.requests.push_back(number);
  }
}

Bytes ClientSession::Impl::seal(Draft& draft, Instant now) {
  const Salt before = salts.current();
  const Salt salt = salts.at(clock.at(now));
  if (salt != before)
    events.emplace_back(SaltChanged{salt});
  PlainMessage outer{.salt = salt, .session_id = session, .msg_id = {}, .seqno = 0, .body = {}};
  Bytes container;
  if (draft.messages.size() == 1) {
    outer.msg_id = draft.messages.front().msg_id;
    outer.seqno = draft.messages.front().seqno;
    outer.body = draft.messages.front().body;
  } else {
    container = make_container(draft.messages);
    outer.msg_id = msg_ids.next(clock.at(now));
    outer.seqno = 2 * content_sent;
    outer.body = container;
  }
  for (SentService& service : draft.services) {
    service.outer_id = outer.msg_id;
    sent_services.add(std::move(service));
  }
  Bytes packet = encrypt_message(key, crypto::Direction::ToServer, outer, *random);
  for (std::size_t i = 0; i < draft.requests.size(); ++i) {
    requests.mark_sent(draft.requests[i], draft.request_ids[i], outer.msg_id, now);
  }
  return packet;
}

std::optional<Bytes> ClientSession::Impl::next_packet(Instant now) {
  clock.observe(now);
  if (!connected || stuck_reported || !has_urgent(now))
    return std::nullopt;
  Draft draft;
  add_services(draft, now);
  add_requests(draft, now);
  if (draft.messages.empty())
    return std::nullopt;  // what is queued waits for requests that are held
  return seal(draft, now);
}

}  // namespace ledgram::mtproto
