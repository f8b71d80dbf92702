#include "ledgram/telegram/client.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/net/with_deadline.hpp"
#include "ledgram/telegram/client_impl.hpp"

#include <fmt/format.h>

namespace ledgram::telegram {

namespace {

constexpr std::string_view kModule = "telegram";

/// For saving the session at the end: a store that hangs must not keep the program from ending.
constexpr nanoseconds kSaveTime = std::chrono::milliseconds(800);

/// For what is still to be written at the end; a server that does not read must not keep the program either.
constexpr nanoseconds kFlushTime = std::chrono::milliseconds(200);

}  // namespace

Client::Impl::Impl(asio::any_io_executor of_client, ClientOptions given, KeyStore& store, RandomSource& source,
                   const Clock& time)
    : executor(of_client),
      options(std::move(given)),
      keys(store),
      random(source),
      clock(time),
      tasks(of_client,
            [this](std::string_view task, std::exception_ptr error) {
              try {
                std::rethrow_exception(error);
              } catch (const std::exception& failure) {
                log::debug(kModule, "{}: {} ended: {}", options.account_name, task, failure.what());
              }
            }),
      changed(of_client),
      main_dc(options.dcs.first_dc),
      login_dc(main_dc) {}

void Client::Impl::throw_if_ended() const {
  if (ended)
    throw TelegramFailure(*ended);
}

asio::awaitable<void> Client::Impl::start() {
  throw_if_ended();
  if (phase == Phase::Running)
    co_return;
  if (phase == Phase::New) {
    phase = Phase::Loading;
    std::exception_ptr problem;
    try {
      co_await load();
    } catch (...) {
      problem = std::current_exception();
    }
    if (phase == Phase::Loading)
      phase = problem ? Phase::New : Phase::Running;
    changed.notify_all();
    if (problem)
      std::rethrow_exception(problem);
  }
  co_await changed.wait_until([this] { return phase != Phase::Loading; });
  throw_if_ended();
}

asio::awaitable<void> Client::Impl::load() {
  std::optional<StoredSession> stored = co_await keys.load();
  throw_if_ended();
  if (!stored)
    co_return;
  if (stored->environment != options.dcs.environment) {
    const bool test = stored->environment == DcEnvironment::Test;
    throw failure(
        TelegramErrc::BadStoredSession,
        fmt::format("the login of {} belongs to Telegram's {} servers and the configuration names the other ones",
                    options.account_name, test ? "test" : "production"));
  }
  begin_login(std::move(*stored));
}

void Client::Impl::begin_login(StoredSession session) {
  main_dc = session.main_dc;
  login_dc = main_dc;
  account = Account{session.user, session.kind};
  for (const StoredKey& key : session.keys) {
    Dc& used = dc(key.dc);
    used.connection->use_key(key);
    used.authorized = key.authorized || is_main(key.dc);
  }
  dc(main_dc).connection->set_presence(Presence::Always);
}

Client::Impl::Dc& Client::Impl::dc(DcId id) {
  Dc& used = dcs[id];
  if (!used.connection) {
    DcConnectionHooks hooks;
    hooks.owner = weak_from_this();
    hooks.addresses = [this, id] { return options.dcs.addresses(id, way_of(options)); };
    hooks.on_key_unknown = [this, id] {
      // Elsewhere the authorization can be imported again with a new key (R10); at home the login stands on it.
      if (account && (id == login_dc || is_main(id)))
        return KeyLoss::EndLogin;
      dcs[id].authorized = false;
      return KeyLoss::MakeAnother;
    };
    hooks.on_update = [this, id](Bytes update) { take_update(id, std::move(update)); };
    hooks.on_connected = [this, id] {
      if (!ended && account && is_main(id) && options.on_connected)
        options.on_connected();
    };
    hooks.on_lost = [this, id](std::string_view why) {
      if (!ended && account && is_main(id) && options.on_disconnected)
        options.on_disconnected(why);
    };
    used.connection = std::make_shared<DcConnection>(executor, id, options, std::move(hooks), random, clock, primes);
  }
  return used;
}

std::vector<std::shared_ptr<DcConnection>> Client::Impl::all_connections() const {
  std::vector<std::shared_ptr<DcConnection>> all;
  for (const auto& [id, used] : dcs) {
    if (used.connection)
      all.push_back(used.connection);
  }
  if (file_session.connection)
    all.push_back(file_session.connection);
  for (const auto& [id, cdn] : cdns) {
    if (cdn->connection)
      all.push_back(cdn->connection);
  }
  return all;
}

void Client::Impl::close_other_connections() {
  if (file_session.connection) {
    const std::shared_ptr<DcConnection> connection = std::exchange(file_session, FileSession{}).connection;
    tasks.spawn("closing the connection for files", connection->close());
  }
  for (auto& [id, other] : dcs) {
    if (is_main(id) || !other.connection)
      continue;
    const std::shared_ptr<DcConnection> connection = std::exchange(other, Dc{}).connection;
    tasks.spawn("closing the connection to another data centre", connection->close());
  }
}

std::optional<StoredSession> Client::Impl::session_to_store() const {
  if (!account)
    return std::nullopt;
  StoredSession session;
  session.main_dc = main_dc;
  session.environment = options.dcs.environment;
  session.user = account->user;
  session.kind = account->kind;
  bool has_main_key = false;
  for (const auto& [id, used] : dcs) {
    if (!used.connection)
      continue;
    std::optional<StoredKey> key = used.connection->key();
    if (!key)
      continue;
    key->authorized = used.authorized;
    if (is_main(id))
      has_main_key = true;
    session.keys.push_back(std::move(*key));
  }
  if (!has_main_key)
    return std::nullopt;
  return session;
}

/// The store is never asked twice at once.
asio::awaitable<void> Client::Impl::wait_for_store() {
  co_await changed.wait_until([this] { return !storing; });
  storing = true;
}

asio::awaitable<void> Client::Impl::save() {
  co_await wait_for_store();
  std::exception_ptr problem;
  try {
    std::optional<StoredSession> session = session_to_store();
    if (session)
      co_await keys.save(std::move(*session));
  } catch (...) {
    problem = std::current_exception();
  }
  storing = false;
  changed.notify_all();
  if (problem)
    std::rethrow_exception(problem);
}

asio::awaitable<void> Client::Impl::erase() {
  co_await wait_for_store();
  std::exception_ptr problem;
  try {
    co_await keys.erase();
  } catch (...) {
    problem = std::current_exception();
  }
  storing = false;
  changed.notify_all();
  if (problem)
    std::rethrow_exception(problem);
}

void Client::Impl::end(TelegramError error) {
  if (ended)
    return;
  ended = std::move(error);
  for (const auto& connection : all_connections())
    connection->end(*ended);
  changed.notify_all();
}

asio::awaitable<void> Client::Impl::close() {
  if (phase == Phase::Closing || phase == Phase::Closed) {
    co_await changed.wait_until([this] { return phase == Phase::Closed; });
    co_return;
  }
  const bool keep = !ended && phase == Phase::Running;
  phase = Phase::Closing;
  TelegramError closed;
  closed.code = TelegramErrc::Closed;
  closed.message = "the client was closed before the call ended; its outcome is unknown";
  if (!ended)
    ended = closed;
  changed.notify_all();

  std::exception_ptr problem;
  try {
    if (keep) {
      const net::Deadline flushed = net::deadline_after(kFlushTime);
      for (const auto& connection : all_connections())
        co_await connection->wind_up(closed, flushed);
    }
    for (const auto& connection : all_connections())
      connection->end(closed);
    if (keep) {
      asio::awaitable<void> saving = save();
      std::string what = "saving the session";
      co_await net::with_deadline(std::move(saving), net::deadline_after(kSaveTime), std::move(what));
    }
  } catch (...) {
    problem = std::current_exception();
  }
  if (problem && !net::is_cancelled(problem)) {
    log::warning(kModule, "{}: salts and clock offset could not be saved; the next start takes a moment longer",
                 options.account_name);
  }
  tasks.cancel();
  const std::vector<std::shared_ptr<DcConnection>> connections = all_connections();
  for (const auto& connection : connections)
    co_await connection->close();
  co_await tasks.join();
  phase = Phase::Closed;
  changed.notify_all();
}

Client::Client(asio::any_io_executor executor, ClientOptions options, KeyStore& keys, RandomSource& random,
               const Clock& clock)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(options), keys, random, clock)) {}

