#pragma once

/// What the end points about users have in common. For the inside of this floor.

#include "ledgram/api/access_control.hpp"
#include "ledgram/api/context.hpp"
#include "ledgram/api/json_values.hpp"
#include "ledgram/api/route.hpp"
#include "ledgram/ledger/users.hpp"

#include <string>
#include <string_view>

namespace ledgram::api {

Schema user_schema();
json::object user_json(const ledger::User& user);
json::object user_example();

Schema name_schema();
Schema password_schema();

Schema time_or_null_schema();

/// Throws InsufficientScope for callers by token: what guards a login is changed in a session only.
void require_session(const Call& call);

/// A login by name and password that begins. Throws TooManyRequests after too many failures.
LoginLimits::Try begin_login(ApiContext& context, const Call& call, const std::string& name);

// On the thread for that. Both throw Unavailable if too many passwords wait for it.

asio::awaitable<SecretText> hashed(ApiContext& context, SecretText password);
/// A hash of nobody's is compared as well if there is none, so that the time tells nothing.
asio::awaitable<bool> matches(ApiContext& context, SecretText hash, SecretText password);

/// The text member of a checked body.
std::string text_of(const json::value& body, std::string_view name);

/// The user, or throws NotFound.
asio::awaitable<ledger::User> require_user(ApiContext& context, OwnerId user, net::Deadline deadline);

/// The caller's own password again, for what must not be done with a session alone. Throws WrongLogin, TooManyRequests.
asio::awaitable<void> check_password(ApiContext& context, const Call& call, SecretText password);

}  // namespace ledgram::api
