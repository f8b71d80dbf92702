#include "ledgram/login/new_account.hpp"

#include "ledgram/base/log.hpp"
#include "ledgram/net/clock.hpp"
#include "ledgram/net/with_deadline.hpp"
#include "ledgram/tl/api.hpp"

#include <algorithm>
#include <chrono>
#include <exception>
#include <iterator>
#include <utility>

namespace ledgram::login {

namespace {

using telegram::TelegramFailure;

constexpr std::string_view kModule = "login";

/// Whoever gives up does not want to wait.
constexpr std::chrono::milliseconds kCancelTime{800};

}  // namespace

std::string digits_of(std::string_view phone) {
  std::string digits;
  std::ranges::copy_if(phone, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

std::string bot_number(std::string_view token) {
  return std::string(token.substr(0, token.find(':')));
}

ledger::Account account_row(const std::string& name, const SecretText& phone, const telegram::SignedIn& signed_in,
                            ledger::UnixSeconds now) {
  ledger::Account account;
  account.name = name;
  account.kind = signed_in.kind == telegram::AccountKind::Bot ? ledger::AccountKind::Bot : ledger::AccountKind::User;
  account.state = ledger::AccountState::Active;
  account.phone = SecretText(digits_of(phone.reveal()));
  account.user = signed_in.user;
  account.first_name = signed_in.name;
  account.username = signed_in.username;
  account.created = now;
  return account;
}

std::string usual_name(const SecretText& phone, const telegram::SignedIn& signed_in) {
  std::string digits = digits_of(phone.reveal());
  return digits.empty() ? std::to_string(signed_in.user.value()) : digits;
}

std::optional<ledger::Account> bot_logged_in(const std::vector<ledger::Account>& accounts, std::string_view number) {
  for (const ledger::Account& account : accounts) {
    const bool same = account.kind == ledger::AccountKind::Bot && account.state == ledger::AccountState::Active &&
                      std::to_string(account.user.value()) == number;
    if (same)
      return account;
  }
  return std::nullopt;
}

asio::awaitable<void> begin_updates(telegram::Client& client) {
  try {
    const tl::api::updates_getState ask;
    co_await client.invoke(ask);
  } catch (const TelegramFailure& failure) {
    log::info(kModule, "updates.getState after the login: {}", failure.what());
  }
}

asio::awaitable<void> take_back(telegram::Client& client) {
  try {
    co_await client.log_out();
  } catch (const TelegramFailure& failure) {
    log::warning(kModule, "the new login could not be ended: {}", failure.what());
  }
}

asio::awaitable<void> give_up_code(telegram::Client& client) {
  try {
    asio::awaitable<void> cancelling = client.cancel_code();
    std::string what = "cancelling the login";
    co_await net::with_deadline(std::move(cancelling), net::deadline_after(kCancelTime), std::move(what));
  } catch (const std::exception& ignored) {
    log::debug(kModule, "the login could not be cancelled: {}", ignored.what());
  }
}

}  // namespace ledgram::login
