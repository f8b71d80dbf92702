#include "ledgram/app/log_in.hpp"

#include "ledgram/app/error.hpp"
#include "ledgram/app/prompt.hpp"
#include "ledgram/app/qr_screen.hpp"
#include "ledgram/cli/text.hpp"
#include "ledgram/login/new_account.hpp"
#include "ledgram/net/condition.hpp"

#include <fmt/format.h>

#include <chrono>
#include <exception>
#include <optional>
#include <utility>
#include <variant>

namespace ledgram::app {
namespace {

using telegram::CodeType;
using telegram::PasswordNeeded;
using telegram::SendCodeResult;
using telegram::SentCode;
using telegram::SignedIn;
using telegram::TelegramErrc;
using telegram::TelegramFailure;

/// How often a person at a terminal may mistype before Telegram would begin to count.
constexpr int kAttempts = 3;

/// The answer that says "I cannot read the e-mail".
constexpr std::string_view kResetWord = "reset";

/// Whether a person can be asked once more after `error`.
bool can_ask_again(const TelegramFailure& failure, TelegramErrc wrong, bool was_given, int attempt) {
  return failure.error().code == wrong && !was_given && attempt + 1 < kAttempts;
}

void tell(std::string_view line) {
  fmt::print(stderr, "{}\n", cli::printable_line(line));
}

asio::awaitable<SignedIn> enter_password(telegram::Client& client, SecretText given, std::string hint) {
  const std::string question =
      hint.empty() ? "Two-step verification password"
                   : fmt::format("Two-step verification password (hint: {})", cli::printable_line(hint));
  const bool was_given = !given.empty();
  for (int attempt = 0;; ++attempt) {
    SecretText password = co_await given_or_asked(given, question, cli::Echo::Hidden, "--password");
    bool again = false;
    try {
      co_return co_await client.check_password(std::move(password));
    } catch (const TelegramFailure& failure) {
      again = can_ask_again(failure, TelegramErrc::WrongPassword, was_given, attempt);
      if (!again)
        throw;
      tell(failure.what());
    }
  }
}

/// Telegram wants a login e-mail first; afterwards it sends a code in the ordinary way.
asio::awaitable<SendCodeResult> set_up_email(telegram::Client& client, const cli::AccountAddCommand& command) {
  tell("Telegram wants an e-mail address where it can send this account's login codes");
  const bool address_given = !command.email.empty();
  for (int attempt = 0;; ++attempt) {
    const SecretText address = co_await given_or_asked(command.email, "E-mail address", cli::Echo::Shown, "--email");
    bool again = false;
    try {
      const telegram::SentEmailCode sent = co_await client.set_up_email(address.reveal());
      tell(fmt::format("Telegram has sent a code of {} characters to {}", sent.length, sent.pattern));
    } catch (const TelegramFailure& failure) {
      again = can_ask_again(failure, TelegramErrc::BadEmail, address_given, attempt);
      if (!again)
        throw;
      tell(failure.what());
    }
    if (!again)
      break;
  }
  const bool code_given = !command.email_code.empty();
  for (int attempt = 0;; ++attempt) {
    SecretText code =
        co_await given_or_asked(command.email_code, "Code from the e-mail", cli::Echo::Shown, "--email-code");
    try {
      co_return co_await client.verify_email(std::move(code));
    } catch (const TelegramFailure& failure) {
      if (!can_ask_again(failure, TelegramErrc::WrongCode, code_given, attempt))
        throw;
      tell(failure.what());
    }
  }
}

/// Goes on until Telegram has sent a code that a person can receive.
asio::awaitable<SendCodeResult> until_code_is_sent(telegram::Client& client, const cli::AccountAddCommand& command,
                                                   SendCodeResult result) {
  while (true) {
    const auto* sent = std::get_if<SentCode>(&result);
    if (sent == nullptr)
      co_return result;
    if (sent->type == CodeType::SetUpEmailRequired) {
      result = co_await set_up_email(client, command);
    } else if (sent->type == CodeType::FirebaseSms && sent->next_type) {
      // Only official apps can receive this one, so the next way is taken as soon as Telegram allows it.
      tell(fmt::format("{}; the next way comes in {} s", telegram::explain(*sent), sent->resend_after.count()));
      co_await net::sleep_for(sent->resend_after);
      result = co_await client.resend_code();
    } else {
      co_return result;
    }
  }
}

std::string code_question(const SentCode& sent) {
  std::string question = "Login code";
  if (sent.next_type && sent.resend_after > std::chrono::seconds(0)) {
    question += fmt::format(" (Enter alone, after {} s: send it another way)", sent.resend_after.count());
  } else if (sent.next_type) {
    question += " (Enter alone: send it another way)";
  }
  if (sent.type == CodeType::EmailCode && (sent.email_reset_wait || sent.email_reset_date))
    question += fmt::format(" ({}: you cannot read this e-mail)", kResetWord);
  return question;
}

/// One step of asking for the code: the code, or another one that was sent instead.
asio::awaitable<std::variant<SecretText, SendCodeResult>> enter_code(telegram::Client& client, SentCode sent) {
  while (true) {
    std::string question = code_question(sent);
    auto answer = co_await ask(std::move(question), cli::Echo::Shown);
    if (!answer) {
      throw AppFailure({AppErrc::InputMissing,
                        "Telegram has sent a login code and there is no terminal to ask for it; give it with --code"});
    }
    const bool reset = sent.type == CodeType::EmailCode && answer->reveal() == kResetWord;
    if (!answer->empty() && !reset)
      co_return std::move(*answer);
    try {
      if (reset)
        co_return co_await client.reset_login_email();
      if (sent.next_type)
        co_return co_await client.resend_code();
    } catch (const TelegramFailure& failure) {
      // Too early, or a reset that runs already: the code that was sent stays good.
      if (failure.error().code != TelegramErrc::CodeNotSent)
        throw;
      tell(failure.what());
    }
  }
}

asio::awaitable<SignedIn> finish_by_code(telegram::Client& client, const cli::AccountAddCommand& command,
                                         SendCodeResult first) {
  SendCodeResult result = co_await until_code_is_sent(client, command, std::move(first));
  const bool was_given = !command.code.empty();
  bool told = was_given;
  for (int attempt = 0;;) {
    if (auto* signed_in = std::get_if<SignedIn>(&result))
      co_return std::move(*signed_in);
    const SentCode sent = std::get<SentCode>(result);
    if (!std::exchange(told, true))
      tell(telegram::explain(sent));
    SecretText code = command.code;
    if (!was_given) {
      auto entered = co_await enter_code(client, sent);
      if (auto* again = std::get_if<SendCodeResult>(&entered)) {
        result = co_await until_code_is_sent(client, command, std::move(*again));
        told = false;
        continue;
      }
      code = std::get<SecretText>(std::move(entered));
    }
    std::optional<telegram::SignInResult> answer;
    try {
      answer = co_await client.sign_in(std::move(code));
    } catch (const TelegramFailure& failure) {
      if (!can_ask_again(failure, TelegramErrc::WrongCode, was_given, attempt))
        throw;
      tell(failure.what());
    }
    ++attempt;
    if (!answer)
      continue;
    if (auto* signed_in = std::get_if<SignedIn>(&*answer))
      co_return std::move(*signed_in);
    if (auto* needed = std::get_if<PasswordNeeded>(&*answer)) {
      std::string hint = needed->hint;
      co_return co_await enter_password(client, command.password, std::move(hint));
    }
    throw AppFailure({AppErrc::LoginRefused,
                      "this phone number has no Telegram account; make one in an official app, then log in here"});
  }
}

}  // namespace

asio::awaitable<SecretText> given_or_asked(SecretText given, std::string question, cli::Echo echo, std::string option) {
  if (!given.empty())
    co_return given;
  auto answer = co_await ask(std::move(question), echo);
  if (!answer || answer->empty()) {
    throw AppFailure(
        {AppErrc::InputMissing, fmt::format("Telegram waits for an answer and there is no terminal to ask on; give it "
                                            "with {}",
                                            option)});
  }
  co_return std::move(*answer);
}

asio::awaitable<SignedIn> log_in_by_phone(telegram::Client& client, const cli::AccountAddCommand& command) {
  SendCodeResult first = co_await client.send_code(command.phone);
  std::exception_ptr problem;
  try {
    co_return co_await finish_by_code(client, command, std::move(first));
  } catch (...) {
    problem = std::current_exception();
  }
  // Also after Ctrl-C, which has cancelled this coroutine.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await login::give_up_code(client);
  std::rethrow_exception(problem);
}

asio::awaitable<SignedIn> log_in_by_qr(telegram::Client& client, const cli::AccountAddCommand& command,
                                       std::vector<UserId> logged_in_already) {
  QrScreen screen;
  telegram::QrLogin wanted;
  wanted.except = std::move(logged_in_already);
  wanted.on_token = [&screen](const telegram::LoginToken& token) { screen.show(token); };
  telegram::QrResult result = co_await client.sign_in_by_qr(std::move(wanted));
  screen.clear();
  if (auto* signed_in = std::get_if<SignedIn>(&result))
    co_return std::move(*signed_in);
  std::string hint = std::get<PasswordNeeded>(result).hint;
  co_return co_await enter_password(client, command.password, std::move(hint));
}

}  // namespace ledgram::app
