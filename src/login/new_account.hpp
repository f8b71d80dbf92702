#pragma once

/// What becomes of a login that has succeeded: the account's row, the names that are free, and the first and last calls
/// of its client. Used by the terminal and by the login desk.

#include "ledgram/base/secret.hpp"
#include "ledgram/ledger/ledger.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/telegram/client.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::login {

/// The digits of a phone number as people write it.
std::string digits_of(std::string_view phone);

/// The account's number in a bot token, which is what stands before the colon.
std::string bot_number(std::string_view token);

/// The row of an account that has just logged in. `phone` as it was given, if it was.
ledger::Account account_row(const std::string& name, const SecretText& phone, const telegram::SignedIn& signed_in,
                            ledger::UnixSeconds now);

/// What an account is called if nobody said: its phone number, or else Telegram's number of it.
std::string usual_name(const SecretText& phone, const telegram::SignedIn& signed_in);

/// A bot that is logged in already: Telegram sends one bot's updates to one of its logins only, so a second one would
/// take them from the first (L14).
std::optional<ledger::Account> bot_logged_in(const std::vector<ledger::Account>& accounts, std::string_view number);

/// After updates.getState the server sends updates to this login (L15). A login that was stored is not lost when it
/// fails.
asio::awaitable<void> begin_updates(telegram::Client& client);

/// A new login that there is no place for must not stay behind at Telegram.
asio::awaitable<void> take_back(telegram::Client& client);

/// Tells Telegram that a code is not wanted any more, in 800 ms at most. What it answers changes nothing.
asio::awaitable<void> give_up_code(telegram::Client& client);

}  // namespace ledgram::login
