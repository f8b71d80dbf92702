#include "ledgram/base/log.hpp"
#include "ledgram/crypto/srp.hpp"
#include "ledgram/net/error.hpp"
#include "ledgram/telegram/client_impl.hpp"
#include "ledgram/telegram/login_errors.hpp"

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

void describe_code(const api::auth_SentCodeType& type, SentCode& sent) {
  if (const auto* app = type.as<api::auth_sentCodeTypeApp>()) {
    sent.type = CodeType::App;
    sent.length = app->length;
  } else if (const auto* sms = type.as<api::auth_sentCodeTypeSms>()) {
    sent.type = CodeType::Sms;
    sent.length = sms->length;
  } else if (const auto* call = type.as<api::auth_sentCodeTypeCall>()) {
    sent.type = CodeType::Call;
    sent.length = call->length;
  } else if (const auto* flash = type.as<api::auth_sentCodeTypeFlashCall>()) {
    sent.type = CodeType::FlashCall;
    sent.hint = flash->pattern;
  } else if (const auto* missed = type.as<api::auth_sentCodeTypeMissedCall>()) {
    sent.type = CodeType::MissedCall;
    sent.length = missed->length;
    sent.hint = missed->prefix;
  } else if (const auto* word = type.as<api::auth_sentCodeTypeSmsWord>()) {
    sent.type = CodeType::SmsWord;
    sent.hint = word->beginning.value_or("");
  } else if (const auto* phrase = type.as<api::auth_sentCodeTypeSmsPhrase>()) {
    sent.type = CodeType::SmsPhrase;
    sent.hint = phrase->beginning.value_or("");
  } else if (const auto* fragment = type.as<api::auth_sentCodeTypeFragmentSms>()) {
    sent.type = CodeType::FragmentSms;
    sent.length = fragment->length;
    sent.hint = fragment->url;
  } else if (const auto* email = type.as<api::auth_sentCodeTypeEmailCode>()) {
    sent.type = CodeType::EmailCode;
    sent.length = email->length;
    sent.hint = email->email_pattern;
  } else if (type.is<api::auth_sentCodeTypeSetUpEmailRequired>()) {
    sent.type = CodeType::SetUpEmailRequired;
  } else if (const auto* firebase = type.as<api::auth_sentCodeTypeFirebaseSms>()) {
    sent.type = CodeType::FirebaseSms;
    sent.length = firebase->length;
  }
}

