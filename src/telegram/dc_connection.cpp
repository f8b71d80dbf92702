#include "ledgram/telegram/dc_connection.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/telegram/init_connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ledgram::telegram {

namespace {

constexpr std::string_view kModule = "telegram";

/// How often a call may be sent again inside initConnection because the server asks for it.
constexpr int kMostInitRefusals = 3;

/// How often a call may be sent again with another temporary key because the server says that the one in use is not
/// bound.
constexpr int kMostBindingRefusals = 3;

/// A second -404 on a fresh connection, with nothing useful between, is proof (T14).
constexpr int kKeyRefusalsThatProve = 2;

/// The object updatesTooLong: whoever follows updates asks for the difference.
Bytes updates_too_long() {
  constexpr std::uint32_t kUpdatesTooLong = 0xe317af7e;
  Bytes object(4);
  store_le32(object, kUpdatesTooLong);
  return object;
}

}  // namespace

DcConnection::DcConnection(asio::any_io_executor executor, DcId dc, const ClientOptions& options,
                           DcConnectionHooks hooks, RandomSource& random, const Clock& clock,
                           crypto::DhGroupCache& primes)
    : executor_(executor),
      dc_(dc),
      options_(&options),
      hooks_(std::move(hooks)),
      random_(&random),
      clock_(&clock),
      primes_(&primes),
      backoff_(options.backoff, random),
      wake_(executor),
      changed_(executor),
      forward_secrecy_(hooks_.forward_secrecy.value_or(options.forward_secrecy)),
      tasks_(executor) {}

void DcConnection::start() {
  if (ended_)
    return;
  if (!started_) {
    started_ = true;
    tasks_.spawn(fmt::format("{}: data centre {}", options_->account_name, dc_.value()),
                 run(shared_from_this(), hooks_.owner.lock()));
  }
  changed_.notify_all();
}

void DcConnection::set_presence(Presence presence) {
  presence_ = presence;
  if (presence == Presence::Always)
    start();
}

void DcConnection::set_intake(Intake intake) {
  intake_ = intake;
  changed_.notify_all();
}

asio::awaitable<Bytes> DcConnection::call(DcCall request) {
  const std::shared_ptr<DcConnection> self = shared_from_this();
  if (ended_)
    throw TelegramFailure(*ended_);
  OpenCall open(executor_, std::move(request));
  calls_.push_back(&open);
  struct Registration {
    DcConnection& connection;
    OpenCall& call;
    ~Registration() {
      std::erase(connection.calls_, &call);
      if (!call.id)
        return;
      connection.by_id_.erase(*call.id);
      if (connection.session_ && !call.answer && !call.error) {
        connection.session_->cancel(*call.id);
        connection.wake_.set();  // the server is told
      }
    }
  } const registration{*this, open};

  if (takes_calls())
    submit(open);
  start();
  const bool has_ended =
      co_await open.ended.wait_until([&open] { return open.answer || open.error; }, open.request.deadline);
  if (!has_ended) {
    std::string message = open.request.name + " was not answered in time";
    if (!connected_ && !last_problem_.empty())
      message += "; " + last_problem_;
    throw failure(TelegramErrc::DeadlineExceeded, std::move(message));
  }
  if (open.error)
    throw TelegramFailure(std::move(*open.error));
  co_return std::move(*open.answer);
}

asio::awaitable<void> DcConnection::wind_up(TelegramError error, net::Deadline deadline) {
  const std::shared_ptr<DcConnection> self = shared_from_this();
  if (!ended_)
    ended_ = std::move(error);
  // The session keeps their requests: what is queued goes out all the same.
  for (OpenCall* call : calls_)
    finish(*call, *ended_);
  if (!connected_ || !session_)
    co_return;
  session_->flush(clock_->now());
  winding_up_ = true;
  written_ = false;
  wake_.set();
  co_await changed_.wait_until([this] { return written_ || !connected_; }, deadline);
}

void DcConnection::end(const TelegramError& error) {
  if (!ended_)
    ended_ = error;
  fail_all(*ended_);
  tasks_.cancel();
}

asio::awaitable<void> DcConnection::close() {
  const std::shared_ptr<DcConnection> self = shared_from_this();
  end(telegram_error(TelegramErrc::Closed, "the client was closed before the call ended; its outcome is unknown"));
  co_await tasks_.join();
}

