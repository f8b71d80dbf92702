#pragma once

/// Which box an update belongs to, and whom it names.

#include "ledgram/base/strong_id.hpp"
#include "ledgram/updates/api_handles.hpp"
#include "ledgram/updates/peer_book.hpp"

#include <cstdint>
#include <optional>
#include <span>

namespace ledgram::updates {

enum class RouteKind : std::uint8_t {
  Free,            ///< without a number (U11), or with number 0 (U3): applied as it comes
  MessageId,       ///< updateMessageID: before all others (U12)
  Common,          ///< common pts (U8)
  Qts,             ///< qts (U10)
  Channel,         ///< the channel's pts (U9)
  ChannelTooLong,  ///< updateChannelTooLong; number is its pts or 0
  ChannelRead,     ///< updateReadChannelInbox: compared, never counted
  PtsChanged,      ///< updatePtsChanged
  Nowhere,         ///< of a channel that it does not name, or with a count below 0
};

struct Route {
  RouteKind kind = RouteKind::Free;
  ChannelId channel;
  std::int32_t number = 0;
  std::int32_t count = 0;
};

/// `update` is not empty.
Route route_of(const tl::api::Update& update);

/// The channel that a message lies in, if it lies in one.
std::optional<ChannelId> channel_of(const tl::api::Message& message);

enum class PeerCheck : std::uint8_t {
  Usual,  ///< sender, chat, origin of a forward, inline bot
  Short,  ///< all that a short message can name besides: mentions, the chat of the message that it replies to
};

/// True if everybody whom the message of this update names is either in `introduced` (sorted; the users and chats of
/// its container, min ones included) or known to `book`. Channels that the message lies in are not asked for. Updates
/// without a message name nobody.
bool all_introduced(const tl::api::Update& update, std::span<const PeerRef> introduced, const PeerBook& book,
                    UserId self, PeerCheck check);

PeerRef ref_of(const tl::api::User& user);
PeerRef ref_of(const tl::api::Chat& chat);

}  // namespace ledgram::updates
