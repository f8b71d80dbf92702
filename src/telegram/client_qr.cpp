// Logging in by a QR code (core.telegram.org/api/qr-login; L10 to L13 of protocol.md).

#include "ledgram/base/log.hpp"
#include "ledgram/telegram/client_impl.hpp"
#include "ledgram/telegram/sent_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace ledgram::telegram {

namespace api = tl::api;

namespace {

constexpr std::string_view kModule = "telegram";

/// Tokens that are sent from data centre to data centre more often than this go in circles.
constexpr int kMostMoves = 3;

/// Telegram's tokens live 30 s; a clock that says more than this is wrong, and the code would look dead to a person.
constexpr std::chrono::seconds kLongestToken{300};

/// TDLib waits between 1 s and 60 s after an error as well.
constexpr nanoseconds kLongestErrorWait = std::chrono::seconds(60);

bool token_was_lost(const TelegramError& error) {
  if (!error.rpc)
    return false;
  return error.rpc->is("AUTH_TOKEN_EXPIRED") || error.rpc->is("AUTH_TOKEN_INVALID") ||
         error.rpc->is("AUTH_TOKEN_INVALIDX") || error.rpc->is("AUTH_TOKEN_ALREADY_ACCEPTED");
}

}  // namespace

/// Keeps the connection up while somebody looks at a code, so that the news of its acceptance arrives.
class Client::Impl::QrWaiting {
 public:
  explicit QrWaiting(Impl& impl) : impl_(impl), connection_(impl.dc(impl.main_dc).connection) {
    assert(!impl.qr_waiting && "one login by QR code at a time");
    impl_.qr_waiting = true;
    connection_->set_presence(Presence::Always);
  }
  QrWaiting(const QrWaiting&) = delete;
  QrWaiting& operator=(const QrWaiting&) = delete;
  ~QrWaiting() {
    impl_.qr_waiting = false;
    const bool in_use = impl_.account && impl_.dc(impl_.main_dc).connection == connection_;
    if (!in_use)
      connection_->set_presence(Presence::OnDemand);
  }

 private:
  Impl& impl_;
  std::shared_ptr<DcConnection> connection_;
};

/// What one export, and the imports that it led to, came to: an answer of the last data centre, or its error.
struct Client::Impl::QrStep {
  api::auth_LoginToken answer;
  std::optional<TelegramError> problem;
};

asio::awaitable<Client::Impl::QrStep> Client::Impl::next_qr_step(const std::vector<UserId>& except) {
  QrStep step;
  api::auth_exportLoginToken ask;
  ask.api_id = options.app.api_id;
  ask.api_hash = options.app.api_hash.reveal();
  for (const UserId user : except)
    ask.except_ids.push_back(user.value());
  try {
    step.answer = co_await login_call(std::move(ask));
  } catch (const TelegramFailure& failed) {
    step.problem = failed.error();
  }
  DcId at = main_dc;
  for (int moves = 0; !step.problem && step.answer.is<api::auth_loginTokenMigrateTo>(); ++moves) {
    const auto* moved = step.answer.as<api::auth_loginTokenMigrateTo>();
    const DcId target(moved->dc_id);
    if (moves == kMostMoves || target == at) {
      throw failure(
          TelegramErrc::MigrateLoop,
          fmt::format("Telegram's data centres pass the login of {} around; try again", options.account_name));
    }
    log::info(kModule, "{}: the login goes on at data centre {}", options.account_name, target.value());
    api::auth_importLoginToken take;
    take.token = moved->token;
    at = target;
    try {
      step.answer = co_await login_call(std::move(take), at);
    } catch (const TelegramFailure& failed) {
      step.problem = failed.error();
    }
  }
  const bool arrived = !step.problem || (step.problem->rpc && step.problem->rpc->is("SESSION_PASSWORD_NEEDED"));
  // From here on everything, the password too, is asked where the account lives (L12).
  if (arrived)
    main_dc = at;
  co_return step;
}

/// Waits until the token has run out by the server's clock, or was accepted. True in the second case.
asio::awaitable<bool> Client::Impl::wait_for_acceptance(std::size_t seen, nanoseconds time) {
  const net::Deadline deadline = net::deadline_after(time);
  co_await changed.wait_until([this, seen] { return ended || login_token_updates != seen; }, deadline);
  throw_if_ended();
  co_return login_token_updates != seen;
}

asio::awaitable<QrResult> Client::Impl::sign_in_by_qr(QrLogin given) {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  co_await start();
  throw_if_logged_in();
  login_attempt.reset();
  const QrWaiting waiting(*this);
  nanoseconds error_wait = options.login_token_wait;
  bool accepted = false;
  while (true) {
    // Counted from before the export: the news of an acceptance may overtake the answer.
    const std::size_t seen = login_token_updates;
    QrStep step = co_await next_qr_step(given.except);
    if (step.problem && step.problem->rpc && step.problem->rpc->is("SESSION_PASSWORD_NEEDED")) {
      const api::account_password password = co_await get_password();
      PasswordNeeded needed;
      needed.hint = password.hint.value_or("");
      co_return needed;
    }
    if (step.problem) {
      if (!token_was_lost(*step.problem))
        throw TelegramFailure(std::move(*step.problem));
      co_await wait_until(net::deadline_after(error_wait));
      error_wait = std::min(error_wait * 2, kLongestErrorWait);
      continue;
    }
    if (auto* success = step.answer.as<api::auth_loginTokenSuccess>()) {
      SignInResult result = co_await on_authorization(std::move(success->authorization));
      if (auto* signed_in = std::get_if<SignedIn>(&result))
        co_return std::move(*signed_in);
      throw bad_answer("auth.exportLoginToken", "it asks to sign up");
    }
    const auto* token = step.answer.as<api::auth_loginToken>();
    if (token == nullptr)
      throw bad_answer("auth.exportLoginToken", "it is empty");
    const nanoseconds server_now = clock.now().unix_time + dc(main_dc).connection->clock_offset();
    const nanoseconds left = std::chrono::seconds(token->expires) - server_now;
    const nanoseconds valid = std::clamp<nanoseconds>(left, options.login_token_wait, kLongestToken);
    LoginToken shown;
    shown.link = login_link(token->token);
    shown.valid_for = std::chrono::round<std::chrono::seconds>(valid);
    if (given.on_token)
      given.on_token(shown);
    // A server that says "accepted" again and again without a login is asked no more often than this.
    if (accepted)
      co_await wait_until(net::deadline_after(options.login_token_wait));
    accepted = co_await wait_for_acceptance(seen, valid);
    error_wait = options.login_token_wait;
  }
}

}  // namespace ledgram::telegram