std::optional<CodeType> next_type_of(const api::auth_CodeType& type) {
  if (type.is<api::auth_codeTypeSms>())
    return CodeType::Sms;
  if (type.is<api::auth_codeTypeCall>())
    return CodeType::Call;
  if (type.is<api::auth_codeTypeFlashCall>())
    return CodeType::FlashCall;
  if (type.is<api::auth_codeTypeMissedCall>())
    return CodeType::MissedCall;
  if (type.is<api::auth_codeTypeFragmentSms>())
    return CodeType::FragmentSms;
  if (!type.empty())
    return CodeType::Unknown;
  return std::nullopt;
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

std::string_view describe(CodeType type) {
  switch (type) {
    case CodeType::App:
      return "a message in Telegram on another device";
    case CodeType::Sms:
      return "an SMS";
    case CodeType::Call:
      return "a phone call that reads the code";
    case CodeType::FlashCall:
      return "a phone call whose number is the code";
    case CodeType::MissedCall:
      return "a missed call; the code is the end of its number";
    case CodeType::SmsWord:
      return "an SMS with a word";
    case CodeType::SmsPhrase:
      return "an SMS with a phrase";
    case CodeType::FragmentSms:
      return "fragment.com";
    case CodeType::EmailCode:
      return "an e-mail";
    case CodeType::SetUpEmailRequired:
      return "nothing yet: a login e-mail must be set up in an official app first";
    case CodeType::FirebaseSms:
      return "an SMS that only official apps can receive; ask for the next way";
    case CodeType::Unknown:
      return "a way that this version does not know";
  }
  return "?";
}

template <class Method>
asio::awaitable<typename Method::Result> Client::Impl::login_call(Method method) {
  std::optional<TelegramError> problem;
  typename Method::Result result{};
  CallOptions call_options = login_options();
  try {
    result = co_await invoke_typed(std::move(method), std::move(call_options));
  } catch (const TelegramFailure& failed) {
    problem = failed.error();
  }
  if (problem)
    throw TelegramFailure(explain_login_error(std::move(*problem)));
  co_return result;
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
  api::auth_sendCode ask;
  ask.phone_number = digits;
  ask.api_id = options.app.api_id;
  ask.api_hash = options.app.api_hash.reveal();
  api::codeSettings settings;
  if (!logout_tokens.empty())
    settings.logout_tokens = logout_tokens;
  ask.settings = std::move(settings);
  login_attempt.reset();
  api::auth_SentCode answer = co_await login_call(std::move(ask));
  login_attempt = Attempt{SecretText(std::move(digits)), {}, false};
  co_return co_await on_sent_code(std::move(answer));
}

asio::awaitable<SendCodeResult> Client::Impl::resend_code() {
  const std::shared_ptr<Impl> keep_alive = shared_from_this();
  throw_if_logged_in();
  if (!login_attempt)
    throw failure(TelegramErrc::CodeNotSent, "no code was sent yet that could be sent again");
  if (!login_attempt->can_resend) {
    throw failure(TelegramErrc::CodeNotSent,
                  "Telegram offers no other way to send this code; wait for it, or begin again");
  }
  api::auth_resendCode ask;
  ask.phone_number = login_attempt->phone_number.reveal();
  ask.phone_code_hash = login_attempt->code_hash;
  api::auth_SentCode answer = co_await login_call(std::move(ask));
  co_return co_await on_sent_code(std::move(answer));
}

asio::awaitable<SendCodeResult> Client::Impl::on_sent_code(api::auth_SentCode answer) {
  if (auto* sent = answer.as<api::auth_sentCode>()) {
    SentCode described;
    describe_code(sent->type, described);
    described.next_type = next_type_of(sent->next_type);
    described.resend_after = std::chrono::seconds(std::max(sent->timeout.value_or(0), 0));
    if (login_attempt) {
      login_attempt->code_hash = std::move(sent->phone_code_hash);
      login_attempt->can_resend = described.next_type.has_value();
    }
    co_return described;
  }
  if (auto* success = answer.as<api::auth_sentCodeSuccess>()) {
    SignInResult result = co_await on_authorization(std::move(success->authorization));
    if (auto* signed_in = std::get_if<SignedIn>(&result))
      co_return std::move(*signed_in);
  }
  throw failure(TelegramErrc::LoginUnsupported,
                "Telegram wants a payment or a step that only official apps offer before it sends a code");
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
  throw_if_logged_in();
  if (!login_attempt)
    throw failure(TelegramErrc::CodeNotSent, "a code must be sent before one can be entered");
  api::auth_signIn ask;
  ask.phone_number = login_attempt->phone_number.reveal();
  ask.phone_code_hash = login_attempt->code_hash;
  ask.phone_code = code.reveal();
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
      authorization = co_await login_call(std::move(ask));
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
  co_await save();
  dc(main_dc).connection->set_presence(Presence::Always);
  close_other_connections();
  co_return signed_in;
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
    const api::auth_LoggedOut answer = co_await call_directly(home, ask, deadline);
    const auto* logged_out = answer.as<api::auth_loggedOut>();
    if (logged_out != nullptr && logged_out->future_auth_token) {
      logout_tokens.push_back(*logged_out->future_auth_token);
      if (logout_tokens.size() > kMostLogoutTokens)
        logout_tokens.erase(logout_tokens.begin());
    }
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
