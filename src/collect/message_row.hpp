#pragma once

/// From Telegram's messages, users and chats to rows of the ledger.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/ledger/rows.hpp"
#include "ledgram/tl/api.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace ledgram::collect {

/// The number of any kind of message; 0 for an empty handle.
std::int32_t number_of(const tl::api::Message& message);

/// The row of a message or service message of `channel`. Nothing for messageEmpty, which says that the number is gone,
/// and for a message that belongs to another chat.
std::optional<ledger::Message> to_row(const tl::api::Message& message, ChannelId channel);

/// Nothing for an empty handle.
std::optional<ledger::PeerKey> key_of(const tl::api::Peer& peer);

/// The chat that a message belongs to; nothing for a messageEmpty that does not say.
std::optional<ledger::PeerKey> chat_of(const tl::api::Message& message);

/// The row of a message of a private chat or a basic group; its `channel` stays 0. Nothing for messageEmpty.
std::optional<ledger::Message> to_private_row(const tl::api::Message& message);

/// Users and chats that came with an answer, as `account` sees them. *Empty objects say nothing and give no row; a
/// *Forbidden one counts as min, so that it never covers what was known. `source` says where they were seen.
std::vector<ledger::Peer> to_peers(const std::vector<tl::api::User>& users, const std::vector<tl::api::Chat>& chats,
                                   AccountId account, ledger::UnixSeconds now, std::string_view source);

/// The username that counts: the old field, or else the first active one of the list (core.telegram.org/api/names).
std::string_view username_of(const tl::api::channel& channel);

/// Unknown if the flags say neither.
ledger::ChannelKind kind_of(const tl::api::channel& channel);

}  // namespace ledgram::collect
