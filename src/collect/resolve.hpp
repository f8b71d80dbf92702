#pragma once

/// From a username to a channel that can be collected.

#include "ledgram/collect/api_caller.hpp"
#include "ledgram/collect/error.hpp"
#include "ledgram/ledger/rows.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace ledgram::collect {

/// The plain username in "@name", "name", "t.me/name" or "https://t.me/name". Errors: BadUsername, for invite links
/// with what to do instead.
Result<std::string, CollectError> parse_username(std::string_view text);

struct ResolvedChannel {
  ledger::Channel channel;          ///< to follow; its account is set, its times are `now`
  std::vector<ledger::Peer> peers;  ///< what came with the answer, the channel with its access hash among it
};

/// Asks Telegram, one contacts.resolveUsername. Telegram limits these hard (some dozens, then waits of hours), so
/// callers look into the ledger first. Throws CollectFailure (UnknownUsername, NotAChannel, Private, BadAnswer) or
/// TelegramFailure.
asio::awaitable<ResolvedChannel> resolve_channel(ApiCaller& caller, std::string username, AccountId account,
                                                 ledger::UnixSeconds now, telegram::CallOptions options = {});

}  // namespace ledgram::collect
