#pragma once

/// End points about Telegram accounts and what is reached through them. Each adds its routes to the table; the context
/// must outlive it.

#include "ledgram/api/context.hpp"
#include "ledgram/api/route.hpp"

namespace ledgram::api {

/// Accounts: list, make, remove, state, log-out.
void add_account_routes(RouteTable& table, ApiContext& context);

/// Logging an account in: by phone, QR code or bot token.
void add_login_routes(RouteTable& table, ApiContext& context);

/// Telegram through an account: me, dialogs, chats and their photos, names and invite links.
void add_chat_routes(RouteTable& table, ApiContext& context);

/// The messages of a chat, through an account.
void add_chat_message_routes(RouteTable& table, ApiContext& context);

/// Any method of Telegram, as JSON.
void add_invoke_routes(RouteTable& table, ApiContext& context);

/// Channels: follow, list, give up, collect now and how far that is.
void add_channel_routes(RouteTable& table, ApiContext& context);

/// The writing half of the contract of the systems that Ledgram replaces, at the root.
void add_contract_routes(RouteTable& table, ApiContext& context);

}  // namespace ledgram::api