Client::~Client() {
  TelegramError closed;
  closed.code = TelegramErrc::Closed;
  closed.message = "the client is gone; the outcome of the call is unknown";
  impl_->end(std::move(closed));
  impl_->tasks.cancel();
}

asio::awaitable<void> Client::start() {
  return impl_->start();
}

LoginState Client::login_state() const {
  return impl_->account ? LoginState::LoggedIn : LoginState::LoggedOut;
}

asio::awaitable<Bytes> Client::invoke_raw(Bytes method, CallOptions options) {
  return impl_->invoke(std::move(method), std::move(options));
}

asio::awaitable<SendCodeResult> Client::send_code(SecretText phone) {
  return impl_->send_code(std::move(phone));
}
asio::awaitable<SendCodeResult> Client::resend_code() {
  return impl_->resend_code();
}
asio::awaitable<void> Client::cancel_code() {
  return impl_->cancel_code();
}
asio::awaitable<SignInResult> Client::sign_in(SecretText code) {
  return impl_->sign_in(std::move(code));
}
asio::awaitable<SignedIn> Client::check_password(SecretText password) {
  return impl_->check_password(std::move(password));
}
asio::awaitable<SignedIn> Client::sign_in_bot(SecretText token) {
  return impl_->sign_in_bot(std::move(token));
}
asio::awaitable<SentEmailCode> Client::set_up_email(std::string address) {
  return impl_->set_up_email(std::move(address));
}
asio::awaitable<SendCodeResult> Client::verify_email(SecretText code) {
  return impl_->verify_email(std::move(code));
}
asio::awaitable<SendCodeResult> Client::reset_login_email() {
  return impl_->reset_login_email();
}
asio::awaitable<QrResult> Client::sign_in_by_qr(QrLogin wanted) {
  return impl_->sign_in_by_qr(std::move(wanted));
}
std::vector<SecretBytes> Client::future_auth_tokens() const {
  return impl_->future_auth_tokens;
}
asio::awaitable<void> Client::log_out() {
  return impl_->log_out();
}
asio::awaitable<Self> Client::self() {
  return impl_->self();
}
asio::awaitable<void> Client::close() {
  return impl_->close();
}

void Client::set_intake(Intake intake) {
  if (!impl_->ended)
    impl_->dc(impl_->main_dc).connection->set_intake(intake);
}

DcId Client::main_dc() const {
  return impl_->main_dc;
}
const DcTable& Client::dc_table() const {
  return impl_->options.dcs;
}

nanoseconds Client::clock_offset() const {
  const auto found = impl_->dcs.find(impl_->main_dc);
  const bool known = found != impl_->dcs.end() && found->second.connection;
  return known ? found->second.connection->clock_offset() : nanoseconds::zero();
}

std::vector<std::string> Client::pending_tasks() const {
  std::vector<std::string> names = impl_->tasks.pending_names();
  for (const auto& connection : impl_->all_connections()) {
    for (std::string& name : connection->pending_tasks())
      names.push_back(std::move(name));
  }
  return names;
}

TelegramFailure Client::bad_answer(std::string_view method, std::string_view reason) {
  return failure(TelegramErrc::BadAnswer, fmt::format("the answer to {} cannot be read: {}", method, reason));
}

}  // namespace ledgram::telegram
