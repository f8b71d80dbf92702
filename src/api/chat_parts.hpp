#pragma once

/// What the end points about chats have in common. For the inside of this floor.

#include "ledgram/api/route.hpp"
#include "ledgram/api/telegram_calls.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ledgram::api {

/// Questions through the account that the call names, with its deadline. Throws NotFound for another's account.
asio::awaitable<TelegramCalls> calls_of(ApiContext& context, const Call& call);

/// Those who came with an answer, as JSON.
std::map<ledger::PeerKey, json::object> peers_of(const std::vector<tl::api::User>& users,
                                                 const std::vector<tl::api::Chat>& chats);

/// The parameter `chat`.
Parameter chat_parameter();

/// A route below an account that reads from Telegram. `last` is what follows the account in the path.
Route asking_route(std::string_view last, std::string id, std::string summary);

}  // namespace ledgram::api
