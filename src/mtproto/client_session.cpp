#include "ledgram/mtproto/client_session.hpp"

#include "ledgram/mtproto/client_session_impl.hpp"

#include <algorithm>
#include <cassert>

namespace ledgram::mtproto {
namespace {

using std::chrono::seconds;

// So many ids are worth a packet of their own; official clients use 20 to 100.
constexpr std::size_t kManyAcks = 64;

// Below this size packing a request saves nothing worth the time; above it, it is a part of a file.
constexpr std::size_t kPackFrom = 256;
constexpr std::size_t kPackUpTo = 65536;

// Old sessions are a matter of politeness: so many are remembered.
constexpr std::size_t kMostOldSessions = 8;

// Cancelled requests of which the server is told at a time. A thousand calls that run into their deadline together are
// not worth a thousand messages more.
constexpr std::size_t kMostDropAnswers = 32;

// Differences of the clock below this are not worth storing.
constexpr seconds kReportedStep{1};

// An idle session gives its buffer back after this time without packets.
constexpr seconds kKeepScratch{5};

// A session id must not be 0 (the server answers -404).
SessionId random_session(RandomSource& random) {
  std::uint64_t number = random.next_u64();
  while (number == 0)
    number = random.next_u64();
  return SessionId(static_cast<std::int64_t>(number));
}

}  // namespace

ClientSession::Impl::Impl(ClientSessionOptions options, RandomSource& source)
    : random(&source),
      key(options.auth_key),
      times(options.times),
      session(options.session_id ? *options.session_id : random_session(source)),
      clock(options.clock_offset),
      reported_offset(options.clock_offset),
      salts(options.salt),
      acks(options.times.ack_delay, kManyAcks) {}

RequestId ClientSession::Impl::send(Bytes body, SendOptions options) {
  assert(body.size() % 4 == 0 && !body.empty());
  if (options.packing == Packing::WhenSmaller && body.size() >= kPackFrom && body.size() <= kPackUpTo) {
    if (std::optional<Bytes> packed = pack_if_smaller(body))
      body = std::move(*packed);
  }
  const RequestId number = requests.add(std::move(body), options.repeat, options.after);
  requests.find(number)->make_body = std::move(options.make_body);
  return number;
}

void ClientSession::Impl::cancel(RequestId number) {
  const OpenRequest* request = requests.find(number);
  if (request == nullptr)
    return;
  if (request->is_out() && drop_answers.size() < kMostDropAnswers)
    drop_answers.push_back(request->msg_id);
  requests.erase(number);
}

void ClientSession::Impl::destroy_session(SessionId old) {
  if (old == SessionId() || old == session || std::ranges::find(old_sessions, old) != old_sessions.end())
    return;
  if (old_sessions.size() == kMostOldSessions)
    old_sessions.erase(old_sessions.begin());
  old_sessions.push_back(old);
  tell_old_sessions = true;
}

void ClientSession::Impl::on_connected(Instant now) {
  clock.observe(now);
  // Whatever happened to the clocks meanwhile, the pong that comes first will tell.
  clock.doubt();
  connected = true;
  stuck_reported = false;
  connected_at = now.monotonic;
  last_received_at = now.monotonic;
  ping_wanted = true;
  ask_state_of.clear();
  for (const RequestId number : requests.sent())
    ask_state_of.push_back(requests.find(number)->msg_id);
}

void ClientSession::Impl::on_disconnected(Instant now) {
  clock.observe(now);
  connected = false;
  ping.reset();
  replies.clear();
  for (SentService& service : sent_services.take_all()) {
    switch (service.kind) {
      case SentService::Kind::Acks:
      case SentService::Kind::ResendRequest:
      case SentService::Kind::FutureSalts:
      case SentService::Kind::DropAnswer:
      case SentService::Kind::DestroySession:
        restore_service(service, now);
        break;
      case SentService::Kind::Ping:          // each connection begins with one
      case SentService::Kind::StateRequest:  // as it does with this
      case SentService::Kind::Other:
        break;
    }
  }
}

nanoseconds ClientSession::Impl::next_ping_at() const {
  if (ping_wanted)
    return connected_at;
  const nanoseconds regular = last_ping_at + times.ping_interval;
  if (ping || !requests.any_sent())
    return regular;
  return std::min<nanoseconds>(regular, std::max(last_received_at, last_ping_at) + times.silence_before_ping);
}

std::optional<nanoseconds> ClientSession::Impl::pong_deadline() const {
  if (!ping)
    return std::nullopt;
  return std::max(ping->sent_at, last_received_at) + times.pong_timeout;
}

std::optional<nanoseconds> ClientSession::Impl::answer_deadline() const {
  const std::optional<nanoseconds> sent_at = requests.oldest_unacknowledged();
  if (!sent_at)
    return std::nullopt;
  return std::max(*sent_at, connected_at) + times.answer_timeout;
}

std::optional<nanoseconds> ClientSession::Impl::next_deadline() const {
  if (!connected || stuck_reported)
    return std::nullopt;
  nanoseconds next = next_ping_at();
  for (const std::optional<nanoseconds> deadline : {acks.deadline(), pong_deadline(), answer_deadline()}) {
    if (deadline)
      next = std::min(next, *deadline);
  }
  return next;
}

void ClientSession::Impl::on_timer(Instant now) {
  clock.observe(now);
  if (now.monotonic - last_received_at >= kKeepScratch)
    Bytes().swap(scratch);
  if (!connected || stuck_reported)
    return;
  if (const auto deadline = pong_deadline(); deadline && now.monotonic >= *deadline) {
    events.emplace_back(ConnectionStuck{ConnectionStuck::Reason::NoPong});
    stuck_reported = true;
  } else if (const auto answer = answer_deadline(); answer && now.monotonic >= *answer) {
    events.emplace_back(ConnectionStuck{ConnectionStuck::Reason::NoAnswer});
    stuck_reported = true;
  }
}

void ClientSession::Impl::begin_new_session(std::int32_t reason) {
  previous_session = session;
  session = random_session(*random);
  msg_ids = MsgIdGenerator(crypto::Direction::ToServer);
  content_sent = 0;
  received = ReplayWindow();
  acks.clear();
  sent_services.take_all();
  ask_state_of.clear();
  ask_resend_of.clear();
  announced.clear();
  drop_answers.clear();
  replies.clear();
  ping.reset();
  ping_wanted = connected;
  salts_asked_at.reset();
  for (const RequestId number : requests.sent())
    on_lost_request(number);
  requests.forget_ids();
  // What the server still says to the old session would be lost.
  destroy_session(previous_session);
  events.emplace_back(SessionReset{reason});
}

void ClientSession::Impl::note_clock(Instant now) {
  if (!clock.trusted())
    return;
  const nanoseconds offset = clock.offset(now);
  if (std::chrono::abs(offset - reported_offset) <= kReportedStep)
    return;
  reported_offset = offset;
  events.emplace_back(ClockAdjusted{offset});
}

void ClientSession::Impl::note_progress(MsgId own_id) {
  refusals_in_a_row = 0;
  resets_in_a_row = 0;
  const MsgId outer = requests.outer_of(own_id);
  sent_services.settled_up_to(outer == own_id ? sent_services.outer_of(own_id) : outer);
}

void ClientSession::Impl::fail_request(RequestId request, RequestFailed::Reason reason) {
  requests.erase(request);
  events.emplace_back(RequestFailed{request, reason});
}

ClientSession::ClientSession(ClientSessionOptions options, RandomSource& random)
    : impl_(std::make_unique<Impl>(std::move(options), random)) {}
ClientSession::ClientSession(ClientSession&&) noexcept = default;
ClientSession& ClientSession::operator=(ClientSession&&) noexcept = default;
ClientSession::~ClientSession() = default;

RequestId ClientSession::send(Bytes method_body, Instant now, SendOptions options) {
  impl_->clock.observe(now);
  return impl_->send(std::move(method_body), std::move(options));
}

void ClientSession::cancel(RequestId request) {
  impl_->cancel(request);
}

void ClientSession::destroy_session(SessionId old) {
  impl_->destroy_session(old);
}

void ClientSession::flush(Instant now) {
  impl_->acks.hurry(now);
}

bool ClientSession::may_have_run(RequestId request) const {
  const OpenRequest* open = impl_->requests.find(request);
  return open != nullptr && (open->state == OpenRequest::State::Sent || open->state == OpenRequest::State::Acked);
}

void ClientSession::on_connected(Instant now) {
  impl_->on_connected(now);
}

void ClientSession::on_disconnected(Instant now) {
  impl_->on_disconnected(now);
}

Result<void, MtprotoError> ClientSession::receive(ByteView packet, Instant now) {
  return impl_->receive(packet, now);
}

std::optional<Bytes> ClientSession::next_packet(Instant now) {
  return impl_->next_packet(now);
}

void ClientSession::on_timer(Instant now) {
  impl_->on_timer(now);
}

std::optional<nanoseconds> ClientSession::next_deadline() const {
  return impl_->next_deadline();
}

std::optional<SessionEvent> ClientSession::poll_event() {
  if (impl_->events.empty())
    return std::nullopt;
  SessionEvent event = std::move(impl_->events.front());
  impl_->events.pop_front();
  return event;
}

SessionId ClientSession::session_id() const {
  return impl_->session;
}

Salt ClientSession::salt() const {
  return impl_->salts.current();
}

nanoseconds ClientSession::clock_offset(Instant now) const {
  return impl_->clock.offset(now);
}

std::size_t ClientSession::open_requests() const {
  return impl_->requests.size();
}

}  // namespace ledgram::mtproto
