#include "ledgram/sim_server/peer.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/crypto/hash.hpp"
#include "ledgram/mtproto/encrypted_message.hpp"
#include "ledgram/mtproto/plain_message.hpp"

#include <algorithm>
#include <utility>

namespace ledgram::sim {

namespace json = boost::json;

namespace {

constexpr std::string_view kModule = "sim";

/// One write to the socket. Larger ones save nothing measurable and cost memory for each connection.
constexpr std::size_t kCollectBytes = 256 * 1024;
/// Sessions on one connection; clients use one.
constexpr std::size_t kMaxSessions = 16;
/// core.telegram.org/mtproto/mtproto-transports#transport-errors
constexpr std::int32_t kAuthKeyNotFound = -404;
constexpr std::int32_t kTransportFlood = -429;
constexpr std::int32_t kInvalidDc = -444;
/// The same in all layers (core.telegram.org/method/auth.bindTempAuthKey).
constexpr std::uint32_t kBindTempAuthKey = 0xcdd42a05;
constexpr std::uint32_t kBoolTrue = 0x997275b5;

mtproto::ServerTransportOptions transport_options(const Entrance& entrance) {
  mtproto::ServerTransportOptions options;
  if (const auto* proxy = std::get_if<ProxyPort>(&entrance))
    options.secret = proxy->secret;
  return options;
}

std::optional<DcId> fixed_dc(const Entrance& entrance) {
  const auto* direct = std::get_if<DirectPort>(&entrance);
  return direct == nullptr ? std::nullopt : std::optional(direct->dc);
}

/// core.telegram.org/mtproto/mtproto-transports#quick-ack: from the hash whose middle is msg_key, with the top bit set.
std::uint32_t quick_ack_token(const crypto::AuthKey& key, ByteView padded_plaintext) {
  const auto hash = crypto::sha256({ByteView(key.reveal()).subspan(88, 32), padded_plaintext});
  return load_le32(hash) | 0x80000000U;
}

std::size_t size_of(const Outcome& outcome) {
  const auto* body = std::get_if<Bytes>(&outcome.result);
  return body == nullptr ? 64 : body->size();
}

}  // namespace

Peer::Peer(Hub& hub, const Entrance& entrance, std::uint64_t number, std::function<void()> wake, std::string address)
    : hub_(hub),
      number_(number),
      wake_(std::move(wake)),
      address_(std::move(address)),
      dc_(fixed_dc(entrance)),
      proxied_(std::holds_alternative<ProxyPort>(entrance)),
      transport_(transport_options(entrance), hub.random()),
      budget_version_(~hub.faults().budget_version()) {
  hub_.add_peer(*this);
  hub_.count_connection();
}

Peer::~Peer() {
  leave_sessions(hub_.now());
  hub_.remove_peer(*this);
}

void Peer::feed(ByteView received) {
  bytes_in_ += received.size();
  if (!closing_)
    transport_.feed(received);
}

bool Peer::handle_next(Instant now) {
  if (closing_)
    return false;
  auto frame = transport_.next();
  if (!frame) {
    log::debug(kModule, "connection {}: {}", number_, frame.error().message);
    // As on Telegram, what is no transport at all gets no answer, and a broken one -404.
    if (transport_.detected()) {
      fail_transport(kAuthKeyNotFound);
    } else {
      closing_ = true;
    }
    return false;
  }
  if (!*frame)
    return false;
  if (!find_dc())
    return false;
  if ((*frame)->kind == mtproto::Frame::Kind::Packet)
    handle_packet(**frame, now);
  return !closing_;
}

/// The DC of a proxied connection stands in its header.
bool Peer::find_dc() {
  if (dc_)
    return true;
  const DcId wanted = mtproto::decode_wire_dc(transport_.requested_dc().value_or(0)).dc;
  if (!hub_.has_dc(wanted)) {
    log::debug(kModule, "connection {}: there is no DC {}", number_, wanted.value());
    fail_transport(kInvalidDc);
    return false;
  }
  dc_ = wanted;
  return true;
}

void Peer::handle_packet(const mtproto::Frame& frame, Instant now) {
  if (const auto code = hub_.faults().transport_error(*dc_)) {
    fail_transport(*code);
    return;
  }
  if (mtproto::is_unencrypted(frame.payload)) {
    handle_plain(frame.payload, now);
  } else {
    handle_encrypted(frame, now);
  }
}

void Peer::handle_plain(ByteView packet, Instant now) {
  if (!handshake_) {
    const crypto::RsaPrivateKey* key = hub_.rsa_key(*dc_);
    if (key == nullptr) {
      fail_transport(kAuthKeyNotFound);
      return;
    }
    mtproto::ServerHandshakeOptions options;
    options.faults = hub_.faults().handshake_faults(*dc_);
    handshake_.emplace(*key, hub_.random(), std::move(options));
  }
  auto step = handshake_->receive(packet, now);
  if (!step) {
    log::debug(kModule, "connection {}: key exchange: {}", number_, step.error().message);
    fail_transport(kAuthKeyNotFound);
    return;
  }
  if (step->new_key) {
    mtproto::NewAuthKey& made = *step->new_key;
    if (!hub_.keys().has_room()) {
      fail_transport(kTransportFlood);
      return;
    }
    std::optional<nanoseconds> expires;
    if (made.lifetime == mtproto::KeyLifetime::Temporary)
      expires = now.unix_time + made.expires_in;
    hub_.keys().add(made.key, *dc_, mtproto::Salt(made.salt), expires, now);
    hub_.count_handshake();
    log::debug(kModule, "connection {}: new key {} for DC {}", number_, to_text(made.key.id()), dc_->value());
  }
  if (!step->reply.empty() && !hub_.faults().black_hole(*dc_))
    transport_.encode(step->reply, ready_);
}

void Peer::handle_encrypted(const mtproto::Frame& frame, Instant now) {
  const auto id = mtproto::auth_key_id_of(frame.payload);
  KeyEntry* key = id ? hub_.keys().find(*id, now) : nullptr;
  if (key == nullptr || key->dc != *dc_) {
    fail_transport(kAuthKeyNotFound);
    return;
  }
  const auto message = mtproto::decrypt_message(key->key, crypto::Direction::ToServer, frame.payload, scratch_);
  if (!message || message->session_id == SessionId(0)) {
    log::debug(kModule, "connection {}: a message that cannot be opened", number_);
    fail_transport(kAuthKeyNotFound);
    return;
  }
  if (frame.wants_quick_ack && !hub_.faults().black_hole(*dc_)) {
    const std::size_t blocks = (frame.payload.size() - mtproto::kEncryptedHeaderBytes) / 16 * 16;
    transport_.encode_quick_ack(quick_ack_token(key->key, ByteView(scratch_).first(blocks)), ready_);
  }
  LiveSession& live = hub_.session(*key, message->session_id, now);
  attach(live, now);
  hub_.faults().spoil_request(live.session, *dc_, key->phone);
  live.session.receive(*message, now);
  handle_events(live, now);
}

void Peer::attach(LiveSession& live, Instant now) {
  if (live.peer == this) {
    if (sessions_.back() != &live) {
      std::erase(sessions_, &live);
      sessions_.push_back(&live);
    }
    return;
  }
  if (live.peer != nullptr) {
    live.peer->detach(live);
    live.session.on_disconnected(now);
  }
  if (sessions_.size() >= kMaxSessions) {
    LiveSession& oldest = *sessions_.front();
    detach(oldest);
    oldest.session.on_disconnected(now);
  }
  live.peer = this;
  sessions_.push_back(&live);
  live.session.on_connected(now);
}

void Peer::detach(LiveSession& session) {
  session.peer = nullptr;
  std::erase(sessions_, &session);
}

void Peer::handle_events(LiveSession& live, Instant now) {
  while (auto event = live.session.poll_event()) {
    if (const auto* request = std::get_if<mtproto::RequestReceived>(&*event)) {
      handle_request(live, *request, now);
      if (live.peer != this)
        return;  // the request ended its own session
    } else if (const auto* destroy = std::get_if<mtproto::DestroySessionRequested>(&*event)) {
      const bool existed =
          destroy->session != live.session.id() && hub_.end_session(live.key.key.id(), destroy->session);
      live.session.answer_destroy_session(
          destroy->msg_id, destroy->session,
          existed ? mtproto::DestroyResult::Destroyed : mtproto::DestroyResult::NoSuchSession, now);
    } else if (const auto* forget = std::get_if<mtproto::DestroyAuthKeyRequested>(&*event)) {
      live.session.answer_destroy_auth_key(forget->msg_id, now);
      forget_when_written_ = live.key.key.id();
    } else if (std::holds_alternative<mtproto::DisconnectDue>(*event)) {
      closing_ = true;
    }
  }
}

void Peer::handle_request(LiveSession& live, const mtproto::RequestReceived& request, Instant now) {
  if (!hub_.allow_use(live.key, *this)) {
    live.session.answer_error(request.msg_id, 406, "AUTH_KEY_DUPLICATED", now);
    return;
  }
  if (request.body.size() >= 4 && load_le32(request.body) == kBindTempAuthKey)
    return bind(live, request, now);
  CallContext context{.key = live.key.login_key(), .session = live.session.id(), .dc = *dc_, .now = now};
  if (live.key.expires)
    context.temporary = live.key.key.id();
  Outcome outcome = hub_.service().call(context, request.body);
  hub_.count_call(outcome);
  if (live.peer != this)
    return;
  if (!outcome.phone.empty()) {
    hub_.keys().set_phone(live.key, outcome.phone);
    if (KeyEntry* permanent = hub_.keys().find(live.key.login_key(), now))
      hub_.keys().set_phone(*permanent, outcome.phone);
  }

  const bool cut = hub_.faults().cut_answer(outcome.method, outcome.phone);
  const nanoseconds delay = hub_.faults().answer_delay(outcome.method, outcome.phone);
  if (delay > nanoseconds{}) {
    live.held.emplace(now.monotonic + delay,
                      LiveSession::HeldAnswer{.request = request.msg_id, .outcome = std::move(outcome), .cut = cut});
    return;
  }
  live.cut_next = live.cut_next || cut;
  give_answer(live, request.msg_id, std::move(outcome), now);
}

/// The one method that is about the key and not about an account.
void Peer::bind(LiveSession& live, const mtproto::RequestReceived& request, Instant now) {
  constexpr std::string_view kName = "auth.bindTempAuthKey";
  Outcome outcome;
  outcome.method = kName;
  outcome.phone = live.key.phone;
  if (const auto fault = hub_.faults().rpc_error(kName, outcome.phone)) {
    outcome.result = RpcFault{fault->code, fault->message};
  } else if (auto refusal = hub_.bind(live.key, live.session.id(), request.msg_id, request.body, now)) {
    outcome.result = std::move(*refusal);
  } else {
    Bytes yes(4);
    store_le32(yes, kBoolTrue);
    outcome.result = std::move(yes);
  }
  hub_.count_call(outcome);
  give_answer(live, request.msg_id, std::move(outcome), now);
}

void Peer::give_answer(LiveSession& live, MsgId request, Outcome outcome, Instant now) {
  backlog_ += size_of(outcome);
  hub_.faults().spoil_answer(live.session, *dc_, outcome.method, outcome.phone);
  if (auto* body = std::get_if<Bytes>(&outcome.result)) {
    live.session.answer(request, std::move(*body), now);
  } else {
    const auto& fault = std::get<RpcFault>(outcome.result);
    live.session.answer_error(request, fault.code, fault.message, now);
  }
}

void Peer::release_held(LiveSession& live, Instant now) {
  while (!live.held.empty() && live.held.begin()->first <= now.monotonic) {
    auto node = live.held.extract(live.held.begin());
    live.cut_next = live.cut_next || node.mapped().cut;
    give_answer(live, node.mapped().request, std::move(node.mapped().outcome), now);
  }
}

void Peer::collect(Instant now, Bytes& out) {
  if (sending_stopped_)
    return;
  const std::size_t before = out.size();
  append(out, ready_);
  ready_.clear();
  bool drained = true;
  // A copy, because a session that ends while its packets are collected leaves the list.
  const std::vector<LiveSession*> sessions = sessions_;
  for (LiveSession* live : sessions) {
    if (closing_)
      break;
    if (out.size() - before >= kCollectBytes) {
      drained = false;
      break;
    }
    collect_session(*live, now, out);
  }
  if (drained && out.size() - before < kCollectBytes) {
    backlog_ = 0;
    if (forget_when_written_) {
      hub_.forget_key(*std::exchange(forget_when_written_, std::nullopt));
    }
  }
  spend_budget(out, before);
  bytes_out_ += out.size() - before;
}

void Peer::collect_session(LiveSession& live, Instant now, Bytes& out) {
  const bool black_hole = hub_.faults().black_hole(*dc_);
  const std::size_t before = out.size();
  std::size_t largest_begin = before;
  std::size_t largest_size = 0;
  while (out.size() - before < kCollectBytes || live.cut_next) {
    if (!black_hole && live.session.has_packet(now)) {
      if (hub_.faults().malformed_frame(*dc_, live.key.phone))
        transport_.encode_malformed(out);
      hub_.faults().spoil_packet(live.session, *dc_, live.key.phone);
    }
    const auto packet = live.session.next_packet(now);
    if (!packet)
      break;
    if (black_hole)
      continue;
    const std::size_t begin = out.size();
    transport_.encode(*packet, out);
    if (out.size() - begin > largest_size) {
      largest_begin = begin;
      largest_size = out.size() - begin;
    }
  }
  if (live.cut_next && largest_size != 0) {
    live.cut_next = false;
    out.resize(largest_begin + largest_size / 2);
    closing_ = true;
    ready_.clear();
  }
}

/// Cuts what is about to be written at the byte where a DropAfterBytes rule strikes.
void Peer::spend_budget(Bytes& out, std::size_t already) {
  if (!dc_)
    return;
  if (budget_version_ != hub_.faults().budget_version()) {
    budget_version_ = hub_.faults().budget_version();
    budget_ = hub_.faults().byte_budget(*dc_);
  }
  if (!budget_)
    return;
  const std::uint64_t fresh = out.size() - already;
  if (fresh < *budget_) {
    *budget_ -= fresh;
    return;
  }
  out.resize(already + static_cast<std::size_t>(*budget_));
  closing_ = true;
}

void Peer::on_timer(Instant now) {
  const std::vector<LiveSession*> sessions = sessions_;
  for (LiveSession* live : sessions) {
    if (!carries(live))
      continue;  // ended by what an earlier one did
    live->session.on_timer(now);
    release_held(*live, now);
    hub_.release_delayed(*live, now);
    handle_events(*live, now);
  }
}

std::optional<nanoseconds> Peer::next_deadline() const {
  std::optional<nanoseconds> earliest;
  const auto consider = [&earliest](std::optional<nanoseconds> deadline) {
    if (deadline && (!earliest || *deadline < *earliest))
      earliest = deadline;
  };
  for (const LiveSession* live : sessions_) {
    consider(live->session.next_deadline());
    if (!live->held.empty())
      consider(live->held.begin()->first);
    if (!live->delayed.empty())
      consider(live->delayed.begin()->first);
  }
  return earliest;
}

void Peer::fail_transport(std::int32_t code) {
  if (!dc_ || !hub_.faults().black_hole(*dc_))
    transport_.encode_error(code, ready_);
  closing_ = true;
}

void Peer::abort() {
  closing_ = true;
  aborted_ = true;
  ready_.clear();
  leave_sessions(hub_.now());
  wake_();
}

void Peer::stop_sending() {
  sending_stopped_ = true;
  ready_.clear();
  wake_();
}

bool Peer::serves(std::string_view phone) const {
  return std::ranges::any_of(sessions_, [phone](const LiveSession* live) { return live->key.phone == phone; });
}

void Peer::leave_sessions(Instant now) {
  while (!sessions_.empty()) {
    LiveSession& live = *sessions_.back();
    live.session.on_disconnected(now);
    live.last_used = now.monotonic;
    detach(live);
  }
}

bool Peer::carries(const LiveSession* live) const {
  return std::ranges::find(sessions_, live) != sessions_.end();
}

json::object Peer::status() const {
  json::object status{{"number", number_},
                      {"proxied", proxied_},
                      {"sessions", sessions_.size()},
                      {"bytes_in", bytes_in_},
                      {"bytes_out", bytes_out_}};
  if (dc_)
    status["dc"] = dc_->value();
  if (transport_.detected()) {
    status["transport"] = mtproto::name_of(transport_.kind());
    status["obfuscated"] = transport_.requested_dc().has_value();
  }
  return status;
}

}  // namespace ledgram::sim
