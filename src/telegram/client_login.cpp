#include "ledgram/base/log.hpp"
#include "ledgram/crypto/srp.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/telegram/client_impl.hpp"
#include "ledgram/telegram/login_errors.hpp"
#include "ledgram/telegram/sent_code.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace ledgram::telegram {

namespace api = tl::api;

namespace {

constexpr std::string_view kModule = "telegram";

/// Somebody waits at a terminal; a longer silence is told rather than sat out.
constexpr nanoseconds kLoginTime = std::chrono::seconds(60);

/// The reply to auth.logOut may never come (L17).
constexpr nanoseconds kLogOutTime = std::chrono::seconds(5);

/// B and srp_id are for one use and can be used up by a parallel attempt (L6).
constexpr int kPasswordAttempts = 3;

/// For telling the data centres to forget the keys of a login that has ended; it has ended all the same.
constexpr nanoseconds kDestroyTime = std::chrono::seconds(5);

/// What auth.sendCode takes (L1).
constexpr std::size_t kMostLogoutTokens = 20;

/// A flood wait in a login is told at once: it is minutes or hours.
CallOptions login_options() {
  CallOptions options;
  options.deadline = net::deadline_after(kLoginTime);
  options.flood.longest_wait = std::chrono::seconds(3);
  return options;
}

/// People write +380 (44) 123-45-67.
std::string digits_of(const SecretText& number) {
  std::string digits;
  for (const char c : number.reveal()) {
    if (c >= '0' && c <= '9')
      digits.push_back(c);
  }
  return digits;
}

SignedIn describe_user(const api::user& user) {
  SignedIn signed_in;
  signed_in.user = UserId(user.id);
  signed_in.kind = user.bot ? AccountKind::Bot : AccountKind::User;
  signed_in.name = user.first_name.value_or("");
  if (user.last_name && !user.last_name->empty()) {
    if (!signed_in.name.empty())
      signed_in.name += ' ';
    signed_in.name += *user.last_name;
  }
  signed_in.username = user.username.value_or("");
  signed_in.phone = SecretText(user.phone.value_or(""));
  return signed_in;
}

crypto::SrpParams srp_params_of(const api::account_password& password) {
  using Algorithm = api::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow;
  const auto* algorithm = password.current_algo.as<Algorithm>();
  if (algorithm == nullptr || !password.srp_B || !password.srp_id) {
    throw failure(TelegramErrc::PasswordUnusable,
                  "Telegram checks this account's password in a way that this version does not know; update Ledgram");
  }
  crypto::SrpParams params;
  params.g = algorithm->g;
  params.p = algorithm->p;
  params.salt1 = algorithm->salt1;
  params.salt2 = algorithm->salt2;
  return params;
}

}  // namespace

asio::awaitable<Bytes> Client::Impl::login_call_raw(Bytes method, std::optional<DcId> at, mtproto::Repeat repeat) {
  std::optional<TelegramError> problem;
  Bytes answer;
  CallOptions call_options = login_options();
  call_options.dc = at;
  call_options.repeat = repeat;
  try {
    answer = co_await invoke(std::move(method), std::move(call_options));
  } catch (const TelegramFailure& failed) {
    problem = failed.error();
  }
  if (problem)
    throw TelegramFailure(explain_login_error(std::move(*problem)));
  co_return answer;
}

void Client::Impl::throw_if_logged_in() const {
  if (!account)
    return;
  throw failure(TelegramErrc::AlreadyLoggedIn, options.account_name + " is logged in already; log it out first");
}

asio::awaitable<SendCodeResult> Client::Impl::send_code(SecretText phone_number) {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  co_await start();
  throw_if_logged_in();
  std::string digits = digits_of(phone_number);
  if (digits.empty()) {
    throw failure(TelegramErrc::BadPhoneNumber,
                  "a phone number has digits; write it with the country code, like +380441234567");
  }
  if (login_attempt && login_attempt->phone_number.reveal() != digits) {
    try {
      co_await cancel_code();
    } catch (const TelegramFailure& ignored) {
      log::debug(kModule, "{}: the attempt with the other number: {}", options.account_name, ignored.what());
    }
  }
  login_attempt.reset();
  api::auth_sendCode ask;
  ask.phone_number = digits;
  ask.api_id = options.app.api_id;
  ask.api_hash = options.app.api_hash.reveal();
  api::codeSettings settings;
  if (!options.logout_tokens.empty()) {
    const std::size_t known = options.logout_tokens.size();
    auto& tokens = settings.logout_tokens.emplace();
    for (std::size_t i = known - std::min(known, kMostLogoutTokens); i < known; ++i)
      tokens.push_back(options.logout_tokens[i].reveal());
  }
  ask.settings = std::move(settings);
  Bytes body = tl::serialize(ask);
  Bytes answer = co_await login_call_raw(std::move(body));
  Attempt attempt;
  attempt.phone_number = SecretText(std::move(digits));
  login_attempt = std::move(attempt);
  co_return co_await on_sent_code(std::move(answer));
}

