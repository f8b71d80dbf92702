// DcConnection: authorization keys, the session that uses one, and the binding of temporary keys.

#include "ledgram/base/log.hpp"
#include "ledgram/telegram/dc_connection.hpp"
#include "ledgram/tl/mt.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ledgram::telegram {

namespace {

constexpr std::string_view kModule = "telegram";

constexpr std::uint32_t kBoolTrue = 0x997275b5;

}  // namespace

void DcConnection::use_key(const StoredKey& stored) {
  key_ = stored;
  clock_offset_ = stored.clock_offset;
  old_session_ = stored.session;
}

std::optional<StoredKey> DcConnection::key() const {
  std::optional<StoredKey> key = key_;
  if (key) {
    key->clock_offset = clock_offset();
    if (session_ && !temporary_)
      key->salt = session_->salt();
    if (session_)
      key->session = session_->session_id();
  }
  return key;
}

nanoseconds DcConnection::clock_offset() const {
  return session_ ? session_->clock_offset(clock_->now()) : clock_offset_;
}

nanoseconds DcConnection::server_time() const {
  return clock_->now().unix_time + clock_offset();
}

/// Makes whatever keys are missing and a session if there is none. One key after the other on one connection: a second
/// connection would save three round trips once a day and count against Telegram's limits of connections.
asio::awaitable<void> DcConnection::prepare_session(DcLink& link) {
  if (!key_)
    co_await make_permanent_key(link);
  const bool unwanted = temporary_ && forward_secrecy_ == ForwardSecrecy::Off;
  if (unwanted || renewal_due())
    end_session("its temporary key was given up");
  if (forward_secrecy_ == ForwardSecrecy::On && !temporary_)
    co_await make_temporary_key(link);
  if (!session_) {
    begin_session();
  } else if (temporary_ && !bound_ && !binding_) {
    send_binding();
  }
}

asio::awaitable<void> DcConnection::make_permanent_key(DcLink& link) {
  const mtproto::HandshakeDone done = co_await make_key(link, std::nullopt);
  key_ = StoredKey{dc_, done.key, mtproto::Salt(done.first_salt), done.server_time_offset, false};
  clock_offset_ = done.server_time_offset;
  bindings_ = BindingRecord();
  bindings_.on_key_made(clock_->now().monotonic);
}

asio::awaitable<void> DcConnection::make_temporary_key(DcLink& link) {
  const std::chrono::seconds lifetime = random_key_lifetime(*random_);
  const Instant before = clock_->now();
  const mtproto::HandshakeDone done = co_await make_key(link, lifetime);
  clock_offset_ = done.server_time_offset;
  // The server counts from somewhere within the exchange; the beginning is never too late.
  const auto expires_at = std::chrono::floor<std::chrono::seconds>(before.unix_time + clock_offset_) + lifetime;
  temporary_ = TemporaryKey{done.key, mtproto::Salt(done.first_salt), expires_at};
}

asio::awaitable<mtproto::HandshakeDone> DcConnection::make_key(DcLink& link,
                                                               std::optional<std::chrono::seconds> lifetime) {
  mtproto::HandshakeOptions handshake;
  handshake.keys = options_->dcs.rsa_keys;
  handshake.wire_dc = mtproto::wire_dc(dc_, options_->dcs.environment, mtproto::DcRole::Main);
  handshake.temporary_for = lifetime;
  handshake.time_limit = options_->dial_time;
  std::optional<LinkLost> refused;
  try {
    const mtproto::HandshakeDone done = co_await link.make_key(std::move(handshake), *primes_);
    co_return done;
  } catch (const LinkLost& lost) {
    refused = lost;
  }
  // No key is used yet that the server could not know: here -404 means a refused step (T13).
  if (refused->end() == LinkEnd::KeyUnknown)
    throw LinkLost(LinkEnd::Protocol, refused->what());
  throw LinkLost(*refused);
}

void DcConnection::begin_session() {
  mtproto::ClientSessionOptions options{.auth_key = temporary_ ? temporary_->key : key_->key,
                                        .session_id = std::nullopt,
                                        .salt = temporary_ ? temporary_->salt : key_->salt,
                                        .clock_offset = clock_offset_,
                                        .times = options_->session_times};
  session_.emplace(std::move(options), *random_);
  initialised_ = false;
  bound_ = false;
  renewing_ = false;
  if (temporary_) {
    send_binding();
  } else {
    submit_all();
  }
}

