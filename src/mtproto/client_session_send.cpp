#include "ledgram/mtproto/client_session_impl.hpp"
#include "ledgram/mtproto/encrypted_message.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>

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

}  // namespace

bool ClientSession::Impl::has_urgent(Instant now) const {
  return !requests.queued().empty() || !ask_state_of.empty() || !ask_resend_of.empty() || !replies.empty() ||
         acks.due(now) || now.monotonic >= next_ping_at();
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
                                      Instant now) {
  const Bytes& kept = draft.bodies.emplace_back(std::move(body));
  const InnerMessage& message = add_message(draft, kept, Content::No, now);
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
  // Salts are for more to come: they are asked for together with requests, never for a ping's sake.
  const bool may_ask_salts = !salts_asked_at || now.monotonic - *salts_asked_at >= kAskSaltsEvery;
  if (salts.wants_more() && may_ask_salts && clock.trusted() && !requests.queued().empty()) {
    salts_asked_at = now.monotonic;
    add_service(draft, SentService::Kind::FutureSalts, make_get_future_salts(), {}, now);
  }
}

void ClientSession::Impl::add_requests(Draft& draft, Instant now) {
  for (const RequestId number : requests.queued()) {
    if (draft.messages.size() >= kMostMessages)
      break;
    const OpenRequest& request = *requests.find(number);
    if (!draft.requests.empty() && draft.size + kInnerHeaderBytes + request.body.size() > kMostBytes)
      break;
    InnerMessage& message = add_message(draft, request.body, Content::Yes, now);
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
  return seal(draft, now);
}

}  // namespace ledgram::mtproto
