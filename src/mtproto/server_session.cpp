#include "ledgram/mtproto/server_session.hpp"

#include "ledgram/mtproto/server_session_impl.hpp"
#include "ledgram/tl/writer.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::mtproto {
namespace {

// So many acknowledgements go out without waiting for their timer.
constexpr std::size_t kManyAcks = 16;

}  // namespace

ServerSession::Impl::Impl(const crypto::AuthKey& auth_key, SessionId session_id, ServerSalts& server_salts,
                          RandomSource& source, ServerSessionOptions session_options)
    : key(&auth_key),
      id(session_id),
      salts(&server_salts),
      random(&source),
      options(session_options),
      acks(session_options.ack_delay, kManyAcks) {}

void ServerSession::Impl::finish(MsgId request, Bytes object) {
  const auto found = received.find(request);
  if (found == received.end() || found->second.kind != Received::Kind::Running)
    return;
  found->second.kind = Received::Kind::Answered;
  found->second.failed = constructor_of(object) == id::kRpcError;
  if (options.gzip_answers_above && object.size() > *options.gzip_answers_above) {
    if (std::optional<Bytes> packed = pack_if_smaller(object))
      object = std::move(*packed);
  }
  queue({.body = make_rpc_result(request, object),
         .content = Content::Yes,
         .id_kind = IdKind::Reply,
         .request = request,
         .msg_id = std::nullopt});
}

void ServerSession::Impl::on_connected() {
  connected = true;
  disconnect_at.reset();
  for (const auto& [msg_id, message] : unacked)
    repeat(msg_id);
}

void ServerSession::Impl::repeat(MsgId msg_id) {
  (options.resend == ServerSessionOptions::Resend::Whole ? resend : announce).insert(msg_id);
}

std::optional<nanoseconds> ServerSession::Impl::resend_deadline() const {
  std::optional<nanoseconds> earliest;
  for (const auto& [msg_id, message] : unacked) {
    const nanoseconds due = message.sent_at + options.resend_after;
    if (!resend.contains(msg_id) && !announce.contains(msg_id) && (!earliest || due < *earliest))
      earliest = due;
  }
  return earliest;
}

void ServerSession::Impl::on_timer(Instant now) {
  if (disconnect_at && now.monotonic >= *disconnect_at) {
    disconnect_at.reset();
    events.emplace_back(DisconnectDue{});
  }
  run_chained(now);
  if (!connected)
    return;
  for (const auto& [msg_id, message] : unacked) {
    if (now.monotonic >= message.sent_at + options.resend_after)
      repeat(msg_id);
  }
}

std::optional<nanoseconds> ServerSession::Impl::next_deadline() const {
  if (!connected)
    return std::nullopt;
  std::optional<nanoseconds> next;
  for (const std::optional<nanoseconds> deadline :
       {disconnect_at, acks.deadline(), resend_deadline(), chain_deadline()}) {
    if (deadline && (!next || *deadline < *next))
      next = deadline;
  }
  return next;
}

ServerSession::ServerSession(const crypto::AuthKey& key, SessionId id, ServerSalts& salts, RandomSource& random,
                             ServerSessionOptions options)
    : impl_(std::make_unique<Impl>(key, id, salts, random, options)) {}
ServerSession::ServerSession(ServerSession&&) noexcept = default;
ServerSession& ServerSession::operator=(ServerSession&&) noexcept = default;
ServerSession::~ServerSession() = default;

SessionId ServerSession::id() const {
  return impl_->id;
}

void ServerSession::receive(const DecryptedMessage& message, Instant now) {
  if (!impl_->connected)
    impl_->on_connected();
  impl_->receive(message, now);
}

std::optional<ServerSessionEvent> ServerSession::poll_event() {
  if (impl_->events.empty())
    return std::nullopt;
  ServerSessionEvent event = std::move(impl_->events.front());
  impl_->events.pop_front();
  return event;
}

void ServerSession::answer(MsgId request, Bytes result, Instant now) {
  impl_->finish(request, std::move(result));
  impl_->run_chained(now);
}

void ServerSession::answer_error(MsgId request, std::int32_t code, std::string_view text, Instant now) {
  impl_->finish(request, make_rpc_error(code, text));
  impl_->run_chained(now);
}

void ServerSession::answer_destroy_session(MsgId, SessionId session, DestroyResult result, Instant) {
  tl::Writer writer;
  writer.u32(result == DestroyResult::Destroyed ? id::kDestroySessionOk : id::kDestroySessionNone);
  writer.i64(session.value());
  impl_->reply(writer.take());
}

void ServerSession::answer_destroy_auth_key(MsgId, Instant) {
  tl::Writer writer;
  writer.u32(id::kDestroyAuthKeyOk);
  impl_->reply(writer.take());
}

void ServerSession::push(Bytes object, Instant) {
  impl_->queue({.body = std::move(object),
                .content = Content::Yes,
                .id_kind = Impl::IdKind::Own,
                .request = {},
                .msg_id = std::nullopt});
}

void ServerSession::on_connected(Instant) {
  impl_->on_connected();
}

void ServerSession::on_disconnected(Instant) {
  impl_->connected = false;
  impl_->disconnect_at.reset();
}

bool ServerSession::connected() const {
  return impl_->connected;
}

std::optional<Bytes> ServerSession::next_packet(Instant now) {
  return impl_->next_packet(now);
}

void ServerSession::on_timer(Instant now) {
  impl_->on_timer(now);
}

std::optional<nanoseconds> ServerSession::next_deadline() const {
  return impl_->next_deadline();
}

std::optional<nanoseconds> ServerSession::disconnect_deadline() const {
  return impl_->disconnect_at;
}

std::size_t ServerSession::unacknowledged() const {
  return impl_->unacked.size() +
         static_cast<std::size_t>(std::ranges::count(impl_->waiting, Content::Yes, &Impl::Waiting::content));
}

bool ServerSession::has_packet(Instant now) const {
  return impl_->repeat_packet || impl_->has_packet(now);
}

void ServerSession::fault_next_answer(AnswerFault fault) {
  impl_->answer_fault = fault;
}

void ServerSession::refuse_next_message(BadMsg code) {
  impl_->refuse_next = code;
}

bool ServerSession::refuses_next_message() const {
  return impl_->refuse_next.has_value();
}

void ServerSession::fault_next_packet(PacketFault fault) {
  impl_->fault = fault;
}

MsgId ServerSession::send_raw(Bytes object, Content content, Instant now) {
  const MsgId msg_id = impl_->msg_ids.next(now.unix_time);
  impl_->queue({.body = std::move(object),
                .content = content,
                .id_kind = Impl::IdKind::Own,
                .request = {},
                .msg_id = msg_id,
                .seqno = impl_->next_seqno(content)});
  return msg_id;
}

}  // namespace ledgram::mtproto
