// LoginDesk: the steps of a login, and what becomes of one that has succeeded.

#include "ledgram/base/log.hpp"
#include "ledgram/login/attempt.hpp"
#include "ledgram/login/new_account.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <utility>
#include <variant>

namespace ledgram::login {

namespace {

using telegram::SendCodeResult;
using telegram::SentCode;
using telegram::SignedIn;

constexpr std::string_view kModule = "login";

LoginFailure failure(LoginErrc code, std::string message) {
  return LoginFailure({code, std::move(message)});
}

}  // namespace

asio::awaitable<LoginStatus> LoginDesk::begin_by_phone(LoginRequest request, SecretText phone, net::Deadline deadline) {
  if (phone.empty() && request.account) {
    const std::vector<ledger::Account> known = co_await accounts();
    for (const ledger::Account& account : known) {
      if (account.id == *request.account)
        phone = account.phone;
    }
  }
  if (digits_of(phone.reveal()).empty()) {
    throw failure(LoginErrc::BadPhoneNumber,
                  "a phone number has digits; write it with the country code, like +380441234567");
  }
  AttemptRef attempt = co_await open_attempt(Way::Phone, std::move(request));
  attempt->phone = phone;
  Work work = [this, attempt, phone] { return send_code(attempt, phone); };
  co_return co_await first_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::log_in_bot(LoginRequest request, SecretText token, net::Deadline deadline) {
  const std::string& text = token.reveal();
  const std::string number = bot_number(text);
  const bool plausible = !number.empty() && number.size() < text.size() && digits_of(number) == number;
  if (!plausible)
    throw failure(LoginErrc::BadBotToken, "a bot token looks like 123456:ABC...; copy it from @BotFather");
  const std::vector<ledger::Account> known = co_await accounts();
  if (bot_logged_in(known, number)) {
    throw failure(LoginErrc::AlreadyThere,
                  "this bot is logged in here already, and two logins would take each other's updates");
  }
  AttemptRef attempt = co_await open_attempt(Way::Bot, std::move(request));
  Work work = [this, attempt, token] { return sign_in_bot(attempt, token); };
  co_return co_await first_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::begin_by_qr(LoginRequest request, net::Deadline deadline) {
  AttemptRef attempt = co_await open_attempt(Way::Qr, std::move(request));
  steps_.spawn("showing QR codes", show_qr_codes(attempt));
  bool begun = false;
  std::exception_ptr problem;
  try {
    begun =
        co_await attempt->changed.wait_until([&attempt] { return attempt->status.step != Step::Starting; }, deadline);
  } catch (...) {
    problem = std::current_exception();
  }
  if (attempt->failure)
    problem = attempt->failure;
  if (begun && !problem)
    co_return attempt->status;
  abandon(attempt);
  if (problem)
    std::rethrow_exception(problem);
  throw telegram::failure(telegram::TelegramErrc::DeadlineExceeded, "Telegram has given no QR code in time; try again");
}

/// Goes on beside the steps that people take, until somebody scans a code or the login is given up.
asio::awaitable<void> LoginDesk::show_qr_codes(AttemptRef attempt) {
  try {
    telegram::QrLogin wanted;
    wanted.except = co_await users_of(attempt->request.owner);
    wanted.on_token = [this, attempt](const telegram::LoginToken& token) {
      attempt->status.link = token.link;
      attempt->status.link_expires = clock_.now().unix_time + token.valid_for;
      const nanoseconds last_used = attempt->last_used;
      const nanoseconds expires = attempt->status.expires;
      change(*attempt, Step::Scan);
      // A fresh code is nobody's coming back.
      attempt->last_used = last_used;
      attempt->status.expires = expires;
    };
    telegram::QrResult result = co_await attempt->client->sign_in_by_qr(std::move(wanted));
    if (const auto* needed = std::get_if<telegram::PasswordNeeded>(&result)) {
      attempt->status.password_hint = needed->hint;
      change(*attempt, Step::EnterPassword);
    } else {
      attempt->busy = true;
      co_await finish(attempt, std::get<SignedIn>(std::move(result)));
      attempt->busy = false;
    }
    co_return;
  } catch (const std::exception& problem) {
    attempt->busy = false;
    if (attempt->closing)
      co_return;
    attempt->failure = std::current_exception();
    attempt->status.problem = problem.what();
  }
  co_await close(attempt, Step::Failed);
}

asio::awaitable<LoginStatus> LoginDesk::enter_code(std::string id, SecretText code, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterCode});
  Work work = [this, attempt, code] { return sign_in(attempt, code); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::enter_password(std::string id, SecretText password, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterPassword});
  Work work = [this, attempt, password] { return check_password(attempt, password); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::resend_code(std::string id, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterCode});
  Work work = [this, attempt] { return send_again(attempt); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::set_up_email(std::string id, SecretText address, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::SetUpEmail, Step::EnterEmailCode});
  Work work = [this, attempt, address] { return send_email_code(attempt, address); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::enter_email_code(std::string id, SecretText code, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterEmailCode});
  Work work = [this, attempt, code] { return verify_email(attempt, code); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::reset_email(std::string id, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterCode});
  Work work = [this, attempt] { return take_email_off(attempt); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::cancel(std::string id, net::Deadline deadline) {
  AttemptRef attempt = find(id);
  if (is_end(attempt->status.step))
    co_return attempt->status;
  if (attempt->busy)
    throw failure(LoginErrc::Busy, "a step of this login is under way; try again in a moment");
  Work work = [this, attempt] { return close(attempt, Step::Cancelled); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<void> LoginDesk::send_code(AttemptRef attempt, SecretText phone) {
  SendCodeResult sent = co_await attempt->client->send_code(std::move(phone));
  co_await take(attempt, std::move(sent));
}

asio::awaitable<void> LoginDesk::send_again(AttemptRef attempt) {
  SendCodeResult sent = co_await attempt->client->resend_code();
  co_await take(attempt, std::move(sent));
}

asio::awaitable<void> LoginDesk::send_email_code(AttemptRef attempt, SecretText address) {
  std::string text = address.reveal();
  attempt->status.email = co_await attempt->client->set_up_email(std::move(text));
  change(*attempt, Step::EnterEmailCode);
}

asio::awaitable<void> LoginDesk::verify_email(AttemptRef attempt, SecretText code) {
  SendCodeResult sent = co_await attempt->client->verify_email(std::move(code));
  co_await take(attempt, std::move(sent));
}

asio::awaitable<void> LoginDesk::take_email_off(AttemptRef attempt) {
  SendCodeResult sent = co_await attempt->client->reset_login_email();
  co_await take(attempt, std::move(sent));
}

asio::awaitable<void> LoginDesk::take(AttemptRef attempt, SendCodeResult result) {
  if (auto* signed_in = std::get_if<SignedIn>(&result)) {
    co_await finish(attempt, std::move(*signed_in));
    co_return;
  }
  attempt->status.code = std::get<SentCode>(std::move(result));
  const bool wants_email = attempt->status.code->type == telegram::CodeType::SetUpEmailRequired;
  change(*attempt, wants_email ? Step::SetUpEmail : Step::EnterCode);
}

asio::awaitable<void> LoginDesk::sign_in(AttemptRef attempt, SecretText code) {
  telegram::SignInResult result = co_await attempt->client->sign_in(std::move(code));
  if (auto* signed_in = std::get_if<SignedIn>(&result)) {
    co_await finish(attempt, std::move(*signed_in));
  } else if (const auto* needed = std::get_if<telegram::PasswordNeeded>(&result)) {
    attempt->status.password_hint = needed->hint;
    change(*attempt, Step::EnterPassword);
  } else {
    attempt->status.problem = "this phone number has no Telegram account; make one in an official app first";
    co_await close(attempt, Step::Failed);
    throw failure(LoginErrc::NoAccount, attempt->status.problem);
  }
}

asio::awaitable<void> LoginDesk::check_password(AttemptRef attempt, SecretText password) {
  SignedIn signed_in = co_await attempt->client->check_password(std::move(password));
  co_await finish(attempt, std::move(signed_in));
}

asio::awaitable<void> LoginDesk::sign_in_bot(AttemptRef attempt, SecretText token) {
  SignedIn signed_in = co_await attempt->client->sign_in_bot(std::move(token));
  co_await finish(attempt, std::move(signed_in));
}

/// From here on the account is in: it is stored before anything else, and its client is closed before the service
/// connects with the same key.
asio::awaitable<void> LoginDesk::finish(AttemptRef attempt, SignedIn signed_in) {
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  std::exception_ptr problem;
  try {
    const AccountId id = co_await store(attempt, std::move(signed_in));
    co_await office_.on_stored(id, attempt->request);
    co_await begin_updates(*attempt->client);
    attempt->closing = true;
    co_await attempt->client->close();
    attempt->closed = true;
    co_await keep_session(attempt, id);
    if (!stopping_)
      co_await office_.serve(id);
    attempt->status.account = id;
    change(*attempt, Step::Done);
    co_return;
  } catch (const std::exception& failed) {
    problem = std::current_exception();
    attempt->status.problem = failed.what();
    log::warning(kModule, "a login has failed at its end: {}", failed.what());
  }
  if (attempt->closing) {
    // Its client is closed, or will be.
    attempt->closed = true;
    change(*attempt, Step::Failed);
  }
  co_await close(attempt, Step::Failed);
  std::rethrow_exception(problem);
}

/// The salts and the session of the last moment: the next client has that session destroyed.
asio::awaitable<void> LoginDesk::keep_session(AttemptRef attempt, AccountId account) {
  const SecretBytes session(telegram::to_bytes(attempt->keys.session().value()));
  auto save = [account, &session](ledger::Ledger& ledger) { return ledger.save_session(account, session.reveal()); };
  co_await ledger_.run(save);
}

asio::awaitable<AccountId> LoginDesk::store(AttemptRef attempt, SignedIn signed_in) {
  co_await stored_.wait_until([this] { return !storing_; });
  storing_ = true;
  struct Leave {
    LoginDesk& desk;
    ~Leave() {
      desk.storing_ = false;
      desk.stored_.notify_all();
    }
  } const leave{*this};
  const SecretText phone = attempt->phone.empty() ? signed_in.phone : attempt->phone;
  std::optional<std::string> name;
  std::exception_ptr refused;
  try {
    name = co_await place_for(attempt, signed_in);
  } catch (const LoginFailure&) {
    refused = std::current_exception();
  }
  if (!name) {
    co_await take_back(*attempt->client);
    std::rethrow_exception(refused);
  }
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(clock_.now().unix_time).count();
  const ledger::Account row = account_row(*name, phone, signed_in, now);
  const SecretBytes session(telegram::to_bytes(attempt->keys.session().value()));
  const std::vector<SecretBytes> tokens = attempt->client->future_auth_tokens();
  auto save = [&row, &session, &tokens](ledger::Ledger& ledger) -> ledger::LedgerResult<AccountId> {
    auto id = ledger.save_login(row, session.reveal());
    for (const SecretBytes& token : tokens) {
      if (auto kept = ledger.add_logout_token(token.reveal()); !kept)
        return std::unexpected(kept.error());
    }
    return id;
  };
  co_return co_await ledger_.run(save);
}

/// The name under which it is stored: that of an account that logs in again, the one that was asked for, or a free one.
asio::awaitable<std::string> LoginDesk::place_for(AttemptRef attempt, SignedIn signed_in) {
  const LoginRequest& request = attempt->request;
  const std::vector<ledger::Account> known = co_await accounts();
  if (request.account) {
    const auto again = std::ranges::find(known, *request.account, &ledger::Account::id);
    if (again == known.end())
      throw failure(LoginErrc::OtherAccount, "the account that was to log in again has been removed; begin anew");
    if (again->user != signed_in.user) {
      throw failure(
          LoginErrc::OtherAccount,
          fmt::format("this login is that of another Telegram account than {}; add it as a new account", again->name));
    }
    co_return again->name;
  }
  if (signed_in.kind == telegram::AccountKind::Bot && bot_logged_in(known, std::to_string(signed_in.user.value()))) {
    throw failure(LoginErrc::AlreadyThere,
                  "this bot is logged in here already, and two logins would take each other's updates");
  }
  for (const ledger::Account& account : known) {
    if (account.user != signed_in.user)
      continue;
    const bool own = co_await office_.owns(request.owner, account.id);
    if (!own)
      continue;
    if (account.state == ledger::AccountState::Active)
      throw failure(LoginErrc::AlreadyThere, fmt::format("this account is logged in already as {}", account.name));
    co_return account.name;
  }
  const auto is_taken = [&known](const std::string& name) {
    return std::ranges::find(known, name, &ledger::Account::name) != known.end();
  };
  if (!request.name.empty()) {
    if (is_taken(request.name))
      throw failure(LoginErrc::NameTaken, fmt::format("an account is called {} already", request.name));
    co_return request.name;
  }
  const SecretText phone = attempt->phone.empty() ? signed_in.phone : attempt->phone;
  const std::string usual = usual_name(phone, signed_in);
  std::string name = usual;
  for (int number = 2; is_taken(name); ++number)
    name = fmt::format("{}-{}", usual, number);
  co_return name;
}

}  // namespace ledgram::login