bool DcConnection::wanted() const {
  return presence_ == Presence::Always || !calls_.empty();
}

/// Both parameters are only kept alive.
asio::awaitable<void> DcConnection::run(std::shared_ptr<DcConnection> /*self*/, std::shared_ptr<void> /*owner*/) {
  // However this ends, nobody waits for the connection any more.
  struct AtTheEnd {
    DcConnection& connection;
    ~AtTheEnd() { connection.report_unwanted(); }
  } const at_the_end{*this};
  while (true) {
    if (!wanted())
      report_unwanted();
    co_await changed_.wait_until([this] { return wanted(); });
    const nanoseconds delay = backoff_.delay(clock_->now().monotonic);
    if (delay > nanoseconds::zero())
      co_await net::sleep_for(delay);
    co_await run_link();
  }
}

/// One connection from its beginning to its end; only cancellation and our own mistakes are thrown.
asio::awaitable<void> DcConnection::run_link() {
  std::optional<LinkLost> loss;
  std::exception_ptr other;
  ++attempts_;
  useful_ = false;
  backoff_.on_attempt(clock_->now().monotonic);
  try {
    co_await connect_and_serve();
  } catch (const LinkLost& lost) {
    loss = lost;
  } catch (const net::NetFailure& failure) {
    const LinkEnd end = failure.error().retryable() ? LinkEnd::Network : LinkEnd::BadProxy;
    loss = LinkLost(end, failure.error().message, reason_of(failure.error().code));
  } catch (...) {
    other = std::current_exception();
  }
  connected_ = false;
  if (session_)
    session_->on_disconnected(clock_->now());
  if (other)
    std::rethrow_exception(other);
  if (loss)
    on_link_lost(*loss);
}

asio::awaitable<void> DcConnection::connect_and_serve() {
  const LinkPlan plan = next_plan();
  const net::Deadline deadline = net::deadline_after(options_->dial_time);
  const nanoseconds server_time = clock_->now().unix_time + clock_offset();
  LinkStream stream = co_await open_stream(plan, deadline, server_time, *random_);
  DcLink link(std::move(stream), plan.transport, *random_, *clock_);
  co_await prepare_session(link);
  connected_ = true;
  session_->on_connected(clock_->now());
  LinkHooks hooks;
  hooks.on_events = [this] { take_events(); };
  hooks.on_packet = [this] { on_useful_packet(); };
  hooks.on_idle = [this] {
    if (!winding_up_)
      return;
    written_ = true;
    changed_.notify_all();
  };
  hooks.before_reading = [this]() -> asio::awaitable<void> {
    co_await changed_.wait_until([this] { return intake_ == Intake::Open; });
  };
  co_await link.serve(*session_, wake_, std::move(hooks));
}

LinkPlan DcConnection::next_plan() {
  const std::vector<DcOption> addresses = hooks_.addresses();
  if (addresses.empty() && !options_->mtproxy) {
    const TelegramError error =
        telegram_error(TelegramErrc::UnknownDc, fmt::format("no address of data centre {} is known", dc_.value()));
    fail_all(error);
    throw LinkLost(LinkEnd::Network, error.message);
  }
  DcOption option;
  option.dc = dc_;
  if (!addresses.empty())
    option = addresses[next_address_ % addresses.size()];
  return plan_link(option, *options_);
}

void DcConnection::submit(OpenCall& call) {
  call.wrapped = !initialised_ && !call.request.bare;
  Bytes body = call.wrapped ? wrap_in_init_connection(options_->app, call.request.method) : call.request.method;
  mtproto::SendOptions options;
  options.repeat = call.request.repeat;
  call.id = session_->send(std::move(body), clock_->now(), options);
  by_id_[*call.id] = &call;
  wake_.set();
}

void DcConnection::submit_all() {
  for (OpenCall* call : calls_) {
    if (!call->id && !call->answer && !call->error)
      submit(*call);
  }
}

void DcConnection::finish(OpenCall& call, Bytes answer) {
  if (call.answer || call.error)
    return;
  call.answer = std::move(answer);
  call.ended.notify_all();
}

void DcConnection::finish(OpenCall& call, TelegramError error) {
  if (call.answer || call.error)
    return;
  call.error = std::move(error);
  call.ended.notify_all();
}

void DcConnection::fail_all(const TelegramError& error) {
  for (OpenCall* call : calls_) {
    if (call->id && session_ && !call->answer && !call->error)
      session_->cancel(*call->id);
    finish(*call, error);
  }
}