void Client::Impl::require_attempt(std::string_view message) const {
  throw_if_logged_in();
  if (!login_attempt)
    throw failure(TelegramErrc::CodeNotSent, std::string(message));
}

asio::awaitable<SendCodeResult> Client::Impl::resend_code() {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  require_attempt("no code was sent yet that could be sent again");
  if (!login_attempt->can_resend) {
    throw failure(TelegramErrc::CodeNotSent,
                  "Telegram offers no other way to send this code; wait for it, or begin again");
  }
  const nanoseconds early = login_attempt->resend_from - clock.now().monotonic;
  if (early > nanoseconds::zero()) {
    TelegramError error;
    error.code = TelegramErrc::CodeNotSent;
    error.retry_after = std::chrono::ceil<std::chrono::seconds>(early);
    error.message = fmt::format("Telegram sends the code another way in {} s; until then the one that was sent counts",
                                error.retry_after->count());
    throw TelegramFailure(std::move(error));
  }
  api::auth_resendCode ask;
  ask.phone_number = login_attempt->phone_number.reveal();
  ask.phone_code_hash = login_attempt->code_hash;
  Bytes body = tl::serialize(ask);
  // Not repeated: a first run has made this hash void and sent a code that a second one would make void too.
  Bytes answer = co_await login_call_raw(std::move(body), std::nullopt, mtproto::Repeat::Forbidden);
  co_return co_await on_sent_code(std::move(answer));
}

asio::awaitable<SendCodeResult> Client::Impl::on_sent_code(Bytes answer) {
  SentCodeAnswer read = read_sent_code(answer);
  if (auto* sent = std::get_if<ReadSentCode>(&read)) {
    if (login_attempt) {
      login_attempt->code_hash = std::move(sent->hash);
      login_attempt->type = sent->described.type;
      login_attempt->can_resend = sent->described.next_type.has_value();
      login_attempt->resend_from = clock.now().monotonic + sent->described.resend_after;
    }
    co_return std::move(sent->described);
  }
  SignInResult result = co_await on_authorization(std::get<api::auth_Authorization>(std::move(read)));
  if (auto* signed_in = std::get_if<SignedIn>(&result))
    co_return std::move(*signed_in);
  throw bad_answer("auth.sendCode", "it is no authorization");
}

api::emailVerifyPurposeLoginSetup Client::Impl::email_purpose() const {
  api::emailVerifyPurposeLoginSetup purpose;
  purpose.phone_number = login_attempt->phone_number.reveal();
  purpose.phone_code_hash = login_attempt->code_hash;
  return purpose;
}

asio::awaitable<SentEmailCode> Client::Impl::set_up_email(std::string address) {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  require_attempt("Telegram must ask for an e-mail address before one can be set up");
  api::account_sendVerifyEmailCode ask;
  ask.purpose = email_purpose();
  ask.email = address;
  api::account_SentEmailCode answer = co_await login_call(std::move(ask));
  const auto* sent = answer.as<api::account_sentEmailCode>();
  if (sent == nullptr)
    throw bad_answer("account.sendVerifyEmailCode", "it is empty");
  login_attempt->email = std::move(address);
  SentEmailCode described;
  described.pattern = sent->email_pattern;
  described.length = sent->length;
  co_return described;
}

asio::awaitable<SendCodeResult> Client::Impl::verify_email(SecretText code) {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  require_attempt("a code must be sent to an e-mail address before one can be entered");
  if (login_attempt->email.empty())
    throw failure(TelegramErrc::CodeNotSent, "a code must be sent to an e-mail address before one can be entered");
  api::emailVerificationCode verification;
  verification.code = code.reveal();
  api::account_verifyEmail ask;
  ask.purpose = email_purpose();
  ask.verification = std::move(verification);
  Bytes body = tl::serialize(ask);
  const Bytes answer = co_await login_call_raw(std::move(body));
  // account.emailVerifiedLogin ends with an auth.SentCode, which is read as leniently as any other.
  tl::Reader in(answer);
  if (in.u32() != api::account_emailVerifiedLogin::kId)
    throw bad_answer("account.verifyEmail", "it brings no login code");
  in.bytes_view();  // the address
  const ByteView rest = in.rest();
  if (!in.ok())
    throw bad_answer("account.verifyEmail", "it is cut off");
  Bytes sent(rest.begin(), rest.end());
  co_return co_await on_sent_code(std::move(sent));
}

