#pragma once

/// Whether somebody who was let in may go on, for replies that last.

#include "ledgram/api/call.hpp"
#include "ledgram/api/context.hpp"

namespace ledgram::api {

/// False when the user was disabled, removed or given another role, or when the session or token is gone or has
/// expired.
asio::awaitable<bool> still_may(ApiContext& context, const Caller& caller);

}  // namespace ledgram::api