DcConnection::OpenCall* DcConnection::find(mtproto::RequestId id) {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : found->second;
}

void DcConnection::take_events() {
  if (!session_)
    return;
  while (auto event = session_->poll_event()) {
    if (auto* result = std::get_if<mtproto::RpcResult>(&*event)) {
      take(*result);
    } else if (auto* error = std::get_if<mtproto::RpcError>(&*event)) {
      take(*error);
    } else if (const auto* failed = std::get_if<mtproto::RequestFailed>(&*event)) {
      take(*failed);
    } else if (auto* update = std::get_if<mtproto::UpdateReceived>(&*event)) {
      take_update(std::move(update->body));
    } else if (std::holds_alternative<mtproto::NewSessionCreated>(*event)) {
      // The first begins our own session. Any other means that the server has lost it, and updates with it (S11).
      if (std::exchange(server_session_known_, true))
        take_update(updates_too_long());
    } else if (const auto* stuck = std::get_if<mtproto::ConnectionStuck>(&*event)) {
      throw LinkLost(LinkEnd::Stuck, stuck->reason == mtproto::ConnectionStuck::Reason::NoPong
                                         ? "the server does not answer pings"
                                         : "the server does not answer calls");
    }
  }
  if (ending_)
    throw LinkLost(*std::exchange(ending_, std::nullopt));
  if (temporary_ && forward_secrecy_ == ForwardSecrecy::Off)
    throw LinkLost(LinkEnd::KeySwitch, "the permanent key is used");
  if (renewal_due())
    throw LinkLost(LinkEnd::TemporaryKeyDue, "the temporary key is renewed");
}

void DcConnection::take(mtproto::RpcResult& event) {
  if (binding_ == event.request)
    return on_binding_answer(event.body);
  OpenCall* call = find(event.request);
  if (call == nullptr)
    return;
  if (call->wrapped)
    initialised_ = true;
  session_->destroy_session(std::exchange(old_session_, SessionId()));
  finish(*call, std::move(event.body));
}

void DcConnection::take(mtproto::RpcError& event) {
  if (binding_ == event.request)
    return on_binding_refused(parse_rpc_error(event.code, event.message, "auth.bindTempAuthKey"));
  OpenCall* call = find(event.request);
  if (call == nullptr)
    return;
  TelegramError error;
  error.code = TelegramErrc::Rpc;
  error.rpc = parse_rpc_error(event.code, event.message, call->request.name);
  const bool not_initialised = error.rpc->is("CONNECTION_NOT_INITED") || error.rpc->is("CONNECTION_LAYER_INVALID");
  if (not_initialised && call->init_refusals < kMostInitRefusals) {
    ++call->init_refusals;
    initialised_ = false;
    by_id_.erase(*call->id);
    submit(*call);
    return;
  }
  if (temporary_ && error.rpc->is("AUTH_KEY_PERM_EMPTY") && call->binding_refusals < kMostBindingRefusals) {
    // The server has forgotten the binding (R10); the call was not run.
    ++call->binding_refusals;
    by_id_.erase(*call->id);
    call->id.reset();
    ending_.emplace(LinkEnd::TemporaryKeyLost, "the server does not know the temporary key's binding any more");
    return;
  }
  if (call->wrapped && !not_initialised)
    initialised_ = true;
  error.message = fmt::format("Telegram refused {}: {} ({})", call->request.name, error.rpc->text, event.code);
  finish(*call, std::move(error));
}

void DcConnection::take(const mtproto::RequestFailed& event) {
  if (binding_ == event.request) {
    binding_.reset();
    ending_.emplace(LinkEnd::TemporaryKeyLost, "the server refused the message that binds the temporary key");
    return;
  }
  OpenCall* call = find(event.request);
  if (call == nullptr)
    return;
  const std::string& name = call->request.name;
  switch (event.reason) {
    case mtproto::RequestFailed::Reason::OutcomeUnknown:
      finish(*call, telegram_error(TelegramErrc::OutcomeUnknown,
                                   "the connection was lost while " + name + " ran; nobody can tell if it was done"));
      break;
    case mtproto::RequestFailed::Reason::RefusedTooOften:
      finish(*call,
             telegram_error(TelegramErrc::OutcomeUnknown, "the server refused the message with " + name +
                                                              " again and again; is this machine's clock right?"));
      break;
    case mtproto::RequestFailed::Reason::UnreadableAnswer:
      finish(*call, telegram_error(TelegramErrc::BadAnswer, "the answer to " + name + " could not be unpacked"));
      break;
  }
}

