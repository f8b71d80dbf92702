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

LoginFailure failure(LoginErrc code, std::string message) {
  return LoginFailure({code, std::move(message)});
}

}  // namespace

asio::awaitable<LoginStatus> LoginDesk::begin_by_phone(AccountId id, SecretText phone, net::Deadline deadline) {
  ledger::Account account = co_await account_to_log_in(id);
  if (phone.empty())
    phone = account.phone;
  if (digits_of(phone.reveal()).empty()) {
    throw failure(LoginErrc::BadPhoneNumber,
                  "a phone number has digits; write it with the country code, like +380441234567");
  }
  AttemptRef attempt = co_await open_attempt(Way::Phone, std::move(account));
  attempt->phone = phone;
  Work work = [this, attempt, phone] { return send_code(attempt, phone); };
  co_return co_await first_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::log_in_bot(AccountId id, SecretText token, net::Deadline deadline) {
  ledger::Account account = co_await account_to_log_in(id);
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
  AttemptRef attempt = co_await open_attempt(Way::Bot, std::move(account));
  Work work = [this, attempt, token] { return sign_in_bot(attempt, token); };
  co_return co_await first_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::begin_by_qr(AccountId id, net::Deadline deadline) {
  ledger::Account account = co_await account_to_log_in(id);
  AttemptRef attempt = co_await open_attempt(Way::Qr, std::move(account));
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
    wanted.except = co_await users_beside(attempt->account.id);
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

asio::awaitable<LoginStatus> LoginDesk::enter_code(AccountId id, SecretText code, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterCode});
  Work work = [this, attempt, code] { return sign_in(attempt, code); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::enter_password(AccountId id, SecretText password, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterPassword});
  Work work = [this, attempt, password] { return check_password(attempt, password); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::resend_code(AccountId id, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterCode});
  Work work = [this, attempt] { return send_again(attempt); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::set_up_email(AccountId id, SecretText address, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::SetUpEmail, Step::EnterEmailCode});
  Work work = [this, attempt, address] { return send_email_code(attempt, address); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::enter_email_code(AccountId id, SecretText code, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterEmailCode});
  Work work = [this, attempt, code] { return verify_email(attempt, code); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::reset_email(AccountId id, net::Deadline deadline) {
  AttemptRef attempt = find_at(id, {Step::EnterCode});
  Work work = [this, attempt] { return take_email_off(attempt); };
  co_return co_await next_step(std::move(attempt), std::move(work), deadline);
}

asio::awaitable<LoginStatus> LoginDesk::cancel(AccountId id, net::Deadline deadline) {
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
    co_await store(attempt, std::move(signed_in));
  } catch (const std::exception& failed) {
    problem = std::current_exception();
    attempt->status.problem = failed.what();
  }
  if (problem) {
    co_await close(attempt, Step::Failed);
    std::rethrow_exception(problem);
  }
  co_await begin_updates(*attempt->client);
  attempt->closing = true;
  co_await attempt->client->close();
  attempt->closed = true;
  try {
    co_await keep_session(attempt);
    if (!stopping_)
      co_await office_.serve(attempt->account.id);
  } catch (const std::exception& failed) {
    problem = std::current_exception();
    attempt->status.problem = failed.what();
  }
  if (problem) {
    // The login is stored all the same, and served after the next start.
    change(*attempt, Step::Failed);
    std::rethrow_exception(problem);
  }
  change(*attempt, Step::Done);
}

/// The salts and the session of the last moment: the next client has that session destroyed.
asio::awaitable<void> LoginDesk::keep_session(AttemptRef attempt) {
  const SecretBytes session(telegram::to_bytes(attempt->keys.session().value()));
  auto save = [id = attempt->account.id, &session](ledger::Ledger& ledger) {
    return ledger.save_session(id, session.reveal());
  };
  co_await ledger_.run(save);
}

asio::awaitable<void> LoginDesk::store(AttemptRef attempt, SignedIn signed_in) {
  co_await stored_.wait_until([this] { return !storing_; });
  storing_ = true;
  struct Leave {
    LoginDesk& desk;
    ~Leave() {
      desk.storing_ = false;
      desk.stored_.notify_all();
    }
  } const leave{*this};
  std::exception_ptr refused;
  try {
    co_await require_place(attempt, signed_in);
  } catch (const LoginFailure&) {
    refused = std::current_exception();
  }
  if (refused) {
    co_await take_back(*attempt->client);
    std::rethrow_exception(refused);
  }
  const SecretText phone = attempt->phone.empty() ? signed_in.phone : attempt->phone;
  const ledger::Account row = account_row(attempt->account.name, phone, signed_in, attempt->account.created);
  const SecretBytes session(telegram::to_bytes(attempt->keys.session().value()));
  const std::vector<SecretBytes> tokens = attempt->client->future_auth_tokens();
  auto save = [&row, &session, &tokens](ledger::Ledger& ledger) -> ledger::LedgerResult<void> {
    if (auto id = ledger.save_login(row, session.reveal()); !id)
      return std::unexpected(id.error());
    for (const SecretBytes& token : tokens) {
      if (auto kept = ledger.add_logout_token(token.reveal()); !kept)
        return std::unexpected(kept.error());
    }
    return {};
  };
  co_await ledger_.run(save);
}

/// An account stays that of the same person at Telegram, and nobody has the same one twice.
asio::awaitable<void> LoginDesk::require_place(AttemptRef attempt, SignedIn signed_in) {
  const std::vector<AccountId> siblings = co_await office_.siblings(attempt->account.id);
  const std::vector<ledger::Account> known = co_await accounts();
  const auto self = std::ranges::find(known, attempt->account.id, &ledger::Account::id);
  if (self == known.end())
    throw failure(LoginErrc::UnknownAccount, "the account was removed while it logged in");
  if (self->user.value() != 0 && self->user != signed_in.user) {
    throw failure(LoginErrc::OtherAccount,
                  fmt::format("this login is that of another Telegram account than {} had; make a new account for it",
                              self->name));
  }
  const bool bot = signed_in.kind == telegram::AccountKind::Bot;
  if (bot && bot_logged_in(known, std::to_string(signed_in.user.value()))) {
    throw failure(LoginErrc::AlreadyThere,
                  "this bot is logged in here already, and two logins would take each other's updates");
  }
  for (const ledger::Account& other : known) {
    const bool own = std::ranges::find(siblings, other.id) != siblings.end();
    if (own && other.id != self->id && other.user == signed_in.user) {
      throw failure(LoginErrc::AlreadyThere,
                    fmt::format("this Telegram account is here already as {}; use that one", other.name));
    }
  }
}

}  // namespace ledgram::login
