#pragma once

/// From what a client names a peer by to the peer, with Telegram's refusals. Used inside the API floor.

#include "ledgram/sim_api/core.hpp"
#include "ledgram/sim_api/objects.hpp"

#include <boost/json/object.hpp>

namespace ledgram::sim {

/// Objects as the caller sees them. The call must have an account.
ObjectMaker maker(const Call& call);

/// From an InputChannel. CHANNEL_INVALID without the caller's own access hash (bots may send 0), CHANNEL_PRIVATE for a
/// private channel that the caller is not in.
Channel& channel_of(const Call& call, const boost::json::object& input);

/// From an InputPeer: the channel, or null for the caller itself and for users.
/// PEER_ID_INVALID for peers that do not exist here.
Channel* peer_channel(const Call& call, const boost::json::object& input);

/// What an InputPeer names.
struct AnyPeer {
  Channel* channel = nullptr;  ///< null for users and basic groups
  DialogPeer dialog;           ///< without meaning for channels
};

/// CHAT_ID_INVALID for a group that the caller is not in, and the refusals of peer_channel().
AnyPeer any_peer(const Call& call, const boost::json::object& input);

/// True if there is such a user and the caller can name him with this hash.
bool knows_person(const Call& call, std::int64_t id, std::int64_t hash);

/// True if the message that inputUserFromMessage or inputPeerUserFromMessage names is that user's.
bool shown_in_message(const Call& call, const boost::json::object& input);

/// True if the caller may see the channel.
bool may_see(const Call& call, const Channel& channel);

}  // namespace ledgram::sim