asio::awaitable<SendCodeResult> Client::Impl::reset_login_email() {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  require_attempt("no code was sent by e-mail yet");
  api::auth_resetLoginEmail ask;
  ask.phone_number = login_attempt->phone_number.reveal();
  ask.phone_code_hash = login_attempt->code_hash;
  Bytes body = tl::serialize(ask);
  Bytes answer = co_await login_call_raw(std::move(body));
  co_return co_await on_sent_code(std::move(answer));
}

asio::awaitable<void> Client::Impl::cancel_code() {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  if (!login_attempt)
    co_return;
  api::auth_cancelCode ask;
  ask.phone_number = login_attempt->phone_number.reveal();
  ask.phone_code_hash = login_attempt->code_hash;
  login_attempt.reset();
  co_await login_call(std::move(ask));
}

asio::awaitable<SignInResult> Client::Impl::sign_in(SecretText code) {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  require_attempt("a code must be sent before one can be entered");
  api::auth_signIn ask;
  ask.phone_number = login_attempt->phone_number.reveal();
  ask.phone_code_hash = login_attempt->code_hash;
  if (login_attempt->type == CodeType::EmailCode) {
    api::emailVerificationCode verification;
    verification.code = code.reveal();
    ask.email_verification = std::move(verification);
  } else {
    ask.phone_code = code.reveal();
  }
  std::optional<TelegramError> problem;
  api::auth_Authorization answer;
  try {
    answer = co_await login_call(std::move(ask));
  } catch (const TelegramFailure& failed) {
    problem = failed.error();
  }
  if (!problem)
    co_return co_await on_authorization(std::move(answer));
  if (problem->rpc && problem->rpc->is("SESSION_PASSWORD_NEEDED")) {
    login_attempt.reset();  // the code has done its work
    const api::account_password password = co_await get_password();
    PasswordNeeded needed;
    needed.hint = password.hint.value_or("");
    co_return needed;
  }
  if (problem->rpc && problem->rpc->is("PHONE_NUMBER_UNOCCUPIED"))
    co_return SignUpRequired{};
  throw TelegramFailure(std::move(*problem));
}

asio::awaitable<api::account_password> Client::Impl::get_password() {
  const api::account_getPassword ask;
  api::account_Password answer = co_await login_call(ask);
  auto* password = answer.as<api::account_password>();
  if (password == nullptr)
    throw bad_answer("account.getPassword", "it is empty");
  co_return std::move(*password);
}

asio::awaitable<SignedIn> Client::Impl::check_password(SecretText password) {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  throw_if_logged_in();
  std::optional<TelegramError> problem;
  for (int i = 0; i < kPasswordAttempts; ++i) {
    const api::account_password current = co_await get_password();
    const crypto::SrpParams params = srp_params_of(current);
    auto answer = crypto::srp_client(params, *current.srp_B, password, random);
    if (!answer) {
      throw failure(
          TelegramErrc::PasswordUnusable,
          "the server's part of the password check is not safe, so nothing was sent: " + answer.error().message);
    }
    api::inputCheckPasswordSRP proof;
    proof.srp_id = *current.srp_id;
    proof.A = std::move(answer->a);
    proof.M1.assign(answer->m1.begin(), answer->m1.end());
    api::auth_checkPassword ask;
    ask.password = std::move(proof);
    problem.reset();
    api::auth_Authorization authorization;
    try {
      // Not repeated: a challenge is for one use, and a wrong password must not be counted twice.
      authorization = co_await login_call(std::move(ask), std::nullopt, mtproto::Repeat::Forbidden);
    } catch (const TelegramFailure& failed) {
      problem = failed.error();
    }
    if (!problem) {
      SignInResult result = co_await on_authorization(std::move(authorization));
      if (auto* signed_in = std::get_if<SignedIn>(&result))
        co_return std::move(*signed_in);
      throw bad_answer("auth.checkPassword", "it is no authorization");
    }
    const bool outdated =
        problem->rpc && (problem->rpc->is("SRP_ID_INVALID") || problem->rpc->is("SRP_PASSWORD_CHANGED"));
    if (!outdated)
      break;
  }
  throw TelegramFailure(std::move(*problem));
}

