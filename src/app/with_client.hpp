#pragma once

/// A Telegram client for the time of one piece of work: made, used, and closed however the work ends.

#include "ledgram/app/account_route.hpp"
#include "ledgram/app/config.hpp"
#include "ledgram/net/asio.hpp"
#include "ledgram/telegram/client.hpp"
#include "ledgram/telegram/session_store.hpp"

#include <functional>
#include <vector>

namespace ledgram::app {

using ClientWork = std::function<asio::awaitable<void>(telegram::Client&)>;

/// Starts a client on the calling coroutine's executor, runs `work` and closes the client, also when `work` throws or
/// is cancelled; what it threw is thrown from here after the close. `config`, `route` and `keys` must outlive the call.
asio::awaitable<void> with_client(const Config& config, const AccountRoute& route, telegram::KeyStore& keys,
                                  ClientWork work);

/// The same for a client that is to log in, with the tokens of earlier log-outs (telegram::ClientOptions).
asio::awaitable<void> with_new_client(const Config& config, const AccountRoute& route,
                                      std::vector<SecretBytes> logout_tokens, telegram::KeyStore& keys,
                                      ClientWork work);

}  // namespace ledgram::app
