#pragma once

/// From a username to a channel that can be collected.

#include "ledgram/collect/api_caller.hpp"
#include "ledgram/collect/error.hpp"
#include "ledgram/ledger/rows.hpp"

#include <optional>
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

/// What Telegram says about a name.
struct NameAnswer {
  std::optional<ledger::PeerKey> peer;            ///< nothing: nobody has the name
  std::vector<ledger::Peer> peers;                ///< what came with the answer
  Result<ledger::Channel, CollectError> channel;  ///< as in ResolvedChannel, or why it cannot be collected
};

/// Asks Telegram, one contacts.resolveUsername. Telegram limits these hard (some dozens, then waits of hours), so
/// callers go through UsernameBook. Throws TelegramFailure.
asio::awaitable<NameAnswer> look_up_name(ApiCaller& caller, std::string username, AccountId account,
                                         ledger::UnixSeconds now, telegram::CallOptions options = {});

/// The same for somebody who wants a channel. Throws CollectFailure (UnknownUsername, NotAChannel, Private, BadAnswer)
/// or TelegramFailure.
asio::awaitable<ResolvedChannel> resolve_channel(ApiCaller& caller, std::string username, AccountId account,
                                                 ledger::UnixSeconds now, telegram::CallOptions options = {});

/// What UnknownUsername and NotAChannel say to people.
CollectError unknown_username(std::string_view username);
CollectError not_a_channel(std::string_view username, ledger::PeerType type);

}  // namespace ledgram::collect
