#pragma once

/// Which chats have changed, by what Telegram pushes or answers: messages that are new, edited or gone, marks of what
/// was read, pins, and a chat's own data. Whether a chat is stored does not matter here. For the inside of this floor.

#include "ledgram/ledger/rows.hpp"
#include "ledgram/tl/api.hpp"

#include <functional>
#include <optional>

namespace ledgram::follow {

/// Hears of a chat; nothing: any chat of the account may have changed, since Telegram does not say which.
using ChatListener = std::function<void(std::optional<ledger::PeerKey>)>;

/// Calls `tell` once or more for each chat.
void tell_touched(const tl::api::Updates& updates, const ChatListener& tell);
void tell_touched(const tl::api::updates_Difference& difference, const ChatListener& tell);
void tell_touched(const tl::api::updates_ChannelDifference& difference, const ChatListener& tell);
/// Says nothing of chats.
inline void tell_touched(const tl::api::updates_State&, const ChatListener&) {}

/// True for the answer to a call that has marked or deleted messages; it does not say where.
bool tells_of_changes(ByteView answer);

}  // namespace ledgram::follow
