#include "ledgram/api/chat_parts.hpp"

#include <fmt/format.h>

#include <utility>

namespace ledgram::api {

asio::awaitable<TelegramCalls> calls_of(ApiContext& context, const Call& call) {
  const ledger::Account account = co_await account_of(context, call);
  co_return TelegramCalls(context, account.id, options_of(call));
}

std::map<ledger::PeerKey, json::object> peers_of(const std::vector<tl::api::User>& users,
                                                 const std::vector<tl::api::Chat>& chats) {
  std::map<ledger::PeerKey, json::object> peers;
  for (const tl::api::User& user : users) {
    if (const auto* full = user.as<tl::api::user>())
      peers.emplace(ledger::PeerKey{ledger::PeerType::User, full->id}, user_json(*full));
  }
  for (const tl::api::Chat& chat : chats) {
    const auto key = key_of(chat);
    auto described = chat_json(chat);
    if (key && described)
      peers.emplace(*key, std::move(*described));
  }
  return peers;
}

Parameter chat_parameter() {
  return path_parameter("chat", chat_reference_schema(), "The chat.");
}

Route asking_route(std::string_view last, std::string id, std::string summary) {
  Route route = new_route(http::Method::Get, fmt::format("/api/v1/accounts/{{account}}{}", last), std::move(id),
                          "telegram", std::move(summary), kMayAskTelegram);
  route.parameters = {account_parameter()};
  route.problems = telegram_problems();
  return route;
}

}  // namespace ledgram::api