/// Open calls stay for the next session, but for those that may have been run and must not run twice.
void DcConnection::end_session(std::string_view because) {
  clock_offset_ = clock_offset();
  for (OpenCall* call : calls_) {
    const bool unknown =
        call->id && session_ && call->request.repeat == mtproto::Repeat::Forbidden && session_->may_have_run(*call->id);
    if (unknown) {
      finish(*call, telegram_error(TelegramErrc::OutcomeUnknown,
                                   fmt::format("the session in which {} ran has ended ({}); nobody can tell if it was "
                                               "done",
                                               call->request.name, because)));
    }
    call->id.reset();
  }
  by_id_.clear();
  if (session_ && key_ && !temporary_)
    key_->salt = session_->salt();
  if (session_)
    old_session_ = session_->session_id();
  session_.reset();
  temporary_.reset();
  binding_.reset();
  ending_.reset();
  bound_ = false;
  renewing_ = false;
  initialised_ = false;
}

bool DcConnection::takes_calls() const {
  if (!session_ || renewing_)
    return false;
  // Without a binding a temporary key may call next to nothing (K17).
  return temporary_ ? bound_ && forward_secrecy_ == ForwardSecrecy::On : true;
}

void DcConnection::send_binding() {
  const auto nonce = static_cast<std::int64_t>(random_->next_u64());
  mtproto::SendOptions options;
  options.packing = mtproto::Packing::Never;
  options.make_body = [this, nonce](MsgId id, SessionId session) {
    return bind_call(key_->key, *temporary_, nonce, id, session, *random_);
  };
  Bytes body = options.make_body(MsgId(), session_->session_id());
  binding_ = session_->send(std::move(body), clock_->now(), std::move(options));
  wake_.set();
}

void DcConnection::on_binding_answer(ByteView answer) {
  if (answer.size() != 4 || load_le32(answer) != kBoolTrue)
    return on_binding_refused(parse_rpc_error(400, "BINDING_NOT_MADE", "auth.bindTempAuthKey"));
  binding_.reset();
  bound_ = true;
  bindings_.on_bound(clock_->now().monotonic);
  log::debug(kModule, "{}: data centre {} has bound a temporary key", options_->account_name, dc_.value());
  submit_all();
}

void DcConnection::on_binding_refused(const RpcError& error) {
  binding_.reset();
  const std::string reason = "the server does not bind a temporary key: " + error.text;
  if (is_server_fault(error) || flood_wait_of(error)) {
    ending_.emplace(LinkEnd::Protocol, reason);
    return;
  }
  permanent_key_lost_ = bindings_.on_refused(error, clock_->now().monotonic);
  ending_.emplace(LinkEnd::TemporaryKeyLost, reason);
  // What is said of the login as a whole is for those who called.
  if (error.code == 401 || error.code == 406) {
    TelegramError refusal = telegram_error(TelegramErrc::Rpc, reason);
    refusal.rpc = error;
    fail_all(refusal);
  }
}

/// True if the session's key is to be given up now. From half an hour before its end new calls wait, until the open
/// ones have ended or had their time.
bool DcConnection::renewal_due() {
  if (!temporary_)
    return false;
  const nanoseconds time = server_time();
  if (!temporary_->due(time))
    return false;
  renewing_ = true;
  const bool busy =
      std::ranges::any_of(calls_, [](const OpenCall* call) { return call->id && !call->answer && !call->error; });
  return !busy || temporary_->overdue(time);
}

asio::awaitable<bool> DcConnection::destroy_key(net::Deadline deadline) {
  const std::shared_ptr<DcConnection> self = shared_from_this();
  if (!key_ || ended_)
    co_return false;
  // It is the key of the message itself that is destroyed.
  forward_secrecy_ = ForwardSecrecy::Off;
  presence_ = Presence::OnDemand;
  wake_.set();
  DcCall request;
  request.method = tl::serialize(tl::mt::destroy_auth_key{});
  request.name = "destroy_auth_key";
  request.deadline = deadline;
  request.bare = true;
  bool destroyed = false;
  try {
    const Bytes answer = co_await call(std::move(request));
    const auto result = tl::parse<tl::mt::DestroyAuthKeyRes>(answer);
    destroyed = result && !result->as<tl::mt::destroy_auth_key_fail>();
  } catch (const TelegramFailure& failed) {
    log::debug(kModule, "{}: the key of data centre {} was not destroyed: {}", options_->account_name, dc_.value(),
               failed.error().message);
  }
  co_return destroyed;
}

void DcConnection::on_key_unknown(const std::string& reason) {
  key_refusals_ = 0;
  if (hooks_.on_key_unknown() == KeyLoss::EndLogin) {
    end(telegram_error(
        TelegramErrc::SessionLost,
        fmt::format("data centre {} does not know the login's key any more ({}); log this account in again",
                    dc_.value(), reason)));
    return;
  }
  log::info(kModule, "{}: data centre {} has forgotten its key; making another", options_->account_name, dc_.value());
  end_session("the server forgot the key");
  key_.reset();
}

}  // namespace ledgram::telegram