void DcConnection::take_update(Bytes body) {
  if (!hooks_.on_update)
    return;
  try {
    hooks_.on_update(std::move(body));
  } catch (const std::exception& error) {
    log::error(kModule, "{}: an update could not be handled: {}", options_->account_name, error.what());
  }
}

void DcConnection::on_useful_packet() {
  // Before its key is bound a session can do nothing, however much the server says.
  if (temporary_ && !bound_)
    return;
  key_refusals_ = 0;
  if (useful_)
    return;
  useful_ = true;
  backoff_.on_useful_answer();
  report_up();
  if (hooks_.on_connected)
    hooks_.on_connected();
}

void DcConnection::on_link_lost(const LinkLost& loss) {
  last_problem_ = loss.what();
  const nanoseconds now = clock_->now().monotonic;
  switch (loss.end()) {
    case LinkEnd::Network:
    case LinkEnd::Protocol:
    case LinkEnd::Stuck:
    case LinkEnd::KeyUnknown:
      // After a link that worked the limits of attempts per time are enough; it may have been a moment's loss.
      if (!useful_)
        backoff_.on_failure(now);
      break;
    case LinkEnd::TooManyConnections:
      backoff_.on_failure(now, net::Backoff::Reason::TooManyConnections);
      break;
    case LinkEnd::TemporaryKeyLost:
      backoff_.on_failure(now);
      break;
    case LinkEnd::TemporaryKeyDue:
    case LinkEnd::KeySwitch:
      end_session("its temporary key was given up");
      return;
    case LinkEnd::WrongEnvironment:
      backoff_.on_failure(now);
      fail_all(telegram_error(TelegramErrc::WrongEnvironment,
                              last_problem_ + "; check the addresses and whether they are Telegram's test servers"));
      break;
    case LinkEnd::BadProxy:
      backoff_.on_failure(now);
      fail_all(telegram_error(TelegramErrc::BadProxy, last_problem_));
      break;
    case LinkEnd::UntrustedServer:
      backoff_.on_failure(now);
      fail_all(telegram_error(TelegramErrc::UntrustedServer, last_problem_ +
                                                                 "; this is not a server that has the configured "
                                                                 "public key, so nothing was sent to it"));
      break;
  }
  if (!useful_)
    ++next_address_;
  report_down(loss);
  if (hooks_.on_lost && wanted())
    hooks_.on_lost(last_problem_);
  if (loss.end() == LinkEnd::TemporaryKeyLost || (loss.end() == LinkEnd::KeyUnknown && temporary_)) {
    // Whatever became of it, another one will do; only refused bindings say anything about the permanent key (T14).
    end_session("the server forgot its temporary key");
    if (std::exchange(permanent_key_lost_, false))
      on_key_unknown(last_problem_);
  } else if (loss.end() == LinkEnd::KeyUnknown && ++key_refusals_ >= kKeyRefusalsThatProve) {
    on_key_unknown(last_problem_);
  }
}

ConnectionLog& DcConnection::connection_log() {
  if (options_->connection_log != nullptr)
    return *options_->connection_log;
  if (!own_log_)
    own_log_ = std::make_unique<ConnectionLog>();
  return *own_log_;
}

void DcConnection::report_up() {
  if (std::exchange(reported_down_, false))
    connection_log().up(number_, attempts_, clock_->now().monotonic);
  attempts_ = 0;
}

void DcConnection::report_down(const LinkLost& loss) {
  if (!reported_down_) {
    if (!wanted()) {
      log::debug(kModule, "{}: connection to data centre {} ended while it was not needed: {}", options_->account_name,
                 dc_.value(), loss.what());
      return;
    }
    reported_down_ = true;
    number_ = connection_log().new_number();
  }
  ConnectionJournal::State state;
  state.account = options_->account_name;
  state.dc = dc_;
  state.reason = loss.reason();
  state.detail = loss.what();
  state.attempts = attempts_;
  connection_log().down(number_, state, clock_->now().monotonic);
}

void DcConnection::report_unwanted() {
  if (std::exchange(reported_down_, false))
    connection_log().give_up(number_);
}

}  // namespace ledgram::telegram