asio::awaitable<SignedIn> Client::Impl::sign_in_bot(SecretText token) {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  co_await start();
  throw_if_logged_in();
  api::auth_importBotAuthorization ask;
  ask.api_id = options.app.api_id;
  ask.api_hash = options.app.api_hash.reveal();
  ask.bot_auth_token = token.reveal();
  api::auth_Authorization answer = co_await login_call(std::move(ask));
  SignInResult result = co_await on_authorization(std::move(answer));
  if (auto* signed_in = std::get_if<SignedIn>(&result))
    co_return std::move(*signed_in);
  throw bad_answer("auth.importBotAuthorization", "it is no authorization");
}

/// L15: key, data centre and own id are stored together, before anything else happens.
asio::awaitable<SignInResult> Client::Impl::on_authorization(api::auth_Authorization answer) {
  if (answer.is<api::auth_authorizationSignUpRequired>())
    co_return SignUpRequired{};
  const auto* authorization = answer.as<api::auth_authorization>();
  const auto* user = authorization == nullptr ? nullptr : authorization->user.as<api::user>();
  if (user == nullptr)
    throw bad_answer("the login", "it names no user");
  SignedIn signed_in = describe_user(*user);
  account = Account{signed_in.user, signed_in.kind};
  login_dc = main_dc;
  dc(main_dc).authorized = true;
  login_attempt.reset();
  keep_future_auth_token(authorization->future_auth_token);
  co_await save();
  dc(main_dc).connection->set_presence(Presence::Always);
  close_other_connections();
  co_return signed_in;
}

void Client::Impl::keep_future_auth_token(const std::optional<Bytes>& token) {
  if (!token || token->empty())
    return;
  future_auth_tokens.emplace_back(*token);
  if (future_auth_tokens.size() > kMostLogoutTokens)
    future_auth_tokens.erase(future_auth_tokens.begin());
}

asio::awaitable<void> Client::Impl::log_out() {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  co_await start();
  if (!account)
    throw failure(TelegramErrc::NotLoggedIn, options.account_name + " is not logged in");
  std::exception_ptr problem;
  try {
    const api::auth_logOut ask;
    const net::Deadline deadline = net::deadline_after(kLogOutTime);
    const DcId home = login_dc;
    // Not repeated: a server that closes the connection has most likely done it (L17).
    const api::auth_LoggedOut answer = co_await call_directly(home, ask, deadline, mtproto::Repeat::Forbidden);
    if (const auto* logged_out = answer.as<api::auth_loggedOut>())
      keep_future_auth_token(logged_out->future_auth_token);
  } catch (const TelegramFailure& failed) {
    const bool was_logged_out = failed.error().rpc && failed.error().rpc->code == 401;
    if (!was_logged_out)
      problem = std::current_exception();
  }
  if (problem) {
    log::warning(
        kModule,
        "{}: Telegram did not confirm the log-out; end the session in the Telegram app under Settings, Devices",
        options.account_name);
  }
  account.reset();
  if (!problem)
    co_await destroy_keys();
  TelegramError ended_by_us;
  ended_by_us.code = TelegramErrc::LoggedOut;
  ended_by_us.message = options.account_name + " has been logged out";
  end(std::move(ended_by_us));
  co_await erase();
}

/// The server keeps the keys of a login that has ended; they are of no more use to anybody (L17).
asio::awaitable<void> Client::Impl::destroy_keys() {
  const net::Deadline deadline = net::deadline_after(kDestroyTime);
  net::TaskGroup destroying(executor);
  for (const auto& [id, used] : dcs) {
    if (!used.connection)
      continue;
    destroying.spawn("destroying a key", [connection = used.connection, deadline]() -> asio::awaitable<void> {
      co_await connection->destroy_key(deadline);
    });
  }
  co_await destroying.join();
}

asio::awaitable<Self> Client::Impl::self() {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  co_await start();
  if (!account)
    throw failure(TelegramErrc::NotLoggedIn, options.account_name + " is not logged in");
  api::users_getUsers ask;
  ask.id.emplace_back(api::inputUserSelf{});
  CallOptions call_options;
  const std::vector<api::User> users = co_await invoke_typed(std::move(ask), std::move(call_options));
  const auto* user = users.empty() ? nullptr : users.front().as<api::user>();
  if (user == nullptr)
    throw bad_answer("users.getUsers", "it does not name the account itself");
  Self self;
  self.user = UserId(user->id);
  self.kind = user->bot ? AccountKind::Bot : AccountKind::User;
  self.access_hash = user->access_hash.value_or(0);
  self.first_name = user->first_name.value_or("");
  self.last_name = user->last_name.value_or("");
  self.username = user->username.value_or("");
  self.phone = SecretText(user->phone.value_or(""));
  co_return self;
}

}  // namespace ledgram::telegram
